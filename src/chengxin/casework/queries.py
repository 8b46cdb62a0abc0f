"""案件的查询。A case is seen by those on it and by nobody else: what is not to be seen and what does not exist look the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import Q, QuerySet

from chengxin.access.on_behalf import ever_mandated
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.casework import ports
from chengxin.casework.models import Case, CaseDeadline, CaseDocument, CasePerson, CaseStep
from chengxin.casework.standing import cases_in_name_of
from chengxin.casework.types import SERVICE_AGENCY, About, Actor
from chengxin.kernel.refused import NotFound
from chengxin.policy import active
from chengxin.policy.types_procedures import Who

#: Oversight reads every case and changes none.
OVERSEERS = frozenset({Role.AUDITOR, Role.CREDIT_OFFICE})

#: They have no office and no subject: they see the cases in whose procedure they have a part, which is incidents.
ADMINISTRATORS = frozenset({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN})


def on_case(actor: Actor) -> Q:
    """Which cases ``actor`` may see."""
    personal = [kind for kind, _ in ports.own_things.items()]
    return (_on_any_case(actor) & ~Q(about_kind__in=personal)) | _on_personal_case(actor, personal)


def _on_personal_case(actor: Actor, kinds: Sequence[str]) -> Q:
    """本人的案件, and for people of its two offices theirs: neither oversight nor anybody's system."""
    seen = Q(pk__in=[])
    for kind in kinds:
        seen |= Q(about_kind=kind, about_key__in=sorted(actor.things.get(kind, ())))
    if actor.department_id is not None and actor.account_id is not None and actor.role in DEPARTMENTAL:
        seen |= Q(about_kind__in=kinds) & (Q(office_id=actor.department_id) | Q(second_office_id=actor.department_id))
    return seen


def _on_any_case(actor: Actor) -> Q:
    if actor.role in OVERSEERS:
        return Q()
    seen = Q(pk__in=CasePerson.objects.filter(person=actor.person).values("case_id"))
    if actor.role is Role.ENTERPRISE and actor.account_id is not None:
        # Whoever acted for the subject sees the case as long as the mandate lasts.
        seen &= Q(subject_id__in=list(actor.mandates)) | ~Q(subject_id__in=list(ever_mandated(actor.account_id)))
        seen |= cases_in_name_of(actor)
    if actor.mandates:
        seen |= Q(subject_id__in=[subject for subject, scopes in actor.mandates.items() if "view" in scopes])
    if actor.agency_id is not None:  # the agency that a case is about answers for itself
        seen |= Q(about_kind=SERVICE_AGENCY, about_key=str(actor.agency_id))
    if actor.role in ADMINISTRATORS:
        seen |= Q(procedure__in=_procedures_with(actor.role))
    if actor.department_id is not None and (actor.role in DEPARTMENTAL or actor.by_token):
        seen |= Q(office_id=actor.department_id) | Q(second_office_id=actor.department_id)
    return seen


def waiting_for(actor: Actor) -> Q:
    """Which cases are in a state from which somebody like ``actor`` takes a step: what :func:`people.may_take` looks at, as a query. It
    leaves nothing out; who plays another part already, or may take the step only once, is told by ``may_take``."""
    waiting = Q(pk__in=[])
    for who, these in _likenesses(actor):
        for rule in active.policy_set().procedures.values():
            states = {state for step in rule.steps if who in rule.parts[step.by].who for state in step.from_states}
            if states:
                waiting |= these & Q(procedure=rule.id, state__in=sorted(states))
    return waiting


def _likenesses(actor: Actor) -> Iterator[tuple[Who, Q]]:
    """What ``actor`` may be, with the cases in which they are it."""
    if actor.mandates:
        yield Who.SUBJECT, Q(subject_id__in=list(actor.mandates))
    if actor.account_id is not None:
        yield Who.AFFECTED, Q(pk__in=CasePerson.objects.filter(person=actor.person).values("case_id"))
        yield Who.REPRESENTED, cases_in_name_of(actor)
    for kind, keys in actor.things.items():
        yield Who.PERSON, Q(about_kind=kind, about_key__in=sorted(keys))
    if actor.department_id is not None:
        yield Who.DECIDING_OFFICE, Q(office_id=actor.department_id)
        yield Who.SECOND_OFFICE, Q(second_office_id=actor.department_id)
        if actor.role is Role.REVIEWER:
            yield Who.DECIDING_REVIEWER, Q(office_id=actor.department_id)
    for who in (Who.CREDIT_OFFICE, Who.AUDIT_ADMIN, Who.SECURITY_ADMIN):
        if actor.role is not None and actor.role.value == who.value:
            yield who, Q()


def nearest_deadlines(cases: Sequence[Case]) -> dict[int, CaseDeadline]:
    """The open deadline of each of these cases that ends first, running ones before those that stand still; one query."""
    found: dict[int, CaseDeadline] = {}
    for each in CaseDeadline.objects.filter(case__in=cases, ended_on=None).order_by("paused", "due_on", "pk"):
        found.setdefault(each.case_id, each)
    return found


def verbs_taken(cases: Sequence[Case]) -> dict[int, set[str]]:
    """What was done on each of these cases: a step that may be taken once is not offered again; one query."""
    found: dict[int, set[str]] = {}
    for case_id, verb in CaseStep.objects.filter(case__in=cases).values_list("case_id", "verb"):
        found.setdefault(case_id, set()).add(verb)
    return found


def _procedures_with(role: Role) -> list[str]:
    """The procedures in which this role plays a part, as the policy in force says."""
    return [
        each.id
        for each in active.policy_set().procedures.values()
        if any(who.value == role.value for part in each.parts.values() for who in part.who)
    ]


def own_case(case_id: int, actor: Actor) -> Case:
    """案件 for those on it; NotFound for everybody else."""
    found = Case.objects.filter(on_case(actor), pk=case_id).first()
    if found is None:
        raise NotFound("no-such-case", f"没有编号为 {case_id} 的案件。", "从案件列表进入；只有案件的当事人和承办人能看。")
    return found


def running(procedure: str, about: About, actor: Actor) -> Case | None:
    """正在办理的 case of this procedure about the same thing, if ``actor`` may see it."""
    same = Case.objects.filter(on_case(actor), procedure=procedure, about_kind=about.kind, about_key=about.key, closed_at=None)
    return same.order_by("-pk").first()


def own_document(case: Case, document_id: int) -> CaseDocument:
    """案卷材料 of a case that was found for the asker."""
    found = CaseDocument.objects.filter(case=case, pk=document_id).first()
    if found is None:
        raise NotFound("no-such-document", "本案没有这份材料。", "从案件的页面进入。")
    return found


def cases_of(actor: Actor, *, only_open: bool = True, procedure: str = "", before: int = 0, limit: int = 50) -> list[Case]:
    """案件列表, newest first."""
    found = Case.objects.filter(on_case(actor))
    if only_open:
        found = found.filter(closed_at=None)
    if procedure:
        found = found.filter(procedure=procedure)
    if before:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:limit])


def cases_about(abouts: Sequence[About], procedure: str = "") -> QuerySet[Case]:
    """Cases about any of these (all of one kind), open or not."""
    kinds: Mapping[str, list[str]] = {each.kind: [other.key for other in abouts if other.kind == each.kind] for each in abouts}
    wanted = Q(pk__in=[])
    for kind, keys in kinds.items():
        wanted |= Q(about_kind=kind, about_key__in=keys)
    found = Case.objects.filter(wanted)
    return found.filter(procedure=procedure) if procedure else found
