"""核对期限。Deadlines follow from steps, policy and calendar; what the table says is worked out once more and compared, case by case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from chengxin.casework.clocks import ClockReading
from chengxin.casework.deadlines import worked_out
from chengxin.casework.models import Case, CaseDeadline
from chengxin.policy.policy_set import PolicySet


@dataclass(frozen=True)
class WrongDeadline:
    """不符的期限：what stands in the table and what follows from the steps, in words; "" for what is not there."""

    case_id: int
    clock: str
    kept: str
    due: str

    @property
    def sentence(self) -> str:
        """One line for people."""
        return f"案件 {self.case_id} 的期限 {self.clock}：表里是“{self.kept or '没有'}”，按步骤应当是“{self.due or '没有'}”。"


def wrong_deadlines(policy: PolicySet) -> Iterator[WrongDeadline]:
    """期限与步骤不符的 of all cases, oldest case first."""
    for case, kept, due in worked_out(Case.objects.all(), policy):
        yield from _differences(case.pk, kept, due)


def _differences(case_id: int, kept: list[CaseDeadline], due: tuple[ClockReading, ...]) -> Iterator[WrongDeadline]:
    stands = {(each.clock, each.start_place): _words(each) for each in kept}
    follows = {(each.clock, each.start_place): _words(each) for each in due}
    for key in sorted(stands.keys() | follows.keys()):
        was, now = stands.get(key, ""), follows.get(key, "")
        if was != now:
            yield WrongDeadline(case_id, f"{key[0]}（第 {key[1]} 步起）", was, now)


def _words(each: CaseDeadline | ClockReading) -> str:
    ended: date | None = each.ended_on
    state = f"{ended} 办结" if ended else "暂停" if each.paused else "在走"
    return f"{each.start_on} 至 {each.due_on}{'（暂定）' if each.provisional else ''}，{state}"
