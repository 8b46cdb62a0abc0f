"""Every act is on time, late or missing; the number and the list behind it agree; nobody is late by a calendar not on file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from chengxin.foundation.collection.models import QuarantinedRow, RejectedRow, Submission
from chengxin.foundation.disclosure.models import TimelinessCount
from chengxin.foundation.disclosure.outstanding import track_decided_row, track_read_submission
from chengxin.foundation.disclosure.overdue import MissingAct, coming_due, missing_acts, missing_behind, missing_page
from chengxin.foundation.disclosure.services import count_closed_submission, recount_timeliness
from chengxin.foundation.disclosure.timeliness import (
    Scope,
    Timeliness,
    acts_behind,
    added_up,
    months_of,
    summed,
    timeliness,
)
from chengxin.kernel.instants import end_of_day, start_of_day
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import writing
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")

PENALTY = 2
FIELDS = ("authority_id", "item", "month")
DUE = date(2026, 4, 21)  # seven working days after Friday 10 April 2026
ON_TIME = end_of_day(DUE) - 1
LATE = end_of_day(DUE)
NOW = start_of_day(date(2026, 6, 1))


def counted() -> list[tuple[int, str, int, int]]:
    return list(TimelinessCount.objects.order_by("item", "month").values_list("item", "month", "on_time", "late"))


def hand_in(at: int, *rows: dict[str, str]) -> None:
    made = recording.records("administrative_penalty", rows or [{}], at=at)
    Submission.objects.filter(pk=made[0].submission_id).update(rows=len(made), resume_point=len(made), accepted=len(made))
    track_read_submission(made[0].submission_id, at)
    count_closed_submission(made[0].submission_id, at)


def test_the_last_second_of_the_last_day_is_on_time_and_the_next_is_late() -> None:
    hand_in(ON_TIME, {}, {"CF_CFLB": "警告", "CF_NR_FK": ""})
    hand_in(LATE)
    assert counted() == [(PENALTY, "2026-04", 2, 1)]
    office = recording.department().pk
    assert len(acts_behind(office, PENALTY, "2026-04", "on_time").records) == 2
    assert len(acts_behind(office, PENALTY, "2026-04", "late").records) == 1
    assert not acts_behind(office, PENALTY, "2026-05", "late").records


def test_counting_piece_by_piece_is_counting_from_scratch() -> None:
    hand_in(ON_TIME, {}, {"CF_JDRQ": "2026-03-31"}, {"CF_JDRQ": "2026-04-20"})
    hand_in(LATE, {"CF_JDRQ": "2026-02-11"}, {})
    record = recording.record(at=LATE)
    count_closed_submission(record.submission_id, LATE)
    moved = recording.new_version(record, at=LATE + 60, CF_JDRQ="2026-03-02")
    count_closed_submission(moved.pk, LATE + 60)
    recording.record(at=LATE, closed=False)
    before = counted()
    assert before == [(PENALTY, "2026-02", 0, 1), (PENALTY, "2026-03", 0, 2), (PENALTY, "2026-04", 2, 1)]
    recount_timeliness()
    assert counted() == before
    assert months_of(Scope(from_month="2026-03")) == [("2026-03", 0, 2), ("2026-04", 2, 1)]


def test_a_provisional_deadline_counts_nobody_late() -> None:
    hand_in(start_of_day(date(2027, 1, 30)), {"CF_JDRQ": "2026-12-29"})
    assert counted() == []
    hand_in(start_of_day(date(2027, 1, 4)), {"CF_JDRQ": "2026-12-29"})
    assert counted() == [(PENALTY, "2026-12", 1, 0)]
    assert not acts_behind(recording.department().pk, PENALTY, "2026-12", "late").records


def rejected(number: str, **changes: object) -> RejectedRow:
    into = recording.submission("administrative_penalty", ON_TIME, closed_at=ON_TIME)
    facts = {"decided_on": date(2026, 4, 10), "due_on": DUE, "row": 2} | changes
    row = RejectedRow.objects.create(
        submission=into, item=PENALTY, authority_id=recording.department().pk, sheet="", document_number=number, **facts
    )
    track_read_submission(into.pk, ON_TIME)
    return row


def numbers(acts: Iterable[MissingAct]) -> list[str]:
    return sorted(act.document_number for act in acts)


def test_a_rejected_row_is_missing_until_it_comes_back() -> None:
    rejected("泰市监处罚〔2026〕901号")
    rejected("泰市监处罚〔2026〕901号")  # sent twice, refused twice: one act
    rejected("泰市监处罚〔2026〕902号")
    rejected("", row=9)
    assert not list(missing_acts(LATE - 1))
    assert numbers(coming_due(ON_TIME)) == ["", "泰市监处罚〔2026〕901号", "泰市监处罚〔2026〕902号"]
    assert numbers(missing_acts(LATE)) == ["", "泰市监处罚〔2026〕901号", "泰市监处罚〔2026〕902号"]
    hand_in(LATE, {"CF_WSH": "泰市监处罚〔2026〕901号"})
    assert numbers(missing_acts(LATE)) == ["", "泰市监处罚〔2026〕902号"]
    rejected("泰市监处罚〔2026〕901号")  # a correction of what is on record is not missing
    assert numbers(missing_acts(LATE)) == ["", "泰市监处罚〔2026〕902号"]
    office = recording.department().pk
    assert timeliness(Scope(), NOW) == [Timeliness(office, PENALTY, "2026-04", 0, 1, 2)]
    assert missing_behind(office, PENALTY, "2026-04", NOW).total == 2
    first = missing_behind(office, PENALTY, "2026-04", NOW, limit=1)
    following = missing_behind(office, PENALTY, "2026-04", NOW, limit=1, cursor=first.next_cursor)
    assert {act.id for act in (*first.acts, *following.acts)} == {act.id for act in missing_acts(NOW)}
    assert following.next_cursor == ""
    assert timeliness(Scope(item=1), NOW) == []
    assert summed(timeliness(Scope(), NOW), "item")[0][1].per_mille == 0
    for field, lines in zip(FIELDS, added_up(Scope(), NOW, *FIELDS), strict=True):
        assert lines == summed(timeliness(Scope(), NOW), field)


def test_a_quarantined_row_is_missing_until_somebody_decides() -> None:
    into = recording.submission("administrative_penalty", ON_TIME, closed_at=ON_TIME)
    with writing():
        content_id = record_event("collection:row:quarantined", {"CF_WSH": "泰市监处罚〔2026〕905号"})
    row = QuarantinedRow.objects.create(
        id=1, submission=into, item=PENALTY, authority_id=recording.department().pk, sheet="", row=3, reason="whose",
        decided_on=date(2026, 4, 10), due_on=DUE, business_key=bytes(16), fingerprint=bytes(16), content_id=content_id,
    )  # fmt: skip
    track_read_submission(into.pk, ON_TIME)
    assert [(act.reason, act.document_number) for act in missing_acts(LATE)] == [("quarantined", "泰市监处罚〔2026〕905号")]
    assert not list(missing_acts(ON_TIME))
    row.decided_at, row.decision = LATE, "linked"
    row.save()
    track_decided_row(row.pk, LATE)
    assert not list(missing_acts(LATE))
    assert missing_page(LATE).total == 0


def test_the_rate_is_never_rounded_up_to_all() -> None:
    assert Timeliness(1, 2, "2026-04", 999, 1, 0).per_mille == 999
    assert Timeliness(1, 2, "2026-04", 9999, 1, 0).per_mille == 999
    assert Timeliness(1, 2, "2026-04", 5, 0, 0).per_mille == 1000
    assert Timeliness(1, 2, "2026-04", 0, 0, 0).per_mille is None
