"""异议的条件和效果, as the procedure ``objection`` names them. Nothing is decided here: the second office decides, this carries it out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from chengxin.access.types import Scope
from chengxin.casework.models import Case, CaseStep
from chengxin.casework.ports import StepOf
from chengxin.casework.services import take_step
from chengxin.casework.types import THE_PLATFORM
from chengxin.foundation.records.models import Hold, Record, RecordAct
from chengxin.foundation.records.services import end_hold, place_hold, withdraw_record
from chengxin.foundation.records.types import CASE_CLAUSE, ActVerb, Surface, WithdrawalReason
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import active
from chengxin.rights.abouts import RECORD, record_of
from chengxin.rights.objections.correcting import still_wrong, tell_still_wrong
from chengxin.rights.objections.marks import OBJECTION
from chengxin.rights.remedies.services import issue_retraction

STAYS: Final = "objection_stays"
CORRECTING: Final = "correcting"
_WHILE_CORRECTING: Final = (Surface.PUBLIC, Surface.SHARED, Surface.COUNTED)


def objection_possible(of: StepOf) -> None:
    """可以异议：the record is still there, and somebody who had no hand in it can decide."""
    record = _record(of)
    over = RecordAct.objects.filter(record_id=record.pk, verb__in=(ActVerb.WITHDRAWN, ActVerb.ERASED)).first()
    if over is not None:
        raise Conflict("already-done", f"这条信息已经“{ActVerb(over.verb).label}”，没有可以异议的了。", "看记录页的办理经过。")
    if of.case.second_office_id is None:
        raise Refused(
            "no-second-office", "没有可以裁决的第二个机关，异议不能交给作出决定的机关自己裁决。", "请信用办先登记上级机关，再提出异议。"
        )


def stay_by_ground(of: StepOf, step: CaseStep) -> None:
    """停止公示：where policy says so for this kind of objection, until it is decided. The subject's own word only: somebody else's
    marks the record and hides nothing."""
    if not of.actor.may_for(of.case.subject_id, Scope.OBJECTION):
        return
    stays = active.policy_set().value_at(STAYS, date_of(of.at)).value
    surfaces = str(stays.get(of.said.get("ground", ""), "")).split(",")
    chosen = [Surface(each) for each in surfaces if each]
    if chosen:
        _hold(of, chosen, "异议办理期间停止公示和使用")


def hold_until_corrected(of: StepOf, step: CaseStep) -> None:
    """更正以前停止公示和使用：what was found wrong is not shown while it waits to be put right."""
    if not _live_holds(of):
        _hold(of, _WHILE_CORRECTING, f"异议成立，待更正：{of.said.get('document_number', '')}")


def end_stay(of: StepOf, step: CaseStep) -> None:
    """恢复：whatever this case stopped goes on."""
    for hold in _live_holds(of):
        end_hold(hold_id=hold.pk, because=f"异议办结：{step.verb}", by=of.actor.name, at=of.at)


def revoke_record(of: StepOf, step: CaseStep) -> None:
    """撤销：gone from every surface; whoever received it is told by the follower of the withdrawal."""
    because = f"异议成立：{of.said['document_number']}。{of.said['because']}"[:500]
    record = _record(of)
    end_stay(of, step)
    withdraw_record(
        record_id=record.pk, reason=WithdrawalReason.REVOKED, decided_on=date_of(of.at), because=because, by=of.actor.name, at=of.at
    )


def tell_corrected(of: StepOf, step: CaseStep) -> None:
    """更正的告知：everybody who received an earlier version is told that it was wrong."""
    issue_retraction(record_id=_record(of).pk, verb=ActVerb.CORRECTED, because=of.said["because"], at=of.at)


class ObjectionFollower:
    """Fills ``records.ports.followers``: what a court, a reconsideration or the office itself changed ends the case by itself."""

    def followed(self, record_ids: Collection[int], verb: str, because: str, at: Instant) -> None:
        """A withdrawal or the erasure of its content ends open objections about the record."""
        if verb not in {ActVerb.WITHDRAWN, ActVerb.ERASED}:
            return
        keys = [str(each) for each in record_ids]
        for case in Case.objects.filter(procedure=OBJECTION, about_kind=RECORD, about_key__in=keys, closed_at=None):
            self._end(case, "reverse", because, at)

    def swapped(self, submission_id: int, at: Instant) -> None:
        """A version that changes what the decision says is wrong ends the case that waited for it; another one does not."""
        waiting = {int(case.about_key): case for case in Case.objects.filter(procedure=OBJECTION, state=CORRECTING, closed_at=None)}
        for record in Record.objects.filter(pk__in=list(waiting), submission_id=submission_id, version__gt=1):
            if unchanged := still_wrong(waiting[record.pk], record):
                tell_still_wrong(waiting[record.pk], unchanged, at)
                continue
            self._end(waiting[record.pk], "correct", f"第 {record.version} 版已由来源单位报送（报送 {submission_id}）", at)

    def _end(self, case: Case, verb: str, because: str, at: Instant) -> None:
        take_step(case_id=case.pk, verb=verb, version=case.version, actor=THE_PLATFORM, texts={"because": because[:2000]}, at=at)


def _hold(of: StepOf, surfaces: tuple[Surface, ...] | list[Surface], because: str) -> None:
    place_hold(record_id=_record(of).pk, surfaces=surfaces, because=because, clause=_clause(of.case), by=of.actor.name, at=of.at)


def _live_holds(of: StepOf) -> list[Hold]:
    holds = Hold.objects.filter(record_id=_record(of).pk, clause=_clause(of.case), ended_at=None, until_at__gt=of.at)
    return list(holds.order_by("pk"))


def _clause(case: Case) -> str:
    """What ties a hold to its case."""
    return f"{CASE_CLAUSE}{OBJECTION}:{case.about_key}"


def _record(of: StepOf) -> Record:
    record = record_of(of.case.about_key)
    if record is None:
        raise NotFound("no-such-record", "这条记录已经不在。", "核对编号。")
    return record
