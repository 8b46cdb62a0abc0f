"""计划和任务怎样显示。Where a plan stands, in words; what its visits came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from chengxin.access.models import Department
from chengxin.during_event.inspection.ceremony import current_draw
from chengxin.during_event.inspection.models import Draw, Finding, InspectionPlan, Inspector, PartyNumber, VisitRating, VisitTask
from chengxin.during_event.inspection.public_values import agreed_value, newest_words
from chengxin.during_event.inspection.publication import due_on
from chengxin.during_event.inspection.types import DRAW_WORDS, DrawState, TaskState
from chengxin.foundation.subjects.queries import names_of
from chengxin.policy.policy_set import PolicySet


def stage_of(plan: InspectionPlan) -> str:
    """计划的进度 in a few words."""
    return str(stages_of([plan])[plan.pk]["stage"])


def stages_of(plans: Sequence[InspectionPlan]) -> dict[int, dict[str, Any]]:
    """进度 of many plans, in three queries: ``stage``, ``done`` and ``all`` tasks, ``draw`` (the newest)."""
    ids = [plan.pk for plan in plans]
    draws = {each.plan_id: each for each in Draw.objects.filter(plan__in=ids).order_by("id")}
    sealed, opened = Counter[int](), Counter[int]()
    for plan_id, revealed in PartyNumber.objects.filter(plan__in=ids).values_list("plan_id", "revealed"):
        sealed[plan_id] += 1
        opened[plan_id] += bool(revealed)
    tasks: dict[int, Counter[str]] = {}
    counted = VisitTask.objects.filter(visit__plan__in=ids).values_list("visit__plan_id", "state").annotate(n=Count("id"))
    for plan_id, state, n in counted:
        tasks.setdefault(plan_id, Counter())[state] += n
    found = {}
    for plan in plans:
        counts = tasks.get(plan.pk, Counter())
        done, total = counts[TaskState.HANDED_IN], counts.total() - counts[TaskState.CANCELLED]
        stage = _stage(plan, draws.get(plan.pk), sealed[plan.pk], opened[plan.pk], f"已报送 {done}/{total}")
        found[plan.pk] = {"stage": stage, "done": done, "all": total, "draw": draws.get(plan.pk)}
    return found


def _stage(plan: InspectionPlan, draw: Draw | None, sealed: int, opened: int, progress: str) -> str:
    parties = len(plan.parties)
    if draw is None:
        return f"各方封存随机数（{sealed}/{parties}）" if sealed < parties else "待封存名单"
    if draw.state == DrawState.COMMITTED:
        return f"名单已封存，开封 {opened}/{parties}"
    words = DRAW_WORDS[DrawState(draw.state)]
    return words if draw.state == DrawState.ABORTED else f"{words}，{progress}"


def abort_words(draw: Draw) -> str:
    """中止时结果是不是已经能算出：what a reader wants to know first of a draw that was thrown away."""
    if draw.drawn_at is not None:
        return "中止时已经抽取，结果已经知道"
    if draw.aborted_at is not None and draw.aborted_at >= draw.plan.public_due_at:
        return "中止时公开随机数已经公布，结果已经能算出"
    return "中止时公开随机数还没有公布，谁也不知道结果"


def ratings_of(plan: InspectionPlan, *, with_words: bool) -> dict[str, Any]:
    """企业评价 of a plan's visits: how many, the mean in tenths, how often others came; the words for those who oversee only."""
    found = list(VisitRating.objects.filter(visit__plan=plan).select_related("visit").order_by("-id"))
    if not found:
        return {}
    names = names_of({each.visit.subject_id for each in found}) if with_words else {}
    lines = [(names[each.visit.subject_id][0], each) for each in found if each.words or not each.as_planned] if with_words else []
    mean = (10 * sum(each.stars for each in found) + len(found) // 2) // len(found)
    return {"count": len(found), "mean": f"{mean // 10}.{mean % 10}", "others": sum(not each.as_planned for each in found), "lines": lines}


def counts_of(plan: InspectionPlan, office_id: int | None = None) -> dict[str, int]:
    """How many tasks are in which state."""
    tasks = VisitTask.objects.filter(visit__plan=plan)
    if office_id is not None:
        tasks = tasks.filter(office_id=office_id)
    return dict(Counter(tasks.values_list("state", flat=True)))


@dataclass(frozen=True)
class Step:
    """仪式的一步：what, whether it is done, and when or until when."""

    title: str
    is_done: bool
    words: str


def steps_of(plan: InspectionPlan) -> Sequence[Step]:
    """仪式的各步 in order."""
    draw = current_draw(plan)
    sealed = plan.party_numbers.count()
    opened = plan.party_numbers.exclude(revealed="").count()
    people, is_agreed = len(newest_words(plan)), bool(agreed_value(plan))
    state = draw.state if draw else ""
    return [
        Step("各方封存随机数", sealed == len(plan.parties), f"{sealed}/{len(plan.parties)} 方"),
        Step("封存名单", draw is not None, draw.commitment[:16] + "…" if draw else "等各方封存以后"),
        Step("各方开封", bool(opened) and opened == len(plan.parties), f"{opened}/{len(plan.parties)} 方"),
        Step("两人录入公开随机数", is_agreed, f"{people} 人已录，{'两人一致' if is_agreed else '还没有两人一致'}"),
        Step("抽取", state in {DrawState.DRAWN, DrawState.PUBLISHED}, f"抽出 {draw.drawn} 户" if draw and draw.seed else ""),
        Step("公布", state == DrawState.PUBLISHED, ""),
    ]


@dataclass(frozen=True)
class TaskLine:
    """任务的一行。``due_on``: when the finding must be public; None before the visit."""

    task: VisitTask
    name: str
    office: str
    state: str
    visited_on: date | None
    outcome: str
    due_on: date | None
    inspectors: Sequence[str] = ()  # by name where it is on record


def task_lines(tasks: Sequence[VisitTask], policy: PolicySet) -> list[TaskLine]:
    """任务列表, with the newest finding of each; four queries."""
    names = names_of({task.visit.subject_id for task in tasks})
    offices = dict(Department.objects.filter(pk__in={task.office_id for task in tasks}).values_list("id", "name"))
    numbers = {number for task in tasks for number in task.inspectors}
    people = dict(Inspector.objects.filter(licence_number__in=numbers).order_by("id").values_list("licence_number", "name"))
    newest = {each.task_id: each for each in Finding.objects.filter(task__in=list(tasks)).order_by("version")}
    found = []
    for task in tasks:
        finding = newest.get(task.pk)
        open_ended = finding is None or task.state in {TaskState.HANDED_IN, TaskState.CANCELLED}
        found.append(
            TaskLine(
                task,
                names.get(task.visit.subject_id, ("", ""))[0],
                offices.get(task.office_id, ""),
                TaskState(task.state).label,
                finding.visited_on if finding else None,
                finding.outcome if finding else "",
                None if open_ended or finding is None else due_on(finding, policy),
                [people.get(each) or each for each in task.inspectors],
            )
        )
    return found
