"""授权的授予和终止。A representative by the office's document, an agent also by the representative; each an entry of the ledger."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from chengxin.access.mandates import in_force, scopes_of, scopes_text
from chengxin.access.models import Account, Mandate
from chengxin.access.roles import Role
from chengxin.access.types import EVERY_SCOPE, SCOPES_OF_AGENTS, MandateKind, Scope
from chengxin.kernel.instants import FOREVER, Instant
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import writing

__all__ = ["end_mandate", "grant_mandate"]

MANDATE_GRANTED: Final = "access:mandate:granted"
MANDATE_ENDED: Final = "access:mandate:ended"
#: Who may write a mandate down on the strength of a document.
BY_DOCUMENT: Final = frozenset({Role.CREDIT_OFFICE, Role.SECURITY_ADMIN})


def grant_mandate(
    *,
    account: Account,
    subject_id: int,
    kind: MandateKind,
    reference: str,
    valid_from: Instant,
    valid_until: Instant,
    at: Instant,
    by: Account | None,
    scopes: Collection[Scope] = (),
) -> Mandate:
    """授权 ``account`` to act for a subject. A representative has every scope; an agent needs an end and some scopes, and does not hand
    them on. ``by``: the representative (agents only), the credit office or the security administrator; None is a command on the machine."""
    held = EVERY_SCOPE if kind is MandateKind.LEGAL_REPRESENTATIVE else frozenset(scopes)
    _require_sense(account, kind, held, (valid_from, valid_until), at)
    if not reference.strip():
        raise Refused("mandate-reference", "授权必须写明依据文件。", "请写明营业执照、任职文件或者委托书的编号。")
    with writing():
        _require_authority(by, subject_id, kind, at)
        said = {"_account": str(account.pk), "_subject": str(subject_id), "_kind": kind.value, "_scopes": scopes_text(held)}
        said |= {"_reference": reference.strip(), "_from": str(valid_from), "_until": str(valid_until), "_at": str(at)}
        said |= {"_granted_by": str(by.pk)} if by else {}
        mandate = Mandate(account=account, subject_id=subject_id, kind=kind.value, scopes=said["_scopes"], granted_by=by)
        mandate.reference, mandate.valid_from, mandate.valid_until = said["_reference"], valid_from, valid_until
        mandate.content_id = 0  # the entry names the mandate, the mandate its entry
        mandate.save()
        mandate.content_id = record_event(MANDATE_GRANTED, {"_mandate": str(mandate.pk), **said})
        mandate.save(update_fields=["content_id"])
    return mandate


def end_mandate(mandate: Mandate, *, because: str, at: Instant, by: Account | None) -> None:
    """终止授权, from the next request on: by who might grant it, or by its holder, who gives it up."""
    if not because.strip():
        raise Refused("mandate-because", "终止授权要写明理由。", "请写明为什么终止，例如离职、委托事项已办完。")
    with writing():
        if by is None or by.pk != mandate.account_id:
            _require_authority(by, mandate.subject_id, MandateKind(mandate.kind), at)
        if not Mandate.objects.filter(pk=mandate.pk, ended_at=None).update(ended_at=at):
            raise Conflict("mandate-ended", "这项授权已经终止。", "不用再办；需要时另行授权。")
        said = {"_mandate": str(mandate.pk), "_because": because.strip(), "_at": str(at)} | ({"_by": str(by.pk)} if by else {})
        Mandate.objects.filter(pk=mandate.pk).update(ended_content_id=record_event(MANDATE_ENDED, said))
    mandate.refresh_from_db()


def _require_sense(account: Account, kind: MandateKind, scopes: frozenset[Scope], term: tuple[Instant, Instant], at: Instant) -> None:
    valid_from, valid_until = term
    if account.role != Role.ENTERPRISE or account.revoked_at is not None:
        raise Refused("mandate-account", f"“{account.username}”不是使用中的企业账户。", "授权只给企业账户；部门人员不能代理企业。")
    if valid_from >= valid_until or valid_until <= at:
        raise Refused("mandate-term", "授权的截止时间须晚于起始时间，也晚于现在。", "请核对起止日期。")
    if kind is MandateKind.LEGAL_REPRESENTATIVE:
        return
    if valid_until >= FOREVER:
        raise Refused("mandate-term-open", "委托代理人必须写明截止日期。", "请按委托书写明最后一日。")
    if not scopes or not scopes <= SCOPES_OF_AGENTS:
        raise Refused(
            "mandate-scopes", "代理人的授权范围不能为空，也不能转委托。", "请选择查看、修复、异议、复核、下载、投诉中的一项或几项。"
        )


def _require_authority(by: Account | None, subject_id: int, kind: MandateKind, at: Instant) -> None:
    if by is None or by.role in BY_DOCUMENT:
        return
    if kind is MandateKind.AGENT and by.role == Role.ENTERPRISE and by.revoked_at is None:
        held = in_force(by.pk, at).filter(subject_id=subject_id, kind=MandateKind.LEGAL_REPRESENTATIVE.value)
        if any(Scope.AUTHORISE in scopes_of(mandate) for mandate in held):
            return
    raise Forbidden("mandate-authority", "您不能为这家企业授权。", "代理人由其法定代表人授权，或者凭委托书由信用办登记。")
