"""增量订阅：what changed on the public surface since a cursor, additions and withdrawals alike, which mirrors must obey.

A change names a record that may have changed at that instant, and says how it stands *now*: applied in order, again or twice, it makes
a mirror equal to the portal. What was never public is never named.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.db.models import Exists, F, OuterRef, Q

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Hold, Record, StandingHistory
from chengxin.foundation.records.queries import bad_cursor, make_cursor, read_cursor, visible
from chengxin.foundation.records.showing import ShownRecord, shown_records
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import Instant
from chengxin.policy import active

#: Changes younger than this may still be followed by an older one whose transaction is about to commit: they are told again.
SETTLING_SECONDS: Final = 120
_INSTANTS_AT_A_TIME: Final = 200

Place = tuple[Instant, int]


@dataclass(frozen=True)
class Change:
    """变动：``record`` is None when it is not (or no longer) public."""

    at: Instant
    record_id: int
    record: ShownRecord | None


@dataclass(frozen=True)
class Changes:
    """一页变动。``next_cursor`` is always given; ``complete``: nothing newer at the time of asking."""

    changes: Sequence[Change]
    next_cursor: str
    complete: bool
    at: Instant


def changes_since(cursor: str, at: Instant, *, limit: int = 500) -> Changes:
    """变动 after ``cursor`` ("" from the beginning), oldest first. Refused for a cursor that was not handed out here,
    such as one from the future."""
    start = _read(cursor)
    if start[0] > at:  # a mirror with a damaged cursor would be told "nothing newer" for ever
        raise bad_cursor()
    places = list(islice(_once(_touched(start, at, limit + 1)), limit + 1))
    page = places[:limit]
    complete = len(places) <= limit
    numbers = {record_id for _, record_id in page}
    rows = list(Record.objects.filter(visible(Surface.PUBLIC, at), pk__in=numbers))
    shown = {record.id: record for record in shown_records(rows, active.policy_set(), at)}
    changes = [Change(instant, record_id, shown.get(record_id)) for instant, record_id in page]
    end = max(start, (at - SETTLING_SECONDS, 0)) if complete else page[-1]
    return Changes(changes, make_cursor(str(end[0]), str(end[1])), complete, at)


def _read(cursor: str) -> Place:
    if not cursor:
        return (0, 0)
    instant, number = read_cursor(cursor, 2)
    if not (instant.isascii() and instant.isdigit() and number.isascii() and number.isdigit()):
        raise bad_cursor()
    return (int(instant), int(number))


def _once(places: Iterator[Place]) -> Iterator[Place]:
    last: Place | None = None
    for place in places:
        if place != last:
            yield place
        last = place


def _touched(start: Place, at: Instant, limit: int) -> Iterator[Place]:
    """The places after ``start`` of everything that may have changed, in order; each source is cut at ``limit``, so is their union."""
    sources = [_added(start, at, limit), _ended(start, at, limit), _restated(start, at, limit), _resumed(start, at, limit)]
    sources += [_marked(marks, start, at, limit) for _, marks in ports.disputes.items()]
    return heapq.merge(*sources)


def _added(start: Place, at: Instant, limit: int) -> Iterator[Place]:
    """Records of submissions as they closed. Only those that are public now: the others are named by what ended them, or never."""
    found, first = 0, start[0]
    closed = Submission.objects.filter(state=SubmissionState.CLOSED, closed_at__lte=at).order_by("closed_at")
    while found < limit:
        instants = list(closed.filter(closed_at__gte=first).values_list("closed_at", flat=True).distinct()[:_INSTANTS_AT_A_TIME])
        for instant in instants:
            assert instant is not None
            for record_id in _records_closed_at(instant, start, at, limit - found):
                found += 1
                yield (instant, record_id)
            first = instant + 1
        if len(instants) < _INSTANTS_AT_A_TIME:
            return


def _records_closed_at(instant: Instant, start: Place, at: Instant, limit: int) -> list[int]:
    same = Submission.objects.filter(state=SubmissionState.CLOSED, closed_at=instant).values_list("id", flat=True)
    among = Record.objects.filter(visible(Surface.PUBLIC, at), submission_id__in=list(same))
    if instant == start[0]:
        among = among.filter(id__gt=start[1])
    return list(among.order_by("id").values_list("id", flat=True)[: max(limit, 0)])


def _ended(start: Place, at: Instant, limit: int) -> Iterator[Place]:
    ended = Record.objects.filter(_after("public_until", "id", start), public_until__gt=0, public_until__lte=at)
    ended = ended.exclude(submission_id__in=ports.open_submissions())
    yield from ended.order_by("public_until", "id").values_list("public_until", "id")[:limit]


def _restated(start: Place, at: Instant, limit: int) -> Iterator[Place]:
    """Records whose standing or text changed: named if they were public before, or are now."""
    shown = Record.objects.filter(visible(Surface.PUBLIC, at), pk=OuterRef("record_id"))
    changed = StandingHistory.objects.filter(_after("known_until", "record_id", start), surface=Surface.PUBLIC, known_until__lte=at)
    changed = changed.filter(Q(until_at__gt=0, from_at__lte=F("known_until")) | Exists(shown))
    yield from changed.order_by("known_until", "record_id").values_list("known_until", "record_id").distinct()[:limit]


def _resumed(start: Place, at: Instant, limit: int) -> Iterator[Place]:
    """Holds that ran out by themselves."""
    shown = Record.objects.filter(visible(Surface.PUBLIC, at), pk=OuterRef("record_id"))
    over = Hold.objects.filter(_after("until_at", "record_id", start), Exists(shown), ended_at=None, until_at__lte=at)
    yield from over.order_by("until_at", "record_id").values_list("until_at", "record_id")[:limit]


def _marked(marks: ports.Marks, start: Place, at: Instant, limit: int) -> Iterator[Place]:
    """Marks that appeared or went, of records that are public, however many are not."""
    while found := list(marks.changed(start, at, limit)):
        numbers = {record_id for _, record_id in found}
        shown = set(Record.objects.filter(visible(Surface.PUBLIC, at), pk__in=numbers).values_list("pk", flat=True))
        yield from (place for place in found if place[1] in shown)
        start = found[-1]


def _after(instant: str, number: str, start: Place) -> Q:
    later = Q(**{f"{instant}__gt": start[0]}) | Q(**{instant: start[0], f"{number}__gt": start[1]})
    return later & Q(**{f"{instant}__gte": start[0]})
