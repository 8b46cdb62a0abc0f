"""检查结果的公示。A reviewed finding is handed in like everything that an office decides: same checks, clock, page and evaluation.

The finding becomes a file with one row of the item 行政监督检查, received from the office; its idempotency key is the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from chengxin.access.models import Account, Department
from chengxin.during_event.inspection.findings import ITEM, checks_of, move, newest_finding
from chengxin.during_event.inspection.models import Finding, VisitTask
from chengxin.during_event.inspection.types import TASK_STATES, TASK_WORDS, CheckResult, TaskState, TaskVerb
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.own_rows import hand_in_row, was_taken
from chengxin.foundation.collection.types import Channel
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Refused
from chengxin.kernel.transitions import advance
from chengxin.policy.policy_set import PolicySet

DEADLINE: Final = "disclosure_deadline"
_RANDOM: Final = "双随机抽查"
_IN_FORCE: Final = "1"
_INDIVIDUAL, _ORGANIZATION = "个体工商户", "法人及非法人组织"


def hand_in_finding(task: VisitTask, *, policy: PolicySet, by: Account, at: Instant) -> Submission:
    """报送公示 a reviewed finding. Conflict in another state; Refused with the fault of the row if the house's own rules reject it."""
    advance(TASK_STATES, TaskState(task.state), TaskVerb.HAND_IN, TASK_WORDS)
    finding = newest_finding(task)
    if finding is None:
        raise Conflict("no-finding", "还没有检查结果。", "先录入结果并复核。")
    office = Department.objects.get(pk=task.office_id)
    submission = hand_in_row(
        department=office, item=ITEM, row=row_of(task, finding, office, policy), channel=Channel.INSPECTION,
        key=f"inspection-{task.pk}-{finding.version}", file_name=f"检查任务{task.pk}.csv", actor=by.username, at=at,
    )  # fmt: skip
    if not was_taken(submission):
        raise Refused(
            "finding-not-taken", f"报送 {submission.pk} 没有接收这一行。", "打开这次报送看是哪条规则，改正检查结果后再报。",
            where={"submission": str(submission.pk)},
        )  # fmt: skip
    move(task, TaskVerb.HAND_IN, "", by.username, at, submission_id=submission.pk)
    return submission


def row_of(task: VisitTask, finding: Finding, office: Department, policy: PolicySet) -> dict[str, str]:
    """The row of the item, by the roles of its fields."""
    item = policy.item(ITEM)
    subject = Subject.objects.get(pk=task.visit.subject_id)
    matters = [policy.inspection_matter(each) for each in task.matters]
    said = {
        "subject_name": subject.name,
        "subject_kind": _INDIVIDUAL if subject.kind == SubjectKind.INDIVIDUAL_BUSINESS else _ORGANIZATION,
        "subject_code": task.visit.subject_code,
        "document_title": "随机抽查结果",
        "document_number": f"{task.visit.plan.number}-{task.pk}号",
        "decided_on": str(finding.visited_on),
        "title": "、".join(each.title for each in matters),
        "content": _content(task, finding, policy),
        "state": _IN_FORCE,
        "authority_name": office.name,
        "authority_code": office.code,
        "source_name": office.name,
        "source_code": office.code,
    }
    row = {item.roles[role]: value for role, value in said.items() if role in item.roles}
    basis = "；".join(dict.fromkeys(_basis(each.reference, policy) for each in matters))
    return row | {item.outcome_field: finding.outcome, "JC_JCLX": _RANDOM, "JC_YJ": basis, "JC_JCRY": "、".join(task.inspectors)}


def due_on(finding: Finding, policy: PolicySet) -> date:
    """公示的期限 of a finding: so many working days after the visit."""
    days = int(policy.value_at(DEADLINE, finding.visited_on).value)
    return policy.calendar.add_working_days(finding.visited_on, days).on


def _content(task: VisitTask, finding: Finding, policy: PolicySet) -> str:
    """What was found, in a sentence a check; nobody is named."""
    said = []
    for key, matter, check in checks_of(task, policy):
        found: Mapping[str, str] = finding.items.get(key, {})
        if found:
            said.append(f"{matter}·{check}：{CheckResult(found['result']).label}{'，' + found['words'] if found['words'] else ''}")
    return "；".join([*said, *([finding.words] if finding.words else [])]) or finding.outcome


def _basis(reference: str, policy: PolicySet) -> str:
    source = policy.sources.get(reference.partition("/")[0])
    return f"《{source.title}》" if source else reference
