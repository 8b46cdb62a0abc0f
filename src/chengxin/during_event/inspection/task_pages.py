"""检查任务的页面：one page for the phone. Who to see, what to look at, the form, the review, and the sheet to print."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access import vault
from chengxin.access.caller import caller_of, office_of
from chengxin.access.marks import Mark, marked
from chengxin.access.models import Account, Department
from chengxin.access.reads import Seen, note
from chengxin.access.roles import Role
from chengxin.during_event.inspection.callers import person
from chengxin.during_event.inspection.documents import keep_documents
from chengxin.during_event.inspection.findings import (
    FindingForm,
    checks_of,
    enter_finding,
    newest_finding,
    outcomes_of,
    own_task,
    review_finding,
)
from chengxin.during_event.inspection.handing_over import GRAVE, hand_over
from chengxin.during_event.inspection.models import HandOver, Inspector, InspectorConflict, VisitTask
from chengxin.during_event.inspection.photos import keep_photos
from chengxin.during_event.inspection.publication import due_on, hand_in_finding
from chengxin.during_event.inspection.readings import read_readings
from chengxin.during_event.inspection.sheets import code_of, sheet_of
from chengxin.during_event.inspection.showing import TaskLine, task_lines
from chengxin.during_event.inspection.types import CheckResult, Mode, TaskState, TaskVerb
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active

LISTED = 200


@require_safe
def tasks_page(request: HttpRequest) -> HttpResponse:
    """``/office/visits``：what this office has to visit, review and publish, the most urgent first."""
    office, policy = office_of(request), active.policy_set()
    wanted = request.GET.get("state", "")
    tasks = VisitTask.objects.filter(office_id=office.pk).exclude(state=TaskState.CANCELLED).select_related("visit__plan")
    tasks = tasks.filter(state=wanted) if wanted in set(TaskState) else tasks.exclude(state=TaskState.HANDED_IN)
    total = tasks.count()
    lines = task_lines(list(tasks.order_by("visit__plan__visits_until", "id")[:LISTED]), policy)
    lines.sort(key=_urgency)
    states = [("", "还没有办完的"), *((each.value, each.label) for each in TaskState if each is not TaskState.CANCELLED)]
    context = {
        "lines": lines,
        "more": max(total - len(lines), 0),
        "filters": [{"name": "state", "label": "状态", "kind": "select", "value": wanted, "options": states}],
    }
    return render(request, "inspection/tasks.html", context)


def _urgency(line: TaskLine) -> tuple[bool, date, int]:
    return line.due_on is None, line.due_on or line.task.visit.plan.visits_until, line.task.pk


@require_safe
def task_page(request: HttpRequest, task_id: int) -> HttpResponse:
    """``/office/visits/<id>``。"""
    return _page(request, own_task(task_id, office_of(request).pk))


@require_POST
def enter(request: HttpRequest, task_id: int) -> HttpResponse:
    """录入结果. What was filled in stays after a refusal; the same form sent again is one finding."""
    task, account, at = own_task(task_id, office_of(request).pk), person(request), clock.now()
    policy = active.policy_set()
    try:
        photos = keep_photos(request.FILES.getlist("photos"), policy=policy, at=at)
        documents = keep_documents(request.FILES.getlist("documents"), policy=policy, at=at)
        readings = read_readings(request.FILES.get("readings"))
        form = _form(request, task, photos=photos, readings=readings, documents=documents)
        enter_finding(task, form, policy=policy, by=account, at=at)
    except Refused as refused:
        return _page(request, task, refused)
    return redirect(f"/office/visits/{task_id}")


@require_POST
def review(request: HttpRequest, task_id: int) -> HttpResponse:
    """复核：agree and hand in for publication, or send back."""
    task, account, at = own_task(task_id, office_of(request).pk), person(request), clock.now()
    agree = request.POST.get("verdict") == "agree"
    try:
        if task.state == TaskState.ENTERED:
            task = review_finding(task, agree=agree, because=request.POST.get("because", ""), by=account, at=at)
        if agree:
            hand_in_finding(task, policy=active.policy_set(), by=account, at=at)
    except Refused as refused:
        return _page(request, task, refused)
    return redirect(f"/office/visits/{task_id}")


@require_POST
def pass_on(request: HttpRequest, task_id: int) -> HttpResponse:
    """移送处理。"""
    task = own_task(task_id, office_of(request).pk)
    try:
        hand_over(
            task, office_code=request.POST.get("office", ""), case_number=request.POST.get("case_number", ""),
            because=request.POST.get("because", ""), policy=active.policy_set(), by=person(request), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, task, refused)
    return redirect(f"/office/visits/{task_id}")


@require_safe
def sheet(request: HttpRequest, task_id: int) -> HttpResponse:
    """``/office/visits/<id>/sheet.pdf``：the sheet that the inspectors show, with the code that the firm scans."""
    task, policy = own_task(task_id, office_of(request).pk), active.policy_set()

    def made(mark: Mark) -> HttpResponse:
        content = sheet_of(task, policy=policy, root=request.build_absolute_uri("/"), mark=mark.line)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="task-{task.pk}.pdf"'
        response["Cache-Control"] = "no-store"
        return response

    return marked(request, made)


@require_safe
def material(request: HttpRequest, task_id: int, digest: str) -> HttpResponseBase:
    """``/office/visits/<id>/files/<sha256>``：a photo or document of this office's own visit."""
    task = own_task(task_id, office_of(request).pk)
    for finding in task.findings.all():
        names = {each["sha256"]: each["name"] for each in finding.documents}
        if digest in finding.photos or digest in names:
            kind = "application/pdf" if digest in names else "image/jpeg"
            response = FileResponse(vault.open_file(digest), content_type=kind, filename=names.get(digest, f"{digest[:8]}.jpg"))
            response["Cache-Control"] = "no-store"
            response["X-Content-Type-Options"] = "nosniff"
            return response
    raise NotFound("no-such-part", "这次检查没有这个文件。", "从检查任务的页面打开。")


