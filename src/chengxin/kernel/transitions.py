"""状态变更。One pure table maps (state, verb) to the next state; what is not in the table is refused with what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from chengxin.kernel.refused import Conflict

State = TypeVar("State", bound=str)
Table: TypeAlias = Mapping[tuple[State, str], State]


def advance(table: Table[State], state: State, verb: str, labels: Mapping[str, str] | None = None) -> State:
    """办理：the state that ``verb`` leads to. Conflict names the present state and what is allowed now.

    ``labels`` gives the Chinese words for states and verbs.
    """
    following = table.get((state, verb))
    if following is not None:
        return following
    words = labels or {}
    allowed = allowed_verbs(table, state)
    what_to_do = f"现在可以：{'、'.join(words.get(v, v) for v in allowed)}。" if allowed else "已经办结，不能再办理。"
    raise Conflict(
        slug="not-allowed-in-this-state",
        sentence=f"当前状态是“{words.get(state, str(state))}”，不能“{words.get(verb, verb)}”。",
        what_to_do=what_to_do,
        where={"state": str(state), "verb": verb},
    )


def allowed_verbs(table: Table[State], state: State) -> tuple[str, ...]:
    """What may be done now, in the order of the table."""
    return tuple(verb for (from_state, verb) in table if from_state == state)


def reachable_states(table: Table[State], start: State) -> frozenset[State]:
    """``start`` and every state that some way leads to."""
    reached, frontier = {start}, [start]
    while frontier:
        state = frontier.pop()
        following = {to for (from_state, _), to in table.items() if from_state == state} - reached
        reached |= following
        frontier.extend(following)
    return frozenset(reached)
