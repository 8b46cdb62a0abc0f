"""应报未报：acts that the platform knows of, that are not on record, and whose last day has passed or is coming.

What an office never handed in cannot be known here; what it handed in and got back can. How many there are is counted beforehand
(``OutstandingCount``): pages that show numbers read those, lists read one page of acts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from chengxin.foundation.disclosure.models import OutstandingAct, OutstandingCount
from chengxin.foundation.disclosure.types import OutstandingReason
from chengxin.foundation.records.queries import bad_cursor, make_cursor, read_cursor
from chengxin.kernel.instants import Instant, date_of

_AT_A_TIME = 2_000


@dataclass(frozen=True)
class MissingAct:
    """应报未报的一件。"""

    id: int
    authority_id: int
    item: int
    month: str
    document_number: str
    decided_on: date
    due_on: date
    reason: OutstandingReason
    submission_id: int
    row: int

    @property
    def reason_label(self) -> str:
        """The word on a page."""
        return self.reason.label


@dataclass(frozen=True)
class MissingPage:
    """清单的一页。``total``: how many there are in all."""

    acts: list[MissingAct]
    total: int
    offices: int
    next_cursor: str = ""


def missing_acts(at: Instant, *, authority_ids: Collection[int] | None = None, item: int | None = None) -> Iterator[MissingAct]:
    """应报未报 whose last day has passed at ``at``, each document once, oldest deadline first. All of them: for files and commands."""
    yield from _all(_open(_passed(at), authority_ids, item))


def coming_due(at: Instant, *, authority_ids: Collection[int] | None = None, item: int | None = None) -> Iterator[MissingAct]:
    """快到期的：the same for those whose last day is today or later."""
    yield from _all(_open(_to_come(at), authority_ids, item))


def missing_page(at: Instant, *, authority_ids: Collection[int] | None = None, cursor: str = "", limit: int = 50) -> MissingPage:
    """应报未报, one page. Refused for a cursor that is none of ours."""
    return _page(_passed(at), authority_ids, cursor, limit)


def coming_page(at: Instant, *, authority_ids: Collection[int] | None = None, cursor: str = "", limit: int = 50) -> MissingPage:
    """快到期的, one page."""
    return _page(_to_come(at), authority_ids, cursor, limit)


def missing_behind(authority_id: int, item: int, month: str, at: Instant, *, cursor: str = "", limit: int = 50) -> MissingPage:
    """数字背后的清单 of what is missing of one office, item and month."""
    return _page(_passed(at) & Q(item=item, month=month), [authority_id], cursor, limit)


def missing_counts(at: Instant) -> QuerySet[OutstandingCount]:
    """The counts of what is missing at ``at``: ``n`` of each office, item, month and last day."""
    return OutstandingCount.objects.filter(due_on__lt=date_of(at))


def _passed(at: Instant) -> Q:
    return Q(due_on__lt=date_of(at))


def _to_come(at: Instant) -> Q:
    return Q(due_on__gte=date_of(at))


def _open(due: Q, authority_ids: Collection[int] | None, item: int | None = None) -> QuerySet[OutstandingAct]:
    scope = due & Q(settled_at=None, due_provisional=False)
    if authority_ids is not None:
        scope &= Q(authority_id__in=list(authority_ids))
    if item is not None:
        scope &= Q(item=item)
    return OutstandingAct.objects.filter(scope).order_by("due_on", "id")


def _all(found: QuerySet[OutstandingAct]) -> Iterator[MissingAct]:
    yield from (_act(each) for each in found.iterator(chunk_size=_AT_A_TIME))


def _page(due: Q, authority_ids: Collection[int] | None, cursor: str, limit: int) -> MissingPage:
    counted = OutstandingCount.objects.filter(due)
    if authority_ids is not None:
        counted = counted.filter(authority_id__in=list(authority_ids))
    sums = counted.aggregate(n=Sum("n"), offices=Count("authority_id", distinct=True))
    rows = list(_after(_open(due, authority_ids), cursor)[: limit + 1])
    following = make_cursor(f"{rows[limit - 1].due_on}", str(rows[limit - 1].pk)) if len(rows) > limit else ""
    return MissingPage([_act(each) for each in rows[:limit]], sums["n"] or 0, sums["offices"], following)


def _after(found: QuerySet[OutstandingAct], cursor: str) -> QuerySet[OutstandingAct]:
    if not cursor:
        return found
    day, number = read_cursor(cursor, 2)
    try:
        due_on, last = date.fromisoformat(day), int(number)
    except ValueError as error:
        raise bad_cursor() from error
    return found.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, id__gt=last))


def _act(row: OutstandingAct) -> MissingAct:
    assert row.due_on is not None  # both scopes compare it
    return MissingAct(
        row.pk, row.authority_id, row.item, row.month, row.document_number, row.decided_on, row.due_on, OutstandingReason(row.reason),
        row.submission_id, row.row,
    )  # fmt: skip
