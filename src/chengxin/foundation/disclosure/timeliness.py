"""及时率的读取：on time, late and missing per office, item and month, and the list behind each number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Func, Q, QuerySet, Sum

from chengxin.foundation.disclosure.models import OutstandingCount, TimelinessCount
from chengxin.foundation.disclosure.overdue import missing_counts
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import make_cursor, read_cursor
from chengxin.kernel.instants import Instant, date_of

#: From UTC midnight of a day to the end of that day in Asia/Shanghai.
_SECONDS_TO_MIDNIGHT = 57_600


@dataclass(frozen=True)
class Timeliness:
    """及时率的一行。``missing``: rejected or undecided rows whose last day has passed and that did not come back."""

    authority_id: int
    item: int
    month: str
    on_time: int
    late: int
    missing: int

    @property
    def total(self) -> int:
        """All acts that are known."""
        return self.on_time + self.late + self.missing

    @property
    def per_mille(self) -> int | None:
        """及时率 in thousandths, rounded down: 999 of 1,000 is not "all". None where nothing is known."""
        return self.on_time * 1000 // self.total if self.total else None


@dataclass(frozen=True)
class Scope:
    """统计范围：all given ones hold. Months as 2026-04, both included."""

    authority_ids: Collection[int] | None = None
    item: int | None = None
    from_month: str = ""
    until_month: str = ""


def timeliness(scope: Scope, at: Instant) -> list[Timeliness]:
    """及时率 of every office, item and month in ``scope`` about which something is known, in that order."""
    found: defaultdict[tuple[int, int, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in _counts(scope).values_list("authority_id", "item", "month", "on_time", "late"):
        found[row[:3]][:2] = row[3:]
    for *key, lost in _missing(scope, at).values_list("authority_id", "item", "month").annotate(lost=Sum("n")).order_by():
        found[key[0], key[1], key[2]][2] = lost
    return [Timeliness(*key, *numbers) for key, numbers in sorted(found.items())]


def summed(rows: Sequence[Timeliness], by: str) -> list[tuple[Any, Timeliness]]:
    """The rows added up by ``authority_id``, ``item`` or ``month``."""
    sums: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in rows:
        for place, number in enumerate((row.on_time, row.late, row.missing)):
            sums[getattr(row, by)][place] += number
    return [(key, Timeliness(0, 0, "", *numbers)) for key, numbers in sorted(sums.items())]


def added_up(scope: Scope, at: Instant, *fields: str) -> list[list[tuple[Any, Timeliness]]]:
    """及时率 of ``scope`` added up by each of ``fields`` (``authority_id``, ``item``, ``month``): what :func:`summed` gives of all
    rows, added up by the database."""
    found = []
    for field in fields:
        lost = dict(_missing(scope, at).order_by(field).values_list(field).annotate(lost=Sum("n")))
        rows = _counts(scope).order_by(field).values_list(field).annotate(a=Sum("on_time"), b=Sum("late"))
        handed_in = {key: (on_time, late) for key, on_time, late in rows}
        lines = [(key, *handed_in.get(key, (0, 0)), lost.get(key, 0)) for key in sorted(handed_in.keys() | lost.keys())]
        found.append([(key, Timeliness(0, 0, "", on_time, late, gone)) for key, on_time, late, gone in lines])
    return found


def months_of(scope: Scope) -> list[tuple[str, int, int]]:
    """(month, on time, late) in ``scope``, oldest first: one query, without what is missing."""
    rows = _counts(scope).values("month").annotate(a=Sum("on_time"), b=Sum("late")).order_by("month")
    return [(row["month"], row["a"], row["b"]) for row in rows]


@dataclass(frozen=True)
class ActsPage:
    """某个数字背后的清单, one page."""

    records: Sequence[Record]
    next_cursor: str = ""


def acts_behind(authority_id: int, item: int, month: str, outcome: str, *, cursor: str = "", limit: int = 50) -> ActsPage:
    """数字背后的清单：the records of one office, item and month that were handed in ``on_time`` or ``late``, newest decision first.

    Records that are not public are among them: whoever shows the list must not show what they say.
    """
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    found = (
        Record.objects.filter(authority_id=authority_id, item=item, decided_on__gte=first, decided_on__lt=following, due_on__isnull=False)
        .exclude(submission_id__in=ports.open_submissions())
        .annotate(due_end=_end_of_due_day())
    )
    in_time = Q(received_at__lt=F("due_end"))
    found = found.filter(in_time) if outcome == "on_time" else found.filter(~in_time, due_provisional=False)
    if cursor:
        day, number = read_cursor(cursor, 2)
        found = found.filter(Q(decided_on__lt=date.fromisoformat(day)) | Q(decided_on=date.fromisoformat(day), id__lt=int(number)))
    rows = list(found.order_by("-decided_on", "-id")[: limit + 1])
    after = make_cursor(rows[limit - 1].decided_on.isoformat(), str(rows[limit - 1].id)) if len(rows) > limit else ""
    return ActsPage(rows[:limit], after)


class _UtcMidnight(Func):
    """The instant of UTC midnight of a date."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """SQLite keeps dates as text."""
        return self.as_sql(compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """PostgreSQL has dates."""
        return self.as_sql(compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)::bigint", **extra)


def _end_of_due_day() -> ExpressionWrapper[Any]:
    return ExpressionWrapper(_UtcMidnight(F("due_on")) + _SECONDS_TO_MIDNIGHT, output_field=BigIntegerField())


def handed_in_on_time(record: Record) -> bool | None:
    """是否按时 of one record; None where no clock runs, or the deadline is provisional and past."""
    if record.due_on is None:
        return None
    on_time = date_of(record.received_at) <= record.due_on
    return on_time if on_time or not record.due_provisional else None


def _counts(scope: Scope) -> QuerySet[TimelinessCount]:
    return _within(TimelinessCount.objects.all(), scope)


def _missing(scope: Scope, at: Instant) -> QuerySet[OutstandingCount]:
    return _within(missing_counts(at), scope)


def _within(found: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
    if scope.authority_ids is not None:
        found = found.filter(authority_id__in=list(scope.authority_ids))
    if scope.item is not None:
        found = found.filter(item=scope.item)
    if scope.from_month:
        found = found.filter(month__gte=scope.from_month)
    if scope.until_month:
        found = found.filter(month__lte=scope.until_month)
    return found
