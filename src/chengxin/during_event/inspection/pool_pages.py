"""检查人员库和抽查对象库的页面：who may be sent, whom they keep away from, and lists of firms from a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import Caller, caller_of, office_of
from chengxin.access.models import Department
from chengxin.access.roles import DEPARTMENTAL
from chengxin.during_event.inspection.callers import person
from chengxin.during_event.inspection.inspectors import (
    HEADER,
    NAMESAKE,
    end_conflict,
    end_inspector,
    enter_conflict,
    load_inspectors,
    namesakes_elsewhere,
)
from chengxin.during_event.inspection.models import Inspector, InspectorConflict, TargetList
from chengxin.during_event.inspection.targets import end_targets, enter_targets
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active

LARGEST_TABLE = 2_000_000


@require_safe
def inspectors_page(request: HttpRequest) -> HttpResponse:
    """``/office/inspectors``：the inspectors of this office (of all, for those who oversee)."""
    return _inspectors(request)


@require_POST
def load(request: HttpRequest) -> HttpResponse:
    """载入 a table; all rows hold or none is entered. An office enters its own people only."""
    file, office = request.FILES.get("table"), office_of(request)
    try:
        if file is None or file.size is None or file.size > LARGEST_TABLE:
            raise Refused("inspectors-header", "没有选文件，或者文件太大。", "选 UTF-8 的 CSV，一行一名检查人员。")
        content = file.read()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("gb18030", errors="replace")
        load_inspectors(text, policy=active.policy_set(), by=person(request).username, at=clock.now(), only_office=office.code)
    except Refused as refused:
        return _inspectors(request, refused)
    return redirect("/office/inspectors")


@require_POST
def change(request: HttpRequest, verb: str) -> HttpResponse:
    """停用 an inspector, 登记 or 解除 a conflict."""
    post, by, at = request.POST, person(request).username, clock.now()
    number = post.get("licence_number", "")
    try:
        own = Inspector.objects.filter(office_id=office_of(request).pk, ended_at=None)
        if verb == "end_conflict":
            chosen = post.get("conflict", "")
            conflict = InspectorConflict.objects.filter(pk=int(chosen) if chosen.isdecimal() else 0, inspector__in=own).first()
            if conflict is None:
                raise NotFound("no-such-conflict", "本单位没有这一条在效的回避。", "从检查人员的页面里选。")
            end_conflict(conflict.pk, post.get("because", ""), by=by, at=at)
        elif not own.filter(licence_number=number).exists():
            raise NotFound("no-such-inspector", f"本单位没有执法证号 {number[:40]} 的检查人员。", "从列表里选。")
        elif verb == "conflict":
            enter_conflict(number, post.get("code", ""), post.get("because", ""), by=by, at=at)
        else:
            end_inspector(number, by=by, at=at)
    except Refused as refused:
        return _inspectors(request, refused)
    return redirect("/office/inspectors")


@require_safe
def targets_page(request: HttpRequest) -> HttpResponse:
    """``/office/targets``：lists of firms by file, with every row that named nobody."""
    return _targets(request)


@require_POST
def make_targets(request: HttpRequest) -> HttpResponse:
    """建库 from a file."""
    file, post = request.FILES.get("file"), request.POST
    try:
        if file is None:
            raise Refused("targets-faulty", "没有选文件。", "选一份表格，要有名称和统一社会信用代码两列。")
        made = enter_targets(
            post.get("name", ""), file, file_name=file.name or "名单", office=office_of(request),
            merge_repeated=post.get("repeated") == "merge",
            leave_out=post.get("strange") == "leave", policy=active.policy_set(), by=person(request).username, at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _targets(request, refused)
    return redirect(f"/office/targets#list-{made.pk}")


@require_POST
def stop_targets(request: HttpRequest, list_id: int) -> HttpResponse:
    """停用 a list."""
    try:
        end_targets(list_id, office_of(request).pk, by=person(request).username, at=clock.now())
    except Refused as refused:
        return _targets(request, refused)
    return redirect("/office/targets")


def _targets(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    found = list(TargetList.objects.order_by("-id"))
    names = dict(Department.objects.filter(pk__in={each.office_id for each in found}).values_list("id", "name"))
    own = caller_of(request).department
    lines = [
        {"list": each, "office": names.get(each.office_id, ""), "is_own": own is not None and own.pk == each.office_id} for each in found
    ]
    context = {"lines": lines, "given": request.POST, "refused": refused}
    return render(request, "inspection/targets.html", context, status=422 if refused else 200)


def _inspectors(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    caller = caller_of(request)
    found = _visible(caller)
    elsewhere = namesakes_elsewhere(found)
    offices = {each.office_id for each in found} | {other.office_id for others in elsewhere.values() for other in others}
    names = dict(Department.objects.filter(pk__in=offices).values_list("id", "name"))
    divisions = active.policy_set().code_table("division").values
    conflicts: dict[int, list[InspectorConflict]] = {}
    for each in InspectorConflict.objects.filter(inspector__in=found, ended_at=None).order_by("id"):
        conflicts.setdefault(each.inspector_id, []).append(each)
    lines: list[dict[str, Any]] = [
        {
            "inspector": each, "office": names.get(each.office_id, ""), "areas": [divisions.get(area, area) for area in each.areas],
            "conflicts": conflicts.get(each.pk, []), "has_expired": each.valid_until < clock.today(),
            "elsewhere": [(names.get(other.office_id, ""), other.licence_number) for other in elsewhere.get(each.pk, ())],
        }
        for each in found
    ]  # fmt: skip
    policy = active.policy_set()
    context = {
        "lines": lines,
        "all_offices": caller.role not in DEPARTMENTAL,
        "may_change": caller.role in DEPARTMENTAL,
        "header": ",".join((*HEADER, NAMESAKE)),
        "licences": sorted({licence for matter in policy.inspection_matters.values() for licence in matter.licences}),
        "given": request.POST,
        "refused": refused,
    }
    return render(request, "inspection/inspectors.html", context, status=422 if refused else 200)


def _visible(caller: Caller) -> list[Inspector]:
    found = Inspector.objects.filter(ended_at=None).order_by("office_id", "licence_number")
    if caller.role in DEPARTMENTAL:
        found = found.filter(office_id=caller.department.pk if caller.department else 0)
    return list(found)
