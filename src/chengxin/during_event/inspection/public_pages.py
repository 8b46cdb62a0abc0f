"""公开的页面：the draws with their files, and what a firm sees when it scans the sheet. Nothing here needs an account."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.models import Department
from chengxin.during_event.inspection.drawn_folders import folder_of
from chengxin.during_event.inspection.draws import PROOF_FILE, published_draw
from chengxin.during_event.inspection.estimating import estimate_of
from chengxin.during_event.inspection.findings import checks_of, newest_finding
from chengxin.during_event.inspection.models import Draw, InspectionPlan, Inspector, Visit, VisitTask
from chengxin.during_event.inspection.parties_showing import party_lines, protection
from chengxin.during_event.inspection.public_values import agreed_value
from chengxin.during_event.inspection.rating import STARS, may_rate, rate_visit, visit_by_token
from chengxin.during_event.inspection.rerun import offline_page
from chengxin.during_event.inspection.showing import abort_words
from chengxin.during_event.inspection.types import DRAW_WORDS, DrawState, Mode, TaskState
from chengxin.engine.draw_files import ASSIGNMENTS, DRAW, EXCLUDED, FIRMS, INSPECTORS, POOL, REVEALS, RULE
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active

FILES: Final = {
    RULE: "规则：事项、各层比例、机关、各方、时间",
    POOL: "名单：每一户的化名、层、权重、区划",
    EXCLUDED: "没有列入名单的，和理由",
    INSPECTORS: "检查人员：执法领域、区域、回避",
    REVEALS: "开封的随机数和公开随机数",
    FIRMS: "抽取结果：次序、是否抽中、机会",
    ASSIGNMENTS: "每一户来的检查人员，和各自的机会",
    DRAW: "种子和各文件的散列",
    PROOF_FILE: "名单封存在账本里的存在证明",
}
LISTED: Final = 100
#: States in which the files may be had: before, the seed could be known to some and not to all.
_OPEN: Final = (DrawState.PUBLISHED, DrawState.ABORTED)


@require_safe
def draws_page(request: HttpRequest) -> HttpResponse:
    """``/draws``：every draw from the sealing of its list on, newest first: also those that wait, and those that were aborted."""
    found = list(Draw.objects.select_related("plan").order_by("-id")[:LISTED])
    offices = dict(Department.objects.filter(pk__in={pk for each in found for pk in each.plan.offices}).values_list("id", "name"))
    lines = [
        {
            "draw": each, "plan": each.plan, "offices": "、".join(dict.fromkeys(offices.get(pk, "") for pk in each.plan.offices)),
            "state": DRAW_WORDS[DrawState(each.state)],
        }
        for each in found
    ]  # fmt: skip
    return render(request, "inspection/draws.html", {"lines": lines})


@require_safe
def draw_page(request: HttpRequest, number: str) -> HttpResponse:
    """``/draws/<number>``：how it was drawn, the files, and a button that draws again in the reader's browser."""
    draw, policy = published_draw(number), active.policy_set()
    plan = draw.plan
    is_valid, is_over = draw.state == DrawState.PUBLISHED, draw.state in _OPEN
    page = max(int(text), 1) if (text := request.GET.get("page", "")).isdecimal() and len(text) < 6 else 1
    context = {
        "draw": draw,
        "plan": plan,
        "matters": [policy.inspection_matters[each].title for each in plan.matters if each in policy.inspection_matters],
        "parties": party_lines(plan),
        "protection": protection(plan),
        "value": next(iter(agreed_value(plan)), None),
        "stage": DRAW_WORDS[DrawState(draw.state)],
        "abort_words": abort_words(draw),
        "replaced_by": InspectionPlan.objects.filter(replaces=plan.number).order_by("id").first() if plan.number else None,
        "now": clock.now(),
        "files": [(name, words, size) for name, words in FILES.items() if is_over and (size := _size(draw, name)) is not None],
        "strata": _strata(draw) if is_valid else [],
        "files_address": f"/draws/{plan.number}/files/" if is_valid else "",
        "excluded": _reasons(draw) if is_valid else [],
        "estimate": estimate_of(draw, policy) if is_valid else None,
        **(_visits(draw, page) if is_valid else {}),
    }
    return render(request, "inspection/draw.html", context)


