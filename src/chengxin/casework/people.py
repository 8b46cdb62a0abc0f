"""谁可以办。From who is asking to the parts they may play; that one person plays one part in a case is a constraint of the table.

People and offices are kept apart: the office that a case is about applies and objects like a firm, and decides and verifies nothing in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from chengxin.access.agencies import agency_of
from chengxin.access.caller import Caller
from chengxin.access.mandates import acting_for, in_force_for
from chengxin.access.models import Account, Department, Mandate
from chengxin.access.on_behalf import ever_mandated, held_by_subject, one_with, subjects_that_are
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.casework import ports
from chengxin.casework.models import Case, CasePerson, CaseStep
from chengxin.casework.standing import named_on, row_of
from chengxin.casework.types import PLATFORM, SERVICE_AGENCY, Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden
from chengxin.policy.types_procedures import Part, Procedure, StepRule, Who


def actor_of(caller: Caller, at: Instant) -> Actor:
    """办事的人 of a request. Forbidden for nobody."""
    department, own = caller.department, subjects_that_are(caller.department)
    if caller.account is not None:
        person, name = f"account:{caller.account.pk}", caller.account.get_username()
        held = held_by_subject(caller, at)
        scopes = {number: each.scopes for number, each in held.items()}
        via = {number: each.agencies for number, each in held.items() if each.agencies}
        agency = agency_of(caller.account.pk, at) if caller.role is Role.ENTERPRISE else None
        things = {kind: found(caller.account.pk) for kind, found in ports.own_things.items()}
        office = department.pk if department else None
        return Actor(person, name, office, caller.role, scopes, own, things, via, agency.pk if agency is not None else None)
    if department is not None:
        return Actor(f"token:{department.code}", caller.name, department.pk, None, own=own)
    raise Forbidden("login-required", "请先登录。", "登录后办理；忘记密码的，请管理员重置。")


#: Those who look after the platform or look on; they take no side in a case.
_TAKES_NO_SIDE: Final = frozenset({Role.AUDITOR, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})
#: Those who decide, verify or look after a case in the name of an office: never the one that the case is about.
_FOR_AN_OFFICE: Final = frozenset({Who.DECIDING_OFFICE, Who.DECIDING_REVIEWER, Who.SECOND_OFFICE, Who.CREDIT_OFFICE})


def takes_side(actor: Actor) -> bool:
    """Whether ``actor`` is somebody who may be affected by what an office does: a person, and none who looks on or after the platform."""
    return actor.account_id is not None and actor.role not in _TAKES_NO_SIDE


def plays(case: Case, procedure: Procedure, part: Part, actor: Actor) -> bool:
    """Whether ``actor`` is such that they may play ``part``."""
    return any(_is(who, case, procedure, part, actor) for who in part.who)


def _is(who: Who, case: Case, procedure: Procedure, part: Part, actor: Actor) -> bool:  # noqa: PLR0911, PLR0912  one line a kind
    if who in _FOR_AN_OFFICE and (_is_own(case, actor) or _must_not_act(case, actor)):
        return False
    in_office = actor.department_id is not None and (actor.role in DEPARTMENTAL or actor.role is Role.CREDIT_OFFICE or actor.by_token)
    match who:
        case Who.PLATFORM:
            return actor.person == PLATFORM
        case Who.SUBJECT:
            return actor.may_for(case.subject_id, procedure.scope)
        case Who.PERSON:
            return actor.is_person_of(case.about_kind, case.about_key)
        case Who.REPRESENTED:
            return _is_represented(case, procedure, actor)
        case Who.VISITOR:
            return _is_visitor(case, part, actor)
        case Who.AFFECTED:
            return _is_affected(case, part, actor)
        case Who.DECIDING_OFFICE:
            return in_office and actor.department_id == case.office_id
        case Who.DECIDING_REVIEWER:
            return actor.department_id is not None and actor.department_id == case.office_id and actor.role is Role.REVIEWER
        case Who.SECOND_OFFICE:
            return in_office and actor.department_id == case.second_office_id and case.second_office_id != case.office_id
        case Who.CREDIT_OFFICE:
            return actor.role is Role.CREDIT_OFFICE
        case Who.AUDIT_ADMIN:
            return actor.role is Role.AUDIT_ADMIN
        case Who.SECURITY_ADMIN:
            return actor.role is Role.SECURITY_ADMIN
        case Who.SERVICE_AGENCY:
            return case.about_kind == SERVICE_AGENCY and actor.agency_id is not None and case.about_key == str(actor.agency_id)


def _is_affected(case: Case, part: Part, actor: Actor) -> bool:
    """Anybody with an account may begin; later steps are for the one who began. Who acts for the subject acts within the mandate."""
    if not takes_side(actor) or case.subject_id in actor.mandates:
        return False
    if case.pk is None:
        return True
    begun = CaseStep.objects.filter(case=case, person=actor.person, part=part.id).order_by("place").first()
    # Who began in an office goes on in that office only: it may have spoken for the office, which others do now.
    if begun is None or begun.office_id != actor.department_id or case.subject_id in ever_mandated(actor.account_id or 0):
        return False
    return not named_on(case)  # a case in a firm's name is the firm's, whoever began it


def _is_represented(case: Case, procedure: Procedure, actor: Actor) -> bool:
    """Whether the case is, or is about to be, in the name of a subject for which ``actor`` holds a mandate. Which one is about to be named
    is checked with what is said (:func:`chengxin.casework.standing.named_in`)."""
    if case.pk is None:
        return actor.role is Role.ENTERPRISE
    found = row_of(case, procedure, actor)
    return found is not None and found.person == named_on(case)


def _is_visitor(case: Case, part: Part, actor: Actor) -> bool:
    """Whoever has no account begins, and goes on with the case of their own code and with no other."""
    return actor.is_visitor and (case.pk is None or CasePerson.objects.filter(case=case, person=actor.person, part=part.id).exists())


def _is_own(case: Case, actor: Actor) -> bool:
    """Whether the case is about the actor's own office."""
    return case.subject_id is not None and case.subject_id in actor.own


