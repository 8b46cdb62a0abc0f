"""本人登记。The security administrator ties an account to the person whose it is, upon a document; then the person sees what is about them.

Civil servants have accounts of their offices; candidates get one without an office (``open_enterprise_account``) and no mandate: the tie is
their mandate for themselves. The same tie tells who must not handle a record because it is about them.
"""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.rights.officials.models import OfficialRecord, OwnIdentity
from chengxin.rights.officials.persons import person_of, records_of
from chengxin.storage.transactions import writing

__all__ = ["end_identity", "own_key", "own_records", "register_identity", "require_known"]

REGISTERED: Final = "officials:identity:registered"
ENDED: Final = "officials:identity:ended"


def register_identity(account: Account, *, number: str, name: str, reference: str, by: Account | None, at: Instant) -> OwnIdentity:
    """登记本人. ``name`` is asked for so that nobody registers a number alone; it is not kept. ``by`` None: by command on the machine."""
    _require_administrator(by)
    person, seen = person_of(number, name), reference.strip()
    if by is not None and by.pk == account.pk:
        raise Forbidden("same-person", "不能登记自己的身份。", "由另一名安全管理员办理。")
    if not 0 < len(seen) <= 200:
        raise Refused("identity-document", "须写明核对了什么证件，不超过 200 个字。", "例如：核对居民身份证原件，工作证。")
    if account.revoked_at is not None:
        raise Refused("identity-empty", "这个账户已经停用。", "另开账户以后再登记。")
    try:
        with writing(), transaction.atomic():
            tie = OwnIdentity.objects.create(
                account=account, person=person.key, reference=seen, registered_by=by, registered_at=at, content_id=0
            )
            said = {"_identity": str(tie.pk), "_account": str(account.pk), "_person": tie.person, "_reference": seen, "_at": str(at)}
            tie.content_id = record_event(REGISTERED, said | ({"_by": str(by.pk)} if by else {}))
            tie.save(update_fields=["content_id"])
    except IntegrityError:
        raise Conflict("identity-registered", "这个账户或者这个人已经登记过。", "一人一户；要改的，先终止原来的登记。") from None
    return tie


def end_identity(account: Account, *, by: Account | None, at: Instant) -> None:
    """终止登记, from the next request on."""
    _require_administrator(by)
    with writing():
        tie = OwnIdentity.objects.filter(account=account, ended_at=None).first()
        if tie is None or not OwnIdentity.objects.filter(pk=tie.pk, ended_at=None).update(ended_at=at):
            raise NotFound("identity-not-registered", "这个账户没有登记本人身份。", "不用再办。")
        said = {"_identity": str(tie.pk), "_at": str(at)} | ({"_by": str(by.pk)} if by else {})
        OwnIdentity.objects.filter(pk=tie.pk).update(ended_content_id=record_event(ENDED, said))


def own_key(account_id: int) -> str:
    """本人 whose account this is, by key; "": nobody is registered."""
    found = OwnIdentity.objects.filter(account_id=account_id, ended_at=None, account__revoked_at=None)
    return found.values_list("person", flat=True).first() or ""


def own_records(account_id: int) -> frozenset[str]:
    """Fills ``casework.ports.own_things``: the numbers of the confirmed records about the person."""
    key = own_key(account_id)
    if not key:
        return frozenset()
    found = OfficialRecord.objects.filter(content_id__in=records_of(key), accepted=True).values_list("pk", flat=True)
    return frozenset(str(each) for each in found)


def require_known(account: Account, key: str) -> None:
    """办理的人 of a record about ``key``: somebody whose own identity is registered, and who is not the person."""
    own = own_key(account.pk)
    if not own:
        raise Forbidden(
            "own-identity-needed", "办理公务员记录的人须先登记本人身份，平台才知道是不是关于自己。", "请安全管理员凭证件登记以后再办。"
        )
    if own == key:
        raise Forbidden("own-person", "这条记录关于您本人，您不能办理。", "由同事办理；您可以在“我的诚信记录”查看、申请修复、提出异议。")


def _require_administrator(by: Account | None) -> None:
    if by is not None and by.role != Role.SECURITY_ADMIN:
        raise Forbidden("identity-authority", "您不能登记身份。", "请联系安全管理员。")
