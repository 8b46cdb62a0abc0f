"""检查结果。Entered on the spot, reviewed by another person of the office; every refusal says which line of the form and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from chengxin.access.models import Account
from chengxin.during_event.inspection.models import Finding, Inspector, InspectorConflict, TaskStep, VisitTask
from chengxin.during_event.inspection.types import TASK_STATES, TASK_WORDS, CheckResult, Mode, TaskState, TaskVerb
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.kernel.transitions import advance
from chengxin.ledger import services as ledger
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Outcome
from chengxin.storage.transactions import in_turn, writing

ITEM: Final = "administrative_inspection"
LONGEST_WORDS: Final = 2000
#: Outcomes of a visit at which nothing could be checked.
NOBODY_THERE: Final = (Outcome.UNREACHABLE, Outcome.UNCOOPERATIVE, Outcome.UNDECIDED)
PROBLEMS: Final = (Outcome.RECTIFIED, Outcome.FAILED)


@dataclass(frozen=True)
class FindingForm:
    """检查结果的表单。``items``: "matter.check" → (result, words); ``form_key``: made where the form was filled in, so that a form that
    is sent twice (no signal, tried again) is one finding. ``present``: licence numbers of those who came."""

    form_key: str
    visited_on: date
    place: str
    outcome: str
    items: Mapping[str, tuple[CheckResult, str]]
    present: Sequence[str]
    words: str = ""
    replaced_because: str = ""
    photos: Sequence[str] = ()
    readings: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    documents: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    call: str = ""


def own_task(task_id: int, office_id: int) -> VisitTask:
    """The task of this office. NotFound otherwise."""
    found = VisitTask.objects.filter(pk=task_id, office_id=office_id).select_related("visit__plan").first()
    if found is None:
        raise NotFound("no-such-task", f"本单位没有第 {task_id} 号检查任务。", "从检查任务列表进入。")
    return found


def newest_finding(task: VisitTask) -> Finding | None:
    """The finding in effect."""
    return task.findings.order_by("-version").first()


def checks_of(task: VisitTask, policy: PolicySet) -> list[tuple[str, str, str]]:
    """The lines of the form: ("matter.check", title of the matter, title of the check)."""
    matters = [policy.inspection_matter(each) for each in task.matters]
    return [(f"{matter.id}.{check.id}", matter.title, check.title) for matter in matters for check in matter.checks]


def enter_finding(task: VisitTask, form: FindingForm, *, policy: PolicySet, by: Account, at: Instant) -> Finding:
    """录入结果. The same form again gives the finding that it became. Refused with every fault of the form."""
    before = task.findings.filter(form_key=form.form_key).first()
    if before is not None:
        return before
    faults = faults_of(task, form, policy, at)
    if faults:
        raise Refused("finding-faulty", f"有 {len(faults)} 处要改：{'；'.join(faults)}。", "改好以后重新提交，已经填的都还在。")
    with writing():
        in_turn()
        task = VisitTask.objects.get(pk=task.pk)
        task.state = advance(TASK_STATES, TaskState(task.state), TaskVerb.ENTER, TASK_WORDS)
        version = task.findings.count() + 1
        items = {key: {"result": result.value, "words": words} for key, (result, words) in form.items.items()}
        said = {
            "task": str(task.pk), "version": str(version), "visited_on": str(form.visited_on), "outcome": form.outcome,
            "present": "、".join(form.present), "photos": "、".join(form.photos),
            "documents": "、".join(each["sha256"] for each in form.documents), "readings": str(len(form.readings) or ""),
            "by": by.username, "at": utc_text(at),
        }  # fmt: skip
        content_id = ledger.record_event("inspection:finding:entered", {key: value for key, value in said.items() if value})
        found = Finding.objects.create(
            task=task, version=version, form_key=form.form_key, visited_on=form.visited_on, place=form.place.strip(), items=items,
            outcome=form.outcome, words=form.words.strip(), photos=list(form.photos), readings=[dict(each) for each in form.readings],
            documents=[dict(each) for each in form.documents], call=form.call.strip(), by=by.username, at=at, content_id=content_id,
        )  # fmt: skip
        task.save(update_fields=["state"])
        TaskStep.objects.create(
            task=task, verb=TaskVerb.ENTER, by=by.username, at=at, because=form.replaced_because.strip()[:500], content_id=content_id
        )
        return found


def review_finding(task: VisitTask, *, agree: bool, because: str, by: Account, at: Instant) -> VisitTask:
    """复核：another person of the office agrees, or sends it back with a reason. Forbidden for who entered it."""
    verb = TaskVerb.REVIEW if agree else TaskVerb.RETURN
    newest = newest_finding(task)
    if newest is not None and newest.by == by.username:
        raise Forbidden("second-person-needed", "录入的人不能复核自己的结果。", "请本单位另一位同事复核。")
    if not agree and not because.strip():
        raise Refused("no-reason-given", "退回没有写理由。", "写明要改什么。")
    return move(task, verb, because, by.username, at)


def move(task: VisitTask, verb: TaskVerb, because: str, by: str, at: Instant, **changed: Any) -> VisitTask:
    """One step of a task, in the ledger."""
    with writing():
        in_turn()
        task = VisitTask.objects.select_related("visit__plan").get(pk=task.pk)
        task.state = advance(TASK_STATES, TaskState(task.state), verb, TASK_WORDS)
        for name, value in changed.items():
            setattr(task, name, value)
        task.save(update_fields=["state", *changed])
        said = {"task": str(task.pk), "verb": verb.value, "because": because.strip()[:500], "by": by, "at": utc_text(at)}
        content_id = ledger.record_event(f"inspection:task:{verb}", {key: value for key, value in said.items() if value})
        TaskStep.objects.create(task=task, verb=verb, by=by, at=at, because=because.strip()[:500], content_id=content_id)
        return task


def outcomes_of(policy: PolicySet) -> dict[str, Outcome]:
    """检查结果的代码 → what it means, as the catalogue says."""
    return {value: Outcome(number) for value, number in policy.item(ITEM).outcomes.items()}


def faults_of(task: VisitTask, form: FindingForm, policy: PolicySet, at: Instant) -> list[str]:
    """Everything that is wrong with a form."""
    plan = task.visit.plan
    found = []
    if not 8 <= len(form.form_key) <= 64:
        found.append("表单编号不对，请重新打开表单")
    if form.visited_on > date_of(at):
        found.append(f"检查日期 {form.visited_on} 还没有到")
    if form.visited_on < plan.visits_from:
        found.append(f"检查日期 {form.visited_on} 早于计划的开始日 {plan.visits_from}")
    if not form.place.strip() or len(form.place) > 300:
        found.append("地点要写，不超过 300 字")
    if len(form.words) > LONGEST_WORDS:
        found.append(f"情况说明不超过 {LONGEST_WORDS} 字")
    if len(form.call) > 300:
        found.append("视频核查的经过不超过 300 字")
    return found + _material_faults(task, form, policy) + _item_faults(task, form, policy) + _presence_faults(task, form)


def _material_faults(task: VisitTask, form: FindingForm, policy: PolicySet) -> list[str]:
    """Where nobody went there, something must lie on the table; where somebody did, nothing else is taken for having been there."""
    materials = [form.documents, form.photos, form.readings, form.call.strip()]
    if task.visit.mode != Mode.REMOTE:
        return ["视频核查、文书和监测读数只用于非现场检查"] if form.documents or form.readings or form.call.strip() else []
    if not any(materials) and outcomes_of(policy).get(form.outcome) not in NOBODY_THERE:
        return ["非现场检查要有材料：文书、照片、视频核查的经过、监测读数，至少一样"]
    return []


def _item_faults(task: VisitTask, form: FindingForm, policy: PolicySet) -> list[str]:
    meaning = outcomes_of(policy).get(form.outcome)
    if meaning is None:
        return [f"检查结果从这些里选：{'、'.join(outcomes_of(policy))}"]
    lines = {key: title for key, _matter, title in checks_of(task, policy)}
    strange = [key for key in form.items if key not in lines]
    missing = [title for key, title in lines.items() if key not in form.items]
    problems = [lines[key] for key, (result, _words) in form.items.items() if result is CheckResult.PROBLEM and key in lines]
    silent = [lines[key] for key, (_result, words) in form.items.items() if lines.get(key) in problems and not words.strip()]
    found = [f"没有这些检查项：{'、'.join(strange)}"] if strange else []
    if missing and meaning not in NOBODY_THERE:
        found.append(f"还没有填：{'、'.join(missing)}")
    if silent:
        found.append(f"发现问题的要写明情况：{'、'.join(silent)}")
    if problems and meaning is Outcome.PASSED:
        found.append(f"“{'、'.join(problems)}”发现了问题，检查结果却是“{form.outcome}”")
    if not problems and meaning in PROBLEMS:
        found.append(f"各项都没有发现问题，检查结果却是“{form.outcome}”")
    return found


def _presence_faults(task: VisitTask, form: FindingForm) -> list[str]:
    """Those who came are those who were drawn, or there is a reason, and nobody in conflict came."""
    present, drawn = set(form.present), set(task.inspectors)
    if present == drawn:
        return []
    found = []
    known = dict(Inspector.objects.filter(licence_number__in=present, ended_at=None).values_list("licence_number", "office_id"))
    strange = sorted(each for each in present if known.get(each) != task.office_id)
    if strange:
        found.append(f"这些执法证号不是本单位在册的检查人员：{'、'.join(strange)}")
    if len(present) < len(drawn):
        found.append(f"抽出 {len(drawn)} 名检查人员，只写了 {len(present)} 名")
    if not form.replaced_because.strip():
        found.append(f"到场的不是抽出的检查人员（{'、'.join(sorted(drawn))}），要写明理由")
    barred = InspectorConflict.objects.filter(
        inspector__licence_number__in=present, subject_code=task.visit.subject_code, ended_at=None
    ).values_list("inspector__licence_number", flat=True)
    found += [f"{each} 与这一户有回避关系，不能检查" for each in barred]
    return found
