"""工作日：weekends, holidays, make-up days; a year not on file is provisional for deadlines and refused for questions."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import polars as pl
import pytest
from chinese_calendar.constants import holidays, workdays
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel.refused import Refused
from chengxin.kernel.workdays import Deadline, WorkingCalendar, YearOnFile

FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
#: The years of the independent library, as our kind of data: what differs from Monday to Friday.
CALENDAR = WorkingCalendar.of(
    YearOnFile(
        year,
        frozenset(day for day in holidays if day.year == year),
        frozenset(day for day in workdays if day.year == year),
    )
    for year in range(FIRST.year, LAST.year + 1)
)
ON_FILE = st.dates(min_value=FIRST, max_value=date(2026, 9, 1))


def test_every_day_of_twenty_years_is_as_the_independent_library_says() -> None:
    assert [day for day in EVERY_DAY if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)] == []
    assert sum(CALENDAR.is_working_day(day) for day in EVERY_DAY if day.year == 2026) == 248


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        (date(2026, 2, 12), 7, date(2026, 2, 28)),
        (date(2026, 4, 30), 7, date(2026, 5, 13)),
        (date(2026, 9, 18), 7, date(2026, 9, 29)),
        (date(2026, 9, 30), 7, date(2026, 10, 15)),
        (date(2026, 9, 30), 20, date(2026, 11, 3)),
        (date(2026, 3, 2), 20, date(2026, 3, 30)),
    ],
)
def test_deadlines_around_the_holidays(start: date, n: int, due: date) -> None:
    assert CALENDAR.add_working_days(start, n) == Deadline(due, provisional=False)


def test_a_year_without_a_calendar_is_provisional_never_an_error() -> None:
    assert CALENDAR.add_working_days(date(2026, 12, 30), 1) == Deadline(date(2026, 12, 31), provisional=False)
    assert CALENDAR.add_working_days(date(2026, 12, 30), 2) == Deadline(date(2027, 1, 1), provisional=True)
    assert CALENDAR.add_working_days(date(2030, 5, 3), 1) == Deadline(date(2030, 5, 6), provisional=True)
    assert CALENDAR.working_days_between(date(2026, 12, 30), date(2027, 1, 4)) == (3, True)
    assert CALENDAR.roll_forward(date(2027, 1, 2)) == Deadline(date(2027, 1, 4), provisional=True)
    with pytest.raises(Refused, match="2027年的放假安排尚未收录"):
        CALENDAR.is_working_day(date(2027, 1, 4))


def test_the_calendar_that_comes_later_settles_it() -> None:
    new = YearOnFile(2027, frozenset({date(2027, 1, 1)}))
    settled = WorkingCalendar({**CALENDAR.years, 2027: new})
    assert settled.add_working_days(date(2026, 12, 30), 2) == Deadline(date(2027, 1, 4), provisional=False)


def test_deadlines_to_act_roll_on() -> None:
    assert CALENDAR.roll_forward(date(2026, 10, 1)) == Deadline(date(2026, 10, 8))
    assert CALENDAR.roll_forward(date(2026, 10, 10)) == Deadline(date(2026, 10, 10))  # a Saturday to make up for it
    assert CALENDAR.roll_forward(date(2026, 12, 31)) == Deadline(date(2026, 12, 31))
    assert CALENDAR.add_working_days(date(2026, 10, 3), 0) == Deadline(date(2026, 10, 8))
    assert CALENDAR.add_working_days(date.max, 3) == Deadline(date.max, provisional=True)
    assert WorkingCalendar().roll_forward(date.max).on == date.max
    with pytest.raises(ValueError, match="after its start"):
        CALENDAR.add_working_days(date(2026, 10, 3), -1)


def test_the_end_of_time_is_no_working_day_to_wait_for() -> None:
    last_days_off = YearOnFile(9999, frozenset(date(9999, 12, day) for day in range(25, 32)))
    calendar = WorkingCalendar.of([last_days_off])
    assert calendar.roll_forward(date(9999, 12, 27)) == Deadline(date.max, provisional=True)


@given(ON_FILE, st.integers(1, 30))
def test_adding_and_counting_agree(start: date, n: int) -> None:
    deadline = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(deadline.on)
    assert CALENDAR.working_days_between(start, deadline.on) == (n, False)
    assert CALENDAR.working_days_between(deadline.on, start) == (-n, False)


@given(ON_FILE, st.integers(1, 10), st.integers(1, 10))
def test_one_after_the_other_is_both_at_once(start: date, n: int, m: int) -> None:
    assert CALENDAR.add_working_days(CALENDAR.add_working_days(start, n).on, m) == CALENDAR.add_working_days(start, n + m)


@given(st.lists(st.none() | st.dates(min_value=date(2026, 1, 1), max_value=date(2028, 1, 1)), max_size=20))
def test_columns_are_as_single_days(starts: list[date | None]) -> None:
    column = CALENDAR.deadline_column(pl.Series(starts, dtype=pl.Date), 7)
    single = [CALENDAR.add_working_days(start, 7) if start else None for start in starts]
    assert column["due_on"].to_list() == [deadline.on if deadline else None for deadline in single]
    assert column["due_provisional"].to_list() == [deadline is not None and deadline.provisional for deadline in single]


def test_calendars_that_contradict_themselves_are_no_calendars() -> None:
    with pytest.raises(ValueError, match="twice"):
        WorkingCalendar.of([YearOnFile(2026, frozenset()), YearOnFile(2026, frozenset())])
    with pytest.raises(ValueError, match="holds 2025-12-31"):
        YearOnFile(2026, frozenset({date(2025, 12, 31)}))
    with pytest.raises(ValueError, match="both a day off"):
        YearOnFile(2026, frozenset({date(2026, 1, 1)}), frozenset({date(2026, 1, 1)}))
