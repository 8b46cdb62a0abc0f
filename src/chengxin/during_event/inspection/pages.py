"""抽查计划的页面：the year's board, one plan with its ceremony and its tasks. Every button is a step that the ledger keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import Caller, caller_of
from chengxin.access.models import Department
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.during_event.inspection import ceremony, draws, on_paper, party_links, public_values
from chengxin.during_event.inspection.callers import person
from chengxin.during_event.inspection.commands import moment_of
from chengxin.during_event.inspection.models import InspectionPlan, TargetList, VisitTask
from chengxin.during_event.inspection.parties_showing import party_lines, protection
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan, plan_by_number
from chengxin.during_event.inspection.showing import counts_of, ratings_of, stages_of, steps_of, task_lines
from chengxin.during_event.inspection.types import DrawState, Mode, PartyStep, TaskState
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

LISTED = 100
_FIELDS = (
    "number", "title", "matters", "offices", "divisions", "industries", "targets", "mode", "visits_from", "visits_until", "parties",
    "public_source", "reveal_due_at", "public_due_at", "outside_because", "replaces",
)  # fmt: skip


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """``/office/inspections``：the plans of a year, how far each is."""
    caller, today = caller_of(request), clock.today()
    year = int(text) if (text := request.GET.get("year", "")).isdecimal() and len(text) == 4 else today.year
    plans = [plan for plan in InspectionPlan.objects.filter(year=year).order_by("-id") if _may_see(caller, plan)]
    stages = stages_of(plans)
    lines = [{"plan": plan, **stages[plan.pk]} for plan in plans]
    years = sorted({*InspectionPlan.objects.values_list("year", flat=True), today.year}, reverse=True)
    context = {
        "lines": lines,
        "year": year,
        "filters": [
            {"name": "year", "label": "年度", "kind": "select", "value": str(year), "options": [(str(y), f"{y} 年") for y in years]}
        ],
        "may_draft": caller.role in {Role.CLERK, Role.CREDIT_OFFICE},
    }
    return render(request, "inspection/board.html", context)


@require_safe
def new_plan(request: HttpRequest) -> HttpResponse:
    """``/office/inspections/new``：the form of a plan."""
    return _form(request)


@require_POST
def make_plan(request: HttpRequest) -> HttpResponse:
    """立计划 from the form; what was typed stays after a refusal."""
    try:
        plan = draft_plan(_draft(request), policy=active.policy_set(), by=person(request).username, at=clock.now())
    except Refused as refused:
        return _form(request, refused)
    return redirect(f"/office/inspections/{plan.number}")


@require_safe
def plan_page(request: HttpRequest, number: str) -> HttpResponse:
    """``/office/inspections/<number>``：the ceremony step by step, then the tasks."""
    return _plan(request, _own(request, number))


@require_POST
def step(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """仪式的一步：link, code, seal, commit, open, public, run, publish, abort."""
    plan, account = _own(request, number), person(request)
    try:
        handed = _STEPS[verb](request, plan, account.username, clock.now())
    except Refused as refused:
        return _plan(request, plan, refused)
    if handed:  # shown this once and kept nowhere, so there is nothing to go back to
        return _plan(request, plan, handed={"party": request.POST.get("party", ""), verb: handed})
    return redirect(f"/office/inspections/{number}")


def _link(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> str:
    token = party_links.make_link(plan, request.POST.get("party", ""), by=by, at=at)
    return f"{settings.CHENGXIN_ORIGIN}/p/{token}"


def _code(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> str:
    return party_links.make_code(plan, request.POST.get("party", ""), by=by, at=at)


def _seal(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    _enter(request, plan, PartyStep.SEAL, request.POST.get("commitment", ""), by=by, at=at)


def _enter(request: HttpRequest, plan: InspectionPlan, step: PartyStep, value: str, *, by: str, at: Instant) -> None:
    """From paper where one is named, by two people; else by one of the staff, which the draw's page says."""
    party, paper = request.POST.get("party", ""), request.POST.get("paper", "").strip()
    if paper:
        on_paper.enter_on_paper(plan, party, step, value, paper, by=by, at=at)
    elif step is PartyStep.SEAL:
        ceremony.seal_number(plan, party, value, by=by, at=at)
    else:
        ceremony.open_number(plan, party, value, by=by, at=at)


