"""移送处理。A problem that a visit found goes to the office that decides penalties; what came of it is entered there, once.

The penalty itself comes in as every penalty does, with its own checks, clock and severity; here only the two are tied together.
"""

from __future__ import annotations

from typing import Final

from chengxin.access.models import Account, Department
from chengxin.during_event.inspection.findings import PROBLEMS, move, newest_finding, outcomes_of
from chengxin.during_event.inspection.models import HandOver, VisitTask
from chengxin.during_event.inspection.types import TaskVerb
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Outcome
from chengxin.storage.transactions import in_turn, writing

PENALTY: Final = "administrative_penalty"
ANSWERED: Final = "inspection:hand_over:answered"
#: Outcomes of a visit after which there is something to hand over.
GRAVE: Final = (*PROBLEMS, Outcome.UNCOOPERATIVE)


def hand_over(
    task: VisitTask, *, office_code: str, case_number: str, because: str, policy: PolicySet, by: Account, at: Instant
) -> HandOver:
    """移送 the problem of a published finding. Refused without a problem, an office or a case number; Conflict the second time."""
    finding = newest_finding(task)
    if finding is None or outcomes_of(policy).get(finding.outcome) not in GRAVE:
        raise Refused("nothing-to-hand-over", "这次检查没有发现问题，没有要移送的。", "发现问题的检查才移送处理。")
    office = Department.objects.filter(code=office_code.strip(), closed_at=None).first()
    if office is None:
        raise Refused("hand-over-office", f"没有代码为 {office_code[:18] or '（空）'} 的在用部门。", "从列表里选承办的部门。")
    if not case_number.strip() or not because.strip():
        raise Refused("no-reason-given", "没有写案号，或者没有写移送什么问题。", "写明承办机构的案号和要处理的问题。")
    with writing():
        in_turn()
        if HandOver.objects.filter(task=task).exists():
            raise Conflict("already-done", "已经移送过。", "进展在移送办理里看。")
        said = f"{office.name}，{case_number.strip()}：{because.strip()}"
        moved = move(task, TaskVerb.HAND_OVER, said, by.username, at)
        return HandOver.objects.create(
            task=moved, office_id=office.pk, case_number=case_number.strip()[:100], because=because.strip()[:500], by=by.username, at=at,
            content_id=moved.steps.order_by("-id")[0].content_id,
        )  # fmt: skip


def own_hand_over(hand_over_id: int, office_id: int) -> HandOver:
    """What was handed over to this office. NotFound otherwise."""
    found = HandOver.objects.filter(pk=hand_over_id, office_id=office_id).select_related("task__visit__plan").first()
    if found is None:
        raise NotFound("no-such-hand-over", f"本单位没有第 {hand_over_id} 号移送。", "从移送办理的列表进入。")
    return found


def penalties_of(found: HandOver) -> list[Record]:
    """Penalties of the firm by this office since the visit: what may have come of it, the newest first."""
    finding = newest_finding(found.task)
    decided = Record.objects.filter(
        item=active.policy_set().item(PENALTY).number, subject_id__in=member_ids(found.task.visit.subject_id), authority_id=found.office_id
    )
    return list(decided.filter(decided_on__gte=finding.visited_on).order_by("-decided_on", "-id")[:20]) if finding else []


def answer_hand_over(found: HandOver, *, document_number: str, no_penalty_because: str, by: Account, at: Instant) -> HandOver:
    """答复：the penalty that was decided, by its document number, or why none was. Refused for neither, both, or a penalty that is none of
    this firm's by this office since the visit; Conflict the second time."""
    number, because = document_number.strip(), no_penalty_because.strip()
    if bool(number) == bool(because):
        raise Refused("hand-over-answer", "处罚决定书文号和不予处罚的理由，要写且只写一样。", "处罚了的写文号，没有处罚的写理由。")
    record = next((each for each in penalties_of(found) if each.document_number == number), None)
    if number and record is None:
        raise Refused(
            "hand-over-answer",
            f"平台上没有本单位在检查以后对这一户作出的、文号为 {number[:60]} 的处罚。",
            "先按期报送处罚决定，再来答复；文号照决定书写。",
        )
    with writing():
        in_turn()
        found = HandOver.objects.select_related("task__visit__plan").get(pk=found.pk)
        if found.answered_at is not None:
            raise Conflict("already-done", "已经答复过。", "不用再答复。")
        found.record_id, found.no_penalty_because = (record.pk if record else None), because[:500]
        found.answered_by, found.answered_at = by.username, at
        found.save(update_fields=["record_id", "no_penalty_because", "answered_by", "answered_at"])
        said = {
            "task": str(found.task_id), "penalty": str(record.pk) if record else "", "because": because[:500],
            "by": by.username, "at": utc_text(at),
        }  # fmt: skip
        ledger.record_event(ANSWERED, {key: value for key, value in said.items() if value})
        return found
