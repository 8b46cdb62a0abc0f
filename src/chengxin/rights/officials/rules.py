"""公务员记录的规则. Pure functions of facts and of the table ``official_record_effects`` as it was on the day of each decision.

Clauses: government-integrity/2.4.5, 2.4.6.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from chengxin.kernel.instants import FOREVER, Instant, end_of_day, start_of_day
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import Refused
from chengxin.rights.officials.types import ADVERSE, Effect, Fact, Outcome

OPEN: Final = "open"
POLARITY: Final = "polarity"

#: Kind → polarity and term for each purpose, as in force on a day.
Effects = Mapping[str, Mapping[str, str]]
EffectsOn = Callable[[date], Effects]


def line_of(kind: str, effects: Effects) -> Mapping[str, str]:
    """Polarity and terms of a kind. Refused where the policy does not know it: what is not certain is not answered."""
    if kind not in effects:
        sentence = f"政策没有写明“{kind}”的影响和期间，不能答复。"
        raise Refused("official-no-rule", sentence, "请信用办在政策文件 official_record_effects 里补上，再来核查。")
    return effects[kind]


def effect_of(kind: str, decided_on: date, purpose: str, effects: Effects) -> Effect | None:
    """What a decision means for a purpose; None: nothing. Refused for a kind that the table does not know."""
    line = line_of(kind, effects)
    if purpose not in line:
        return None
    term = line[purpose]
    until = FOREVER if term == OPEN else end_of_day(last_day(decided_on, term))
    return Effect(line[POLARITY], start_of_day(decided_on), until)


def in_force(fact: Fact, effect: Effect | None, as_of: Instant) -> bool:
    """Whether the record answers at ``as_of``: confirmed by then, not ended by then, and within its term."""
    if effect is None or fact.accepted_at is None or as_of < fact.accepted_at:
        return False
    if fact.ended_at is not None and as_of >= fact.ended_at:
        return False
    return effect.since <= as_of < effect.until


def answering(facts: Sequence[Fact], purpose: str, as_of: Instant, effects_on: EffectsOn) -> list[tuple[Fact, Effect]]:
    """The records in force for a purpose, in the order given. Refused as above."""
    found = [(fact, effect_of(fact.kind, fact.decided_on, purpose, effects_on(fact.decided_on))) for fact in facts]
    return [(fact, effect) for fact, effect in found if effect is not None and in_force(fact, effect, as_of)]


def outcome_of(found: Sequence[tuple[Fact, Effect]]) -> Outcome:
    """有效、没有、待核实. One under another name, or disputed, is for a person to look at."""
    adverse = [fact for fact, effect in found if effect.polarity == ADVERSE]
    if any(fact.same_name and not fact.disputed for fact in adverse):
        return Outcome.IN_FORCE
    return Outcome.REVIEW if adverse else Outcome.NONE


def answers_until(kind: str, decided_on: date, ended_at: Instant | None, effects: Effects) -> Instant:
    """When the record answers for no purpose any more."""
    own = [effect_of(kind, decided_on, purpose, effects) for purpose in line_of(kind, effects) if purpose != POLARITY]
    last = max((each.until for each in own if each is not None), default=0)
    return last if ended_at is None else min(last, ended_at)
