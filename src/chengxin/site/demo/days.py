"""工作日 of the demo city, on whatever day it is built: a weekend, a holiday, a year whose calendar is not on file yet."""

from __future__ import annotations

from datetime import date, timedelta

from chengxin.kernel.workdays import WorkingCalendar

_ONE_DAY = timedelta(days=1)


def working_day(day: date, calendar: WorkingCalendar) -> date:
    """``day``, or the last working day before it. A year without a calendar counts by weekends alone."""
    while not calendar.working_days_between(day - _ONE_DAY, day)[0]:
        day -= _ONE_DAY
    return day


def working_days_back(day: date, back: int, calendar: WorkingCalendar) -> date:
    """The working day that lies ``back`` working days before the last one up to ``day``."""
    day = working_day(day, calendar)
    for _ in range(back):
        day = working_day(day - _ONE_DAY, calendar)
    return day
