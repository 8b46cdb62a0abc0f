"""What is done about a record acts at once, on every surface it names, and leaves its trace."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.foundation.records import services
from chengxin.foundation.records.models import Hold, Record, RecordAct, RecordVersion, StandingHistory
from chengxin.foundation.records.types import Because, SeverityCode, Surface, WithdrawalReason
from chengxin.kernel.instants import FOREVER, end_of_day, start_of_day
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.models import Content, Entry
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Severity
from chengxin.storage.transactions import writing
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
LATER = start_of_day(date(2026, 5, 6)) + 36_000
LAST = end_of_day(date(2027, 4, 10))


def periods(record: Record) -> dict[str, tuple[int, int]]:
    record.refresh_from_db()
    return {surface: (getattr(record, f"{surface}_from"), getattr(record, f"{surface}_until")) for surface in Surface}


def test_a_hold_stops_its_surfaces_and_gives_them_back_when_it_ends() -> None:
    record = recording.record(at=HANDED_IN)
    before = periods(record)
    hold = services.place_hold(
        record_id=record.id,
        surfaces={Surface.PUBLIC, Surface.COUNTED},
        because="收到异议申请",
        clause="order-36-2025",
        by="信用办",
        at=LATER,
    )
    held = periods(record)
    assert held["public"] == held["counted"] == (0, 0)
    assert held["shared"] == before["shared"]
    assert Because(record.because) is Because.HELD
    services.end_hold(hold_id=hold.pk, because="异议不成立", by="信用办", at=LATER + 600)
    assert periods(record)["public"] == (LATER + 600, LAST)
    assert Because(record.because) is Because.PUBLICATION_PERIOD
    with pytest.raises(Conflict):
        services.end_hold(hold_id=hold.pk, because="再结束一次", by="信用办", at=LATER + 700)


def test_a_hold_with_an_end_gives_the_record_back_by_itself() -> None:
    record = recording.record(at=HANDED_IN)
    services.place_hold(
        record_id=record.id, surfaces=[Surface.PUBLIC], because="核查", clause="", until_at=LATER + 86_400, by="信用办", at=LATER
    )
    assert periods(record)["public"] == (LATER + 86_400, LAST)


def test_a_withdrawn_record_is_nowhere_and_says_whether_it_was_late() -> None:
    record = recording.record(at=HANDED_IN)
    act = services.withdraw_record(
        record_id=record.id,
        reason=WithdrawalReason.REVOKED,
        decided_on=date(2026, 4, 28),
        because="（2026）鲁0902行初1号",
        by="经办",
        at=LATER,
    )
    assert {until for _, until in periods(record).values()} == {LATER}
    assert act.data["due_on"] == "2026-05-06"  # 1 to 5 May are holidays
    assert act.data["late"] is False
    assert Because(record.because) is Because.WITHDRAWN
    with pytest.raises(Conflict):
        services.withdraw_record(
            record_id=record.id, reason=WithdrawalReason.REVOKED, decided_on=date(2026, 4, 28), because="又一次", by="经办", at=LATER
        )


def test_a_withdrawal_on_the_fourth_working_day_is_late() -> None:
    record = recording.record(at=HANDED_IN)
    act = services.withdraw_record(
        record_id=record.id, reason=WithdrawalReason.CHANGED, decided_on=date(2026, 4, 28), because="改变", by="经办", at=LATER + 86_400
    )
    assert act.data["late"] is True


def test_the_authority_states_the_class_and_it_is_provisional_no_longer() -> None:
    record = recording.record(at=HANDED_IN)
    assert record.severity_provisional
    services.state_severity(record_id=record.id, severity=Severity.MINOR, because="首次且及时改正", by="经办", at=LATER)
    assert periods(record)["public"] == (0, 0)
    assert (record.severity, record.severity_provisional) == (SeverityCode.MINOR, False)
    services.state_severity(record_id=record.id, severity=Severity.SERIOUS, because="复核认为严重", by="经办", at=LATER + 60)
    assert periods(record)["public"] == (LATER + 60, end_of_day(date(2029, 4, 10)))


def test_what_has_ended_stays_ended_whatever_class_is_stated_later() -> None:
    record = recording.record(at=HANDED_IN)
    services.state_severity(record_id=record.id, severity=Severity.SERIOUS, because="迟来的认定", by="经办", at=LAST + 60)
    assert periods(record)["public"] == (HANDED_IN, LAST)


def test_old_knowledge_is_kept_and_each_act_is_one_entry() -> None:
    record = recording.record(at=HANDED_IN)
    entries = Entry.objects.count()
    hold = services.place_hold(record_id=record.id, surfaces=[Surface.PUBLIC], because="核查", clause="", by="信用办", at=LATER)
    services.end_hold(hold_id=hold.pk, because="核实无误", by="信用办", at=LATER + 60)
    assert Entry.objects.count() == entries + 2
    known = list(
        StandingHistory.objects.filter(record_id=record.id)
        .order_by("id")
        .values_list("surface", "from_at", "until_at", "known_from", "known_until")
    )
    assert known == [("public", HANDED_IN, LAST, HANDED_IN, LATER), ("public", 0, 0, LATER, LATER + 60)]


def test_erased_content_is_gone_from_every_surface_and_from_the_ledger() -> None:
    record = recording.record(at=HANDED_IN)
    services.erase_record_content(record_id=record.id, because="（2026）鲁09民终2号判决", by="信用办", at=LATER)
    assert {until for _, until in periods(record).values()} == {LATER}
    assert Content.objects.get(pk=record.content_id).payload is None
    with pytest.raises(Conflict):
        services.state_severity(record_id=record.id, severity=Severity.MINOR, because="已无内容", by="经办", at=LATER)


def test_nothing_is_done_without_a_reason_or_about_nothing() -> None:
    record = recording.record(at=HANDED_IN)
    with pytest.raises(Refused, match="理由"):
        services.place_hold(record_id=record.id, surfaces=[Surface.PUBLIC], because=" ", clause="", by="信用办", at=LATER)
    with pytest.raises(NotFound):
        services.place_hold(record_id=record.id + 1, surfaces=[Surface.PUBLIC], because="核查", clause="", by="信用办", at=LATER)
    assert not Hold.objects.exists()
    licence = recording.record("administrative_licence", at=HANDED_IN)
    with pytest.raises(Refused, match="不分失信程度"):
        services.state_severity(record_id=licence.id, severity=Severity.MINOR, because="许可", by="经办", at=LATER)
    assert not RecordAct.objects.exists()


def test_a_new_version_comes_in_when_its_submission_closes_and_the_old_one_is_kept() -> None:
    record = recording.record(at=HANDED_IN)
    pending = recording.new_version(record, at=LATER, closed=False, CF_NR_FK="200")
    record.refresh_from_db()
    assert record.version == 1
    recording.close(pending, LATER + 60)
    record.refresh_from_db()
    assert (record.version, record.received_at, record.submission_id) == (2, HANDED_IN, pending.pk)
    assert record.public_until == end_of_day(date(2029, 4, 10))
    assert list(RecordVersion.objects.values_list("version", "public_until")) == [(1, LAST)]
    assert StandingHistory.objects.filter(surface="public", until_at=LAST, known_until=LATER + 60).count() == 1


def test_what_was_done_about_a_record_holds_for_its_new_version_too() -> None:
    record = recording.record(at=HANDED_IN)
    services.withdraw_record(
        record_id=record.id, reason=WithdrawalReason.VOID, decided_on=date(2026, 5, 6), because="确认无效", by="经办", at=LATER
    )
    recording.new_version(record, at=LATER + 60, CF_NR_FK="200")
    assert periods(record)["public"] == (HANDED_IN, LATER)
    assert Because(record.because) is Because.WITHDRAWN


def test_a_returned_submission_leaves_the_tables_and_its_heirs_stay() -> None:
    first = recording.submission("administrative_penalty", HANDED_IN)
    alone = recording.record(at=HANDED_IN, into=first)
    followed = recording.record(at=HANDED_IN, into=first)
    heir = recording.new_version(followed, at=LATER, closed=False, CF_NR_FK="20")
    with writing():
        services.remove_returned(submission_id=first.pk)
    assert list(Record.objects.values_list("id", "version", "submission_id")) == [(followed.id, 2, heir.pk)]
    assert not RecordVersion.objects.exists()
    assert alone.id != followed.id


def test_recomputing_under_the_same_policy_changes_nothing(policy_set: PolicySet) -> None:
    plain = recording.records("administrative_penalty", [{}, {"CF_CFLB": "警告", "CF_NR_FK": ""}, {"CF_NR_FK": "300"}], at=HANDED_IN)
    recording.records("administrative_licence", [{}, {"XK_ZT": "2"}], at=HANDED_IN)
    services.place_hold(
        record_id=plain[0].id, surfaces=[Surface.PUBLIC], because="核查", clause="", until_at=FOREVER, by="信用办", at=LATER
    )
    before = list(Record.objects.order_by("id").values())
    result = services.recompute_standing(because="复核", by="信用办", at=LATER + 60)
    assert (result.records, result.changed) == (5, 0)
    assert list(Record.objects.order_by("id").values()) == before


def test_recomputing_mends_what_a_changed_policy_made_wrong() -> None:
    record = recording.record(at=HANDED_IN)
    Record.objects.filter(pk=record.id).update(public_until=LAST + 86_400 * 30, due_provisional=True)
    result = services.recompute_standing(because="公示期调整", by="信用办", at=LATER)
    assert result.changed == 1
    assert periods(record)["public"] == (HANDED_IN, LAST)
    assert StandingHistory.objects.get(record_id=record.id, surface="public").until_at == LAST + 86_400 * 30
