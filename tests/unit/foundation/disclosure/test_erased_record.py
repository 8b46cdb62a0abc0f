"""A record whose content was erased stands on no surface any more: files, feed, counts and lists say so in the same second."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import LazySettings

from chengxin.access.models import Department
from chengxin.foundation.disclosure.feed import changes_since
from chengxin.foundation.disclosure.open_data import make_open_data, open_file
from chengxin.foundation.records.models import Record, RecordAct, StandingHistory
from chengxin.foundation.records.queries import by_document_number, counts_by_item, visible
from chengxin.foundation.records.services import erase_record_content
from chengxin.foundation.records.types import ActVerb, Surface
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.services import erase, fsck, sign_checkpoint
from chengxin.policy import active
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = [pytest.mark.usefixtures("db", "policy_set")]
LATER, TODAY = HANDED_IN + 600, date(2026, 11, 16)
NUMBER = "泰市监罚〔2026〕第98765432109号"
SERIOUS = {"CF_CFLB": "责令停产停业", "CF_NR": "责令停产停业", "CF_NR_FK": ""}  # a class that is published
BECAUSE = "泰安市中级人民法院（2026）鲁09行终1号"


@pytest.fixture
def record() -> Record:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code, **SERIOUS), {**penalty(1, office.code, **SERIOUS), "CF_WSH": NUMBER}])
    return Record.objects.get(document_number=NUMBER)


def test_it_leaves_every_surface_at_once(record: Record, settings: LazySettings, tmp_path: object) -> None:
    settings.CHENGXIN_HOME = tmp_path
    item = active.policy_set().item("administrative_penalty")
    make_open_data(item, HANDED_IN + 60)
    open_file(item, "records.csv", LATER - 1, TODAY)[0].close()
    cursor = changes_since("", HANDED_IN + 300).next_cursor
    assert counts_by_item(record.subject_id, Surface.PUBLIC, LATER - 1) == {item.number: 2}

    erase([record.content_id], BECAUSE, LATER)
    with pytest.raises(Refused, match="撤回"):
        open_file(item, "records.csv", LATER, TODAY)
    make_open_data(item, LATER + 1)
    with open_file(item, "records.csv", LATER + 1, TODAY)[0] as file:
        assert "98765432109" not in file.read().decode()
    told = {change.record_id: change.record for change in changes_since(cursor, LATER).changes}
    assert told[record.pk] is None
    assert by_document_number(NUMBER, LATER) == []
    for surface in Surface:
        assert not Record.objects.filter(visible(surface, LATER), pk=record.pk).exists(), surface
        assert counts_by_item(record.subject_id, surface, LATER) == {item.number: 1}
    assert StandingHistory.objects.filter(record_id=record.pk, surface=Surface.PUBLIC, known_until=LATER).count() == 1

    act = RecordAct.objects.get()
    assert (act.verb, act.record_id, act.because) == (ActVerb.ERASED, record.pk, BECAUSE)
    sign_checkpoint(LATER + 1)
    report = fsck(at=LATER + 1)
    assert (report.sound, report.erased) == (True, 1), report.first_bad


def test_an_erasure_by_the_office_is_not_told_twice(record: Record) -> None:
    erase_record_content(record_id=record.pk, because=BECAUSE, by="科长", at=LATER)
    assert list(RecordAct.objects.values_list("verb", "by")) == [(ActVerb.ERASED, "科长")]
    assert fsck().sound


def test_after_an_erasure_nothing_more_is_done_about_the_record(record: Record) -> None:
    erase([record.content_id], BECAUSE, LATER)
    with pytest.raises(Conflict):
        erase_record_content(record_id=record.pk, because=BECAUSE, by="科长", at=LATER + 1)


def test_erasing_a_former_version_leaves_the_standing(record: Record) -> None:
    office = Department.objects.get()
    former = record.content_id
    hand_in(
        office,
        [{**penalty(1, office.code, **SERIOUS), "CF_WSH": NUMBER, "CF_NR": "责令停产停业三日"}],
        at=HANDED_IN + 60,
        key="2",
    )
    record.refresh_from_db()
    assert record.content_id != former
    erase([former], BECAUSE, LATER)
    assert Record.objects.filter(visible(Surface.PUBLIC, LATER), pk=record.pk).exists()
    assert not RecordAct.objects.exists()
    assert fsck().sound
