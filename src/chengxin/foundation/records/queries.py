"""信用记录的读取。Everything that shows or counts records reads them here, through their standing: nobody else queries the table."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from chengxin.access.models import Department
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Hold, Record, RecordAct, RecordVersion, StandingHistory
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.policy import active

__all__ = [
    "Filters",
    "Page",
    "acts_about",
    "browse",
    "by_document_number",
    "counts_by_item",
    "holds_on",
    "page_of_subject",
    "prior_versions",
    "public_record",
    "records_of_subject",
    "visible",
    "was_visible",
]

#: How many rows one page may look through before it hands out a cursor: rows that have ended or are other offices' cost little,
#: rows whose text must be read cost more.
LOOKED_AT_MOST = 5_000
SCANNED_AT_MOST = 2_000
SCANNED_AT_A_TIME = 250


def visible(surface: Surface, at: Instant) -> Q:
    """何时可见：the filter of ``Record`` for what is on ``surface`` at ``at``: its period, and its submission is closed."""
    in_period = Q(**{f"{surface}_from__lte": at, f"{surface}_until__gt": at})
    return in_period & ~Q(submission_id__in=ports.open_submissions())


def was_visible(surface: Surface, as_of: Instant, at: Instant) -> Q:
    """What was on ``surface`` at ``as_of`` by what was known then, and still is at ``at``: the past never shows what is not public now."""
    known_then = StandingHistory.objects.filter(record_id=OuterRef("pk"), surface=surface, known_from__lte=as_of, known_until__gt=as_of)
    in_force_then = known_then.filter(from_at__lte=as_of, until_at__gt=as_of)
    now_knows = Q(**{f"{surface}_from__lte": as_of, f"{surface}_until__gt": as_of}) & ~Exists(known_then)
    return visible(surface, at) & Q(received_at__lte=as_of) & (Exists(in_force_then) | now_knows)


def public_record(record_id: int, at: Instant) -> Record:
    """The record, if it is public at ``at``. NotFound both for what is not public and for what never was."""
    found = Record.objects.filter(visible(Surface.PUBLIC, at), pk=record_id).first()
    if found is None:
        raise NotFound("record-not-found", "没有这条记录，或者它不在公示期内。", "可以按主体名称或代码查询现在公示的信息。")
    return found


def records_of_subject(
    canonical_id: int, surface: Surface, at: Instant, *, item: int | None = None, as_of: Instant | None = None, limit: int = 200
) -> list[Record]:
    """一个主体的记录 on ``surface``, newest decision first; all subjects that were judged to be this one count."""
    return list(_about(canonical_id, surface, at, item, as_of)[:limit])


def page_of_subject(
    canonical_id: int, at: Instant, *, item: int | None = None, as_of: Instant | None = None, cursor: str = "", limit: int = 50
) -> Page:
    """一个主体公示的记录, page by page. Refused for a cursor that is none of ours."""
    rows = list(_after(_about(canonical_id, Surface.PUBLIC, at, item, as_of), cursor)[: limit + 1])
    return Page(rows[:limit], _cursor_of(rows[limit - 1]) if len(rows) > limit else "")


def _about(canonical_id: int, surface: Surface, at: Instant, item: int | None, as_of: Instant | None) -> QuerySet[Record]:
    seen = visible(surface, at) if as_of is None else was_visible(surface, as_of, at)
    found = Record.objects.filter(seen, subject_id__in=member_ids(canonical_id))
    if item is not None:  # "+ 0": the subject must lead, its records are few; those of an item are many
        found = found.annotate(of_item=F("item") + 0).filter(of_item=item)
    return found.order_by("-decided_on", "-id")


def counts_by_item(canonical_id: int, surface: Surface, at: Instant) -> dict[int, int]:
    """How many records of each item a subject has on ``surface``."""
    found = Record.objects.filter(visible(surface, at), subject_id__in=member_ids(canonical_id))
    return dict(found.values_list("item").annotate(n=Count("id")).order_by("item"))


def by_document_number(number: str, at: Instant, limit: int = 50) -> list[Record]:
    """按文书号查：records whose document number is exactly this, whichever brackets were typed."""
    found = Record.objects.filter(visible(Surface.PUBLIC, at), document_number__in=spellings_of(number))
    return list(found.order_by("-decided_on", "-id")[:limit])


def spellings_of(number: str) -> set[str]:
    """写法：a document number as it may have been recorded, with each kind of brackets."""
    text = "".join(number.replace("\0", "").split())
    return {text, *(text.translate(table) for table in _BRACKETS)}


_BRACKETS = tuple(str.maketrans("〔〕[]［］()（）【】", pair * 6) for pair in ("〔〕", "[]", "［］", "()", "（）", "【】"))


@dataclass(frozen=True)
class Filters:
    """筛选：all given ones hold. ``division`` is the beginning of a division code; ``kind`` a word of the item's field of kinds."""

    authority_id: int | None = None
    division: str = ""
    decided_from: date | None = None
    decided_until: date | None = None  # the last day
    kind: str = ""
    provisional: bool = field(default=False)


@dataclass(frozen=True)
class Page:
    """一页。``next_cursor`` "" on the last; ``scanned_out``: the page is short because it looked far enough for one request."""

    records: Sequence[Record]
    next_cursor: str = ""
    scanned_out: bool = False


