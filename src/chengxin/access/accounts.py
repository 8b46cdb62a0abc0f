"""账户：开户、改密码、改岗位、停用。One person, one account, one role; a firm's person is never an office's.

Clause: credit-regulation/2.5.7.
"""

from __future__ import annotations

from typing import Final

from chengxin.access.models import Account, Department
from chengxin.access.passwords import put_password, remember_password
from chengxin.access.roles import LABELS, OFFICE_ROLES, Role
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import writing

__all__ = [
    "add_account",
    "change_role",
    "open_enterprise_account",
    "record_second_factor",
    "revoke_account",
    "role_named",
    "set_password",
]

ACCOUNT_ADDED: Final = "access:account:added"
ACCOUNT_REVOKED: Final = "access:account:revoked"
ROLE_CHANGED: Final = "access:account:role_changed"
PASSWORD_CHANGED: Final = "access:account:password_changed"  # noqa: S105  the tag of an event


def add_account(*, username: str, department: Department, role: Role, password: str, at: Instant, by: Account | None = None) -> Account:
    """开户：one person, one department, one role. The password is checked by the profile in use and kept as a hash.
    ``by`` None: by command on the machine."""
    if role not in OFFICE_ROLES:
        raise Refused("account-firm-and-office", "企业用户不属于任何部门。", "部门人员请选部门的岗位；企业请另开企业账户。")
    return _open(Account(username=username.strip(), department=department, role=role.value), password, at, by)


def open_enterprise_account(*, username: str, password: str, at: Instant, by: Account | None = None) -> Account:
    """开企业账户 without a department; what it may do, a mandate says (:func:`chengxin.access.services.grant_mandate`)."""
    return _open(Account(username=username.strip(), role=Role.ENTERPRISE.value), password, at, by)


def set_password(account: Account, password: str, at: Instant, by: Account | None = None) -> None:
    """改密码；every session of the account ends, except the one that asks to stay."""
    put_password(account, password, at)
    with writing():
        account.save(update_fields=["password"])
        remember_password(account, at)
        record_event(PASSWORD_CHANGED, {"_account": str(account.pk), "_at": str(at), **_by(by)})


def record_second_factor(account: Account, what: str, kind: str, at: Instant, by: Account | None = None) -> None:
    """第二因子的增减：``what`` is added, removed or reset; ``kind`` the allauth type of the authenticator."""
    with writing():
        said = {"_account": str(account.pk), "_kind": kind, "_at": str(at), **_by(by)}
        record_event(f"access:second_factor:{what}", said)


def change_role(account: Account, role: Role, at: Instant, by: Account | None = None) -> None:
    """改岗位, from the next request on. Between firm and office there is no change: that is another account."""
    if (role in OFFICE_ROLES) != (account.role in OFFICE_ROLES):
        raise Refused("account-firm-and-office", "企业账户和部门账户不能互换。", "请停用这个账户，另开一个。")
    with writing():
        if Account.objects.filter(pk=account.pk, revoked_at=None).exclude(role=role.value).update(role=role.value):
            record_event(ROLE_CHANGED, {"_account": str(account.pk), "_role": role.value, "_at": str(at), **_by(by)})
    account.refresh_from_db(fields=["role"])


def revoke_account(account: Account, at: Instant, by: Account | None = None) -> None:
    """停用账户：it stays in the table, because its name stands beside what it did."""
    with writing():
        if Account.objects.filter(pk=account.pk, revoked_at=None).update(revoked_at=at, is_active=False):
            record_event(ACCOUNT_REVOKED, {"_account": str(account.pk), "_at": str(at), **_by(by)})


def role_named(text: str) -> Role:
    """角色，by its English word or Chinese label; :class:`Refused` lists what there is."""
    for role in Role:
        if text.strip() in {role.value, LABELS[role]}:
            return role
    known = "、".join(f"{role.value}（{LABELS[role]}）" for role in Role)
    raise Refused("role-unknown", f"没有“{text}”这个角色。", f"可用的角色：{known}。")


def _open(account: Account, password: str, at: Instant, by: Account | None) -> Account:
    if not account.username:
        raise Refused("account-name", "用户名不能为空。", "请写明用户名。")
    if Account.objects.filter(username=account.username).exists():
        raise Conflict("account-exists", f"用户名“{account.username}”已被使用。", "请换一个用户名。")
    put_password(account, password, at)
    with writing():
        account.save()
        remember_password(account, at)
        office = {"_department": account.department.code} if account.department else {}
        record_event(ACCOUNT_ADDED, {"_account": str(account.pk), **office, "_role": account.role, "_at": str(at), **_by(by)})
    return account


def _by(by: Account | None) -> dict[str, str]:
    return {"_by": str(by.pk)} if by else {}
