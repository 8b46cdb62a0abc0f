"""授权的授予和终止。A representative by the office's document, an agent also by the representative; each an entry of the ledger.

A mandate of the kind 信用服务机构代理 names a person of a registered agency: the agency is the one that the person works for. What it may
hold and for how long is policy; it never hands anything on. Clause: credit-regulation/2.5.6.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from chengxin.access import ports
from chengxin.access.agencies import acting_mandates, agency_of, services_of, state_of
from chengxin.access.mandates import in_force, scopes_of, scopes_text
from chengxin.access.models import Account, Mandate, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.types import EVERY_SCOPE, SCOPE_LABELS, SCOPES_OF_AGENTS, AgencyService, MandateKind, Scope
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.storage.transactions import writing

__all__ = ["agency_scopes", "end_agency_mandates", "end_mandate", "grant_mandate", "grant_to_agency"]

MANDATE_GRANTED: Final = "access:mandate:granted"
MANDATE_ENDED: Final = "access:mandate:ended"
AGENCY_SCOPES: Final = "agency_scopes"
AGENCY_LONGEST: Final = "agency_mandate_longest"
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
    """授权 ``account`` to act for a subject. A representative has every scope; an agent and an agency's person need an end and some scopes,
    and do not hand them on. ``by``: the representative (not for another one), the credit office or the security administrator; None is a
    command on the machine. Refused says what of an agency's mandate cannot be, a conflict of interests among it."""
    held = EVERY_SCOPE if kind is MandateKind.LEGAL_REPRESENTATIVE else frozenset(scopes)
    _require_sense(account, kind, held, (valid_from, valid_until), at)
    agency = _agency_for(account, kind, held, (valid_from, valid_until), at)
    if not reference.strip():
        raise Refused("mandate-reference", "授权必须写明依据文件。", "请写明营业执照、任职文件或者委托书的编号。")
    with writing():
        _require_authority(by, subject_id, kind, at)
        _require_no_conflict(agency, subject_id, at)
        said = {"_account": str(account.pk), "_subject": str(subject_id), "_kind": kind.value, "_scopes": scopes_text(held)}
        said |= {"_reference": reference.strip(), "_from": str(valid_from), "_until": str(valid_until), "_at": str(at)}
        said |= {"_granted_by": str(by.pk)} if by else {}
        said |= {"_agency": str(agency.pk)} if agency else {}
        mandate = Mandate(account=account, subject_id=subject_id, kind=kind.value, scopes=said["_scopes"], granted_by=by, agency=agency)
        mandate.reference, mandate.valid_from, mandate.valid_until = said["_reference"], valid_from, valid_until
        mandate.content_id = 0  # the entry names the mandate, the mandate its entry
        mandate.save()
        mandate.content_id = record_event(MANDATE_GRANTED, {"_mandate": str(mandate.pk), **said})
        mandate.save(update_fields=["content_id"])
    return mandate


def grant_to_agency(
    agency: ServiceAgency, people: Collection[Account], *, subject_id: int, reference: str, valid_until: Instant, scopes: Collection[Scope],
    at: Instant, by: Account,
) -> list[Mandate]:  # fmt: skip
    """授权一家机构, through the people of it that are named: one mandate for each, all or none. Refused for nobody, and for who does not
    work for this agency."""
    if not people:
        raise Refused("agency-person-missing", "没有选择机构的哪些人可以代办。", "从该机构登记的人员里选一人或者几人。")
    with writing():
        made = [
            grant_mandate(
                account=each, subject_id=subject_id, kind=MandateKind.SERVICE_AGENCY, reference=reference, valid_from=at,
                valid_until=valid_until, at=at, by=by, scopes=scopes,
            )
            for each in people
        ]  # fmt: skip
        if any(mandate.agency_id != agency.pk for mandate in made):
            raise Refused("agency-person-missing", f"选的人里有的不是{agency.name}的人员。", "从该机构登记的人员里选。")
    return made


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


def end_agency_mandates(subject_ids: Collection[int], agency_id: int, *, because: str, at: Instant, by: Account | None) -> int:
    """撤回对一家机构的授权：every mandate of the agency for the subject, in one transaction; how many. Conflict where there is none."""
    with writing():
        held = list(acting_mandates(subject_ids, at).filter(agency_id=agency_id).order_by("pk"))
        if not held:
            raise Conflict("mandate-ended", "对这家机构没有有效的授权。", "不用再办；需要时另行授权。")
        for mandate in held:
            end_mandate(mandate, because=because, at=at, by=by)
    return len(held)


