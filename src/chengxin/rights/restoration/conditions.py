"""信用修复的条件和效果, as the procedure ``restoration`` names them: ``restoration_due`` and ``restore_record``."""

from __future__ import annotations

from contextlib import nullcontext

from chengxin.casework.models import CaseStep
from chengxin.casework.ports import StepOf
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.services import restore_record as restore
from chengxin.foundation.records.types import ActVerb
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import active
from chengxin.rights.abouts import record_of
from chengxin.rights.remedies.services import told_by_the_case
from chengxin.rights.restoration.ports import lift_measures
from chengxin.rights.restoration.routes import Route, Stage, route_of
from chengxin.rights.restoration.rules import Way

_ENDINGS = (ActVerb.RESTORED, ActVerb.WITHDRAWN, ActVerb.ERASED)


def restoration_due(of: StepOf) -> None:
    """可以修复：the record can be restored here, is not restored or withdrawn, and its shortest period is over. Refused says from when."""
    record = _record(of)
    ended = RecordAct.objects.filter(record_id=record.pk, verb__in=_ENDINGS).first()
    if ended is not None:
        raise Conflict("already-done", f"这条信息已经“{ActVerb(ended.verb).label}”，不用再修复。", "看记录页的办理经过。")
    route = route_of(record, of.at)
    if route is None:
        raise Refused("nothing-to-restore", "这条信息不属于失信信息，没有什么可以修复。", "认为有误的，可以提出异议。")
    if route.way is Way.COURT:
        raise Refused("restored-by-court-only", route.sentence, "请向法院提出；认为这里登记有误的，可以提出异议。")
    if not route.way.here:
        raise Refused("nothing-to-restore", "这条信息没有可以申请修复的日期。", route.sentence)
    if route.stage is Stage.OVER:
        raise Conflict("already-done", "这条信息已经不展示，不用再修复。", "看记录页的办理经过。")
    if route.earliest_on is not None and date_of(of.at) < route.earliest_on:
        raise _too_early(route)


def restore_record(of: StepOf, step: CaseStep) -> None:
    """修复的效果：publication, sharing and counting end and measures are lifted in the transaction of the decision."""
    record = _record(of)
    number = of.said.get("document_number", "")
    with told_by_the_case() if _tells_recipients(of) else nullcontext():
        end_everywhere(record.pk, number, because=f"准予信用修复：{number}", by=of.actor.name, at=of.at)


def _tells_recipients(of: StepOf) -> bool:
    """Whether the step itself tells those who had received the record; then nobody is told twice."""
    rule = active.policy_set().procedure(of.case.procedure).step(of.verb, of.case.state)
    return rule is not None and any(told.to == "recipients" for told in rule.tells)


def end_everywhere(record_id: int, document_number: str, *, because: str, by: str, at: Instant) -> None:
    """停止公示、共享、计入评价，解除措施, inside the caller's transaction. Conflict if it was restored before."""
    restore(record_id=record_id, document_number=document_number, because=because, by=by, at=at)
    for _, lift in lift_measures.items():
        lift(record_id, document_number, at)


def _too_early(route: Route) -> Refused:
    earliest = route.record.earliest_restoration
    return Refused(
        "restoration-too-early",
        f"最短公示期还没有届满，最早 {route.earliest_on} 起可以申请修复。",
        "期满以后再申请；认为信息有误的，现在就可以提出异议。",
        earliest.version.reference if earliest is not None else "",
    )


def _record(of: StepOf) -> Record:
    record = record_of(of.case.about_key)
    if record is None:
        raise NotFound("no-such-record", "这条记录已经不在。", "核对编号。")
    return record
