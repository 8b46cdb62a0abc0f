"""由抽查估计全市。From the drawn firms, their findings and known probabilities: the share of all firms without a problem."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from chengxin.during_event.inspection.findings import outcomes_of
from chengxin.during_event.inspection.models import Draw, Visit, VisitTask
from chengxin.during_event.inspection.types import TaskState
from chengxin.engine.draw_rates import Visited, compliance_rate
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Outcome

#: Of the interval, per mille: the usual 95 of a hundred.
CONFIDENCE: Final = 950
_JUDGED: Final = {Outcome.PASSED: True, Outcome.RECTIFIED: False, Outcome.FAILED: False, Outcome.UNCOOPERATIVE: False}


@dataclass(frozen=True)
class Estimate:
    """估计：a sentence for the page and how it was computed."""

    sentence: str
    how: str


def estimate_of(draw: Draw, policy: PolicySet) -> Estimate | None:
    """合格率的估计 of a published draw; None while nothing is public yet."""
    outcomes: dict[int, list[str]] = {}
    handed_in = VisitTask.objects.filter(visit__draw=draw, state=TaskState.HANDED_IN).prefetch_related("findings")
    for task in handed_in:
        outcomes.setdefault(task.visit_id, []).append(max(task.findings.all(), key=lambda each: each.version).outcome)
    if not outcomes:
        return None
    meaning = outcomes_of(policy)
    visits = [
        Visited(stratum, Fraction(probability), _passed([meaning.get(each, Outcome.NONE) for each in outcomes.get(pk, [])]))
        for pk, stratum, probability in Visit.objects.filter(draw=draw).values_list("id", "stratum", "probability")
    ]
    found = compliance_rate(visits, CONFIDENCE)
    bounds = f"没有结果的都不合格或者都合格时，在 {found.lowest / 10:g}% 到 {found.highest / 10:g}% 之间"
    how = f"按每一户已知的机会加权（Hájek 估计），{found.drawn} 户里已有 {found.judged} 户的结果。{bounds}。公式见源代码 docs/draws.md。"
    if found.rate is None:
        return Estimate("有的层还没有结果，不能估计全部对象的合格率。", how)
    interval = f"，区间 {found.low / 10:g}%–{found.high / 10:g}%（95% 置信）" if found.low is not None and found.high is not None else ""
    return Estimate(f"名单里未发现问题的约占 {found.rate / 10:g}%{interval}。", how)


def _passed(outcomes: list[Outcome]) -> bool | None:
    """Whether no office found anything; None if nobody could judge."""
    judged = [_JUDGED[each] for each in outcomes if each in _JUDGED]
    return all(judged) if judged else None