def agency_scopes(at: Instant) -> frozenset[Scope]:
    """机构可以得到的授权范围, as the policy in force says; handing on is never among them."""
    said = active.policy_set().value_at(AGENCY_SCOPES, date_of(at)).value
    return frozenset(Scope(each) for each in said["授权范围"]) & SCOPES_OF_AGENTS


def _require_sense(account: Account, kind: MandateKind, scopes: frozenset[Scope], term: tuple[Instant, Instant], at: Instant) -> None:
    valid_from, valid_until = term
    if account.role != Role.ENTERPRISE or account.revoked_at is not None:
        raise Refused("mandate-account", f"“{account.username}”不是使用中的企业账户。", "授权只给企业账户；部门人员不能代理企业。")
    if valid_from >= valid_until or valid_until <= at:
        raise Refused("mandate-term", "授权的截止时间须晚于起始时间，也晚于现在。", "请核对起止日期。")
    if kind is MandateKind.LEGAL_REPRESENTATIVE:
        return
    if valid_until >= FOREVER:
        raise Refused("mandate-term-open", "委托必须写明截止日期。", "请按委托书写明最后一日。")
    if not scopes or not scopes <= SCOPES_OF_AGENTS:
        raise Refused(
            "mandate-scopes", "代理人的授权范围不能为空，也不能转委托。", "请选择查看、修复、异议、复核、下载、投诉中的一项或几项。"
        )


def _agency_for(
    account: Account, kind: MandateKind, scopes: frozenset[Scope], term: tuple[Instant, Instant], at: Instant
) -> ServiceAgency | None:
    """The agency whose mandate this is; None for the other kinds. Refused for what an agency may not be given."""
    agency = agency_of(account.pk, at)
    if kind is not MandateKind.SERVICE_AGENCY:
        if kind is MandateKind.AGENT and agency is not None:
            sentence = f"“{account.username}”是{agency.name}的人员，不能另外作为代理人。"
            raise Refused("mandate-by-agency", sentence, "请按信用服务机构授权，办理时写明机构。")
        return None
    if agency is None:
        raise Refused("agency-person-missing", f"“{account.username}”不是在册信用服务机构的人员。", "请机构先向信用办登记它的人员。")
    if state := state_of(agency, at):
        raise Refused("agency-not-in-force", f"{agency.name}的登记{state}，不能授权给它。", "从名录里选登记有效的机构，或者自己办理。")
    if AgencyService.ACTING not in services_of(agency):
        raise Refused("agency-not-acting", f"{agency.name}没有登记代办申请的服务。", "从名录里选登记了代办的机构，或者自己办理。")
    if not scopes <= agency_scopes(at):
        may = "、".join(SCOPE_LABELS[each] for each in Scope if each in agency_scopes(at))
        raise Refused("mandate-scopes", f"信用服务机构只能得到这些授权：{may}；不能转委托。", "去掉其余各项再授权。")
    longest = last_day(date_of(max(term[0], at)), str(active.policy_set().value_at(AGENCY_LONGEST, date_of(at)).value))
    if date_of(term[1] - 1) > longest:
        raise Refused("mandate-term", f"授权给信用服务机构最长到 {longest}。", "写早一些的最后一日；到期需要的另行授权。")
    return agency


def _require_no_conflict(agency: ServiceAgency | None, subject_id: int, at: Instant) -> None:
    """利益冲突：whoever grades a firm does not act for it; later sections say who does."""
    if agency is None:
        return
    for _, conflict in ports.agency_conflicts.items():
        if sentence := conflict(agency, subject_id, at):
            raise Refused("agency-conflict", sentence, "请选另一家机构，或者由企业自己办理；办理修复从不要求委托机构。")


def _require_authority(by: Account | None, subject_id: int, kind: MandateKind, at: Instant) -> None:
    if by is None or by.role in BY_DOCUMENT:
        return
    if kind is not MandateKind.LEGAL_REPRESENTATIVE and by.role == Role.ENTERPRISE and by.revoked_at is None:
        held = in_force(by.pk, at).filter(subject_id=subject_id, kind=MandateKind.LEGAL_REPRESENTATIVE.value)
        if any(Scope.AUTHORISE in scopes_of(mandate) for mandate in held):
            return
    raise Forbidden("mandate-authority", "您不能为这家企业授权。", "代理人和信用服务机构由其法定代表人授权，或者凭委托书由信用办登记。")