def _seen(task: VisitTask, kind: str = "visit") -> Seen:
    return Seen(kind, str(task.pk), (task.visit.subject_id,), f"抽查计划 {task.visit.plan.number}", task.office_id)


def _page(request: HttpRequest, task: VisitTask, refused: Refused | None = None) -> HttpResponse:
    caller, policy, at = caller_of(request), active.policy_set(), clock.now()
    task = own_task(task.pk, task.office_id)
    note(request, _seen(task))
    finding = newest_finding(task)
    subject = Subject.objects.get(pk=task.visit.subject_id)
    lines = [_line(request, key, matter, check) for key, matter, check in checks_of(task, policy)]
    meaning = outcomes_of(policy).get(finding.outcome) if finding else None
    handed = HandOver.objects.filter(task=task).first()
    context: dict[str, Any] = {
        "task": task,
        "plan": task.visit.plan,
        "subject": subject,
        "mode": Mode(task.visit.mode).label,
        "remote": task.visit.mode == Mode.REMOTE,
        "state": TaskState(task.state).label,
        "lines": lines,
        "results": [(each.value, each.label) for each in CheckResult],
        "outcomes": list(outcomes_of(policy)),
        "finding": finding,
        "found": [] if finding is None else [_said(finding.items, *line) for line in checks_of(task, policy)],
        "due_on": due_on(finding, policy) if finding and task.state != TaskState.HANDED_IN else None,
        "steps": [(TaskVerb(each.verb).label, each) for each in task.steps.order_by("id")],
        "may_enter": caller.role in {Role.CLERK, Role.REVIEWER} and task.state in {TaskState.ASSIGNED, TaskState.ENTERED},
        "may_review": finding is not None and task.state in {TaskState.ENTERED, TaskState.REVIEWED} and _other(caller.account, finding.by),
        "may_pass_on": task.state == TaskState.HANDED_IN and meaning in GRAVE,
        "handed": handed,
        "handed_office": Department.objects.filter(pk=handed.office_id).values_list("name", flat=True).first() if handed else "",
        "offices": sorted(_offices(), key=lambda each: each[0] != (caller.department.code if caller.department else "")),
        "inspectors": _inspectors(task),
        "others": _others(task),
        "code": code_of(task.visit, root=request.build_absolute_uri("/")),
        "readings": readings_in_brief(finding.readings) if finding else [],
        "how_due": f"{finding.visited_on} 检查，按信息公开的期限起算" if finding else "",
        "accepted": list(task.findings.values_list("form_key", flat=True)),
        "today": date_of(at),
        "given": request.POST,
        "refused": refused,
    }
    response = render(request, "inspection/task.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _offices() -> list[tuple[str, str]]:
    return list(Department.objects.filter(closed_at=None).order_by("name").values_list("code", "name"))


def _inspectors(task: VisitTask) -> list[dict[str, Any]]:
    names = dict(Inspector.objects.filter(licence_number__in=task.inspectors).order_by("id").values_list("licence_number", "name"))
    barred = set(
        InspectorConflict.objects.filter(
            inspector__licence_number__in=task.inspectors, subject_code=task.visit.subject_code, ended_at=None
        ).values_list("inspector__licence_number", flat=True)
    )
    return [{"number": each, "name": names.get(each, ""), "barred": each in barred} for each in task.inspectors]


def _others(task: VisitTask) -> list[dict[str, Any]]:
    """The other offices of the same visit."""
    tasks = list(VisitTask.objects.filter(visit=task.visit).exclude(pk=task.pk))
    names = dict(Department.objects.filter(pk__in={each.office_id for each in tasks}).values_list("id", "name"))
    return [{"office": names.get(each.office_id, ""), "inspectors": each.inspectors} for each in tasks]


def readings_in_brief(readings: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """监测读数 by what was measured: how many, least, most, from when to when."""
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for each in readings:
        groups[each["名称"], each["单位"]].append(each)
    return [
        {
            "name": name, "unit": unit, "count": len(rows), "least": min(Decimal(row["数值"]) for row in rows),
            "most": max(Decimal(row["数值"]) for row in rows), "first": min(row["时间"] for row in rows),
            "last": max(row["时间"] for row in rows),
        }
        for (name, unit), rows in groups.items()
    ]  # fmt: skip


def _form(request: HttpRequest, task: VisitTask, **materials: Any) -> FindingForm:
    post = request.POST
    items = {}
    for key, _matter, _check in checks_of(task, active.policy_set()):
        result = post.get(f"result.{key}", "")
        if result in set(CheckResult):
            items[key] = (CheckResult(result), post.get(f"words.{key}", "")[:500])
    try:
        visited_on = date.fromisoformat(post.get("visited_on", ""))
    except ValueError:
        raise Refused("date-unreadable", "检查日期没有填，或者不是日期。", "从日历里选。") from None
    present = [each.strip() for each in post.get("present", "").replace("，", "、").split("、") if each.strip()]
    return FindingForm(
        post.get("form_key", ""), visited_on, post.get("place", ""), post.get("outcome", ""), items, present,
        words=post.get("words", ""), replaced_because=post.get("replaced_because", ""), call=post.get("call", ""), **materials,
    )  # fmt: skip


def _line(request: HttpRequest, key: str, matter: str, check: str) -> dict[str, str]:
    post = request.POST
    return {
        "key": key, "matter": matter, "check": check, "result": post.get(f"result.{key}", ""), "words": post.get(f"words.{key}", "")
    }  # fmt: skip


def _said(items: dict[str, dict[str, str]], key: str, matter: str, check: str) -> dict[str, str]:
    found = items.get(key, {})
    label = CheckResult(found["result"]).label if found else "没有填"
    return {"matter": matter, "check": check, "result": label, "words": found.get("words", "")}


def _other(account: Account | None, entered_by: str) -> bool:
    return account is not None and account.username != entered_by