def browse(item: int, filters: Filters, at: Instant, *, cursor: str = "", limit: int = 50) -> Page:
    """按事项浏览：what is public of an item, newest decision first, page by page. Refused for a cursor that is none of ours."""
    among = Record.objects.filter(item=item)
    if filters.authority_id is not None:
        among = among.filter(authority_id=filters.authority_id)
    if filters.decided_from:
        among = among.filter(decided_on__gte=filters.decided_from)
    if filters.decided_until:
        among = among.filter(decided_on__lte=filters.decided_until)
    among = _after(among.order_by("-decided_on", "-id"), cursor)
    found, end = _within_reach(among)
    found = found.filter(visible(Surface.PUBLIC, at))
    if filters.division:
        offices = Department.objects.filter(division__startswith=filters.division).values_list("id", flat=True)
        found = found.filter(authority_id__in=list(offices))
    if filters.kind:
        return _browse_kind(item, found, filters.kind, limit, end)
    rows = list(found[: limit + 1])
    return Page(rows[:limit], _cursor_of(rows[limit - 1])) if len(rows) > limit else Page(rows, end, scanned_out=bool(end))


def _within_reach(among: QuerySet[Record]) -> tuple[QuerySet[Record], str]:
    """The first :data:`LOOKED_AT_MOST` of ``among`` (in the order of an index), and the cursor behind them; "" if that is all.

    Years of records that have ended lie behind the last public one: without this the last page of a list would read them all.
    """
    last = among.values_list("decided_on", "id")[LOOKED_AT_MOST - 1 : LOOKED_AT_MOST].first()
    if last is None:
        return among, ""
    day, number = last
    reached = among.filter(Q(decided_on__gt=day) | Q(decided_on=day, id__gte=number), decided_on__gte=day)
    return reached, make_cursor(day.isoformat(), str(number))


def _browse_kind(item: int, found: QuerySet[Record], kind: str, limit: int, end: str) -> Page:
    """Kinds stand in the text only: look through page after page, and hand out a cursor when it gets long."""
    role = active.policy_set().item(item).roles.get("penalty_kinds", "")
    if not role:
        raise Refused("filter-not-offered", "这类事项没有按种类筛选。", "去掉种类条件。")
    kept: list[Record] = []
    scanned, cursor = 0, ""
    while scanned < SCANNED_AT_MOST:
        rows = list(_after(found, cursor)[:SCANNED_AT_A_TIME])
        said = read_contents([row.content_id for row in rows])
        for row in rows:
            if kind in said.get(row.content_id, {}).get(role, ""):
                kept.append(row)
                if len(kept) == limit:
                    return Page(kept, _cursor_of(row))
        if len(rows) < SCANNED_AT_A_TIME:
            return Page(kept, end, scanned_out=bool(end))
        scanned, cursor = scanned + len(rows), _cursor_of(rows[-1])
    return Page(kept, cursor, scanned_out=True)


def _after(found: QuerySet[Record], cursor: str) -> QuerySet[Record]:
    if not cursor:
        return found
    day, number = read_cursor(cursor, 2)
    try:
        decided_on, record_id = date.fromisoformat(day), int(number)
    except ValueError as error:
        raise bad_cursor() from error
    # decided_on <= is implied, and lets the index begin at the right place
    return found.filter(Q(decided_on__lt=decided_on) | Q(decided_on=decided_on, id__lt=record_id), decided_on__lte=decided_on)


def _cursor_of(row: Record) -> str:
    return make_cursor(row.decided_on.isoformat(), str(row.id))


def make_cursor(*parts: str) -> str:
    """翻页标记：opaque to the caller."""
    return base64.urlsafe_b64encode("|".join(parts).encode()).decode().rstrip("=")


def read_cursor(cursor: str, parts: int) -> list[str]:
    """What :func:`make_cursor` put in; Refused for anything else."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError) as error:
        raise bad_cursor() from error
    found = text.split("|")
    if len(found) != parts:
        raise bad_cursor()
    return found


def bad_cursor() -> Refused:
    """The refusal of a cursor that was not handed out here."""
    return Refused("bad-cursor", "翻页标记不对。", "使用上一页答复里给出的标记，不要改动；或者从第一页重新开始。")


def prior_versions(record_id: int) -> list[RecordVersion]:
    """以前的版本：superseded ones, newest first; pending ones of open submissions are not among them."""
    superseded = RecordVersion.objects.filter(record_id=record_id).exclude(submission_id__in=ports.open_submissions())
    current = Record.objects.filter(pk=record_id).values("version")[:1]
    return list(superseded.filter(version__lt=current).order_by("-version"))


def acts_about(record_id: int) -> list[RecordAct]:
    """后续行为, oldest first."""
    return list(RecordAct.objects.filter(record_id=record_id).order_by("at", "id"))


def holds_on(record_id: int) -> list[Hold]:
    """暂停, oldest first."""
    return list(Hold.objects.filter(record_id=record_id).order_by("from_at", "id"))


def records_in_order(ids: Collection[int], among: Q) -> Iterator[Record]:
    """The records with these ids that pass ``among``, by id."""
    yield from Record.objects.filter(among, pk__in=list(ids)).order_by("pk")


def contents_of(records: Collection[Any]) -> Mapping[int, Mapping[str, str]]:
    """What the given records or versions say: content id → field code → text; erased ones are absent."""
    return read_contents([record.content_id for record in records])
