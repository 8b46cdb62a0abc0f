"""异议和修复的条件和效果, as the procedures ``official_objection`` and ``official_restoration`` name them. The other authority decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chengxin.access.models import Account
from chengxin.casework.models import Case, CaseDocument, CaseStep
from chengxin.casework.ports import StepOf
from chengxin.casework.services import take_step
from chengxin.casework.types import PLATFORM, THE_PLATFORM
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.policy import active
from chengxin.rights.officials.abouts import official_record
from chengxin.rights.officials.handing_in import effects_on
from chengxin.rights.officials.identities import require_known
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.persons import keys_of
from chengxin.rights.officials.rules import POLARITY, answers_until, line_of
from chengxin.rights.officials.services import end_record
from chengxin.rights.officials.types import ADVERSE, OFFICIAL_RECORD, Ending

RESTORATION: Final = "official_restoration"
WAYS: Final = "official_restoration_ways"
LETTER: Final = "signed_letter"


def official_handler_known(of: StepOf) -> None:
    """办理的人：the person themself, or somebody whose own identity is registered and who is somebody else."""
    if of.actor.person == PLATFORM or of.actor.is_person_of(of.case.about_kind, of.case.about_key):
        return
    account = Account.objects.filter(pk=of.actor.account_id or 0).first()
    if account is None:
        raise Forbidden("person-needed", "公务员记录的案件须由人办理。", "请工作人员登录后办理。")
    content_id = _record(of).content_id
    require_known(account, keys_of([content_id]).get(content_id, ""))


def official_objection_possible(of: StepOf) -> None:
    """可以异议：the record has not ended, and another authority can decide."""
    _require_live(_record(of))
    _require_second(of)


def official_restoration_due(of: StepOf) -> None:
    """可以申请修复：an adverse record that still answers, whose kind is restored by application, after the time that policy says."""
    record = _record(of)
    _require_live(record)
    _require_second(of)
    effects = effects_on(record.decided_on)
    if line_of(record.kind, effects)[POLARITY] != ADVERSE or answers_until(record.kind, record.decided_on, None, effects) <= of.at:
        raise Conflict("nothing-to-restore", "这条记录没有失信影响，或者已经期满自动不再答复。", "不用申请。")
    way = way_of(record)
    if way.get("by") != "application":
        raise Refused("official-no-application", str(way.get("sentence", "这种记录不能在这里申请修复。")), "认为记录有误的，可以提出异议。")
    earliest = earliest_application(record)
    if f"{date_of(of.at)}" < earliest:
        raise Refused("restoration-too-early", f"最早 {earliest} 可以申请。", "到了这一天再申请。")


def signed_by_the_person(of: StepOf, step: CaseStep) -> None:
    """本人的意思：who is not the person themself hands in, with this very step, the letter that the person signed."""
    if of.actor.is_person_of(of.case.about_kind, of.case.about_key):
        return
    if not CaseDocument.objects.filter(case=of.case, place=step.place, kind=LETTER).exists():
        raise Refused(
            "documents-missing", "代本人办理的，还缺本人签字的申请书。", "扫描本人签字的申请书，附上再提交。", where={"field": LETTER}
        )


def revoke_official_record(of: StepOf, step: CaseStep) -> None:
    """撤销：from now on it answers nobody."""
    end_record(_record(of).pk, ending=Ending.REVOKED, because=_because(of), by=of.actor.name, at=of.at)


def restore_official_record(of: StepOf, step: CaseStep) -> None:
    """准予修复：its effect ends."""
    end_record(_record(of).pk, ending=Ending.RESTORED, because=_because(of), by=of.actor.name, at=of.at)


def close_cases(record_id: int, ending: Ending, because: str, at: Instant) -> None:
    """Fills ``ports.endings``: cases that the end of the record leaves without a subject end too. The one that ended it is closed by its
    own step already."""
    for case in Case.objects.filter(about_kind=OFFICIAL_RECORD, about_key=str(record_id), closed_at=None).order_by("pk"):
        verb = "correct" if ending is Ending.CORRECTED and case.state == "correcting" else "reverse"
        take_step(case_id=case.pk, verb=verb, version=case.version, actor=THE_PLATFORM, texts={"because": because}, at=at)


def close_expired(at: Instant) -> int:
    """期满的案件：an application for restoration of what answers no more by itself is over; nobody has to decide it. How many."""
    cases = Case.objects.filter(procedure=RESTORATION, about_kind=OFFICIAL_RECORD, closed_at=None).order_by("pk")
    rows = OfficialRecord.objects.in_bulk([int(key) for key in cases.values_list("about_key", flat=True)])
    closed = 0
    for case in cases:
        record = rows[int(case.about_key)]
        if answers_until(record.kind, record.decided_on, record.ended_at, effects_on(record.decided_on)) <= at:
            because = {"because": "期满，自动不再答复"}
            take_step(case_id=case.pk, verb="reverse", version=case.version, actor=THE_PLATFORM, texts=because, at=at)
            closed += 1
    return closed


def way_of(record: OfficialRecord) -> Mapping[str, Any]:
    """怎样修复 a record of this kind, as the policy said on the day of the decision; empty where it says nothing."""
    found: Mapping[str, Any] = active.policy_set().value_at(WAYS, record.decided_on).value.get(record.kind, {})
    return found


def earliest_application(record: OfficialRecord) -> str:
    """The first day on which restoration can be applied for, the one after the period; "": never by application."""
    way = way_of(record)
    return str(date_of(end_of_day(last_day(record.decided_on, str(way["after"]))))) if way.get("by") == "application" else ""


def _because(of: StepOf) -> str:
    return f"{date_of(of.at)} {of.said['document_number']}"


def _record(of: StepOf) -> OfficialRecord:
    record = official_record(of.case.about_key)
    if record is None:
        raise NotFound("no-such-official-record", "这条记录已经不在。", "核对编号。")
    return record


def _require_live(record: OfficialRecord) -> None:
    if record.ended_at is not None or record.forgotten_at is not None:
        word = Ending(record.ending).label if record.ending else "按期删除"
        raise Conflict("already-done", f"这条记录已经“{word}”，没有可以办理的了。", "看“我的诚信记录”。")


def _require_second(of: StepOf) -> None:
    if of.case.second_office_id is None:
        raise Refused(
            "no-second-office", "没有可以办理的另一个人事主管机关，不能由报送的机关自己裁决。", "请信用办先登记另一个人事主管机关。"
        )
