"""主体全貌：what is counted is what is public, whoever was judged to be the subject; the newest of each kind are read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chengxin.foundation.records import queries
from chengxin.foundation.records.subject_overview import counts_of_subjects, newest_of_subject, overview_of_subject
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import start_of_day
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
LATER = start_of_day(date(2026, 5, 6)) + 36_000
LICENCE, PENALTY = 1, 2


def licences(count: int) -> list[dict[str, str]]:
    return [{"XK_JDRQ": (date(2026, 4, 1) + timedelta(days=n % 4)).isoformat()} for n in range(count)]


def test_shares_of_offices_and_kinds_add_up_to_what_is_public() -> None:
    other = recording.department("泰山区市场监督管理局", "113709020043420158")
    recording.records("administrative_penalty", [{}, {"CF_NR_FK": "200"}], at=HANDED_IN)
    recording.record(at=HANDED_IN, office=other)
    recording.records("administrative_licence", licences(5), at=HANDED_IN)
    recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")  # minor
    recording.record(at=HANDED_IN, closed=False)
    subject = recording.subject()
    known = overview_of_subject(member_ids(subject.pk), Surface.PUBLIC, LATER)
    assert known.by_item == {LICENCE: 5, PENALTY: 3} == queries.counts_by_item(subject.pk, Surface.PUBLIC, LATER)
    assert known.by_authority == {recording.department().pk: 7, other.pk: 1}
    public = queries.records_of_subject(subject.pk, Surface.PUBLIC, LATER, item=PENALTY)
    adverse = known.of_items([PENALTY])
    assert adverse.by_item == {PENALTY: 3}
    assert min(share.first_until for share in adverse.shares) == min(record.public_until for record in public)
    assert max(share.last_until for share in adverse.shares) == max(record.public_until for record in public)
    assert max(share.received_at for share in known.shares) == HANDED_IN


def test_the_newest_of_each_kind_are_read_and_no_more() -> None:
    recording.records("administrative_penalty", [{}, {}], at=HANDED_IN)
    recording.records("administrative_licence", licences(9), at=HANDED_IN)
    recording.record("administrative_licence", at=HANDED_IN, closed=False, XK_JDRQ="2026-04-13")
    subject = recording.subject()
    read = newest_of_subject(member_ids(subject.pk), Surface.PUBLIC, LATER, {PENALTY: 1, LICENCE: 4})
    every = queries.records_of_subject(subject.pk, Surface.PUBLIC, LATER)
    expected = [record.pk for record in every if record.item == PENALTY][:1] + [record.pk for record in every if record.item == LICENCE][:4]
    assert sorted(record.pk for record in read) == sorted(expected)
    assert read == sorted(read, key=lambda record: (record.decided_on, record.pk), reverse=True)
    assert newest_of_subject([subject.pk], Surface.PUBLIC, LATER, {}) == []


def test_many_subjects_are_counted_as_one_by_one() -> None:
    recording.records("administrative_penalty", [{}, {}], at=HANDED_IN)
    canonical = recording.subject()
    merged = recording.subject("91370902MA3C00003X", "泰安市云岭食品公司")
    recording.record("administrative_licence", at=HANDED_IN, about=merged)
    Subject.objects.filter(pk=merged.pk).update(canonical_id=canonical.pk)
    empty = recording.subject("91370902MA3C00005N", "泰安市松岭食品公司")
    assert counts_of_subjects([canonical.pk, empty.pk], Surface.PUBLIC, LATER) == {canonical.pk: {LICENCE: 1, PENALTY: 2}, empty.pk: {}}
    assert queries.counts_by_item(canonical.pk, Surface.PUBLIC, LATER) == {LICENCE: 1, PENALTY: 2}
