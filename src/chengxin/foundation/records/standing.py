"""记录的状态：from when until when a record may be shown, shared and counted, and how long the act itself holds.

``standing_of`` is the one pure function (facts, later acts, holds, policy); ``standing_columns`` is the same for a whole frame of
rows that nothing has been done about yet, at collection. A property test holds the two together.

The periods are half-open and say what is known now: since a hold begins when it is placed, only the time after the last of
them is left, so that one period a surface is enough (ADR 0002).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from chengxin.foundation.records.facts import Facts
from chengxin.foundation.records.standing_columns import standing_columns
from chengxin.foundation.records.terms import Period, period_between, periods_by_law
from chengxin.foundation.records.types import ActVerb, Because, SeverityCode, Surface
from chengxin.kernel.instants import Instant
from chengxin.policy.policy_set import PolicySet

__all__ = ["Act", "HoldSpan", "Period", "Standing", "standing_columns", "standing_of"]

#: Which surfaces an act ends. Restoration ends publication, sharing and counting; the act itself goes on to hold, but an entry in a
#: list, which holds until its exit, is out with it.
ENDS: Final[Mapping[ActVerb, frozenset[Surface]]] = {
    ActVerb.WITHDRAWN: frozenset(Surface),
    ActVerb.ERASED: frozenset(Surface),
    ActVerb.RESTORED: frozenset({Surface.PUBLIC, Surface.SHARED, Surface.COUNTED}),
}
ENDED_BECAUSE: Final[Mapping[ActVerb, Because]] = {
    ActVerb.WITHDRAWN: Because.WITHDRAWN,
    ActVerb.ERASED: Because.ERASED,
    ActVerb.RESTORED: Because.RESTORED,
}


@dataclass(frozen=True)
class Act:
    """后续行为 as far as standing needs it. ``at``: when it was recorded; ``effective_at``: from when it counts."""

    verb: ActVerb
    effective_at: Instant
    at: Instant
    severity: SeverityCode = SeverityCode.NONE  # of SEVERITY_STATED


@dataclass(frozen=True)
class HoldSpan:
    """暂停 of some surfaces; ``until_at`` is its end, or the instant at which it was ended early."""

    surfaces: frozenset[Surface]
    from_at: Instant
    until_at: Instant
    ended: bool = False


@dataclass(frozen=True)
class Standing:
    """状态：one period a surface, the reason of the public one, and the class that gave it."""

    periods: Mapping[Surface, Period]
    because: Because
    severity: SeverityCode
    severity_provisional: bool
    due_on: date | None = None
    due_provisional: bool = False
    act_outcome: int = 0  # policy.types.Outcome: how it went, for those who count


def standing_of(facts: Facts, acts: Iterable[Act], holds: Sequence[HoldSpan], policy: PolicySet) -> Standing:
    """状态 of one record. ``acts`` in the order in which they were recorded. What has ended stays ended whatever class is stated later."""
    periods, because = periods_by_law(facts, policy)
    for act in acts:
        if act.verb is ActVerb.SEVERITY_STATED:
            facts = replace(facts, severity=act.severity, severity_provisional=False)
            anew, why = periods_by_law(facts, policy)
            for surface in Surface:
                was, is_now = periods[surface], anew[surface]
                if was.until_at and was.until_at <= act.at:
                    anew[surface] = period_between(was.from_at, min(was.until_at, is_now.until_at))
                elif not was.until_at and is_now.until_at:  # shown only now, and only from now
                    anew[surface] = period_between(max(is_now.from_at, act.at), is_now.until_at)
            stopped = because in ENDED_BECAUSE.values()
            periods, because = anew, because if stopped else why
        for surface in _ended_by(act, facts):
            was = periods[surface]
            if act.effective_at < was.until_at:
                periods[surface] = period_between(was.from_at, act.effective_at)
                because = ENDED_BECAUSE[act.verb] if surface is Surface.PUBLIC else because
    for hold in holds:
        for surface in hold.surfaces:
            was = periods[surface]
            if hold.until_at > was.from_at and was.until_at and hold.until_at > hold.from_at:
                periods[surface] = period_between(hold.until_at, was.until_at)
                because = Because.HELD if surface is Surface.PUBLIC and not hold.ended else because
    return Standing(periods, because, facts.severity, facts.severity_provisional, facts.due_on, facts.due_provisional, facts.act_outcome)


def _ended_by(act: Act, facts: Facts) -> frozenset[Surface]:
    ended = ENDS.get(act.verb, frozenset())
    leaves = act.verb is ActVerb.RESTORED and facts.item.terms[Surface.EFFECTIVE].by == "until_exit"
    return ended | {Surface.EFFECTIVE} if leaves else ended
