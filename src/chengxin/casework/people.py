"""谁可以办。From who is asking to the parts they may play; that one person plays one part in a case is a constraint of the table."""

from __future__ import annotations

from collections.abc import Collection

from chengxin.access.caller import Caller
from chengxin.access.mandates import acting_for, mandates_of
from chengxin.access.models import Account, Mandate
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.casework.models import Case, CasePerson
from chengxin.casework.types import PLATFORM, Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden
from chengxin.policy.types_procedures import Part, Procedure, StepRule, Who


def actor_of(caller: Caller, at: Instant) -> Actor:
    """办事的人 of a request. Forbidden for nobody."""
    if caller.account is not None:
        account, department = caller.account, caller.department
        mandates = mandates_of(account.pk, at) if caller.role is Role.ENTERPRISE else ()
        held = {each.subject_id: frozenset(each.scopes.split(",")) for each in mandates}
        return Actor(f"account:{account.pk}", account.get_username(), department.pk if department else None, caller.role, held)
    if caller.department is not None:
        return Actor(f"token:{caller.department.code}", caller.name, caller.department.pk, None)
    raise Forbidden("login-required", "请先登录。", "登录后办理；忘记密码的，请管理员重置。")


#: Those who look after the platform or look on; they take no side in a case.
_TAKES_NO_SIDE = frozenset({Role.AUDITOR, Role.AUDIT_ADMIN, Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN})


def takes_side(actor: Actor) -> bool:
    """Whether ``actor`` is somebody who may be affected by what an office does: a person, and none who looks on or after the platform."""
    return actor.account_id is not None and actor.role not in _TAKES_NO_SIDE


def plays(case: Case, procedure: Procedure, part: Part, actor: Actor) -> bool:
    """Whether ``actor`` is such that they may play ``part``."""
    return any(_is(who, case, procedure, part, actor) for who in part.who)


def _is(who: Who, case: Case, procedure: Procedure, part: Part, actor: Actor) -> bool:  # noqa: PLR0911  one line a kind
    in_office = actor.department_id is not None and (actor.role in DEPARTMENTAL or actor.role is Role.CREDIT_OFFICE or actor.by_token)
    match who:
        case Who.PLATFORM:
            return actor.person == PLATFORM
        case Who.SUBJECT:
            return actor.may_for(case.subject_id, procedure.scope)
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


def _is_affected(case: Case, part: Part, actor: Actor) -> bool:
    """Anybody with an account may begin; later steps are for the one who began. Who acts for the subject acts within the mandate."""
    if not takes_side(actor) or case.subject_id in actor.mandates:
        return False
    if case.pk is None:
        return True
    on_it = CasePerson.objects.filter(case=case, person=actor.person, part=part.id).exists()
    return on_it and not Mandate.objects.filter(subject_id=case.subject_id or 0, account_id=actor.account_id or 0).exists()


def require_part(case: Case, procedure: Procedure, step: StepRule, actor: Actor, *, played: str, at: Instant) -> Part:
    """The part in which ``actor`` takes ``step``. Forbidden if they may not play it, or play another one already (``played``)."""
    part = procedure.parts[step.by]
    if not plays(case, procedure, part, actor):
        if Who.SUBJECT in part.who and actor.role is Role.ENTERPRISE and case.subject_id is not None:
            _mandate_missing(case.subject_id, procedure, actor, at)
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
    acting_for(Caller(None, account, actor.role), subject_id, procedure.scope, at)


def may_take(case: Case, procedure: Procedure, actor: Actor, played: str, taken: Collection[str]) -> list[StepRule]:
    """The steps that ``actor`` may take now."""
    return [
        step
        for step in procedure.steps_from(case.state)
        if plays(case, procedure, procedure.parts[step.by], actor)
        and (not played or played == step.by)
        and not (step.once and step.verb in taken)
        and procedure.parts[step.by].who != (Who.PLATFORM,)
    ]
