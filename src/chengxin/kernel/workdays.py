"""工作日。The working calendar: weekends, statutory holidays and make-up days, as dated data passed in.

The day of the act is not counted. A deadline whose days run into a year without a calendar on file is *provisional*: counted by
weekends alone and marked, so that it stops nobody and counts nobody late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from chengxin.kernel.refused import Refused

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class YearOnFile:
    """一年的放假安排：days off and days worked to make up for them, all within the year."""

    year: int
    days_off: frozenset[date]
    make_up_days: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        strays = [day for day in self.days_off | self.make_up_days if day.year != self.year]
        if strays:
            raise ValueError(f"the calendar of {self.year} holds {min(strays)}")
        both = self.days_off & self.make_up_days
        if both:
            raise ValueError(f"{min(both)} is both a day off and a make-up day")


@dataclass(frozen=True)
class Deadline:
    """截止日。``on`` is the last day to act; ``provisional`` when a day was counted in a year without a calendar."""

    on: date
    provisional: bool = False


@dataclass(frozen=True)
class WorkingCalendar:
    """工作日历：the years on file."""

    years: Mapping[int, YearOnFile] = field(default_factory=dict)

    @classmethod
    def of(cls, years: Iterable[YearOnFile]) -> WorkingCalendar:
        """A calendar of these years; ValueError if one comes twice."""
        on_file: dict[int, YearOnFile] = {}
        for year in years:
            if year.year in on_file:
                raise ValueError(f"the calendar of {year.year} is given twice")
            on_file[year.year] = year
        return cls(on_file)

    def covers(self, day: date) -> bool:
        """Whether the year of ``day`` is on file."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """是否工作日。Refused for a year that is not on file: nobody may guess a holiday."""
        if not self.covers(day):
            raise Refused(
                slug="calendar-not-on-file",
                sentence=f"{day.year}年的放假安排尚未收录，不能判断{day:%Y-%m-%d}是否工作日。",
                what_to_do="国务院办公厅发布该年放假安排后，录入 policies 的工作日历并采用。",
            )
        return self._works(day)

    def roll_forward(self, day: date) -> Deadline:
        """顺延：``day``, or the next working day if it is none (民法典第二百零三条). For deadlines to act only."""
        provisional = not self.covers(day)
        while not self._works(day):
            if day == date.max:
                return Deadline(day, provisional=True)
            day += _ONE_DAY
            provisional = provisional or not self.covers(day)
        return Deadline(day, provisional)

    def add_working_days(self, start: date, n: int) -> Deadline:
        """The ``n``-th working day after ``start``; with n = 0 the day itself, rolled forward. ValueError if n < 0."""
        if n < 0:
            raise ValueError("a deadline lies after its start")
        if n == 0:
            return self.roll_forward(start)
        day, provisional = start, False
        while n:
            if day == date.max:
                return Deadline(day, provisional=True)
            day += _ONE_DAY
            provisional = provisional or not self.covers(day)
            n -= self._works(day)
        return Deadline(day, provisional)

    def working_days_between(self, after: date, until: date) -> tuple[int, bool]:
        """Working days after ``after`` up to and including ``until``, and whether the count is provisional.

        Negative when ``until`` lies before ``after``.
        """
        if until < after:
            count, provisional = self.working_days_between(until, after)
            return -count, provisional
        first = after.toordinal() + 1
        days = [date.fromordinal(number) for number in range(first, until.toordinal() + 1)]
        return sum(map(self._works, days)), not all(map(self.covers, days))

    def deadline_column(self, dates: pl.Series, n: int) -> pl.DataFrame:
        """Columns ``due_on`` and ``due_provisional`` for a column of dates, worked out once per different date; null stays null."""
        deadlines = {day: self.add_working_days(day, n) for day in dates.drop_nulls().unique()}
        table = pl.DataFrame(
            {
                "start": list(deadlines),
                "due_on": [deadline.on for deadline in deadlines.values()],
                "due_provisional": [deadline.provisional for deadline in deadlines.values()],
            },
            schema={"start": pl.Date, "due_on": pl.Date, "due_provisional": pl.Boolean},
        )
        joined = dates.alias("start").to_frame().join(table, on="start", how="left", maintain_order="left")
        return joined.select("due_on", pl.col("due_provisional").fill_null(False))

    def _works(self, day: date) -> bool:
        year = self.years.get(day.year)
        if year is None:
            return day.weekday() < 5
        return day in year.make_up_days or (day.weekday() < 5 and day not in year.days_off)
