"""The demo city can be built on any day of the week, in a holiday, and in a year whose calendar nobody has filed yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chengxin.policy.policy_set import PolicySet
from chengxin.site.demo.acts import hand_ins
from chengxin.site.demo.city import firms
from chengxin.site.demo.days import working_day, working_days_back


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2026, 11, 27), date(2026, 11, 27)),  # a Friday
        (date(2026, 11, 28), date(2026, 11, 27)),
        (date(2026, 11, 29), date(2026, 11, 27)),
        (date(2026, 10, 5), date(2026, 9, 30)),  # in the National Day holidays
        (date(2026, 10, 10), date(2026, 10, 10)),  # a Saturday that is worked
        (date(2031, 1, 5), date(2031, 1, 3)),  # no calendar: weekends alone
    ],
)
def test_the_last_working_day(policy_set: PolicySet, today: date, last: date) -> None:
    assert working_day(today, policy_set.calendar) == last
    assert working_days_back(today, 0, policy_set.calendar) == last


def test_steps_back_are_working_days_also_from_a_weekend(policy_set: PolicySet) -> None:
    saturday = date(2026, 11, 28)
    assert working_days_back(saturday, 1, policy_set.calendar) == date(2026, 11, 26)
    assert working_days_back(saturday, 5, policy_set.calendar) == date(2026, 11, 20)
    assert working_days_back(date(2026, 10, 5), 1, policy_set.calendar) == date(2026, 9, 29)


@pytest.mark.parametrize("first", [date(2026, 11, 23), date(2026, 12, 28), date(2031, 1, 1)])
def test_ordinary_hand_ins_can_be_planned_on_every_day_of_a_week(policy_set: PolicySet, first: date) -> None:
    for today in (first + timedelta(days=n) for n in range(7)):
        planned = list(hand_ins(120, firms(30, 1, today.toordinal()), policy_set, 1, today))
        assert planned
        assert all(each.on <= today for each in planned)
