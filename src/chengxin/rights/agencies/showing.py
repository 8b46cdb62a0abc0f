"""机构办过什么：what an agency did for a firm, which of its material was found false, what is under way about its registration."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast

from chengxin.access.agencies import state_of
from chengxin.access.agency_register import services_text
from chengxin.access.models import ServiceAgency
from chengxin.casework.models import Case, CaseStep
from chengxin.casework.notices import number_of
from chengxin.casework.types import SERVICE_AGENCY
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active
from chengxin.rights.restoration.false_material import CASE, PROCEDURE

SHOWN = 50


@dataclass(frozen=True)
class Done:
    """办过的一步, of one firm's cases."""

    agency: str
    at: Instant
    case_id: int
    number: str
    step: str


@dataclass(frozen=True)
class Listed:
    """名录的一行。``state``: "" while the registration is in force."""

    agency: ServiceAgency
    services: str
    state: str
    last_day: date


def listed(agency: ServiceAgency, at: Instant) -> Listed:
    """One line of the register."""
    return Listed(agency, services_text(agency), state_of(agency, at), date_of(agency.valid_until - 1))


def same_agency(agency: ServiceAgency) -> QuerySet[ServiceAgency]:
    """Every registration of the same agency: what it did under an earlier one it did."""
    return ServiceAgency.objects.filter(code=agency.code)


def false_material_of(agency: ServiceAgency) -> list[tuple[Case, str, str]]:
    """材料不实的案件 about restorations in which the agency acted, newest first: (case, number, state in words)."""
    acted = CaseStep.objects.filter(agency_id__in=same_agency(agency).values("id")).annotate(key=Cast("case_id", CharField()))
    found = Case.objects.filter(procedure=PROCEDURE, about_kind=CASE, about_key__in=acted.values("key"))
    return _in_words(found.order_by("-pk")[:SHOWN])


def removals_of(agency: ServiceAgency) -> list[tuple[Case, str, str]]:
    """暂停和移出的案件 of an agency, newest first."""
    keys = [str(each) for each in same_agency(agency).values_list("id", flat=True)]
    return _in_words(Case.objects.filter(about_kind=SERVICE_AGENCY, about_key__in=keys).order_by("-pk")[:SHOWN])


def done_for(subject_ids: Collection[int]) -> list[Done]:
    """服务机构替这家企业办过的, newest first."""
    policy = active.policy_set()
    steps = list(
        CaseStep.objects.filter(case__subject_id__in=subject_ids, agency_id__isnull=False).select_related("case").order_by("-pk")[:SHOWN]
    )
    names = dict(ServiceAgency.objects.filter(pk__in={each.agency_id for each in steps}).values_list("id", "name"))
    found = []
    for each in steps:
        rule = policy.procedures.get(each.case.procedure)
        if rule is not None:
            taken = next((one.title for one in (rule.opening, *rule.steps) if one.verb == each.verb), each.verb)
            found.append(Done(names[each.agency_id or 0], each.at, each.case_id, f"{rule.title}{number_of(each.case)}", taken))
    return found


def _in_words(cases: QuerySet[Case]) -> list[tuple[Case, str, str]]:
    policy = active.policy_set()
    rules = policy.procedures
    return [
        (case, f"{rules[case.procedure].title}{number_of(case)}", rules[case.procedure].states[case.state].title)
        for case in cases
        if case.procedure in rules
    ]
