"""The calendars on file against an independent table, every day from 2007 to 2026."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest

from chengxin.policy import PolicySet
from chengxin.policy.types import Confidence


@pytest.mark.parametrize("year", range(2007, 2027))
def test_every_day_agrees_with_chinesecalendar(shipped_policy: PolicySet, year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert shipped_policy.calendar.is_working_day(day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(("year", "working_days"), [(2025, 248), (2026, 248)])
def test_the_number_of_working_days_in_a_year(shipped_policy: PolicySet, year: int, working_days: int) -> None:
    days = (date(year, 1, 1) + timedelta(days=each) for each in range(365))
    assert sum(shipped_policy.calendar.is_working_day(day) for day in days) == working_days


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 2, 12), 7, date(2026, 2, 28)),
        (date(2026, 4, 30), 7, date(2026, 5, 13)),
        (date(2026, 9, 18), 7, date(2026, 9, 29)),
        (date(2026, 9, 30), 7, date(2026, 10, 15)),
        (date(2026, 9, 30), 20, date(2026, 11, 3)),
        (date(2026, 3, 2), 20, date(2026, 3, 30)),
    ],
)
def test_deadlines_worked_out_by_hand(shipped_policy: PolicySet, start: date, count: int, end: date) -> None:
    deadline = shipped_policy.calendar.add_working_days(start, count)
    assert (deadline.on, deadline.provisional) == (end, False)


def test_2027_is_not_on_file_and_a_deadline_into_it_is_provisional(shipped_policy: PolicySet) -> None:
    assert max(shipped_policy.calendar_years) == 2026
    assert shipped_policy.calendar.add_working_days(date(2026, 12, 30), 7).provisional


def test_years_that_were_read_in_a_notice_and_years_that_were_not_say_so(shipped_policy: PolicySet) -> None:
    found = {year for year, each in shipped_policy.calendar_years.items() if each.confidence is Confidence.FOUND}
    assert found == {2025, 2026}
