"""A record is visible exactly as long as nothing stands against it: the algebra of acts and holds on one record."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.foundation.records.facts import Facts
from chengxin.foundation.records.standing import Act, HoldSpan, standing_of
from chengxin.foundation.records.types import ActVerb, Because, SeverityCode, Surface
from chengxin.kernel.instants import FOREVER, end_of_day, start_of_day
from chengxin.policy import load

POLICY = load([Path(__file__).parents[4] / "policies"])
DECIDED = date(2026, 4, 10)
RECEIVED = start_of_day(date(2026, 4, 14))
END = end_of_day(date(2027, 4, 10))
MOMENTS = st.integers(RECEIVED, END + 86_400 * 30)


def facts(severity: SeverityCode = SeverityCode.GENERAL) -> Facts:
    return Facts(
        POLICY.item("administrative_penalty"), DECIDED, RECEIVED, severity=severity, severity_provisional=True, until={"effective": None}
    )


@settings(max_examples=200, deadline=None)
@given(
    withdrawn=st.none() | MOMENTS,
    restored=st.none() | MOMENTS,
    holds=st.lists(st.tuples(MOMENTS, st.integers(1, 86_400 * 60)), max_size=3),
    later=st.integers(0, 86_400 * 200),
)
def test_visible_means_published_not_over_not_restored_not_withdrawn_not_held(
    withdrawn: int | None, restored: int | None, holds: list[tuple[int, int]], later: int
) -> None:
    acts = [Act(ActVerb.WITHDRAWN, withdrawn, withdrawn)] if withdrawn else []
    acts += [Act(ActVerb.RESTORED, restored, restored)] if restored else []
    spans = [HoldSpan(frozenset({Surface.PUBLIC}), begin, begin + length) for begin, length in holds]
    known_at = max([RECEIVED, *(span.from_at for span in spans), *(act.at for act in acts)])
    at = known_at + later  # a standing says what is known now, about now and later
    standing = standing_of(facts(), acts, spans, POLICY)
    nothing_against = not any(span.from_at <= at < span.until_at for span in spans)
    expected = RECEIVED <= at < min(END, withdrawn or FOREVER, restored or FOREVER) and nothing_against
    assert standing.periods[Surface.PUBLIC].holds(at) is expected
    assert standing.periods[Surface.SHARED].holds(at) is (RECEIVED <= at < min(END, withdrawn or FOREVER, restored or FOREVER))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.sampled_from(list(SeverityCode)[1:])), min_size=1, max_size=5))
def test_a_later_class_never_brings_back_what_has_ended(stated: list[tuple[int, SeverityCode]]) -> None:
    acts = [Act(ActVerb.SEVERITY_STATED, at, at, severity) for at, severity in sorted(stated)]
    before = standing_of(facts(), [], [], POLICY)
    for count, act in enumerate(acts, start=1):
        after = standing_of(facts(), acts[:count], [], POLICY)
        for surface in Surface:
            was, now = before.periods[surface], after.periods[surface]
            if was.until_at and was.until_at <= act.at:
                assert not now.holds(act.at)
                assert now.until_at <= was.until_at
        assert not after.severity_provisional
        before = after


def test_of_two_ends_the_earlier_counts_and_gives_the_reason() -> None:
    acts = [Act(ActVerb.RESTORED, RECEIVED + 200, RECEIVED + 200), Act(ActVerb.WITHDRAWN, RECEIVED + 100, RECEIVED + 300)]
    standing = standing_of(facts(), acts, [], POLICY)
    assert standing.periods[Surface.PUBLIC].until_at == RECEIVED + 100
    assert standing.because is Because.WITHDRAWN
    standing = standing_of(facts(), acts[:1], [], POLICY)
    assert standing.because is Because.RESTORED
    assert standing.periods[Surface.EFFECTIVE] == standing_of(facts(), [], [], POLICY).periods[Surface.EFFECTIVE]


def test_a_hold_over_the_whole_period_leaves_nothing() -> None:
    hold = HoldSpan(frozenset({Surface.PUBLIC}), RECEIVED, FOREVER)
    standing = standing_of(facts(), [], [hold], POLICY)
    assert standing.periods[Surface.PUBLIC] == (0, 0)
    assert standing.because is Because.HELD


def test_every_reason_has_its_words() -> None:
    assert all(because.label for because in Because)
    assert all(verb.label for verb in ActVerb)
