"""期间的代数：what is answered as of an instant is a function of facts and policy, and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel.instants import FOREVER, end_of_day, start_of_day
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.rights.officials.rules import POLARITY, answering, answers_until, effect_of, in_force, outcome_of
from chengxin.rights.officials.types import Fact, Outcome

EFFECTS = {
    "short": {"polarity": "adverse", "appointment": "P6M"},
    "open": {"polarity": "adverse", "hiring": "open", "appointment": "P1Y"},
    "praise": {"polarity": "favourable", "appointment": "P5Y"},
}
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
INSTANTS = DAYS.map(lambda day: start_of_day(day) + 3600)
FACTS = st.builds(
    Fact, record_id=st.integers(1, 9), kind=st.sampled_from(sorted(EFFECTS)), decided_on=DAYS, accepted_at=st.none() | INSTANTS,
    ended_at=st.none() | INSTANTS, same_name=st.booleans(), disputed=st.booleans(),
)  # fmt: skip
PURPOSES = st.sampled_from(("appointment", "hiring", "honours"))


@given(fact=FACTS, purpose=PURPOSES, as_of=INSTANTS)
def test_a_record_answers_from_its_confirmation_to_the_first_of_term_and_end(fact: Fact, purpose: str, as_of: int) -> None:
    effect = effect_of(fact.kind, fact.decided_on, purpose, EFFECTS)
    holds = in_force(fact, effect, as_of)
    if effect is None or fact.accepted_at is None:
        assert not holds
        return
    first = max(fact.accepted_at, effect.since)
    last = min(effect.until, fact.ended_at if fact.ended_at is not None else FOREVER)
    assert holds == (first <= as_of < last)


@given(facts=st.lists(FACTS, max_size=5), purpose=PURPOSES, as_of=INSTANTS)
def test_the_outcome_says_what_is_in_force_and_never_more(facts: list[Fact], purpose: str, as_of: int) -> None:
    found = answering(facts, purpose, as_of, lambda _day: EFFECTS)
    outcome = outcome_of(found)
    adverse = [fact for fact, effect in found if effect.polarity == "adverse"]
    assert (outcome is Outcome.NONE) == (not adverse)
    assert (outcome is Outcome.IN_FORCE) == any(each.same_name and not each.disputed for each in adverse)


@given(facts=st.lists(FACTS, max_size=5), purpose=PURPOSES, as_of=INSTANTS, more=st.integers(0, 4000))
def test_what_has_ended_never_comes_back_by_waiting(facts: list[Fact], purpose: str, as_of: int, more: int) -> None:
    """Without a new entry time only takes away."""
    known = [each for each in facts if each.accepted_at is not None and each.accepted_at <= as_of]
    now = {each for each, _ in answering(known, purpose, as_of, lambda _day: EFFECTS)}
    later = {each for each, _ in answering(known, purpose, as_of + more * 86_400, lambda _day: EFFECTS)}
    assert {each for each in later if start_of_day(each.decided_on) <= as_of} <= now


@given(kind=st.sampled_from(sorted(EFFECTS)), decided_on=DAYS, ended_at=st.none() | INSTANTS)
def test_it_is_kept_no_longer_than_it_can_answer(kind: str, decided_on: date, ended_at: int | None) -> None:
    until = answers_until(kind, decided_on, ended_at, EFFECTS)
    if until < FOREVER:
        fact = Fact(1, kind, decided_on, 0, ended_at)
        assert not any(answering([fact], each, until, lambda _day: EFFECTS) for each in ("appointment", "hiring", "honours"))


def test_the_last_day_counts_whole(shipped_policy: PolicySet) -> None:
    """Decided on 31 August, six months: the last day is 28 February, and at midnight it is over."""
    effects = shipped_policy.value_at("official_record_effects", date(2025, 8, 31)).value
    effect = effect_of("disciplinary_warning", date(2025, 8, 31), "honours", effects)
    fact = Fact(1, "disciplinary_warning", date(2025, 8, 31), 0)
    assert effect is not None
    assert last_day(date(2025, 8, 31), "P6M") == date(2026, 2, 28)
    assert in_force(fact, effect, end_of_day(date(2026, 2, 28)) - 1)
    assert not in_force(fact, effect, end_of_day(date(2026, 2, 28)))


def test_every_kind_and_purpose_of_the_policy_is_known_to_the_others(shipped_policy: PolicySet) -> None:
    kinds = set(shipped_policy.code_table("official_record_kind").values)
    purposes = set(shipped_policy.code_table("official_check_purpose").values)
    day = date(2026, 7, 6)
    effects = shipped_policy.value_at("official_record_effects", day).value
    ways = shipped_policy.value_at("official_restoration_ways", day).value
    organs = shipped_policy.value_at("official_record_organs", day).value
    assert set(effects) == kinds == set(organs)
    assert set(ways) == {kind for kind, line in effects.items() if line[POLARITY] == "adverse"}
    assert {key for line in effects.values() for key in line} - {POLARITY} <= purposes
    assert all(effects[each]["hiring"] for each in ("exam_cheating", "exam_substitution")), "cheating bars hiring"
    assert not any("公德" in title or "廉政" in title for title in shipped_policy.code_table("official_record_kind").values.values())


def test_an_unknown_kind_is_an_error_and_never_an_answer() -> None:
    with pytest.raises(Refused, match="没有写明"):
        answering([Fact(1, "gossip", date(2026, 1, 1), 0)], "hiring", start_of_day(date(2026, 1, 3)), lambda _day: EFFECTS)
