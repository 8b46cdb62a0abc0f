"""统一身份认证的绑定。An account of the city's identity provider opens an account here only where an administrator has linked the two.

What the provider calls a person may be a number of that person: it is kept as a keyed hash, enough to recognise it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from chengxin.access.models import Account, LinkedIdentity
from chengxin.access.roles import Role
from chengxin.access.sealing import blind_index
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import writing

__all__ = ["account_of_identity", "link_identity", "unlink_identity"]

IDENTITY_LINKED: Final = "access:identity:linked"
IDENTITY_UNLINKED: Final = "access:identity:unlinked"


def link_identity(account: Account, *, provider: str, identifier: str, at: Instant, by: Account | None) -> LinkedIdentity:
    """绑定 an identity of ``provider`` to ``account``: by the security administrator; ``by`` None is a command on the machine."""
    _require_administrator(by)
    if not identifier.strip() or account.revoked_at is not None:
        raise Refused("identity-empty", "身份标识不能为空，账户须在使用中。", "请填写统一身份认证给出的标识（sub）。")
    blind = _blind(provider, identifier.strip())
    with writing():
        holder = LinkedIdentity.objects.filter(provider=provider, blind=blind, ended_at=None).select_related("account").first()
        if holder is not None:
            raise Conflict(
                "identity-linked", f"这个身份已绑定账户“{holder.account.username}”。", "一个身份只绑一个账户；须先解除原来的绑定。"
            )
        link = LinkedIdentity.objects.create(account=account, provider=provider, blind=blind, linked_by=by, linked_at=at, content_id=0)
        said = {"_link": str(link.pk), "_account": str(account.pk), "_provider": provider, "_identity": blind, "_at": str(at)}
        link.content_id = record_event(IDENTITY_LINKED, said | ({"_by": str(by.pk)} if by else {}))
        link.save(update_fields=["content_id"])
    return link


def unlink_identity(link: LinkedIdentity, *, at: Instant, by: Account | None) -> None:
    """解除绑定, for the next log-in; the link stays on record."""
    _require_administrator(by)
    with writing():
        if not LinkedIdentity.objects.filter(pk=link.pk, ended_at=None).update(ended_at=at):
            raise NotFound("identity-not-linked", "这个绑定已经解除，或者没有这个绑定。", "不用再办。")
        said = {"_link": str(link.pk), "_at": str(at)} | ({"_by": str(by.pk)} if by else {})
        LinkedIdentity.objects.filter(pk=link.pk).update(ended_content_id=record_event(IDENTITY_UNLINKED, said))


def account_of_identity(provider: str, identifier: str) -> Account | None:
    """这个身份绑定的账户; None where nobody linked it, or the account was revoked."""
    found = LinkedIdentity.objects.filter(provider=provider, blind=_blind(provider, identifier), ended_at=None, account__revoked_at=None)
    link = found.select_related("account").first()
    return link.account if link else None


def _require_administrator(by: Account | None) -> None:
    if by is not None and by.role != Role.SECURITY_ADMIN:
        raise Forbidden("identity-authority", "您不能绑定身份。", "请联系安全管理员。")


def _blind(provider: str, identifier: str) -> str:
    """The identifier may differ from another in the case of its letters alone: a hash of it keeps them apart."""
    return blind_index(sha256(f"{provider}\n{identifier}".encode()).hexdigest()).hex()