@require_safe
def draw_file(request: HttpRequest, number: str, name: str) -> HttpResponseBase:
    """``/draws/<number>/files/<name>``; ``all.zip`` is the whole folder, ``rerun.html`` the page that draws again without a network."""
    draw = published_draw(number)
    if draw.state not in _OPEN:
        raise NotFound("no-such-part", "这次抽取还没有公布，文件还不能下载。", "公布以后再来；封存值现在就在抽取的页面上。")
    if name == "all.zip":
        return _zip(draw)
    if name == "rerun.html":
        return HttpResponse(offline_page(), headers={"Content-Disposition": 'attachment; filename="rerun.html"'})
    if name not in FILES or _size(draw, name) is None:
        raise NotFound("no-such-part", "这次抽取没有这个文件。", "从抽取的页面下载。")
    kind = "application/json" if name.endswith(".json") else "application/jsonl"
    response = FileResponse((folder_of(draw) / name).open("rb"), content_type=f"{kind}; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def firm_page(request: HttpRequest, token: str) -> HttpResponse:
    """``/v/<token>``：who comes, by which plan, what is looked at; found by the code on the sheet alone."""
    return _firm(request, visit_by_token(token))


@require_POST
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """评价 the visit, once."""
    visit = visit_by_token(token)
    try:
        rate_visit(
            visit, stars=request.POST.get("stars", ""), as_planned=request.POST.get("as_planned", ""), words=request.POST.get("words", ""),
            at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _firm(request, visit, refused)
    return redirect(f"/v/{token}")


def _firm(request: HttpRequest, visit: Visit, refused: Refused | None = None) -> HttpResponse:
    tasks = list(VisitTask.objects.filter(visit=visit).select_related("visit__plan").order_by("id"))
    offices = dict(Department.objects.filter(pk__in=[task.office_id for task in tasks]).values_list("id", "name"))
    context = {
        "visit": visit,
        "plan": visit.plan,
        "name": names_of([visit.subject_id]).get(visit.subject_id, ("", ""))[0],
        "mode": Mode(visit.mode).label,
        "tasks": [_task(task, offices) for task in tasks],
        "rating": getattr(visit, "rating", None),
        "may_rate": may_rate(visit),
        "stars": STARS,
        "refused": refused,
    }
    response = render(request, "inspection/firm.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"  # the address is a secret to others; without any origin a browser's form is refused
    return response


def _task(task: VisitTask, offices: dict[int, str]) -> dict[str, Any]:
    names = dict(Inspector.objects.filter(licence_number__in=task.inspectors).values_list("licence_number", "name"))
    finding = newest_finding(task) if task.state == TaskState.HANDED_IN else None
    return {
        "office": offices.get(task.office_id, ""),
        "state": TaskState(task.state).label,
        "inspectors": [{"name": names.get(each, ""), "number": each} for each in task.inspectors],
        "checks": [check for _key, _matter, check in checks_of(task, active.policy_set())],
        "outcome": finding.outcome if finding else "",
        "visited_on": finding.visited_on if finding else None,
    }


def _visits(draw: Draw, page: int) -> dict[str, Any]:
    found = Visit.objects.filter(draw=draw).order_by("subject_code")
    shown = list(found[(page - 1) * LISTED : page * LISTED])
    names = names_of({visit.subject_id for visit in shown})
    outcomes: dict[int, list[str]] = {}
    tasks = VisitTask.objects.filter(visit__in=shown, state=TaskState.HANDED_IN).prefetch_related("findings")
    for task in tasks:
        outcomes.setdefault(task.visit_id, []).append(max(task.findings.all(), key=lambda each: each.version).outcome)
    lines = [
        {
            "code": visit.subject_code, "name": names.get(visit.subject_id, ("", ""))[0], "may_name": True,
            "outcome": "；".join(outcomes.get(visit.pk, [])),
        }
        for visit in shown
    ]  # fmt: skip
    last = page * LISTED >= draw.drawn
    return {
        "visits": lines,
        "position": f"第 {(page - 1) * LISTED + 1}–{(page - 1) * LISTED + len(lines)} 户，共 {draw.drawn:,} 户",
        "previous_href": f"?page={page - 1}" if page > 1 else "",
        "next_href": "" if last else f"?page={page + 1}",
    }


def _strata(draw: Draw) -> list[dict[str, Any]]:
    """Of each stratum how many firms and how many were drawn; under numbers, since the letters are risk classes."""
    rule = json.loads((folder_of(draw) / RULE).read_text(encoding="utf-8"))
    firms: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    with (folder_of(draw) / FIRMS).open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            firms[row["stratum"]] += 1
            drawn[row["stratum"]] += row["drawn"] == "yes"
    places = [place for place in range(1, len(rule)) if f"stratum.{place}" in rule]
    names = [(rule[f"stratum.{place}"], int(rule[f"stratum.{place}.per_mille"])) for place in places]
    return [{"name": name, "firms": firms[name], "drawn": drawn[name], "per_mille": ratio} for name, ratio in names]


def _size(draw: Draw, name: str) -> int | None:
    path = folder_of(draw) / name
    return path.stat().st_size if path.exists() else None


def _reasons(draw: Draw) -> list[tuple[str, int]]:
    """Why how many are not on the list."""
    with (folder_of(draw) / EXCLUDED).open(encoding="utf-8") as file:
        return Counter(json.loads(line)["because"] for line in file).most_common()


def _zip(draw: Draw) -> HttpResponse:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in FILES:
            if _size(draw, name) is not None:
                archive.write(folder_of(draw) / name, name)
    response = HttpResponse(target.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="draw.zip"'
    return response
