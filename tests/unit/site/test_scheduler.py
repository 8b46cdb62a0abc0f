"""定时进程。"""

from __future__ import annotations

import pytest

from chengxin.site import health, scheduler
from chengxin.site.scheduler import LONGEST_PAUSE_SECONDS, Duty, Scheduler


class Failing:
    """Fails until it is mended."""

    def __init__(self) -> None:
        self.broken = True
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1
        if self.broken:
            raise ConnectionError


def test_a_duty_comes_round() -> None:
    calls: list[int] = []
    duty = Duty("count", 5.0, lambda: calls.append(1))
    for now in range(12):
        duty.run(float(now))
    assert len(calls) == 3


def test_a_duty_that_fails_waits_longer_each_time_and_is_told() -> None:
    act = Failing()
    duty = Duty("ledger", 1.0, act)
    for now in range(200):
        duty.run(float(now))
    assert act.calls == 8  # at 0, 2, 6, 14, 30, 62, 122, 182
    assert (duty.failing, duty.due - 182) == ("ConnectionError", LONGEST_PAUSE_SECONDS)
    act.broken = False
    duty.run(1000.0)
    assert (duty.failing, duty.due) == ("", 1001.0)


def test_one_failing_duty_does_not_stop_the_others() -> None:
    calls: list[int] = []
    loop = Scheduler([Duty("ledger", 1.0, Failing()), Duty("other", 1.0, lambda: calls.append(1))])
    loop.duties.append(Duty("end", 1.0, loop.stop))
    loop.run()
    assert calls == [1]
    state = health.parts()["scheduler"]
    assert (state.alive, state.failing) == (True, {"ledger": "ConnectionError"})


@pytest.mark.django_db
@pytest.mark.usefixtures("policy_set")
def test_every_duty_of_an_installation_can_be_done() -> None:
    for duty in scheduler.duties():
        duty.act()
