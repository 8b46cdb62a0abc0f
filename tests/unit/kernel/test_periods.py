"""期间：the day itself is not counted; the corresponding day, or the month's end."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel import periods

DAYS = st.dates(min_value=date(1949, 10, 1), max_value=date(2199, 12, 31))


@pytest.mark.parametrize(
    ("start", "period", "last"),
    [
        (date(2026, 4, 10), "P3M", date(2026, 7, 10)),
        (date(2025, 11, 30), "P3M", date(2026, 2, 28)),
        (date(2024, 2, 29), "P1Y", date(2025, 2, 28)),
        (date(2024, 2, 29), "P4Y", date(2028, 2, 29)),
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2026, 12, 31), "P2M", date(2027, 2, 28)),
        (date(2026, 2, 28), "P20D", date(2026, 3, 20)),
        (date(2026, 1, 31), "P1M1D", date(2026, 3, 1)),
        (date(2026, 5, 6), "P0M", date(2026, 5, 6)),
        (date(9999, 12, 30), "P3Y", date.max),
        (date(9999, 12, 30), "P3D", date.max),
    ],
)
def test_last_days(start: date, period: str, last: date) -> None:
    assert periods.last_day(start, period) == last


@pytest.mark.parametrize("text", ["", "P", "3M", "P3", "PM", "P-3M", "P3W", "PT5H", "P1M1Y", "p3m", "P 3M", "P3M "])
def test_what_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        periods.parse_period(text)


@pytest.mark.parametrize(
    ("text", "written", "chinese"),
    [
        ("P3M", "P3M", "3个月"),
        ("P15M", "P1Y3M", "1年3个月"),
        ("P20D", "P20D", "20日"),
        ("P0M", "P0D", "0日"),
        ("P1Y2M3D", "P1Y2M3D", "1年2个月3日"),
    ],
)
def test_periods_are_written(text: str, written: str, chinese: str) -> None:
    period = periods.parse_period(text)
    assert (str(period), period.chinese) == (written, chinese)


@given(DAYS, st.integers(0, 60))
def test_a_period_of_months_keeps_the_day_or_ends_the_month(start: date, months: int) -> None:
    last = periods.last_day(start, f"P{months}M")
    assert (last.year * 12 + last.month) - (start.year * 12 + start.month) == months
    assert last.day == start.day or (
        last.day < start.day and (last.toordinal() + 1 == date(last.year + last.month // 12, last.month % 12 + 1, 1).toordinal())
    )


@given(DAYS, DAYS, st.sampled_from(["P3M", "P1Y", "P3Y", "P20D", "P1M15D"]))
def test_who_starts_later_never_ends_earlier(one: date, other: date, period: str) -> None:
    first, second = sorted([one, other])
    assert periods.last_day(first, period) <= periods.last_day(second, period)


@given(DAYS, st.integers(1, 60))
def test_a_longer_period_never_ends_earlier(start: date, months: int) -> None:
    assert periods.last_day(start, f"P{months - 1}M") < periods.last_day(start, f"P{months}M")


@given(st.lists(st.none() | DAYS, max_size=20), st.sampled_from(["P3M", "P1Y", "P20D"]))
def test_columns_are_as_single_days(starts: list[date | None], period: str) -> None:
    column = periods.last_day_column(pl.Series("decided_on", starts, dtype=pl.Date), period)
    assert column.to_list() == [start and periods.last_day(start, period) for start in starts]
    assert (column.name, column.dtype) == ("decided_on", pl.Date)
