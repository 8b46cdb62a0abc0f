"""Instants are whole seconds since 1970 UTC; dates are dates in Asia/Shanghai (ADR 0002)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, TypeAlias

Instant: TypeAlias = int

#: Asia/Shanghai has had no daylight saving since 1991; a fixed offset is exact for every date the platform handles.
SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
#: The end of a period without an end.
FOREVER: Final[Instant] = 253_402_271_999
#: Both ends of a period that never is.
NEVER: Final[Instant] = 0


def start_of_day(day: date) -> Instant:
    """Midnight at the beginning of ``day`` in Asia/Shanghai.

    >>> start_of_day(date(1970, 1, 2))
    57600
    """
    return (day.toordinal() - _EPOCH) * 86_400 - 28_800


def end_of_day(day: date) -> Instant:
    """Midnight at the end of ``day``: the exclusive end of a period whose last day is ``day``."""
    return start_of_day(day) + 86_400


def date_of(at: Instant) -> date:
    """The date in Asia/Shanghai on which ``at`` falls."""
    return date.fromordinal(_EPOCH + (at + 28_800) // 86_400)


def local_time(at: Instant) -> datetime:
    """``at`` as an aware datetime in Asia/Shanghai, for showing."""
    return datetime.fromtimestamp(at, SHANGHAI)


def utc_text(at: Instant) -> str:
    """``at`` in RFC 3339, UTC, for machines.

    >>> utc_text(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_EPOCH: Final = date(1970, 1, 1).toordinal()
