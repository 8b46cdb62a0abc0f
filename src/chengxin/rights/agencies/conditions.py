"""机构登记的条件和效果, as the procedure ``agency_removal`` names them. Firms for which it acted are told in the same transaction."""

from __future__ import annotations

from chengxin.access import agency_register
from chengxin.access.agencies import firms_of_agency, state_of
from chengxin.access.models import Account, ServiceAgency
from chengxin.casework.models import CaseStep, Notice
from chengxin.casework.ports import StepOf
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound
from chengxin.rights.agencies.abouts import registration
from chengxin.storage.transactions import writing


def agency_registered(of: StepOf) -> None:
    """登记有效: there is something to suspend or to end. Conflict says what is."""
    agency = _agency(of)
    if state := state_of(agency, of.at):
        raise Conflict("agency-not-in-force", f"{agency.name}的登记{state}，没有可以暂停或者移出的。", "看名录里的现状。")


def suspend_agency(of: StepOf, step: CaseStep) -> None:
    """暂停登记: nothing can be done in the agency's name from the next request on."""
    tell_firms(_agency(of), "已被暂停", of.at)
    agency_register.suspend_agency(_agency(of).pk, because=_decision(of), by=_by(of), at=of.at)


def remove_agency(of: StepOf, step: CaseStep) -> None:
    """移出名录."""
    tell_firms(_agency(of), "已被移出名录", of.at)
    agency_register.remove_agency(_agency(of).pk, because=_decision(of), by=_by(of), at=of.at)


def keep_agency(of: StepOf, step: CaseStep) -> None:
    """保留登记: a suspension ends with the case."""
    agency_register.resume_agency(_agency(of).pk, because=of.said["because"][:200], by=_by(of), at=of.at)


def end_registration(number: int, *, because: str, by: Account, at: Instant) -> ServiceAgency:
    """终止登记 at the agency's own wish, or a proposal taken back; firms for which it acted are told."""
    with writing():
        agency = registration(str(number))
        if agency is not None:
            tell_firms(agency, "已终止", at)
        return agency_register.end_agency(number, because=because, by=by, at=at)


def tell_firms(agency: ServiceAgency, what: str, at: Instant) -> None:
    """告知企业 for which the agency acts now."""
    text = f"{agency.name}的登记{what}，不能再代您办理。已经提交的案件不受影响，您可以自己继续办理，或者另行授权。"
    text += "办理信用修复免费，从不要求委托机构。"
    Notice.objects.bulk_create(
        Notice(to_kind="subject", to_key=str(each), title=f"信用服务机构的登记{what}", text=text, href="/agencies", at=at)
        for each in sorted(firms_of_agency(agency.code, at))
    )


def _agency(of: StepOf) -> ServiceAgency:
    agency = registration(of.case.about_key)
    if agency is None:
        raise NotFound("no-such-agency", "这项登记已经不在。", "核对编号。")
    return agency


def _decision(of: StepOf) -> str:
    return f"{of.said['document_number']}：{of.said['clause']}"[:400]


def _by(of: StepOf) -> str:
    return str(of.actor.account_id or of.actor.name)
