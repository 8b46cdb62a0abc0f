"""The draw keeps its promises: stated probabilities are the true ones, nobody is out of reach, the order of the input plays no part."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from chengxin.engine import draw as d
from chengxin.engine.draw_files import write_inputs
from chengxin.engine.draw_hashes import joined, uniform_below
from chengxin.engine.draw_sampling import InspectorDraw, certain_places, sample_firms, sample_size, systematic
from tests.conftest import FULL_COUNTS
from tests.unit.engine.draws import nonce, open_and_draw, plain_inputs, plain_reveals, random_inputs

SEEDS = 1_000_000 if FULL_COUNTS else 4_000
#: With fixed seeds a test either always holds or never; the level only says how odd the fixed outcome may be.
LEVEL = 1e-3
#: Commitment, seed, hash of both result files.
GOLDEN = (
    "4ce6d81080eed96d44d9eb31faa18cef2f01d1975483a0edbf606025784cb5a4",
    "f5013b8f48a946a993bb5e133d7d9b962483bf0232af064373ffb05263b1e0a2",
    "e86ac0db7b5d5c0cd3e61765d9aee591c72d9943ab1d9c7d1f7281181363ebfa",
)
small_weights = st.lists(st.integers(1, 12), min_size=1, max_size=12)


def seed_number(number: int) -> bytes:
    return sha256(b"test %d" % number).digest()


def probability_of(firm: d.DrawnFirm) -> Fraction:
    return Fraction(firm.numerator, firm.denominator)


@given(small_weights, st.integers(1, 1000))
def test_over_all_starts_each_unit_is_drawn_as_often_as_its_probability_says(weights: list[int], per_mille: int) -> None:
    size = sample_size(len(weights), per_mille)
    certain = certain_places(weights, size)
    rest = [weight for place, weight in enumerate(weights) if place not in certain]
    left = size - len(certain)
    counts = Counter(place for start in range(sum(rest)) for place in systematic(rest, left, start))
    assert [counts[place] for place in range(len(rest))] == [left * weight for weight in rest]
    assert all(len(set(systematic(rest, left, start))) == left for start in range(sum(rest)))


@given(small_weights, st.integers(1, 1000), st.binary(min_size=32, max_size=32))
def test_the_stated_probabilities_are_positive_and_add_up_to_the_number_drawn(weights: list[int], per_mille: int, seed: bytes) -> None:
    firms = sample_firms(seed, plain_inputs(weights, per_mille))
    assert all(0 < probability_of(firm) <= 1 for firm in firms)
    assert sum(map(probability_of, firms)) == sum(firm.is_drawn for firm in firms) == sample_size(len(weights), per_mille) >= 1
    assert all(firm.is_drawn for firm in firms if probability_of(firm) == 1)
    assert [firm.order for firm in firms] == list(range(1, len(weights) + 1))


@given(small_weights, st.integers(1, 12))
def test_certainty_is_taken_until_nobody_is_due_with_probability_one(weights: list[int], size: int) -> None:
    size = min(size, len(weights))
    certain = certain_places(weights, size)
    rest = [weight for place, weight in enumerate(weights) if place not in certain]
    assert all((size - len(certain)) * weight < sum(rest) for weight in rest)
    assert len(certain) <= size
    # never more than needed: one at a time, the heaviest first, stops at the same firms
    left, total, taken = size, sum(weights), 0
    for weight in sorted(weights, reverse=True):
        if left * weight < total:
            break
        left, total, taken = left - 1, total - weight, taken + 1
    assert len(certain) == taken


def test_certainty_goes_on_with_what_is_left() -> None:
    # 2·100 ≥ 122: certain. Then 1·20 of 22 is not; with three places 2·20 ≥ 22 is.
    assert certain_places([100, 20, 1, 1], 2) == {0}
    assert certain_places([100, 20, 1, 1], 3) == {0, 1}
    assert certain_places([5, 5, 5], 3) == {0, 1, 2}


@pytest.mark.parametrize(
    ("population", "per_mille", "size"), [(1, 1, 1), (1000, 1, 1), (1001, 1, 2), (3, 500, 2), (7, 1000, 7), (200, 15, 3)]
)
def test_the_number_drawn_is_rounded_up(population: int, per_mille: int, size: int) -> None:
    assert sample_size(population, per_mille) == size


@given(st.integers(0, 2**32))
def test_the_order_of_the_input_plays_no_part(number: int) -> None:
    rng = random.Random(number)
    inputs = plain_inputs([rng.randint(1, 50) for _ in range(rng.randint(1, 40))], rng.randint(1, 1000))
    shuffled = replace(
        inputs,
        pool=d.Pool(tuple(rng.sample(inputs.pool.firms, len(inputs.pool.firms)))),
        inspectors=tuple(rng.sample(inputs.inspectors, len(inputs.inspectors))),
    )
    assert d.drawn_from(inputs, seed_number(number)) == d.drawn_from(shuffled, seed_number(number))


def test_the_sealed_files_are_the_same_for_any_order_of_the_input(tmp_path: Path) -> None:
    rng = random.Random(3)
    inputs = random_inputs(rng, [nonce(rng) for _ in range(3)])
    pool = d.Pool(tuple(reversed(inputs.pool.firms)), tuple(reversed(inputs.pool.excluded)))
    reversed_ = replace(inputs, pool=pool, inspectors=tuple(reversed(inputs.inspectors)))
    assert d.seal(tmp_path / "a", inputs) == d.seal(tmp_path / "b", reversed_)


def test_files_give_back_what_was_written(tmp_path: Path) -> None:
    for number in range(50):
        rng = random.Random(number)
        inputs = random_inputs(rng, [nonce(rng) for _ in range(3)])
        write_inputs(tmp_path, inputs)
        read = d.read_inputs(tmp_path)
        assert read.rule == inputs.rule
        assert [firm._replace(last=()) for firm in read.pool.firms] == sorted(firm._replace(last=()) for firm in inputs.pool.firms)
        assert {firm.code: set(firm.last) for firm in read.pool.firms} == {firm.code: set(firm.last) for firm in inputs.pool.firms}
        assert {one.id: set(one.conflicts) for one in read.inspectors} == {one.id: set(one.conflicts) for one in inputs.inspectors}


def test_uniform_within_a_stratum_of_equal_weights() -> None:
    """Single firms and pairs: over a random order, equal weights make every set of n equally likely."""
    population, size = 12, 4
    inputs = plain_inputs([3] * population, 300)
    singles: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for number in range(SEEDS):
        drawn = sorted(firm.code for firm in sample_firms(seed_number(number), inputs) if firm.is_drawn)
        assert len(drawn) == size
        singles.update(drawn)
        pairs.update(combinations(drawn, 2))
    share = size / population
    spread = sum((singles[firm.code] - SEEDS * share) ** 2 for firm in inputs.pool.firms) / (SEEDS * share * (1 - share))
    assert stats.chi2.sf(spread * (population - 1) / population, population - 1) > LEVEL
    joint = size * (size - 1) / (population * (population - 1))
    assert len(pairs) == population * (population - 1) // 2
    worst = max(abs(count - SEEDS * joint) for count in pairs.values()) / (SEEDS * joint * (1 - joint)) ** 0.5
    assert 2 * stats.norm.sf(worst) * len(pairs) > LEVEL


def test_unequal_weights_are_drawn_as_often_as_stated() -> None:
    inputs = plain_inputs([1, 1, 2, 3, 5, 8, 13, 40], 375)
    counts: Counter[str] = Counter()
    for number in range(SEEDS):
        firms = sample_firms(seed_number(number), inputs)
        counts.update(firm.code for firm in firms if firm.is_drawn)
    stated = {firm.code: probability_of(firm) for firm in firms}
    assert set(counts) == set(stated)  # everybody's turn came
    for code, probability in stated.items():
        if probability == 1:
            assert counts[code] == SEEDS
        else:
            off = abs(counts[code] - SEEDS * float(probability)) / (SEEDS * float(probability * (1 - probability))) ** 0.5
            assert 2 * stats.norm.sf(off) * len(stated) > LEVEL


def test_strata_do_not_follow_each_other() -> None:
    """The first firm of one stratum and the first of another are drawn independently."""
    one = plain_inputs([1] * 4, 500)
    rule = replace(one.rule, strata=(d.Stratum("A", 500), d.Stratum("B", 500)))
    firms = tuple(d.Firm(f"{stratum}{i}", stratum, 1) for stratum in "AB" for i in range(4))
    inputs = replace(one, rule=rule, pool=d.Pool(firms))
    table = Counter()  # type: Counter[tuple[bool, bool]]
    for number in range(min(SEEDS, 100_000)):
        drawn = {firm.code for firm in sample_firms(seed_number(number), inputs) if firm.is_drawn}
        table["A0" in drawn, "B0" in drawn] += 1
    counts = [[table[a, b] for b in (False, True)] for a in (False, True)]
    assert stats.chi2_contingency(counts).pvalue > LEVEL


def test_numbers_below_a_bound_are_uniform_and_biasing_blocks_are_thrown_away() -> None:
    counts = Counter(uniform_below(7, seed_number(number), b"start") for number in range(7_000))
    assert stats.chisquare([counts[i] for i in range(7)]).pvalue > LEVEL
    bound = 2**255 + 1  # nearly half of the blocks lie above it
    found = [uniform_below(bound, seed_number(number), b"start") for number in range(200)]
    first = [int.from_bytes(sha256(joined(seed_number(number), b"start", bytes(8))).digest(), "big") for number in range(200)]
    assert all(number < bound for number in found)
    assert [a == b for a, b in zip(found, first, strict=True)] == [number < bound for number in first]
    assert 50 < sum(number >= bound for number in first) < 150


def test_inspectors_come_as_often_as_stated_and_never_the_same_pair_again() -> None:
    inputs = plain_inputs([1], 1000)
    rule = replace(inputs.rule, rotation=True)
    inputs = replace(inputs, rule=rule, pool=d.Pool((d.Firm("F", "B", 1, "", ("P0", "P1")),)))
    counts: Counter[str] = Counter()
    stated: dict[str, Fraction] = {}
    rounds = min(SEEDS, 100_000)
    for number in range(rounds):
        assignment = InspectorDraw(seed_number(number), inputs).assign(inputs.pool.firms[0], rule.offices[0])
        assert set(assignment.inspectors) != {"P0", "P1"}
        counts.update(assignment.inspectors)
        said = {name: Fraction(*one) for name, one in zip(assignment.inspectors, assignment.probabilities, strict=True)}
        assert all(stated.setdefault(name, probability) == probability for name, probability in said.items())
    assert stated == {name: Fraction(3 if name in {"P0", "P1"} else 4, 9) for name in ("P0", "P1", "P2", "P3", "P4")}
    assert sum(stated.values()) == 2
    for name, probability in stated.items():
        off = abs(counts[name] - rounds * float(probability)) / (rounds * float(probability * (1 - probability))) ** 0.5
        assert 2 * stats.norm.sf(off) * len(stated) > LEVEL


def test_who_goes_is_of_the_office_licensed_of_the_area_and_without_conflict() -> None:
    task = d.OfficeTask("市监", 1, ("食品",), ("market",))
    right = d.Inspector("right", "市监", ("药品", "食品"), ("market",), ("3709",))
    wrong = [
        replace(right, id="office", office="应急"),
        replace(right, id="licence", licences=("药品",)),
        replace(right, id="field", fields=()),
        replace(right, id="area", areas=("370911",)),
        replace(right, id="conflict", conflicts=("F",)),
    ]
    inputs = plain_inputs([1], 1000)
    inputs = d.Inputs(replace(inputs.rule, offices=(task,)), d.Pool((d.Firm("F", "B", 1, "370902"),)), (right, *wrong))
    assignment = d.drawn_from(inputs, bytes(32)).assignments[0]
    assert (assignment.inspectors, assignment.eligible, assignment.probabilities) == (("right",), 1, ((1, 1),))


def test_no_two_lists_of_parts_make_the_same_bytes() -> None:
    assert joined(b"ab", b"c") != joined(b"a", b"bc")
    assert d.party_commitment("1", "2方", bytes(32)) != d.party_commitment("12", "方", bytes(32))
    seeds = {
        d.seed(bytes(32), reveals, "7") for reveals in ([bytes(32), None], [None, bytes(32)], [None, None], [None], [b"withheld" * 4, None])
    }
    assert len(seeds) == 5
    with pytest.raises(ValueError, match="32 bytes"):
        d.party_commitment("1", "甲", b"short")


def test_a_whole_draw_is_what_it_was_when_the_format_was_fixed(tmp_path: Path) -> None:
    """Published draws must be found right for ever: these bytes may only change with the tags."""
    open_and_draw(tmp_path, plain_inputs([1, 1, 2, 3, 5, 8, 13, 40], 375), plain_reveals(), "03 11 17 20 26 31 + 09")
    assert d.commitment(tmp_path).hex() == GOLDEN[0]
    assert d.seed_of(tmp_path).hex() == GOLDEN[1]
    assert sha256((tmp_path / "firms.jsonl").read_bytes() + (tmp_path / "assignments.jsonl").read_bytes()).hexdigest() == GOLDEN[2]
