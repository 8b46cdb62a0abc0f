"""受托查看。What a person of a credit service agency looks at for a firm is on record like the looks of those inside: before the answer
leaves, and the firm reads it on its own page. A firm's own people look at their own things and leave no rows.

Clause: credit-regulation/2.5.7.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from django.http import HttpRequest

from chengxin.access.caller import caller_of
from chengxin.access.models import AgencyPerson, Read, ServiceAgency
from chengxin.access.on_behalf import held_by_subject
from chengxin.access.reads import Reason, Seen
from chengxin.access.roles import Role
from chengxin.kernel.instants import Instant

__all__ = ["agencies_of_reads", "entrusted", "note_for_firm", "note_for_firms"]

KIND: Final = "firm_by_agency"
_NOTED: Final = "_entrusted_reads"


def note_for_firm(request: HttpRequest, subject_id: int | None, what: str, at: Instant, *, kind: str = KIND, key: str = "") -> None:
    """记下 that this answer shows what is not public about a subject, where the caller sees it in the name of an agency; the line names the
    agency and the authorisation."""
    if subject_id is not None:
        note_for_firms(request, [Seen(kind, key or str(subject_id), (subject_id,), what)], at)


def note_for_firms(request: HttpRequest, seen: Sequence[Seen], at: Instant) -> None:
    """The same of many things at once, each about one subject."""
    caller = caller_of(request)
    if caller.account is None or caller.role is not Role.ENTERPRISE or not seen:
        return
    held = held_by_subject(caller, at)
    mine = [each for each in seen if each.subject_ids[0] in held and held[each.subject_ids[0]].agencies]
    agencies = {number: next(iter(held[number].agencies.values())) for number in {each.subject_ids[0] for each in mine}}
    names = dict(ServiceAgency.objects.filter(pk__in=set(agencies.values())).values_list("id", "name"))
    lines = []
    for each in mine:
        number = each.subject_ids[0]
        lines.append((Reason(f"受托代办（{names[agencies[number]]}）", held[number].reference), each))
    setattr(request, _NOTED, (*entrusted(request), *lines))


def entrusted(request: HttpRequest) -> tuple[tuple[Reason, Seen], ...]:
    """What was noted of this request, each with its reason."""
    found: tuple[tuple[Reason, Seen], ...] = getattr(request, _NOTED, ())
    return found


def agencies_of_reads(rows: Collection[Read]) -> Mapping[int, str]:
    """Number of a read → the agency for which the reader worked at that moment; only of reads by enterprise accounts."""
    by_firms = [row for row in rows if row.role == Role.ENTERPRISE and row.account_id is not None]
    if not by_firms:
        return {}
    ties = list(AgencyPerson.objects.filter(account_id__in={row.account_id for row in by_firms}).select_related("agency"))
    found: dict[int, str] = {}
    for row in by_firms:
        for tie in ties:
            if tie.account_id == row.account_id and tie.tied_at <= row.at and (tie.ended_at is None or row.at < tie.ended_at):
                found[row.pk] = tie.agency.name
    return found
