"""查看留痕。Every read of what is not public, by anyone inside: the row is committed before the answer. No row, no answer.

The rows become leaves of the reads log within a second (``traces.py``); what was seen stands in none of them, only who looked, for
what purpose, in which matter, at which thing. Clause: credit-regulation/2.5.7.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from chengxin.access import ports
from chengxin.access.caller import Caller
from chengxin.access.models import Read
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused

__all__ = ["Reason", "Seen", "about", "is_settled", "mark_settled", "note", "noted", "reason_of", "record_read", "record_reads"]

LONGEST: Final = 200
_NOTED: Final = "_reads_noted"
_SETTLED: Final = "_reads_settled"


@dataclass(frozen=True)
class Reason:
    """用途和事项。For one's own work the purpose is the step of the work, and there may be no matter."""

    purpose: str
    matter: str = ""


@dataclass(frozen=True)
class Seen:
    """看了什么：``kind`` (registered in ``ports.kinds``) and ``key`` name the thing, ``what`` says more in words, never a value that is
    not public. ``owner_id``: the department whose data it is; None where it is nobody's in particular."""

    kind: str
    key: str = ""
    subject_ids: tuple[int, ...] = ()
    what: str = ""
    owner_id: int | None = None


def reason_of(purpose: str, matter: str, *, what: str = "不公开的信息") -> Reason:
    """What somebody typed, as a :class:`Reason`. Refused where a word is missing or too long."""
    given = Reason(purpose.strip(), matter.strip())
    if not given.purpose or not given.matter:
        raise Refused("purpose-required", f"查看{what}须写明用途和事项。", "填写用途（如 日常监管）和事项（文号或案号）后再查看。")
    if max(len(given.purpose), len(given.matter)) > LONGEST:
        raise Refused("reason-too-long", f"用途和事项各不得超过 {LONGEST} 个字。", "写文号或案号和一句话。")
    return given


def record_read(caller: Caller, reason: Reason, seen: Seen, at: Instant) -> int:
    """留痕 of one thing; returns the number of its (first) row."""
    return record_reads(caller, reason, [seen], at)[0]


def record_reads(caller: Caller, reason: Reason, seen: Iterable[Seen], at: Instant) -> list[int]:
    """留痕：one row for each thing and subject, in one statement, committed on return. Raises whatever kept the rows from being written;
    then nothing may be shown."""
    rows = [row for each in seen for row in _rows(caller, reason, each, at)]
    with transaction.atomic(durable=True):
        Read.objects.bulk_create(rows)
    return [row.pk for row in rows]


def note(request: HttpRequest, *seen: Seen) -> None:
    """记下 what this answer shows: it is recorded before the answer leaves (``site/reading.py``)."""
    setattr(request, _NOTED, (*noted(request), *seen))


def noted(request: HttpRequest) -> tuple[Seen, ...]:
    """What was noted of this request."""
    found: tuple[Seen, ...] = getattr(request, _NOTED, ())
    return found


def mark_settled(request: HttpRequest) -> None:
    """留痕已了：the view itself has recorded the read of this answer, or this answer shows nothing (a form that asks for the purpose)."""
    setattr(request, _SETTLED, True)


def is_settled(request: HttpRequest) -> bool:
    """Whether nothing more is to be recorded of this answer than what was noted."""
    return bool(getattr(request, _SETTLED, False))


def about(subject_ids: Collection[int]) -> QuerySet[Read]:
    """Reads about a subject (all of its numbers): those that name it, and those of things in which it stands."""
    found = Q(subject_id__in=subject_ids)
    for kind, covering in ports.coverings.items():
        if keys := covering(subject_ids):
            found |= Q(kind=kind, subject_id=None, key__in=keys)
    return Read.objects.filter(found)


def _rows(caller: Caller, reason: Reason, seen: Seen, at: Instant) -> Sequence[Read]:
    if seen.kind not in ports.kind_titles():
        raise ValueError(f"a read of an unregistered kind: {seen.kind}")
    return [
        Read(
            at=at,
            account=caller.account,
            department=caller.department,
            role=caller.role.value if caller.role else "token",
            purpose=reason.purpose[:LONGEST],
            matter=reason.matter[:LONGEST],
            kind=seen.kind,
            key=seen.key[:LONGEST],
            subject_id=subject_id,
            what=seen.what[:LONGEST],
        )
        for subject_id in (dict.fromkeys(seen.subject_ids) or (None,))
    ]
