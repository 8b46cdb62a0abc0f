"""查找留痕. What the audit administrator asks of all reads: who, which office, about whom, what kind, which matter, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from chengxin.access.models import Read
from chengxin.access.paging import Page, decode_cursor, page_of
from chengxin.access.reads import about
from chengxin.access.subject_reads import member_ids
from chengxin.kernel.instants import end_of_day, start_of_day

__all__ = ["Asked", "found_reads"]


@dataclass(frozen=True)
class Asked:
    """条件；empty ones ask nothing. ``subject_id`` 0: nobody."""

    who: str = ""
    office: str = ""  # its code
    subject_id: int | None = None
    kind: str = ""
    words: str = ""  # part of purpose or matter
    from_on: date | None = None
    until_on: date | None = None  # the last day


def found_reads(asked: Asked, *, cursor: str = "", limit: int = 50) -> Page[Read]:
    """The newest first."""
    rows = _matching(asked).select_related("account", "department").order_by("-pk")
    after = decode_cursor(cursor, int)
    if after:
        rows = rows.filter(pk__lt=after[0])
    return page_of(lambda n: list(rows[:n]), limit, lambda row: (row.pk,))


def _matching(asked: Asked) -> QuerySet[Read]:
    rows = Read.objects.all() if asked.subject_id is None else about(member_ids(asked.subject_id))
    if asked.who:
        rows = rows.filter(account__username=asked.who)
    if asked.office:
        rows = rows.filter(department__code=asked.office)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.words:
        rows = rows.filter(purpose__contains=asked.words) | rows.filter(matter__contains=asked.words)
    if asked.from_on:
        rows = rows.filter(at__gte=start_of_day(asked.from_on))
    if asked.until_on:
        rows = rows.filter(at__lt=end_of_day(asked.until_on))
    return rows
