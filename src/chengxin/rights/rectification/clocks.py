"""期限是否已过, for steps that may be taken only then. A provisional day counts nobody late."""

from __future__ import annotations

from chengxin.casework.clocks import Level
from chengxin.casework.deadlines import readings
from chengxin.casework.ports import StepOf
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active


def require_overdue(of: StepOf, *clocks: str) -> None:
    """One of these clocks runs and its last day is over. Refused says when that is."""
    policy = active.policy_set()
    found = [each for each in readings(of.case, policy.procedure(of.case.procedure), policy) if each.clock in clocks and not each.ended_on]
    if any(each.level(date_of(of.at), policy.calendar) is Level.RED for each in found):
        return
    last = min((each.due_on for each in found), default=None)
    raise Refused("not-overdue-yet", f"期限还没有过，最后一日是 {last}。" if last else "没有在走的期限。", "期限过了再办；请先催办。")
