"""The rate of the city from the visits that were drawn: right on average, and in its interval as often as promised."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.engine import draw as d
from chengxin.engine.draw_rates import ComplianceRate, Visited, compliance_rate
from chengxin.engine.draw_sampling import sample_firms
from tests.conftest import FULL_COUNTS
from tests.unit.engine.draws import plain_inputs

ROUNDS = 4_000 if FULL_COUNTS else 150


def city(bad_per_mille: dict[int, int]) -> tuple[d.Inputs, set[str], int]:
    """Three strata of 600 firms, heavier ones worse; who passes; the true rate."""
    rng = random.Random(5)
    one = plain_inputs([1], 50)
    rule = replace(one.rule, strata=(d.Stratum("A", 50), d.Stratum("B", 100), d.Stratum("C", 250)))
    firms = tuple(d.Firm(f"{stratum}{i}", stratum, rng.choice([1, 2, 4])) for stratum in "ABC" for i in range(600))
    passed = {firm.code for firm in firms if rng.randrange(1000) >= bad_per_mille[firm.weight]}
    return replace(one, rule=rule, pool=d.Pool(firms)), passed, round(1000 * len(passed) / len(firms))


def visits_of(inputs: d.Inputs, passed: set[str], number: int, silent: int = 0) -> list[Visited]:
    firms = sample_firms(sha256(b"rate %d" % number).digest(), inputs)
    rng = random.Random(number)
    return [
        Visited(firm.stratum, Fraction(firm.numerator, firm.denominator), None if rng.randrange(100) < silent else firm.code in passed)
        for firm in firms
        if firm.is_drawn
    ]


@pytest.mark.parametrize("bad", [{1: 100, 2: 300, 4: 500}, {1: 60, 2: 20, 4: 10}, {1: 900, 2: 500, 4: 300}])
def test_the_interval_holds_the_truth_as_often_as_promised(bad: dict[int, int]) -> None:
    inputs, passed, truth = city(bad)
    rates = [compliance_rate(visits_of(inputs, passed, number), 950) for number in range(ROUNDS)]
    held = sum(rate.low <= truth <= rate.high for rate in rates if rate.low is not None and rate.high is not None)
    assert held >= 0.94 * ROUNDS
    assert held < ROUNDS  # an interval that always holds would say nothing
    assert abs(sum(rate.rate or 0 for rate in rates) / ROUNDS - truth) < 6
    widths = [rate.high - rate.low for rate in rates if rate.low is not None and rate.high is not None]
    assert len(widths) == ROUNDS
    assert max(widths) < 250


def test_weights_are_undone() -> None:
    """The plain share among the visited would be far off: heavier firms are worse and visited more often."""
    inputs, passed, truth = city({1: 100, 2: 300, 4: 500})
    plain = [sum(bool(visit.passed) for visit in visits) / len(visits) for visits in (visits_of(inputs, passed, n) for n in range(100))]
    assert truth - 1000 * sum(plain) / 100 > 50


def test_those_who_were_not_judged_are_in_the_bounds() -> None:
    inputs, passed, _ = city({1: 100, 2: 300, 4: 500})
    full = compliance_rate(visits_of(inputs, passed, 1), 950)
    some = compliance_rate(visits_of(inputs, passed, 1, silent=30), 950)
    assert full.lowest == full.rate == full.highest
    assert some.judged < some.drawn == full.drawn
    assert some.rate is not None
    assert some.lowest < some.rate < some.highest
    assert some.lowest <= (full.rate or 0) <= some.highest


def test_everybody_visited_leaves_nothing_to_estimate() -> None:
    visits = [Visited("A", Fraction(1), number % 4 > 0) for number in range(8)]
    assert compliance_rate(visits, 950) == ComplianceRate(8, 8, 750, 750, 750, 750, 750)


def test_where_nothing_can_be_said_nothing_is_said() -> None:
    one = Visited("A", Fraction(1, 10), True)
    assert compliance_rate([one], 950) == ComplianceRate(1, 1, 1000, None, None, 1000, 1000)
    silent = Visited("B", Fraction(1, 10), None)
    assert compliance_rate([one, one, silent], 950) == ComplianceRate(3, 2, None, None, None, 667, 1000)
    assert compliance_rate([silent], 950) == ComplianceRate(1, 0, None, None, None, 0, 1000)
    for visits, confidence in (([], 950), ([one], 0), ([one], 1000)):
        with pytest.raises(ValueError, match="a rate needs"):
            compliance_rate(visits, confidence)


def test_all_alike_still_leaves_doubt() -> None:
    rate = compliance_rate([Visited("A", Fraction(1, 10), True)] * 30, 950)
    assert (rate.rate, rate.high) == (1000, 1000)
    assert rate.low is not None
    assert 850 < rate.low < 920


def test_strata_with_one_visit_each_are_taken_together() -> None:
    visits = [Visited("A", Fraction(1, 10), True), Visited("B", Fraction(1, 20), False)]
    rate = compliance_rate(visits, 950)
    assert rate.rate == 333
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < 100
    assert rate.high > 600


@given(st.lists(st.tuples(st.sampled_from("AB"), st.fractions(Fraction(1, 50), 1), st.sampled_from([True, False, None])), min_size=1))
def test_the_numbers_are_in_order(rows: list[tuple[str, Fraction, bool | None]]) -> None:
    rate = compliance_rate([Visited(*row) for row in rows], 950)
    assert 0 <= rate.lowest <= rate.highest <= 1000
    if rate.rate is not None:
        assert 0 <= rate.rate <= 1000
    if rate.low is not None and rate.high is not None and rate.rate is not None:
        assert 0 <= rate.low <= rate.rate <= rate.high <= 1000
