"""期间。Periods of whole days, months and years, as the law counts them.

The day something happened is not counted. A period of months or years ends on the day with the same number, or on the last
day of the month where there is none (民法典第二百零一、二百零二条). Publication ends, measures and bans end on a holiday too;
only deadlines to act roll on, see :mod:`chengxin.kernel.workdays`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

_SHAPE = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


@dataclass(frozen=True)
class Period:
    """期间：a number of months (years are twelve) and of calendar days."""

    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = [f"{n}{letter}" for n, letter in ((years, "Y"), (months, "M"), (self.days, "D")) if n]
        return "P" + ("".join(parts) or "0D")

    @property
    def chinese(self) -> str:
        """The period as it stands on a page.

        >>> parse_period("P1Y3M").chinese
        '1年3个月'
        """
        years, months = divmod(self.months, 12)
        parts = [f"{n}{unit}" for n, unit in ((years, "年"), (months, "个月"), (self.days, "日")) if n]
        return "".join(parts) or "0日"


def parse_period(text: str) -> Period:
    """期间的写法：the date part of ISO 8601 durations, without weeks. ValueError for anything else.

    >>> parse_period("P1Y3M")
    Period(months=15, days=0)
    """
    match = _SHAPE.fullmatch(text)
    if match is None or match.lastindex is None:
        raise ValueError(f"{text!r} is not a period: write P3M, P1Y or P20D")
    years, months, days = (int(group or 0) for group in match.groups())
    return Period(months=years * 12 + months, days=days)


def last_day(start: date, period: str) -> date:
    """期间的最后一日。``start`` itself is not counted; a period that would pass the year 9999 ends with it.

    >>> last_day(date(2025, 11, 30), "P3M")
    datetime.date(2026, 2, 28)
    """
    length = parse_period(period)
    years, month = divmod(start.year * 12 + start.month - 1 + length.months, 12)
    if years > date.max.year:
        return date.max
    month += 1
    day = min(start.day, calendar.monthrange(years, month)[1])
    corresponding = date(years, month, day)
    if corresponding.toordinal() + length.days > date.max.toordinal():
        return date.max
    return corresponding + timedelta(days=length.days)


def last_day_column(starts: pl.Series, period: str) -> pl.Series:
    """:func:`last_day` of a column of dates; null stays null."""
    days = {start: last_day(start, period) for start in starts.drop_nulls().unique()}
    if not days:
        return pl.Series(starts.name, [None] * len(starts), dtype=pl.Date)
    return starts.replace_strict(pl.Series(list(days), dtype=pl.Date), pl.Series(list(days.values()), dtype=pl.Date), default=None)
