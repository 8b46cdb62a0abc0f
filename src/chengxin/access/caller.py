"""谁在请求。Set on every request by the access matrix's middleware, read by ``api.py`` and ``pages.py`` of every section."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.access.services import authenticate_token
from chengxin.kernel.refused import Forbidden

__all__ = ["ANONYMOUS", "Caller", "caller_of", "identify", "office_of"]


@dataclass(frozen=True)
class Caller:
    """请求者：nobody, an account in its role, or a department's own system (by token: a department without an account)."""

    department: Department | None = None
    account: Account | None = None
    role: Role | None = None

    @property
    def by_token(self) -> bool:
        """Whether a department's system calls, not a person."""
        return self.department is not None and self.account is None

    @property
    def name(self) -> str:
        """Who stands in the ledger as having done it: the account's name, or the token's department."""
        if self.account is not None:
            return self.account.get_username()
        return f"token:{self.department.code}" if self.department else ""


ANONYMOUS = Caller()


def identify(request: HttpRequest) -> Caller:
    """认出请求者 by ``Authorization: Bearer`` or by session. :class:`Forbidden` for a token that opens nothing."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        department = authenticate_token(token)
        if department is None:
            raise Forbidden("token-invalid", "令牌无效或已作废。", "请向信用办重新申领部门令牌，按 Authorization: Bearer 令牌 的形式发送。")
        return Caller(department=department)
    account = request.user
    if not isinstance(account, Account) or account.revoked_at is not None:
        return ANONYMOUS
    return Caller(account.department, account, Role(account.role))


def caller_of(request: HttpRequest) -> Caller:
    """请求者 of a request that passed the access matrix; nobody, if it did not."""
    caller = getattr(request, "caller", ANONYMOUS)
    return caller if isinstance(caller, Caller) else ANONYMOUS


def office_of(request: HttpRequest) -> Department:
    """请求者所在的部门；:class:`Forbidden` for those without one."""
    department = caller_of(request).department
    if department is None:
        raise Forbidden("login-required", "请先登录，或使用部门令牌。", "部门系统请发送 Authorization: Bearer 令牌；工作人员请登录。")
    return department