def is_personal(case: Case) -> bool:
    """Whether the case is about a natural person in a way that is kept between them and the two offices."""
    return case.about_kind in dict(ports.own_things.items())


def _must_not_act(case: Case, actor: Actor) -> bool:
    """In a personal case: nobody about themselves, and no system."""
    return is_personal(case) and (actor.by_token or actor.is_person_of(case.about_kind, case.about_key))


def require_part(case: Case, procedure: Procedure, step: StepRule, actor: Actor, *, played: str, at: Instant) -> Part:
    """The part in which ``actor`` takes ``step``. Forbidden if they may not play it, or play another one already (``played``)."""
    part = procedure.parts[step.by]
    if not plays(case, procedure, part, actor):
        if Who.SUBJECT in part.who and actor.role is Role.ENTERPRISE and case.subject_id is not None:
            _mandate_missing(case.subject_id, procedure, actor, at)
        if _is_own(case, actor) and not _FOR_AN_OFFICE.isdisjoint(part.who):
            sentence = f"本案关于您自己的单位，本单位的人不能作为{part.title}办理“{step.title}”。"
            raise Forbidden("own-office", sentence, "由没有利害关系的机关办理；您可以代本单位申请、陈述或者提出异议。")
        if actor.is_person_of(case.about_kind, case.about_key):
            sentence = f"本案关于您本人，您不能作为{part.title}办理“{step.title}”。"
            raise Forbidden("own-person", sentence, "由同事办理；您可以作为本人申请、陈述或者提出异议。")
        who = "、".join(each.label for each in part.who)
        raise Forbidden("not-your-part", f"“{step.title}”由{part.title}办理（{who}）。", "请有这个身份的人登录后办理。")
    if played and played != part.id and actor.person != PLATFORM:
        other = procedure.parts[played].title if played in procedure.parts else played
        raise Forbidden(
            "second-person-needed", f"您在本案已是{other}，不能再作为{part.title}办理“{step.title}”。", "请另一位同事登录后办理。"
        )
    return part


