"""怎样会变：when records stop counting, and what the score is then if nothing else happens. The same method, asked about later days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from chengxin.during_event.evaluation.explaining import Explained, Reason, explain
from chengxin.during_event.evaluation.listings import listings_of
from chengxin.during_event.evaluation.runs import Order
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import end_of_day

#: Each day asked about costs its own statements; the rest is told without a score.
MOST_DAYS: Final = 6


@dataclass(frozen=True)
class Change:
    """一次变化：from ``on`` these records no longer count. ``then``: the whole result of that day; None: not worked out."""

    on: date
    ending: Sequence[Reason]
    then: Explained | None = None


def changes_of(found: Explained, listings: Sequence[Reason] = ()) -> list[Change]:
    """The days on which something ends, in their order, without scores; ``listings``: what sets the grade whatever the points."""
    ending = sorted(
        (each for each in (*listings, *found.reasons) if each.until is not None), key=lambda each: (each.until or date.max, each.record_id)
    )
    days = groupby(ending, key=lambda each: (each.until or date.max) + timedelta(days=1))
    return [Change(on, tuple(group)) for on, group in days]


def outlook(subject: Subject, found: Explained, order: Order) -> list[Change]:
    """怎样会变, the first days with their results: what is known today, the method of today."""
    listings = listings_of(subject, found, order)
    changes = changes_of(found, listings)
    # What sets the grade matters most: its ends are worked out first, then the nearest days.
    first = sorted(changes, key=lambda change: (not any(each in listings for each in change.ending), change.on))[:MOST_DAYS]
    return [_worked_out(subject, change, order) if change in first else change for change in changes]


def _worked_out(subject: Subject, change: Change, order: Order) -> Change:
    return replace(change, then=explain(subject, replace(order, as_of=change.on, moment=end_of_day(change.on))))