def _commit(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    ceremony.commit_draw(plan, by=by, at=at)


def _open(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    _enter(request, plan, PartyStep.OPEN, request.POST.get("number", ""), by=by, at=at)


def _public(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    public_values.enter_public_value(plan, request.POST.get("value", ""), request.POST.get("seen_at", ""), by=by, at=at)


def _run(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    draws.run_draw(plan, by=by, at=at)


def _publish(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    draws.publish_draw(plan, by=by, at=at)


def _abort(request: HttpRequest, plan: InspectionPlan, by: str, at: Instant) -> None:
    if at >= plan.public_due_at and caller_of(request).role != Role.CREDIT_OFFICE:
        raise Forbidden(
            "draw-abort-late",
            "公开随机数已经公布，结果谁都能算出，这时由检查机关自己中止，就能不要不想要的结果。",
            "写明理由报信用办，由信用办中止；中止的抽取和理由一起公开。",
        )
    draws.abort_draw(plan, request.POST.get("because", ""), by=by, at=at)


_STEPS: dict[str, Callable[[HttpRequest, InspectionPlan, str, Instant], str | None]] = {
    "link": _link, "code": _code,
    "seal": _seal, "commit": _commit, "open": _open, "public": _public, "run": _run, "publish": _publish, "abort": _abort,
}  # fmt: skip
VERBS = tuple(_STEPS)


def _plan(
    request: HttpRequest, plan: InspectionPlan, refused: Refused | None = None, *, handed: dict[str, str] | None = None
) -> HttpResponse:
    caller, policy = caller_of(request), active.policy_set()
    own = caller.department.pk if caller.role in DEPARTMENTAL and caller.department else None
    tasks = VisitTask.objects.filter(visit__plan=plan).select_related("visit").order_by("id")
    if own is not None:
        tasks = tasks.filter(office_id=own)
    wanted = request.GET.get("state", "")
    if wanted in set(TaskState):
        tasks = tasks.filter(state=wanted)
    context = {
        "plan": plan,
        "matters": [policy.inspection_matters[each].title for each in plan.matters if each in policy.inspection_matters],
        "offices": list(Department.objects.filter(pk__in=plan.offices).values_list("name", flat=True)),
        "mode": Mode(plan.mode).label,
        "aborted": plan.draws.filter(state=DrawState.ABORTED),
        "counts": [(TaskState(name).label, n, f"?state={name}") for name, n in sorted(counts_of(plan, own).items())],
        "tasks": task_lines(list(tasks[:LISTED]), policy),
        "more": max(tasks.count() - LISTED, 0),
        "listed": LISTED,
        "ratings": ratings_of(plan, with_words=caller.role in {Role.CREDIT_OFFICE, Role.AUDITOR}),
        "refused": refused,
        "given": request.POST,
        "handed": handed,
        **_ceremony(caller, plan, clock.now()),
    }
    response = render(request, "inspection/plan.html", context, status=422 if refused else 200)
    if handed:
        response["Cache-Control"] = "no-store"
    return response


def _ceremony(caller: Caller, plan: InspectionPlan, at: Instant) -> dict[str, Any]:
    """Where the ceremony stands and which buttons there are."""
    draw, numbers = ceremony.current_draw(plan), list(plan.party_numbers.order_by("id"))
    state = draw.state if draw else ""
    words = public_values.newest_words(plan)
    is_agreed, is_over = bool(public_values.agreed_value(plan)), plan.draws.filter(state=DrawState.ABORTED).exists()
    return {
        "draw": draw,
        "steps": steps_of(plan),
        "parties": party_lines(plan),
        "protection": protection(plan),
        "unsealed": [party for party in plan.parties if party not in {each.party for each in numbers}],
        "unopened": [each.party for each in numbers if not each.revealed],
        "values": len(words),
        "differ": public_values.differ(plan),
        "now": at,
        "may": {
            "act": caller.role in {Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE},
            "page": not is_over and at < plan.reveal_due_at and state in {"", DrawState.COMMITTED},
            "seal": draw is None and not is_over and len(numbers) < len(plan.parties),
            "commit": draw is None and not is_over and len(numbers) == len(plan.parties) and at < plan.reveal_due_at,
            "open": state == DrawState.COMMITTED and at < plan.reveal_due_at,
            "public": state == DrawState.COMMITTED and at >= plan.public_due_at and not is_agreed,
            "run": state == DrawState.COMMITTED and is_agreed,
            "publish": state == DrawState.DRAWN,
            "abort": state in {DrawState.COMMITTED, DrawState.DRAWN} and (at < plan.public_due_at or caller.role == Role.CREDIT_OFFICE),
        },
    }


def _form(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    caller, policy, today = caller_of(request), active.policy_set(), clock.today()
    own = policy.supervision_of(caller.department.name) if caller.department else 0
    field = next((each.id for each in policy.supervision_fields if each.number == own), "")
    matters = sorted(policy.inspection_matters.values(), key=lambda each: (each.field != field, each.title))
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in _FIELDS}
    if refused is None:
        given |= {"offices": caller.department.code if caller.department else "", "visits_from": str(today)}
        given |= {name: request.GET.get(name, "") for name in ("replaces", "targets")}
    context = {
        "matters": [(each.id, each.title) for each in matters],
        "chosen": request.POST.getlist("matters"),
        "modes": [(mode.value, mode.label) for mode in Mode],
        "lists": list(TargetList.objects.filter(ended_at=None).order_by("name").values_list("name", "members_count")),
        "given": given,
        "refused": refused,
    }
    return render(request, "inspection/new_plan.html", context, status=422 if refused else 200)


def _draft(request: HttpRequest) -> PlanDraft:
    given = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    matters = request.POST.getlist("matters")
    offices = _words(given["offices"])
    if len(offices) == 1:
        offices = offices * len(matters)
    mode = given["mode"] or Mode.ON_SITE
    if mode not in set(Mode):
        raise Refused("plan-faulty", "没有这种检查方式。", "从列表里选。")
    return PlanDraft(
        given["number"], given["title"], matters, offices, _day(given["visits_from"]), _day(given["visits_until"]),
        _words(given["parties"]), given["public_source"], moment_of(given["reveal_due_at"]), moment_of(given["public_due_at"]),
        divisions=_words(given["divisions"]), mode=Mode(mode), industries=_words(given["industries"]), targets=given["targets"],
        outside_because=given["outside_because"], replaces=given["replaces"],
    )  # fmt: skip


def _words(text: str) -> list[str]:
    return [each.strip() for each in text.replace("、", "\n").replace("，", "\n").splitlines() if each.strip()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "从日历里选，或者写成 2026-12-01。") from None


def _may_see(caller: Caller, plan: InspectionPlan) -> bool:
    return caller.role not in DEPARTMENTAL or (caller.department is not None and caller.department.pk in plan.offices)


def _own(request: HttpRequest, number: str) -> InspectionPlan:
    plan = plan_by_number(number)
    if not _may_see(caller_of(request), plan):
        raise Forbidden("not-allowed", "这份计划不归本部门。", "从本部门的计划列表进入。")
    return plan
