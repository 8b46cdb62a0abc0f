"""The tables follow from the ledger: replayed from scratch, every record stands as its columns say."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.foundation.records import services
from chengxin.foundation.records.models import Record, RecordAct, RecordVersion
from chengxin.foundation.records.types import Surface, WithdrawalReason
from chengxin.kernel.instants import start_of_day
from chengxin.ledger import services as ledger
from chengxin.policy.types import Severity
from tests.harness import recording

pytestmark = [pytest.mark.usefixtures("policy_set"), pytest.mark.django_db(transaction=True)]

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
LATER = start_of_day(date(2026, 5, 6)) + 36_000


@pytest.fixture
def history() -> list[Record]:
    """Records to which everything has happened that can."""
    made = recording.records("administrative_penalty", [{"CF_NR_FK": str(n * 7)} for n in range(1, 20)], at=HANDED_IN)
    recording.records("administrative_licence", [{}, {"XK_ZT": "2"}, {"_blocked": "V11"}], at=HANDED_IN)
    recording.record(at=HANDED_IN, closed=False)
    services.withdraw_record(
        record_id=made[0].id, reason=WithdrawalReason.REVOKED, decided_on=date(2026, 5, 6), because="撤销", by="经办", at=LATER
    )
    services.state_severity(record_id=made[1].id, severity=Severity.SERIOUS, because="从重", by="经办", at=LATER)
    hold = services.place_hold(record_id=made[2].id, surfaces=[Surface.PUBLIC], because="异议", clause="", by="信用办", at=LATER)
    services.end_hold(hold_id=hold.pk, because="不成立", by="信用办", at=LATER + 60)
    services.place_hold(record_id=made[3].id, surfaces=[Surface.SHARED], because="核查", clause="", by="信用办", at=LATER)
    recording.new_version(made[3], at=LATER + 60, CF_NR_FK="300")
    recording.new_version(made[4], at=LATER + 60, CF_NR_FK="300")
    recording.new_version(made[4], at=LATER + 90, CF_NR_FK="400", closed=False)
    services.erase_record_content(record_id=made[5].id, because="判决", by="信用办", at=LATER)
    back = recording.submission("administrative_penalty", LATER)
    followed = recording.records("administrative_penalty", [{}, {}], at=LATER, into=back)[1]
    recording.new_version(followed, at=LATER, closed=False, CF_NR_FK="20")
    recording.new_version(followed, at=LATER, closed=False, CF_NR_FK="21")
    recording.give_back(back)
    return made


def differing() -> list[tuple[str, int, int, int, tuple[str, ...]]]:
    found = ledger.fsck().comparisons
    return [
        (each.table, each.missing, each.extra, each.different, each.examples)
        for each in found
        if "records" in each.table and not each.equal
    ]


def test_the_tables_are_what_the_ledger_says(history: list[Record]) -> None:
    assert differing() == []
    rows = {each.table: each.rows for each in ledger.fsck().comparisons if each.table in ("records_recordversion", "records_recordact")}
    assert rows == {"records_recordversion": RecordVersion.objects.count(), "records_recordact": RecordAct.objects.count()}


def test_a_longer_period_written_by_hand_is_found(history: list[Record]) -> None:
    Record.objects.filter(pk=history[8].id).update(public_until=history[8].public_until + 86_400)
    found = differing()
    assert len(found) == 1, found
    ((table, missing, extra, different, examples),) = found
    assert (table, missing, extra, different) == ("records_record", 0, 0, 1)
    assert str(history[8].id) in examples[0]


def test_a_hold_lifted_by_hand_is_found(history: list[Record]) -> None:
    Record.objects.filter(pk=history[3].id).update(shared_from=1, shared_until=2)
    assert [(table, different) for table, _, _, different, _ in differing()] == [("records_record", 1)]


def test_a_record_without_an_entry_and_an_entry_without_a_record_are_found(history: list[Record]) -> None:
    first, second = history[9], history[10]
    Record.objects.filter(pk=first.id).update(id=9_999_999)
    RecordAct.objects.filter(record_id=history[0].id).delete()
    found = {table: (missing, extra) for table, missing, extra, _, _ in differing()}
    assert found["records_record"] != (0, 0)
    assert found["records_recordact"] == (1, 0)
    assert Record.objects.filter(pk=second.id).exists()
