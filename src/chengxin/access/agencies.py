"""信用服务机构的查询：which registrations are in force, who works for whom. A mandate of an agency holds while mandate, registration and
tie all hold; asked anew on every request. Clause: credit-regulation/2.5.6."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q, QuerySet

from chengxin.access.models import AgencyPerson, Mandate, ServiceAgency
from chengxin.access.types import AgencyService
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound

__all__ = [
    "acting_mandates",
    "agencies_in_force",
    "agency_by_id",
    "agency_issuing",
    "agency_name",
    "agency_of",
    "firms_of_agency",
    "mandate_holds",
    "services_of",
    "state_of",
    "tie_of",
]


def in_force_as(prefix: str, at: Instant) -> Q:
    """登记有效 at ``at``, as a condition on the relation ``prefix`` ("": the register itself)."""
    ended = Q(**{f"{prefix}ended_at": None}) | Q(**{f"{prefix}ended_at__gt": at})
    suspended = Q(**{f"{prefix}suspended_at": None}) | Q(**{f"{prefix}suspended_at__gt": at})
    return ended & suspended & Q(**{f"{prefix}approved_at__lte": at, f"{prefix}valid_until__gt": at})


def mandate_holds(at: Instant) -> Q:
    """授权有效 at ``at``, as a condition on mandates: its term, that it was not ended, and, of an agency's, that the agency is registered
    and the person still works for it."""
    lasting = (Q(ended_at=None) | Q(ended_at__gt=at)) & Q(valid_from__lte=at, valid_until__gt=at)
    tied = AgencyPerson.objects.filter(
        Q(ended_at=None) | Q(ended_at__gt=at), agency_id=OuterRef("agency_id"), account_id=OuterRef("account_id"), tied_at__lte=at
    )
    return lasting & (Q(agency=None) | (in_force_as("agency__", at) & Q(Exists(tied))))


def agencies_in_force(at: Instant) -> QuerySet[ServiceAgency]:
    """在册的机构, by name."""
    return ServiceAgency.objects.filter(in_force_as("", at)).order_by("name", "id")


def agency_by_id(number: int) -> ServiceAgency:
    """One registration, whatever its state. NotFound."""
    found = ServiceAgency.objects.select_related("proposed_by", "approved_by").filter(pk=number).first()
    if found is None:
        raise NotFound("no-such-agency", f"没有第 {number} 号信用服务机构登记。", "从机构名录进入。")
    return found


def agency_name(number: int | None) -> str:
    """What the agency is called; "" for none."""
    return ServiceAgency.objects.filter(pk=number).values_list("name", flat=True).first() or "" if number is not None else ""


def services_of(agency: ServiceAgency) -> tuple[AgencyService, ...]:
    """登记的服务."""
    return tuple(AgencyService(each) for each in agency.services.split(",") if each)


def state_of(agency: ServiceAgency, at: Instant) -> str:
    """登记的状态 in a word for people; "" while it is in force."""
    if agency.ended_at is not None and agency.ended_at <= at:
        return f"已于 {date_of(agency.ended_at)} 终止" if agency.approved_at is not None else "没有登记"
    if agency.approved_at is None or agency.approved_at > at:
        return "等待另一人核准"
    if agency.valid_until <= at:
        return f"已于 {date_of(agency.valid_until - 1)} 到期"
    if agency.suspended_at is not None and agency.suspended_at <= at:
        return f"自 {date_of(agency.suspended_at)} 起暂停"
    return ""


def tie_of(account_id: int, at: Instant) -> AgencyPerson | None:
    """此人属于哪家机构 at ``at``, whatever the state of its registration; None for who works for none."""
    lasting = Q(ended_at=None) | Q(ended_at__gt=at)
    return AgencyPerson.objects.select_related("agency").filter(lasting, account_id=account_id, tied_at__lte=at).first()


def agency_of(account_id: int, at: Instant) -> ServiceAgency | None:
    """The agency that an account works for at ``at``."""
    tie = tie_of(account_id, at)
    return tie.agency if tie is not None else None


def agency_issuing(code: str, service: str, at: Instant) -> ServiceAgency | None:
    """The agency with this code, if it is registered for ``service`` at ``at``."""
    found = agencies_in_force(at).filter(code=code.strip().upper()).first()
    return found if found is not None and AgencyService(service) in services_of(found) else None


def acting_mandates(subject_ids: Collection[int], at: Instant) -> QuerySet[Mandate]:
    """机构代理的授权 in force for a subject (all of its numbers)."""
    return Mandate.objects.filter(mandate_holds(at), subject_id__in=subject_ids, agency__isnull=False)


def firms_of_agency(code: str, at: Instant) -> set[int]:
    """Which subjects the agency with this code acts for at ``at``: it may not grade them at the same time."""
    return set(Mandate.objects.filter(mandate_holds(at), agency__code=code.strip().upper()).values_list("subject_id", flat=True))