def _mandate_missing(subject_id: int, procedure: Procedure, actor: Actor, at: Instant) -> None:
    """Says which mandate is missing, over or too narrow: Forbidden."""
    account = Account.objects.get(pk=actor.account_id or 0)
    acting_for(Caller(None, account, actor.role), subject_id, procedure.scope, at, also=one_with(subject_id))


def no_longer_acting(case: Case, people: Sequence[str], at: Instant) -> set[str]:
    """Those of ``people`` who acted for the subject and do so no more: the mandate is over, or they work elsewhere."""
    if is_personal(case):
        return _no_longer_theirs(case, people)
    if case.subject_id is None:
        return set()
    numbers = one_with(case.subject_id)
    held = set(Mandate.objects.filter(subject_id__in=numbers).values_list("account_id", flat=True))
    now = set(in_force_for(numbers, at).values_list("account_id", flat=True))
    return ({f"account:{each}" for each in held - now} | _left_the_office(case, people, numbers)) & set(people)


def _left_the_office(case: Case, people: Sequence[str], numbers: frozenset[int]) -> set[str]:
    """Those who spoke for an office that the case is about, and work there no more."""
    steps = CaseStep.objects.filter(case=case, person__in=people).exclude(office_id=None)
    begun = dict(steps.order_by("-place").values_list("person", "office_id"))
    own = {each.pk for each in Department.objects.filter(pk__in=set(begun.values())) if subjects_that_are(each) & numbers}
    accounts = [int(person.removeprefix("account:")) for person in begun if person.startswith("account:")]
    working = Account.objects.filter(pk__in=accounts, revoked_at=None).values_list("pk", "department_id")
    there = {f"account:{pk}": office for pk, office in working}
    return {person for person, office in begun.items() if office in own and there.get(person) != office}


def _no_longer_theirs(case: Case, people: Sequence[str]) -> set[str]:
    """Of a personal case: those who neither are the person nor work in one of its two offices."""
    mine = dict(ports.own_things.items())[case.about_kind]
    accounts = {int(each.removeprefix("account:")) for each in people if each.startswith("account:")}
    offices = [each for each in (case.office_id, case.second_office_id) if each is not None]
    inside = Account.objects.filter(pk__in=accounts, revoked_at=None, department_id__in=offices)
    there = set(inside.values_list("pk", flat=True))
    return {f"account:{each}" for each in accounts - there if case.about_key not in mine(each)}


#: Those who begin: later steps are for the one who did.
_BEGAN: Final = frozenset({Who.AFFECTED, Who.REPRESENTED, Who.VISITOR})


def may_take(case: Case, procedure: Procedure, actor: Actor, played: str, taken: Collection[str]) -> list[StepRule]:
    """The steps that ``actor`` may take now."""
    return [
        step
        for step in procedure.steps_from(case.state)
        if (not played or played == step.by)
        and not (step.once and step.verb in taken)
        and procedure.parts[step.by].who != (Who.PLATFORM,)
        and plays(case, procedure, _begun(procedure.parts[step.by], played), actor)
    ]


def _begun(part: Part, played: str) -> Part:
    """Who has taken no step yet did not begin the case: known without asking, which a list of many cases would do often."""
    return part if played else replace(part, who=tuple(each for each in part.who if each not in _BEGAN))


def last_who_could_approve(rule: Procedure, step: StepRule, actor: Actor, played: str) -> bool:
    """Whether ``actor`` would take, with this step, the part of another although nobody else of the office could then approve: one person
    plays one part, and what only reviewers may play would be left to nobody."""
    if actor.role is not Role.REVIEWER or played or Who.DECIDING_REVIEWER in rule.parts[step.by].who:
        return False
    if not any(part.who == (Who.DECIDING_REVIEWER,) for part in rule.parts.values()):
        return False
    others = Account.objects.filter(department_id=actor.department_id or 0, role=Role.REVIEWER, revoked_at=None)
    return not others.exclude(pk=actor.account_id or 0).exists()
