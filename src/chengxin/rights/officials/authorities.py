"""干部管理权限。Which departments are personnel authorities, and what they have let others ask. Default: nobody.

The policy names them; a delegation (an entry of the ledger, with the document) lets another department ask for one purpose in one matter.
"""

from __future__ import annotations

from typing import Final

from chengxin.access.caller import Caller
from chengxin.access.models import Account, Delegation, Department
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Forbidden
from chengxin.policy import active
from chengxin.rights.officials.types import CHECK_ITEM

__all__ = ["authority_names", "clerk_of_authority", "is_authority", "matters_let", "may_ask_at_all", "second_authority"]

AUTHORITIES: Final = "personnel_authorities"


def authority_names(at: Instant) -> tuple[str, ...]:
    """The personnel authorities, as the policy in force names them, in the order in which they decide about each other's records."""
    return tuple(active.policy_set().value_at(AUTHORITIES, date_of(at)).value["names"])


def is_authority(department: Department | None, at: Instant) -> bool:
    """Whether a department is one."""
    return department is not None and department.closed_at is None and department.name in authority_names(at)


def second_authority(owner: Department, at: Instant) -> Department | None:
    """没有报送的另一个人事主管机关; None where there is none: the credit office does not take its place."""
    names = authority_names(at)
    others = Department.objects.filter(name__in=names, closed_at=None).exclude(pk=owner.pk)
    return min(others, key=lambda each: names.index(each.name), default=None)


def clerk_of_authority(caller: Caller, role: Role, at: Instant) -> tuple[Account, Department]:
    """Who hands in or confirms. Forbidden for everybody but a person with this role in a personnel authority."""
    account, department = caller.account, caller.department
    if account is None or department is None or caller.role is not role or not is_authority(department, at):
        raise Forbidden(
            "officials-not-yours",
            "公务员记录由人事主管机关的工作人员办理，您不能办理这一步。",
            "请人事主管机关的经办人或者复核人登录后办理。",
        )
    return account, department


def may_ask_at_all(caller: Caller, at: Instant) -> bool:
    """Whether the caller is somebody whose questions may be answered: people and systems of an authority, or of whom it has let ask."""
    if caller.department is None or not (caller.by_token or caller.role in DEPARTMENTAL):
        return False
    return is_authority(caller.department, at) or any(_let(caller.department, at))


def matters_let(department: Department, purpose: str, at: Instant) -> list[str]:
    """在哪些事项上 the department may ask for this purpose: the references of the delegations in force."""
    return [each.reference for each in _let(department, at) if each.item == f"{CHECK_ITEM}{purpose}"]


def _let(department: Department, at: Instant) -> list[Delegation]:
    given = Delegation.objects.filter(delegate=department, item__startswith=CHECK_ITEM, valid_from__lte=at, valid_until__gt=at)
    return [each for each in given.select_related("principal").order_by("pk") if is_authority(each.principal, at)]
