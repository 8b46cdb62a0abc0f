"""Instants and dates in Asia/Shanghai."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER, NEVER, date_of, end_of_day, local_time, start_of_day, utc_text

DAYS = st.dates(min_value=date(1992, 1, 1), max_value=date(9999, 12, 31))


@given(DAYS)
def test_a_day_is_from_midnight_to_midnight(day: date) -> None:
    assert datetime.fromtimestamp(start_of_day(day), ZoneInfo("Asia/Shanghai")) == datetime(
        day.year, day.month, day.day, tzinfo=ZoneInfo("Asia/Shanghai")
    )
    assert end_of_day(day) - start_of_day(day) == 86_400
    assert date_of(start_of_day(day)) == date_of(end_of_day(day) - 1) == day


def test_the_ends_of_time() -> None:
    assert NEVER == 0
    assert end_of_day(date.max) == FOREVER + 1
    assert date_of(FOREVER) == date.max


def test_instants_are_shown() -> None:
    gone = end_of_day(date(2026, 7, 10))  # decided 2026-04-10, three months
    assert local_time(gone).isoformat() == "2026-07-11T00:00:00+08:00"
    assert utc_text(gone) == "2026-07-10T16:00:00Z"


def test_the_clock_can_be_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(start_of_day(date(2026, 5, 6))))
    assert (clock.now(), clock.today()) == (start_of_day(date(2026, 5, 6)), date(2026, 5, 6))
    monkeypatch.delenv(clock.PINNED_CLOCK)
    assert clock.now() > start_of_day(date(2024, 1, 1))
