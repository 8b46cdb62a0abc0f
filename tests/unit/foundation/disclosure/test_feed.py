"""A mirror that follows the feed equals the portal at any time, and learns of nothing that was never public."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.foundation.disclosure.feed import SETTLING_SECONDS, changes_since
from chengxin.foundation.records import services
from chengxin.foundation.records.models import Hold, Record
from chengxin.foundation.records.queries import make_cursor, visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import start_of_day
from chengxin.kernel.refused import Conflict, Refused
from chengxin.policy.types import Severity
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
LATER = start_of_day(date(2026, 5, 6)) + 36_000


class Mirror:
    """Somebody who copies the portal."""

    def __init__(self, page: int = 500) -> None:
        self.cursor, self.page = "", page
        self.holds: dict[int, int] = {}
        self.told: set[int] = set()

    def follow(self, at: int) -> dict[int, int]:
        """Read to the end; returns record → version."""
        while True:
            changes = changes_since(self.cursor, at, limit=self.page)
            for change in changes.changes:
                self.told.add(change.record_id)
                if change.record is None:
                    self.holds.pop(change.record_id, None)
                else:
                    self.holds[change.record_id] = change.record.version
            self.cursor = changes.next_cursor
            if changes.complete:
                return self.holds


def portal(at: int) -> dict[int, int]:
    return dict(Record.objects.filter(visible(Surface.PUBLIC, at)).values_list("id", "version"))


def test_additions_changes_and_withdrawals_reach_the_mirror_in_pages_of_any_size() -> None:
    mirror = Mirror(page=2)
    made = recording.records("administrative_penalty", [{} for _ in range(7)], at=HANDED_IN)
    recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")
    assert mirror.follow(HANDED_IN) == portal(HANDED_IN) == {record.id: 1 for record in made}
    services.withdraw_record(record_id=made[0].id, reason="void", decided_on=date(2026, 5, 6), because="无效", by="经办", at=LATER)
    recording.new_version(made[1], at=LATER + 1, CF_NR="改为罚款十二万元", CF_NR_FK="12")
    assert mirror.follow(LATER + 2) == portal(LATER + 2)
    assert (made[0].id in mirror.holds, mirror.holds[made[1].id]) == (False, 2)
    end = made[2].public_until
    assert mirror.follow(end) == portal(end) == {}


def test_what_was_never_public_is_never_named() -> None:
    shown = recording.record(at=HANDED_IN)
    minor = recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")
    services.state_severity(record_id=minor.id, severity=Severity.MINOR, because="核定", by="经办", at=LATER)
    recording.record(at=HANDED_IN, closed=False)
    mirror = Mirror()
    mirror.follow(minor.shared_until + 1)
    mirror.follow(shown.public_until + 1)
    assert mirror.told == {shown.id}


def test_a_late_commit_is_told_again() -> None:
    recording.record(at=HANDED_IN)
    mirror = Mirror()
    mirror.follow(HANDED_IN + 10)
    late = recording.record(at=HANDED_IN + 5)  # its transaction committed after the mirror had read
    assert late.id in mirror.follow(HANDED_IN + 11)
    mirror.follow(HANDED_IN + SETTLING_SECONDS + 60)
    assert not changes_since(mirror.cursor, HANDED_IN + SETTLING_SECONDS + 61).changes


def test_a_cursor_that_was_not_handed_out_is_refused() -> None:
    for cursor in ("nonsense", "LTF8MQ", "MXwy8J-YgA"):
        with pytest.raises(Refused, match="翻页标记"):
            changes_since(cursor, LATER)


def test_two_changes_within_one_second_both_reach_the_mirror() -> None:
    record = recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")
    mirror = Mirror()
    services.state_severity(record_id=record.id, severity=Severity.GENERAL, because="核定", by="经办", at=LATER)
    assert mirror.follow(LATER) == {record.id: 1}
    services.state_severity(record_id=record.id, severity=Severity.MINOR, because="改正核定", by="经办", at=LATER)
    assert mirror.follow(LATER) == {}


Step = Callable[[int, list[int]], object]


def _hand_in(at: int, ids: list[int]) -> None:
    ids += [record.id for record in recording.records("administrative_penalty", [{}, {"CF_CFLB": "警告", "CF_NR_FK": ""}], at=at)]


def _pick(ids: list[int], at: int) -> int:
    return ids[at % len(ids)]


def _hold(at: int, ids: list[int]) -> None:
    services.place_hold(
        record_id=_pick(ids, at), surfaces=[Surface.PUBLIC], because="核查", clause="", until_at=at + 5_000, by="信用办", at=at
    )


def _end_hold(at: int, ids: list[int]) -> None:
    hold = Hold.objects.filter(ended_at=None, until_at__gt=at).first()
    if hold is not None:
        services.end_hold(hold_id=hold.pk, because="核实", by="信用办", at=at)


def _withdraw(at: int, ids: list[int]) -> None:
    services.withdraw_record(record_id=_pick(ids, at), reason="revoked", decided_on=date(2026, 4, 14), because="撤销", by="经办", at=at)


def _state(at: int, ids: list[int]) -> None:
    severity = list(Severity)[at % 3]
    services.state_severity(record_id=_pick(ids, at), severity=severity, because="认定", by="经办", at=at)


def _correct(at: int, ids: list[int]) -> None:
    record = Record.objects.get(pk=_pick(ids, at))
    recording.new_version(record, at=at, CF_NR_FK=str(at % 300 + 1))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from([_hand_in, _hold, _end_hold, _withdraw, _state, _correct]), st.integers(0, 4_000), st.booleans()),
        min_size=3,
        max_size=14,
    ),
    page=st.integers(1, 5),
)
def test_a_mirror_equals_the_portal_at_any_time(steps: list[tuple[Step, int, bool]], page: int) -> None:
    with transaction.atomic():
        ids: list[int] = []
        now = HANDED_IN
        _hand_in(now, ids)
        mirror = Mirror(page)
        for act, pause, polls in steps:
            now += pause
            try:
                act(now, ids)
            except Conflict:
                now += 1  # withdrawn twice: refused, nothing happened
            if polls:
                assert mirror.follow(now) == portal(now)
        assert services.recompute_standing(because="从头重算", by="测试", at=now).changed == 0  # piece by piece = from scratch
        for later in (now + 6_000, now + 86_400 * 400, now + 86_400 * 1200):
            assert mirror.follow(later) == portal(later)
        transaction.set_rollback(True)


def test_a_cursor_from_the_future_is_refused_not_called_complete() -> None:
    with pytest.raises(Refused) as refused:
        changes_since(make_cursor("99999999999", "1"), LATER)
    assert refused.value.slug == "bad-cursor"
