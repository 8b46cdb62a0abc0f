"""在案的名义。Under which key somebody stands on a case: their own, or that of a subject in whose name the case was opened.

A case in a firm's name belongs to the firm: whoever holds a mandate for it goes on with the case, and whoever holds none any more does
not, were it the one who began. A subject judged to be one with another stands for it; when the judgement is taken back, no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import Q

from chengxin.access.caller import Caller
from chengxin.access.mandates import acting_for
from chengxin.access.models import Account
from chengxin.access.on_behalf import one_with
from chengxin.access.roles import Role
from chengxin.casework import ports
from chengxin.casework.models import Case, CasePerson
from chengxin.casework.types import Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden
from chengxin.policy import active
from chengxin.policy.types_procedures import AskedKind, Procedure, StepRule, Who

__all__ = [
    "SUBJECT",
    "addresses_in_name_of",
    "cases_in_name_of",
    "key_of_subject",
    "may_name",
    "name_of",
    "named_on",
    "played_by",
    "played_by_many",
    "row_of",
]

#: Before the number of a subject, as the key of a person of a case.
SUBJECT: Final = "subject:"


def key_of_subject(subject_id: int) -> str:
    """The key under which a subject stands on a case."""
    return f"{SUBJECT}{subject_id}"


def named_on(case: Case) -> str:
    """The key of the subject in whose name the case was opened; "": in nobody's."""
    return CasePerson.objects.filter(case=case, person__startswith=SUBJECT).values_list("person", flat=True).first() or ""


def row_of(case: Case, rule: Procedure, actor: Actor) -> CasePerson | None:
    """The row of the case under which ``actor`` stands on it, if they have taken part, or somebody for the same subject has."""
    return CasePerson.objects.filter(case=case, person__in=_keys(rule, actor)).first()


def may_name(rule: Procedure, actor: Actor) -> list[tuple[int, str]]:
    """以谁的名义：the subjects (number, name) in whose name ``actor`` may open a case of this procedure; each once, of its numbers the
    first."""
    numbers, met = [], set[int]()
    for each in sorted(_may_speak_for(rule, actor)):
        if each not in met:
            numbers.append(each)
            met |= one_with(each)
    return list(_names(numbers).items())


def name_of(number: str) -> str:
    """What a subject is called that a step names by its number; words that are no number stay what they are (:data:`seeing.NOT_SHOWN`)."""
    if not (number.isascii() and number.isdigit()):
        return number
    return _names([int(number)])[int(number)]


def named_in(rule: Procedure, step: StepRule, actor: Actor, said: dict[str, str], at: Instant) -> str:
    """The key of the subject in whose name ``actor`` opens a case, as the step says; "": in their own. Forbidden without a mandate."""
    text = next((said.get(each.id, "") for each in step.asks if each.kind is AskedKind.IN_NAME_OF), "")
    if not text:
        return ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    if number in _may_speak_for(rule, actor):
        return key_of_subject(number)
    account = Account.objects.filter(pk=actor.account_id or 0).first()
    if account is not None and number:
        acting_for(Caller(None, account, actor.role), number, rule.scope, at, also=one_with(number))  # says what is missing
    raise Forbidden("mandate-missing", "没有授权：您不能以这个主体的名义办理。", "选择本人，或者请法定代表人授权以后再办。")


def cases_in_name_of(actor: Actor) -> Q:
    """The cases of the subjects for which ``actor`` may speak in the procedure of each."""
    found = Q(pk__in=[])
    for rule in active.policy_set().procedures.values():
        keys = [key_of_subject(each) for each in _may_speak_for(rule, actor)]
        if keys:
            found |= Q(procedure=rule.id, pk__in=CasePerson.objects.filter(person__in=keys).values("case_id"))
    return found


def addresses_in_name_of(actor: Actor) -> list[tuple[str, str]]:
    """Where notices lie for those who speak for the subject of a case, (kind, key)."""
    numbers = {each for rule in active.policy_set().procedures.values() for each in _may_speak_for(rule, actor)}
    return [("person", key_of_subject(each)) for each in sorted(numbers)]


def played_by_many(cases: Sequence[Case], actor: Actor) -> dict[int, str]:
    """The part that ``actor`` plays in each of these cases, where there is one."""
    rules = active.policy_set().procedures
    procedure_of = {case.pk: case.procedure for case in cases}
    keys = {each: _keys(rules.get(each), actor) for each in set(procedure_of.values())}
    every = {key for each in keys.values() for key in each}
    rows = CasePerson.objects.filter(case__in=cases, person__in=every).values_list("case_id", "person", "part")
    return {case_id: part for case_id, person, part in rows if person in keys[procedure_of[case_id]]}


def played_by(case: Case, actor: Actor) -> str:
    """The part that ``actor`` plays in the case; "": none yet."""
    return played_by_many([case], actor).get(case.pk, "")


def _names(numbers: Sequence[int]) -> dict[int, str]:
    names = {each: f"主体 {each}" for each in numbers}
    for _, found in ports.subject_names.items():
        names |= found(numbers)
    return names


def _keys(rule: Procedure | None, actor: Actor) -> list[str]:
    return [actor.person, *(key_of_subject(each) for each in (_may_speak_for(rule, actor) if rule is not None else ()))]


def _may_speak_for(rule: Procedure, actor: Actor) -> frozenset[int]:
    """Numbers of subjects; none where no part of the procedure is played in somebody's name. Only firms have a name to act in: the
    people of an office complain as people."""
    if actor.role is not Role.ENTERPRISE or not any(Who.REPRESENTED in part.who for part in rule.parts.values()):
        return frozenset()
    return frozenset(number for number, scopes in actor.mandates.items() if rule.scope in scopes)
