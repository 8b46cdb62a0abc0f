"""年度计划的页面：for everybody the year as a table of matters and quarters, for an office the form behind it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import office_of
from chengxin.access.models import Department
from chengxin.during_event.inspection.annual import QUARTERS, annual_plan_of, enter_annual_plan, lines_of, year_board
from chengxin.during_event.inspection.callers import person
from chengxin.during_event.inspection.models import AnnualPlan, Draw, InspectionPlan
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.policy import active


@require_safe
def annual_plans(request: HttpRequest) -> HttpResponse:
    """``/annual-plans``：which matters are inspected in which quarters, by whom, and the draws that were made."""
    year = _year(request)
    plans, lines = year_board(year, active.policy_set())
    names = dict(Department.objects.filter(pk__in={each.office_id for each in plans}).values_list("id", "name"))
    years = {*AnnualPlan.objects.values_list("year", flat=True), *InspectionPlan.objects.values_list("year", flat=True), clock.today().year}
    context = {
        "year": year,
        "lines": lines,
        "quarters": QUARTERS,
        "sealed": set(Draw.objects.filter(plan__year=year).values_list("plan_id", flat=True)),
        "plans": [{"office": names.get(each.office_id, ""), "plan": each} for each in plans],
        "filters": [
            {
                "name": "year", "label": "年度", "kind": "select", "value": str(year),
                "options": [(str(each), f"{each} 年") for each in sorted(years, reverse=True)],
            }
        ],
    }  # fmt: skip
    return render(request, "inspection/annual_plans.html", context)


@require_safe
def annual_plan(request: HttpRequest) -> HttpResponse:
    """``/office/annual-plan``：the form of this office."""
    return _form(request)


@require_POST
def make_annual_plan(request: HttpRequest) -> HttpResponse:
    """列入 or change the year's plan."""
    lines = [
        (matter, int(quarter))
        for each in request.POST.getlist("lines")
        for matter, _, quarter in [each.partition(":")]
        if quarter in "1234"
    ]
    try:
        enter_annual_plan(
            office_of(request), _year(request), lines, because=request.POST.get("because", ""), policy=active.policy_set(),
            by=person(request).username, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _form(request, refused)
    return redirect(f"/annual-plans?year={_year(request)}")


def _form(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    office, policy, year = office_of(request), active.policy_set(), _year(request)
    own = policy.supervision_of(office.name)
    field = next((each.id for each in policy.supervision_fields if each.number == own), "")
    before = annual_plan_of(office.pk, year)
    chosen = set(request.POST.getlist("lines")) if refused else {f"{matter}:{quarter}" for matter, quarter in lines_of(before)}
    matters = [each for each in policy.inspection_matters.values() if each.field == field]
    rows = [{"title": each.title, "cells": [_cell(each.id, quarter, chosen) for quarter in QUARTERS]} for each in matters]
    this_year = clock.today().year
    context = {
        "office": office,
        "year": year,
        "years": [this_year, this_year + 1],
        "rows": rows,
        "quarters": QUARTERS,
        "before": before,
        "because": request.POST.get("because", ""),
        "refused": refused,
    }
    return render(request, "inspection/annual_plan.html", context, status=422 if refused else 200)


def _cell(matter: str, quarter: int, chosen: set[str]) -> dict[str, Any]:
    value = f"{matter}:{quarter}"
    return {"quarter": quarter, "value": value, "is_chosen": value in chosen}


def _year(request: HttpRequest) -> int:
    text = request.POST.get("year", "") or request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else clock.today().year
