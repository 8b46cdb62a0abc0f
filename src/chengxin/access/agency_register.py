"""信用服务机构登记。"符合条件的第三方信用服务机构可向失信市场主体提供信用修复培训、信用报告编制、信用管理咨询等服务。"

One person of the credit office proposes on the strength of a filing document, another approves; each word is an entry of the ledger.
Against an agency's will a registration is suspended or ended by a case only (procedure ``agency_removal``), with hearing and remedy. The
evaluation agencies are another register (``during_event/evaluation/agencies.py``): they grade firms and have keys, no people who act.
Clause: credit-regulation/2.5.6.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from chengxin.access.agencies import agency_by_id, services_of, state_of
from chengxin.access.models import Account, Department, ServiceAgency
from chengxin.access.two_people import require_another, require_credit_office, require_reason
from chengxin.access.types import SERVICE_LABELS, AgencyService
from chengxin.kernel.codes import credit_code
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.storage.transactions import in_turn, writing

__all__ = ["Proposed", "approve_agency", "end_agency", "propose_agency", "remove_agency", "resume_agency", "suspend_agency"]

PROPOSED: Final = "access:service_agency:proposed"
APPROVED: Final = "access:service_agency:approved"
SUSPENDED: Final = "access:service_agency:suspended"
RESUMED: Final = "access:service_agency:resumed"
ENDED: Final = "access:service_agency:ended"
LONGEST_TERM: Final = "agency_registration_longest"
WHAT: Final = "信用服务机构的登记"
_LONGEST: Final = 200


@dataclass(frozen=True)
class Proposed:
    """要登记的机构。``basis``: number of its filing; ``valid_until``: end of the term."""

    code: str
    name: str
    services: Collection[AgencyService]
    basis: str
    valid_until: Instant


def propose_agency(given: Proposed, *, by: Account, at: Instant) -> ServiceAgency:
    """提请登记. Refused for a code, name, basis, kind of service or term that cannot be, and for an office; Conflict where the agency is
    on the register or proposed already."""
    require_credit_office(by, WHAT)
    code = given.code.strip().upper()
    _sound(given, code, at)
    with writing():
        in_turn()
        if ServiceAgency.objects.filter(code=code, ended_at=None).exists():
            raise Conflict("agency-known", f"代码 {code} 的机构已经提请或者登记过。", "看名录里的现状；到期续期的，先终止旧的登记再提请。")
        services = ",".join(each.value for each in AgencyService if each in given.services)
        row = ServiceAgency(
            code=code, name=given.name.strip(), services=services, basis=given.basis.strip(), valid_until=given.valid_until, proposed_by=by,
            proposed_at=at, content_id=0,
        )  # fmt: skip
        row.save()
        said = {"_agency": str(row.pk), "_code": code, "_name": row.name, "_services": services, "_basis": row.basis}
        said |= {"_until": str(row.valid_until), "_by": str(by.pk), "_at": str(at)}
        row.content_id = record_event(PROPOSED, said)
        row.save(update_fields=["content_id"])
    return row


def approve_agency(number: int, *, by: Account, at: Instant) -> ServiceAgency:
    """核准登记 that another person proposed: in force from now on. Forbidden for the one who proposed it."""
    require_credit_office(by, WHAT)
    with writing():
        in_turn()
        row = agency_by_id(number)
        if row.approved_at is not None or row.ended_at is not None:
            raise Conflict("already-done", f"{row.name}{state_of(row, at) or '已经登记'}，不能再核准。", "不用再办。")
        require_another(by, row.proposed_by.username)
        if row.valid_until <= at:
            raise Refused("agency-term", f"提请的登记期已于 {date_of(row.valid_until - 1)} 届满。", "撤回这次提请，按新的期限再提请。")
        row.approved_by, row.approved_at = by, at
        record_event(APPROVED, {"_agency": str(row.pk), "_by": str(by.pk), "_at": str(at)})
        row.save(update_fields=["approved_by", "approved_at"])
    return row


def end_agency(number: int, *, because: str, by: Account, at: Instant) -> ServiceAgency:
    """退出登记 at the agency's own wish, or a proposal taken back. One person is enough: nobody's right is taken against their will. No
    mandate of the agency holds from the next request on."""
    require_credit_office(by, WHAT)
    because = require_reason(because, "终止登记")
    with writing():
        in_turn()
        return _end(agency_by_id(number), because, str(by.pk), at)


def remove_agency(number: int, *, because: str, by: str, at: Instant) -> ServiceAgency:
    """移出名录, inside the transaction of the decision that says so; ``by``: who decided. Conflict if it was ended before."""
    return _end(agency_by_id(number), because, by, at)


def suspend_agency(number: int, *, because: str, by: str, at: Instant) -> ServiceAgency:
    """暂停登记, inside the transaction of the decision. Conflict if it is suspended, ended or not registered."""
    row = agency_by_id(number)
    if row.suspended_at is not None or row.ended_at is not None or row.approved_at is None:
        raise Conflict("already-done", f"{row.name}{state_of(row, at)}，不用再暂停。", "看名录里的现状。")
    record_event(SUSPENDED, {"_agency": str(row.pk), "_because": because, "_by": by, "_at": str(at)})
    row.suspended_at = at
    row.save(update_fields=["suspended_at"])
    return row


def resume_agency(number: int, *, because: str, by: str, at: Instant) -> ServiceAgency:
    """恢复登记, inside the transaction of the decision; nothing where it was not suspended."""
    row = agency_by_id(number)
    if row.suspended_at is not None:
        record_event(RESUMED, {"_agency": str(row.pk), "_because": because, "_by": by, "_at": str(at)})
        row.suspended_at = None
        row.save(update_fields=["suspended_at"])
    return row


def _end(row: ServiceAgency, because: str, by: str, at: Instant) -> ServiceAgency:
    if row.ended_at is not None:
        raise Conflict("already-done", f"{row.name}的登记{state_of(row, at)}。", "不用再办。")
    record_event(ENDED, {"_agency": str(row.pk), "_because": because, "_by": by, "_at": str(at)})
    row.ended_at, row.ended_because = at, because
    row.save(update_fields=["ended_at", "ended_because"])
    return row


def _sound(given: Proposed, code: str, at: Instant) -> None:
    if not credit_code.is_valid(code):
        raise Refused("agency-code", f"“{code[:18]}”不是统一社会信用代码。", "核对机构的代码。", where={"code": code[:18]})
    if Department.objects.filter(code=code).exists():
        raise Refused("agency-is-office", f"代码 {code} 是平台上的部门。", "部门不能登记为信用服务机构：办理案件的不代办案件。")
    if not given.name.strip() or not given.basis.strip() or max(len(given.name), len(given.basis)) > _LONGEST:
        raise Refused("agency-basis", f"登记信用服务机构须写明名称和备案文件的文号，各不超过 {_LONGEST} 个字。", "补上后再提请。")
    if not given.services:
        raise Refused("agency-services", "没有写明提供哪几项服务。", f"从这些里选：{'、'.join(SERVICE_LABELS.values())}。")
    longest = last_day(date_of(at), str(active.policy_set().value_at(LONGEST_TERM, date_of(at)).value))
    if given.valid_until <= at or date_of(given.valid_until - 1) > longest:
        raise Refused("agency-term", f"登记的最后一日须在今天以后、{longest} 以前。", "按备案文件写明最后一日；到期可以续期。")


def services_text(agency: ServiceAgency) -> str:
    """登记的服务 in words."""
    return "、".join(SERVICE_LABELS[each] for each in services_of(agency))
