"""以谁的名义。For which subjects a caller may speak: a firm's account by its mandates, the people of an office for the office itself.

An office needs no mandate for itself: whoever works in it speaks for it, as long as they work in it. A mandate for one number of a
subject holds for every number that was judged to be one with it. An office hands nothing on: it has no agents.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chengxin.access import ports
from chengxin.access.mandates import mandates_of, scopes_of
from chengxin.access.models import Mandate
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.access.types import SCOPES_OF_AGENTS, Scope
from chengxin.kernel.instants import Instant

if TYPE_CHECKING:
    from chengxin.access.caller import Caller
    from chengxin.access.models import Department

__all__ = ["SPEAK_FOR_THEIR_OFFICE", "Held", "ever_mandated", "held_by_subject", "one_with", "scopes_by_subject", "subjects_that_are"]

#: Roles whose holders speak for the office they work in. Those who look after the platform or look on speak for nobody.
SPEAK_FOR_THEIR_OFFICE: Final = DEPARTMENTAL | {Role.CREDIT_OFFICE}
#: What the people of an office may do for it: everything but handing it on, and complaining: they complain as people.
OFFICE_SCOPES: Final = frozenset(scope.value for scope in SCOPES_OF_AGENTS - {Scope.COMPLAINT})


def one_with(subject_id: int) -> frozenset[int]:
    """同一主体的全部编号, ``subject_id`` among them."""
    return frozenset({subject_id}).union(*(members(subject_id) for _, members in ports.same_subjects.items()))


def subjects_that_are(department: Department | None) -> frozenset[int]:
    """部门自己作为主体的编号：every number of the subject that this office is; empty where nothing about it is on file."""
    if department is None:
        return frozenset()
    return frozenset[int]().union(*(found(department.code) for _, found in ports.office_subjects.items()))


@dataclass(frozen=True)
class Held:
    """可以办的事 for one subject; ``agencies``: scope → the agency in whose name it is done, where it is."""

    scopes: frozenset[str]
    agencies: Mapping[str, int] = field(default_factory=dict)
    reference: str = ""  # the authorisation of the agency


def held_by_subject(caller: Caller, at: Instant) -> Mapping[int, Held]:
    """主体 → 可以办的事, for the caller at ``at``; empty for nobody, for a department's system, and for who speaks for no subject. What
    somebody may do in their own right they do not do for an agency."""
    if caller.account is None:
        return {}
    if caller.role in SPEAK_FOR_THEIR_OFFICE:
        return dict.fromkeys(subjects_that_are(caller.department), Held(OFFICE_SCOPES))
    if caller.role is not Role.ENTERPRISE:
        return {}
    found: dict[int, Held] = {}
    held = mandates_of(caller.account.pk, at)
    families = _families({mandate.subject_id for mandate in held})
    for mandate in held:
        scopes = frozenset(scope.value for scope in scopes_of(mandate))
        for number in families[mandate.subject_id]:
            before = found.get(number, Held(frozenset()))
            named = dict.fromkeys(scopes - before.scopes, mandate.agency_id) if mandate.agency_id is not None else {}
            reference = before.reference or (mandate.reference if named else "")
            found[number] = Held(before.scopes | scopes, {**before.agencies, **named}, reference)
    return found


def _families(subject_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """:func:`one_with` of many at once: an agency acts for hundreds."""
    found = {each: frozenset({each}) for each in subject_ids}
    for _, members in ports.families.items():
        for each, same in members(subject_ids).items():
            found[each] |= frozenset(same)
    return found


def scopes_by_subject(caller: Caller, at: Instant) -> Mapping[int, frozenset[str]]:
    """The same without the agencies."""
    return {number: held.scopes for number, held in held_by_subject(caller, at).items()}


def ever_mandated(account_id: int) -> frozenset[int]:
    """主体 for which an account was ever given a mandate, whatever became of it."""
    given = Mandate.objects.filter(account_id=account_id).values_list("subject_id", flat=True).distinct()
    return frozenset[int]().union(*(one_with(each) for each in given))
