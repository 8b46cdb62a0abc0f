"""修复材料不实。What was found against an application of restoration bars the firm from the next one for a while; the period is policy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.casework.types import AboutFacts, Actor
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.rights.forgetting import CASE
from chengxin.rights.restoration.routes import PROCEDURE as RESTORATION

PROCEDURE: Final = "false_material"
__all__ = ["CASE", "PROCEDURE", "RestorationCaseAbouts", "barred_until", "no_false_material"]

BAR: Final = "false_material_bar"


class RestorationCaseAbouts:
    """Fills ``casework.ports.abouts`` for ``restoration_case``: the key is the number of the case."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no case of restoration, or not of the actor's office."""
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
        case = Case.objects.filter(pk=number, procedure=RESTORATION).first()
        if case is None or not _may_see(case, actor):
            raise NotFound("no-such-case", f"没有编号为 {key[:20]} 的修复案件。", "从案件列表进入。")
        title = f"{case.title}的修复申请{number_of(case)}"
        return AboutFacts(str(case.pk), title, f"/cases/{case.pk}", case.subject_id, case.office_id, case.second_office_id)


def barred_until(subject_id: int | None, at: Instant) -> date | None:
    """不得以承诺方式修复的最后一日; None for who is not barred."""
    if subject_id is None:
        return None
    policy = active.policy_set()
    found = Case.objects.filter(procedure=PROCEDURE, state="found", subject_id__in=member_ids(subject_id)).exclude(closed_at=None)
    days = [date_of(closed_at) for closed_at in found.values_list("closed_at", flat=True) if closed_at is not None]
    last = max((last_day(day, str(policy.value_at(BAR, day).value)) for day in days), default=None)
    return last if last is not None and date_of(at) <= last else None


def no_false_material(of: StepOf) -> None:
    """没有材料不实的记录在期。Refused says until when."""
    last = barred_until(of.case.subject_id, of.at)
    if last is not None:
        raise Refused(
            "false-material",
            f"此前的修复申请被认定材料不实，{last} 以前不适用以承诺方式修复。",
            f"{last + timedelta(1)} 起可以再申请；公示期满自动停止，不受影响。认为认定有误的，按决定书写明的途径救济。",
        )


def _may_see(case: Case, actor: Actor) -> bool:
    if actor.role is Role.CREDIT_OFFICE:
        return True
    return actor.department_id == case.office_id and (actor.role in DEPARTMENTAL or actor.by_token)
