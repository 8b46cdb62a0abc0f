"""部门与令牌；账户和授权也从这里取用。Default deny: who has no account, token or role gets nothing.

Everything here is an entry of the ledger except secrets, which only their holders know. Clause: credit-regulation/2.5.7.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final

from chengxin.access.accounts import add_account, change_role, open_enterprise_account, revoke_account, role_named, set_password
from chengxin.access.mandating import end_mandate, grant_mandate
from chengxin.access.models import Delegation, Department, DepartmentToken
from chengxin.kernel.codes import credit_code
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.storage.transactions import writing

__all__ = [
    "add_account",
    "add_department",
    "authenticate_token",
    "change_role",
    "delegate_item",
    "department_by_code",
    "end_mandate",
    "grant_mandate",
    "issue_token",
    "move_department",
    "open_enterprise_account",
    "revoke_account",
    "revoke_token",
    "role_named",
    "set_password",
]

DEPARTMENT_MOVED: Final = "access:department:moved"
DEPARTMENT_ADDED: Final = "access:department:added"
DELEGATION_ADDED: Final = "access:delegation:added"
TOKEN_ISSUED: Final = "access:token:issued"  # noqa: S105  the tag of an event
TOKEN_REVOKED: Final = "access:token:revoked"  # noqa: S105  the tag of an event
#: So many characters of a token's hash are its number in the ledger.
TOKEN_NUMBER: Final = 12
TOKEN_PREFIX: Final = "chengxin_"  # noqa: S105  lets secret scanners recognise one


def department_by_code(code: str) -> Department:
    """按代码找部门；:class:`NotFound` says how to add one."""
    department = Department.objects.filter(code=code.strip().upper()).first()
    if department is None:
        raise NotFound("department-not-found", f"没有代码为 {code} 的部门。", "请先运行 chengxin department add 代码 --name 名称。")
    return department


def add_department(
    *, code: str, name: str, at: Instant, short_name: str = "", parent: Department | None = None, division: str = "", kind: str = ""
) -> Department:
    """增设部门。``code`` is its unified social credit code, ``division`` six digits (taken from the code if empty), ``kind`` a word of
    the powers list (told by name and code if empty). The same again changes nothing; the same code with another name or kind is a
    :class:`Conflict`; a kind that the list does not know is Refused."""
    code = code.strip().upper()
    if not credit_code.is_valid(code):
        raise Refused("department-code", f"{code} 不是有效的统一社会信用代码。", "请核对十八位代码，最后一位是校验码。")
    if not name.strip():
        raise Refused("department-name", "部门名称不能为空。", "请用 --name 写明部门全称。")
    _require_known_kind(kind)
    known = Department.objects.filter(code=code).first()
    if known is not None and known.name == name.strip():
        if kind not in {"", known.kind}:
            raise Conflict("department-exists", f"{known.name}已按另一类别登记。", "请核对类别；增设之后类别不能改。")
        return known
    if known is not None:
        raise Conflict("department-exists", f"代码 {code} 已属于“{known.name}”。", "请核对代码；更名须另行登记。")
    with writing():
        department = Department.objects.create(
            code=code,
            name=name.strip(),
            short_name=short_name.strip(),
            parent=parent,
            division=division or code[2:8],
            kind=kind,
            opened_at=at,
        )
        said = {"_department": code, "_name": department.name, "_short_name": department.short_name, "_division": department.division}
        said |= {"_kind": kind, "_parent": parent.code if parent else "", "_at": str(at)}
        record_event(DEPARTMENT_ADDED, said)
    return department


def move_department(*, department: Department, parent: Department | None, because: str, at: Instant) -> Department:
    """改变隶属：another office is above it from now on, None: none. Open cases keep the offices that they have. Refused where the office
    would stand above itself, and without the document that says so."""
    if not because.strip():
        raise Refused("move-reference", "改变隶属必须写明依据文件。", "请写明机构改革方案或者批复的文号。")
    above = parent
    while above is not None:
        if above.pk == department.pk:
            sentence = f"{department.name}不能隶属于自己或者自己的下级。"
            raise Refused("department-above-itself", sentence, "请核对上级部门的代码。")
        above = above.parent
    with writing():
        if not Department.objects.filter(pk=department.pk).exclude(parent=parent, parent__isnull=parent is None).update(parent=parent):
            raise Conflict("already-done", f"{department.name}已经是这个隶属关系。", "不用再办。")
        said = {"_department": department.code, "_parent": parent.code if parent else "", "_because": because.strip(), "_at": str(at)}
        record_event(DEPARTMENT_MOVED, said)
    department.refresh_from_db()
    return department


def _require_known_kind(kind: str) -> None:
    """A word that the list of powers does not know would leave the department without any power, and every row of it refused."""
    kinds = active.policy_set().department_kinds if kind else ()
    if kind and kind not in {each.id for each in kinds}:
        known = "、".join(f"{each.id}（{each.title}）" for each in kinds)
        raise Refused("department-kind", f"职权清单里没有类别“{kind}”。", f"从这些里选：{known}；不写则按名称和代码判断。")


def delegate_item(
    *, principal: Department, delegate: Department, item: str, reference: str, valid_from: Instant, valid_until: Instant, at: Instant
) -> Delegation:
    """委托归集：``delegate`` may hand in ``item`` on behalf of ``principal`` within the period, on the strength of ``reference``."""
    if not reference.strip():
        raise Refused("delegation-reference", "委托必须写明依据文件。", "请写明委托书的文号。")
    if principal == delegate or valid_from >= valid_until:
        raise Refused("delegation-empty", "委托双方必须不同，且结束时间晚于开始时间。", "请核对部门代码和起止日期。")
    with writing():
        delegation = Delegation.objects.create(
            principal=principal, delegate=delegate, item=item, reference=reference.strip(), valid_from=valid_from, valid_until=valid_until
        )
        said = {"_principal": principal.code, "_delegate": delegate.code, "_item": item, "_reference": delegation.reference}
        said |= {"_delegation": str(delegation.pk), "_from": str(valid_from), "_until": str(valid_until), "_at": str(at)}
        record_event(DELEGATION_ADDED, said)
    return delegation


def issue_token(department: Department, at: Instant) -> str:
    """发放令牌 for the department's systems. It is shown this once; only its hash is kept."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with writing():
        digest = sha256(token.encode()).hexdigest()
        DepartmentToken.objects.create(department=department, digest=digest, created_at=at)
        record_event(TOKEN_ISSUED, {"_department": department.code, "_token": digest[:TOKEN_NUMBER], "_at": str(at)})
    return token


def revoke_token(digest_start: str, at: Instant) -> None:
    """作废令牌, named by the first characters of its hash, as the ledger shows them."""
    with writing():
        token = DepartmentToken.objects.filter(digest__startswith=digest_start, revoked_at=None).select_related("department").first()
        if token is None or len(digest_start) < 8:
            raise NotFound("token-not-found", "没有这个有效的令牌。", "请用发放时账本里的令牌编号（至少八位）。")
        DepartmentToken.objects.filter(pk=token.pk).update(revoked_at=at)
        record_event(TOKEN_REVOKED, {"_department": token.department.code, "_token": token.digest[:TOKEN_NUMBER], "_at": str(at)})


def authenticate_token(token: str) -> Department | None:
    """令牌属于哪个部门; None for an unknown or revoked token, or a department that was closed."""
    digest = sha256(token.strip().encode()).hexdigest()
    found = DepartmentToken.objects.select_related("department").filter(digest=digest, revoked_at=None, department__closed_at=None).first()
    return found.department if found else None
