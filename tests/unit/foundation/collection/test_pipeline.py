"""A file goes all the way: checked, matched, recorded, visible; and the arithmetic holds."""

from __future__ import annotations

import pytest

from chengxin.foundation.collection.models import RowRemark
from chengxin.foundation.collection.services import counts_of
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.subjects.models import Subject
from chengxin.ledger.models import Entry
from chengxin.ledger.services import read_contents
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")


def test_a_good_file_becomes_records_with_entries_and_subjects() -> None:
    office = market_regulation()
    rows = [penalty(n, office.code) for n in range(20)]
    entries = Entry.objects.count()
    submission = hand_in(office, rows)
    assert submission.refusal is None
    assert list(RowRemark.objects.filter(level="error").values("field", "rule", "value")) == []
    assert (submission.state, submission.rows, submission.accepted) == ("closed", 20, 20)
    assert Record.objects.count() == Subject.objects.count() == 20
    assert Entry.objects.count() == entries + 22  # received, twenty rows, closed
    record = Record.objects.order_by("id").first()
    assert record is not None
    content = read_contents([record.content_id])[record.content_id]
    assert content["CF_WSH"] == record.document_number == rows[0]["CF_WSH"]
    assert content["_record"] == str(record.id)
    assert content["_opens_subject"] == "organization"


def test_the_same_rows_again_make_no_entry_and_changed_ones_become_versions() -> None:
    office = market_regulation()
    rows = [penalty(n, office.code) for n in range(10)]
    hand_in(office, rows)
    entries = Entry.objects.count()
    again = hand_in(office, rows, key="again")
    assert (again.accepted, again.updated, again.unchanged) == (0, 10, 10)
    assert Entry.objects.count() == entries + 2
    changed = [penalty(n, office.code, **({"CF_NR_FK": "0.5", "CF_NR": "罚款 5000 元"} if n < 3 else {})) for n in range(10)]
    third = hand_in(office, changed)
    assert (third.updated, third.unchanged) == (10, 7)
    assert counts_of(third).add_up
    assert Record.objects.filter(version=2).count() == RecordVersion.objects.filter(version=1).count() == 3
    assert Record.objects.count() == 10


def test_a_document_number_in_another_spelling_is_the_same_document() -> None:
    office = market_regulation()
    spellings = ["EQ〔2026〕1号", "EQ[2026]1号", " EQ〔2026〕 1 号", "EQ〔2026〕１号", "EQ（2026）1号", "ＥＱ【2026】1号"]
    submission = hand_in(office, [penalty(1, office.code, CF_WSH=spelling) for spelling in spellings])
    assert (submission.accepted, submission.updated) == (1, 5)
    assert Record.objects.count() == 1
    other = hand_in(office, [penalty(1, office.code, CF_WSH="EQ〔2026〕11号")])
    assert other.accepted == 1


def test_an_equal_hand_in_gets_the_same_receipt_and_other_content_a_conflict() -> None:
    from chengxin.foundation.collection.services import receipt_of
    from chengxin.kernel.refused import Conflict

    office = market_regulation()
    first = hand_in(office, [penalty(1, office.code)], key="k")
    second = hand_in(office, [penalty(1, office.code)], key="k")
    assert first.pk == second.pk
    assert receipt_of(first) == receipt_of(second)
    with pytest.raises(Conflict, match="幂等键"):
        hand_in(office, [penalty(2, office.code)], key="k")
