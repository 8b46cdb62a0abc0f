"""自行立案。An alarm opens an incident in the transaction that writes the alarm. One for each cause: while it is open, what is found again
of the same cause joins it as a step. What cannot be logged does not happen: where the ledger refuses to grow, the alarm stands without a
case, and the case is opened as soon as there can be an entry of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import structlog
from django.db import transaction

from chengxin.access.alarms import LONGEST, AlarmKind, settle_alarm
from chengxin.access.models import Account, Alarm
from chengxin.casework.models import Case, CaseStep
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import THE_PLATFORM, About
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.appending import LedgerBroken
from chengxin.policy import active
from chengxin.rights.incidents.abouts import ALARM, alarm_of
from chengxin.storage.transactions import in_turn, writing

__all__ = ["INCIDENT", "IncidentOpener", "incidents_of", "open_waiting", "settle_alarms"]

INCIDENT: Final = "incident"
AGAIN: Final = "alarm_again"
_KINDS: Final[Mapping[AlarmKind, str]] = {
    AlarmKind.MASS_READING: "misuse",
    AlarmKind.UNJUSTIFIED_READ: "misuse",
    AlarmKind.LEDGER_FAULT: "tampering",
}

log = structlog.get_logger("chengxin.rights.incidents")


class IncidentOpener:
    """Fills ``access.ports.alarms``."""

    def hear(self, alarm: Alarm) -> None:
        """An alarm was raised: it opens an incident, or joins the open one of the same cause."""
        _try(alarm, alarm.at)

    def settling(self, alarm: Alarm) -> None:
        """What has an open incident is settled when the incident is closed: two words about one thing would be one too many."""
        case = incidents_of([alarm.pk]).get(alarm.pk)
        if case is not None and case.closed_at is None:
            sentence = f"这件警报已经立为安全事件{number_of(case)}，正在办理。"
            raise Conflict("alarm-has-incident", sentence, f"到案件 /cases/{case.pk} 办理；结案时警报一并处理完毕。")

    def hear_again(self, alarm: Alarm, at: Instant) -> None:
        """The same fault of the ledger after its incident was closed is an incident anew: it was not put right. While one is open, a
        repetition says nothing new; and a reader stays over the line for the rest of the day, which is one alarm."""
        if alarm.kind == AlarmKind.LEDGER_FAULT and open_incident(alarm) is None:
            _try(alarm, at)


def open_waiting(at: Instant) -> int:
    """补立案 for alarms that nobody settled and that have no case: raised while the ledger refused to grow. How many were opened."""
    waiting = list(Alarm.objects.filter(settled_at=None).order_by("pk"))
    known = incidents_of([each.pk for each in waiting])
    return sum(_try(each, at) for each in waiting if each.pk not in known)


def incidents_of(alarm_ids: Collection[int]) -> dict[int, Case]:
    """警报 → 它的案件: the newest one about it, or the one that it joined."""
    keys = [str(each) for each in alarm_ids]
    joined = CaseStep.objects.filter(case__procedure=INCIDENT, verb=AGAIN, said__alarm__in=keys).select_related("case").order_by("pk")
    found = {int(each.said["alarm"]): each.case for each in joined}
    about = Case.objects.filter(procedure=INCIDENT, about_kind=ALARM, about_key__in=keys).order_by("pk")
    return found | {int(each.about_key): each for each in about}


def settle_alarms(of: StepOf, step: CaseStep) -> None:
    """结案即处理完毕：the alarm that opened the incident and those that joined it are settled in the words of who closes it."""
    if of.case.about_kind != ALARM or of.actor.account_id is None:
        return
    joined = CaseStep.objects.filter(case=of.case, verb=AGAIN).values_list("said__alarm", flat=True)
    numbers = {int(of.case.about_key), *(int(each) for each in joined)}
    by = Account.objects.get(pk=of.actor.account_id)
    words = f"安全事件{number_of(of.case)}{_title(of)}：{of.said.get('verified') or of.said.get('because', '')}"[:LONGEST]
    for number in Alarm.objects.filter(pk__in=numbers, settled_at=None).order_by("pk").values_list("pk", flat=True):
        settle_alarm(number, words=words, by=by, at=of.at, with_its_case=True)


def _title(of: StepOf) -> str:
    step = active.policy_set().procedure(INCIDENT).step(of.verb, of.case.state)
    return step.title if step is not None else of.verb


def open_incident(alarm: Alarm) -> Case | None:
    """The open incident of the same cause: the same person's reading, or the same log."""
    cause = _cause(alarm)
    for case in Case.objects.filter(procedure=INCIDENT, about_kind=ALARM, closed_at=None).order_by("pk"):
        other = alarm_of(case.about_key)
        if other is not None and _cause(other) == cause:
            return case
    return None


def _cause(alarm: Alarm) -> tuple[str, ...]:
    if alarm.kind == AlarmKind.LEDGER_FAULT:
        return alarm.kind, alarm.key.partition(": ")[2].partition(" ")[0]  # the name of the log
    if alarm.account_id is None and alarm.department_id is None:
        return alarm.kind, alarm.key
    return alarm.kind, str(alarm.account_id or ""), str(alarm.department_id or "")


def _try(alarm: Alarm, at: Instant) -> bool:
    """Open or join; False where that cannot be logged or no policy in force knows incidents. The alarm stands all the same."""
    try:
        with writing():
            in_turn()  # of two that hear of the same cause at once, the second sees the first one's case
            with transaction.atomic():
                _open_or_join(alarm, at)
    except (LedgerBroken, Refused) as because:
        log.error("an alarm without its case", alarm=alarm.pk, because=str(because))
        return False
    return True


def _open_or_join(alarm: Alarm, at: Instant) -> None:
    known = open_incident(alarm)
    if known is None:
        texts = {"kind": _KINDS[AlarmKind(alarm.kind)], "facts": alarm.sentence}
        open_case(procedure=INCIDENT, about=About(ALARM, str(alarm.pk)), actor=THE_PLATFORM, texts=texts, at=at)
    else:
        texts = {"alarm": str(alarm.pk), "facts": alarm.sentence}
        take_step(case_id=known.pk, verb=AGAIN, version=known.version, actor=THE_PLATFORM, texts=texts, at=at)
