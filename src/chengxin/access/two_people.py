"""两人办理：one person proposes, another approves; and that a reason is given. Said the same way wherever it is asked."""

from __future__ import annotations

from typing import Final

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.kernel.refused import Forbidden, NotFound, Refused

__all__ = ["credit_office_account", "require_another", "require_credit_office", "require_reason"]

_LONGEST: Final = 200


def require_another(by: Account, proposer: str) -> None:
    """``by`` is somebody else than ``proposer`` (a user name). Forbidden."""
    if by.username == proposer:
        raise Forbidden("second-person-needed", "须由另一人办理，提请的人自己不能核准。", "请信用办的另一位同事办理。")


def require_credit_office(by: Account, what: str) -> None:
    """``by`` works in the credit office. Forbidden says that ``what`` is its business."""
    if Role(by.role) is not Role.CREDIT_OFFICE or by.revoked_at is not None:
        raise Forbidden("not-allowed", f"{what}由信用办办理。", "转给信用办的工作人员。")


def credit_office_account(name: str, what: str) -> Account:
    """The account of the credit office with this name. NotFound, Forbidden."""
    account = Account.objects.filter(username=name).first()
    if account is None:
        raise NotFound("account-not-found", f"没有账户“{name[:40]}”。", "核对账户名。")
    require_credit_office(account, what)
    return account


def require_reason(because: str, what: str) -> str:
    """The reason, stripped. Refused where there is none, or a whole essay."""
    because = because.strip()
    if not because or len(because) > _LONGEST:
        raise Refused("no-reason-given", f"{what}须写明理由，不超过 {_LONGEST} 个字。", f"写明为什么{what}。")
    return because
