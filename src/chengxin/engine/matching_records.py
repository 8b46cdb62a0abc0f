"""记录与指标。Which records an indicator counts, what one gives or takes before anything else is weighed, and until when."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from functools import reduce
from itertools import groupby
from operator import and_
from typing import Final

import ibis
import ibis.expr.types as ir

from chengxin.kernel.instants import end_of_day
from chengxin.policy.types_evaluation import Indicator

_DAY: Final = 86_400
_MIDNIGHT: Final = end_of_day(date(1969, 12, 31))  # of day 0 in Asia/Shanghai


def counted(records: ir.Table, as_of: date) -> ir.Table:
    """The records that count on ``as_of``: decided by then, and their time not over at the end of the day."""
    return records.filter((records.decided_on <= ibis.date(as_of)) & (records.counted_until > end_of_day(as_of)))


def layers(indicators: Sequence[Indicator]) -> list[list[tuple[int, Indicator]]]:
    """The indicators with their places, laid so that no two of a layer count the same item: one pass over the records a layer."""
    found: list[list[tuple[int, Indicator]]] = []
    for place, each in enumerate(indicators):
        if not each.item:
            continue
        home = next((layer for layer in found if all(other.item != each.item for _, other in layer)), None)
        if home is None:
            found.append(home := [])
        home.append((place, each))
    return found


def younger(day: ir.DateColumn, months: int, as_of: date) -> ir.BooleanValue:
    """Whether fewer than ``months`` full months lie between ``day`` and ``as_of``; the last one counts from its same-numbered day on.

    Said as a comparison with one day, so that no engine does arithmetic with months: the last day for which they are full.
    """
    return day > last_day_of_age(as_of, months)


def last_day_of_age(as_of: date, months: int) -> date:
    """The last day from which ``months`` full months have passed on ``as_of``.

    >>> last_day_of_age(date(2026, 3, 30), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
    return date(year, month + 1, min(as_of.day, monthrange(year, month + 1)[1]))


def matches(rows: ir.Table, indicator: Indicator, as_of: date) -> ir.BooleanValue:
    """Whether the indicator counts a record."""
    found = rows.item == indicator.item
    if indicator.window_months:
        found &= younger(rows.decided_on, indicator.window_months, as_of)
    if indicator.supervision:
        found &= rows.supervision.isin(indicator.supervision)
    if indicator.in_force:
        found &= rows.effective_until > end_of_day(as_of)
    return found


def milli_points(rows: ir.Table, indicator: Indicator, as_of: date) -> ir.IntegerValue:
    """Milli-points of a record by its severity, its outcome and its age. Points × per mille is exact in milli-points."""
    return _points(rows, indicator) * _per_mille(rows.decided_on, indicator, as_of)


def _points(rows: ir.Table, indicator: Indicator) -> ir.IntegerValue:
    """Whole points by severity and outcome; the first line of the model that fits."""
    cases: list[tuple[ir.BooleanValue, ir.IntegerValue]] = []
    for each in indicator.points:
        fits = [rows.severity == each.severity] if each.severity else []
        fits += [rows.outcome == each.outcome] if each.outcome else []
        if not fits:
            return ibis.cases(*cases, else_=ibis.literal(each.points, "int64")) if cases else ibis.literal(each.points, "int64")
        cases.append((reduce(and_, fits), ibis.literal(each.points, "int64")))
    return ibis.cases(*cases, else_=ibis.literal(0, "int64"))


def _per_mille(day: ir.DateColumn, indicator: Indicator, as_of: date) -> ir.IntegerValue:
    """The decay as steps: months of equal value are one branch, the last value lasts."""
    steps, begin = [], 0
    for value, run in groupby(indicator.decay or (1000,)):
        begin += len(list(run))
        steps.append((begin, ibis.literal(value, "int64")))
    branches = [(younger(day, months, as_of), value) for months, value in steps[:-1]]
    return ibis.cases(*branches, else_=steps[-1][1]) if branches else steps[-1][1]


def ends_at(rows: ir.Table, layer: Sequence[tuple[int, Indicator]]) -> ir.IntegerValue:
    """When a record stops giving or taking by itself: its time is over, its act no longer holds, or it has left the window."""
    end = rows.counted_until
    in_force = [place for place, each in layer if each.in_force]
    if in_force:
        end = rows.part.isin(in_force).ifelse(ibis.least(end, rows.effective_until), end)
    for window in sorted({each.window_months for _, each in layer if each.window_months}):
        places = [place for place, each in layer if each.window_months == window]
        end = rows.part.isin(places).ifelse(ibis.least(end, window_end(rows.decided_on, window)), end)
    return end


def window_end(day: ir.DateColumn, window: int) -> ir.IntegerValue:
    """Midnight after the first day that is ``window`` full months after ``day``: the same-numbered day, or the 1st where there is none.

    Months are added to the first of a month only: what engines do at the end of a month they need not agree on.
    """
    first = day.truncate("M")
    reached = ibis.least(
        _day_number(first + ibis.interval(months=window)) + day.day() - 1, _day_number(first + ibis.interval(months=window + 1))
    )
    return (reached.cast("int64") + 1) * _DAY + _MIDNIGHT


def _day_number(day: ir.DateValue) -> ir.IntegerValue:
    number: ir.IntegerValue = day.cast("date").delta(ibis.date(1970, 1, 1), unit="day")
    return number
