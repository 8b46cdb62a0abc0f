"""机构的人员。An enterprise account is tied to an agency on the strength of the agency's letter; without the tie no mandate of it holds."""

from __future__ import annotations

from typing import Final

from chengxin.access.agencies import mandate_holds, state_of, tie_of
from chengxin.access.models import Account, AgencyPerson, Mandate, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.two_people import require_credit_office, require_reason
from chengxin.access.types import MandateKind
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import in_turn, writing

__all__ = ["tie_person", "untie_person"]

TIED: Final = "access:agency_person:tied"
UNTIED: Final = "access:agency_person:untied"
WHAT: Final = "信用服务机构的人员"


def tie_person(agency: ServiceAgency, account: Account, *, reference: str, by: Account, at: Instant) -> AgencyPerson:
    """登记机构人员. Refused for an office's account, for an agency that is not registered, and for somebody who is a firm's own agent: the
    same person would act with and without the agency's name. Conflict for who works for an agency already."""
    require_credit_office(by, WHAT)
    if account.role != Role.ENTERPRISE or account.revoked_at is not None:
        raise Refused("mandate-account", f"“{account.username}”不是使用中的企业账户。", "先由安全管理员开企业账户，再登记为机构人员。")
    if not reference.strip():
        raise Refused("mandate-reference", "登记机构人员必须写明依据文件。", "请写明机构证明其任职的函件编号。")
    with writing():
        in_turn()
        agency.refresh_from_db()
        if state := state_of(agency, at):
            raise Refused("agency-not-in-force", f"{agency.name}的登记{state}，不能登记人员。", "登记有效以后再办。")
        tie = tie_of(account.pk, at)
        if tie is not None:
            raise Conflict(
                "agency-person-known", f"“{account.username}”已是{tie.agency.name}的人员。", "一个人只属于一家机构；先解除那一项。"
            )
        if Mandate.objects.filter(mandate_holds(at), account=account, kind=MandateKind.AGENT.value).exists():
            raise Refused(
                "agency-person-agent", f"“{account.username}”现在以本人名义代理企业。", "先终止那些委托；以后由企业按信用服务机构授权。"
            )
        row = AgencyPerson(agency=agency, account=account, reference=reference.strip(), tied_at=at, content_id=0)
        row.save()
        said = {"_tie": str(row.pk), "_agency": str(agency.pk), "_account": str(account.pk), "_reference": row.reference}
        row.content_id = record_event(TIED, said | {"_by": str(by.pk), "_at": str(at)})
        row.save(update_fields=["content_id"])
    return row


def untie_person(tie: AgencyPerson, *, because: str, by: Account, at: Instant) -> None:
    """解除: by the credit office, or by the person, who leaves. No mandate of the agency holds for them from the next request on."""
    if by.pk != tie.account_id:
        require_credit_office(by, WHAT)
    because = require_reason(because, "解除")
    with writing():
        in_turn()
        if not AgencyPerson.objects.filter(pk=tie.pk, ended_at=None).update(ended_at=at):
            raise Conflict("already-done", "此人已经不是这家机构的人员。", "不用再办。")
        said = {"_tie": str(tie.pk), "_because": because, "_by": str(by.pk), "_at": str(at)}
        AgencyPerson.objects.filter(pk=tie.pk).update(ended_content_id=record_event(UNTIED, said))
    tie.refresh_from_db()
