"""Deadlines by hand: holidays, pauses, extensions, a year without a calendar, and that a passed one decides nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.casework.clocks import Level, clocks_of
from chengxin.casework.types import StepTaken
from chengxin.kernel.instants import start_of_day
from chengxin.policy import PolicySet


def step(place: int, verb: str, before: str, after: str, day: date) -> StepTaken:
    return StepTaken(place, verb, before, after, "", start_of_day(day) + 36_000)


def opened(day: date) -> StepTaken:
    return step(0, "open", "", "filed", day)


def test_working_days_pass_over_the_holiday(policy_set: PolicySet) -> None:
    """Three working days after Wednesday 2026-04-29: 30 April, then 1 to 5 May off, 6 and 7 May."""
    (clock,) = clocks_of(policy_set.procedure("restoration"), [opened(date(2026, 4, 29))], policy_set)
    assert (clock.clock, clock.due_on, clock.provisional) == ("acceptance", date(2026, 5, 7), False)
    assert "2026-04-29 起算（当日不计）" in clock.how[0]
    assert "3个工作日" in clock.how[0]


def test_a_pause_stands_still_and_says_so(policy_set: PolicySet) -> None:
    """Asked on the second of three days, supplied five working days later: the deadline moves by those five."""
    steps = [
        opened(date(2026, 6, 1)),
        step(1, "ask_supplement", "filed", "supplement", date(2026, 6, 3)),
        step(2, "supply", "supplement", "filed", date(2026, 6, 10)),
    ]
    rule = policy_set.procedure("restoration")
    (paused,) = clocks_of(rule, steps[:2], policy_set)
    assert paused.paused
    assert paused.level(date(2027, 1, 1), policy_set.calendar) is Level.PAUSED
    (clock,) = clocks_of(rule, steps, policy_set)
    assert clock.due_on == date(2026, 6, 11)  # 3 days from 1 June: 4 June; and 5 working days more
    assert any("暂停，顺延5个工作日" in line for line in clock.how)


def test_an_extension_adds_to_the_running_clock(policy_set: PolicySet) -> None:
    steps = [
        opened(date(2026, 6, 1)),
        step(1, "accept", "filed", "accepted", date(2026, 6, 2)),
        step(2, "extend", "accepted", "accepted", date(2026, 6, 5)),
    ]
    acceptance, decision = clocks_of(policy_set.procedure("restoration"), steps, policy_set)
    assert acceptance.ended_on == date(2026, 6, 2)
    assert acceptance.level(date(2026, 12, 1), policy_set.calendar) is Level.MET
    # 10 working days from 2 June: 16 June; 10 more pass over 19 June (端午节): 1 July
    assert decision.due_on == date(2026, 7, 1)
    assert any("延长10个工作日" in line for line in decision.how)


def test_a_year_without_a_calendar_counts_nobody_late(policy_set: PolicySet) -> None:
    (clock,) = clocks_of(policy_set.procedure("restoration"), [opened(date(2026, 12, 31))], policy_set)
    assert clock.provisional
    assert clock.level(date(2027, 3, 1), policy_set.calendar) is Level.YELLOW
    (known,) = clocks_of(policy_set.procedure("restoration"), [opened(date(2026, 6, 1))], policy_set)
    assert known.level(date(2026, 6, 5), policy_set.calendar) is Level.RED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # a policy set never changes
@given(st.integers(0, 700), st.lists(st.integers(0, 20), max_size=6))
def test_pauses_never_shorten(policy_set: PolicySet, start: int, gaps: list[int]) -> None:
    """However often it is paused, a deadline never comes earlier than without; and each pause moves it by at least nothing."""
    day = date.fromordinal(date(2024, 6, 1).toordinal() + start)
    steps, state = [opened(day)], "filed"
    plain = clocks_of(policy_set.procedure("restoration"), steps, policy_set)[0].due_on
    for gap in gaps:
        day = date.fromordinal(day.toordinal() + gap)
        verb, after = ("ask_supplement", "supplement") if state == "filed" else ("supply", "filed")
        steps.append(step(len(steps), verb, state, after, day))
        state = after
    assert clocks_of(policy_set.procedure("restoration"), steps, policy_set)[0].due_on >= plain


@pytest.mark.parametrize("day", [date(2023, 5, 4), date(2026, 4, 1)])
def test_the_number_in_force_on_the_day_counts(policy_set: PolicySet, day: date) -> None:
    (clock,) = clocks_of(policy_set.procedure("restoration"), [opened(day)], policy_set)
    wanted = policy_set.value_at("restoration_acceptance_days", day)
    assert clock.due_on == policy_set.calendar.add_working_days(day, int(wanted.value)).on
    assert policy_set.sources[wanted.reference].title in clock.how[0]
