"""抽取的算法。Whole numbers only. The mathematics is in docs/draws.md.

Firms: inside each stratum systematic sampling with probability proportional to weight (Madow 1949), over an order that the seed makes.
Inspectors: for each visit and office the first k of those eligible, in an order of that visit's own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from heapq import nsmallest
from itertools import accumulate
from math import comb

from chengxin.engine.draw_checks import eligible_inspectors, qualified_inspectors
from chengxin.engine.draw_hashes import joined, order_key, uniform_below
from chengxin.engine.draw_types import PER_MILLE, Assignment, DrawnFirm, Firm, Inputs, OfficeTask


def sample_size(population: int, per_mille: int) -> int:
    """应抽户数: the ratio of the stratum's firms, rounded up."""
    return -(-population * per_mille // PER_MILLE)


def certain_places(weights: Sequence[int], size: int) -> frozenset[int]:
    """必抽的各户: who would be due with probability one or more is taken, and the rest shares what is left, until nobody is."""
    certain: set[int] = set()
    left, total = size, sum(weights)
    while True:
        found = [place for place, weight in enumerate(weights) if place not in certain and left * weight >= total]
        if not found:
            return frozenset(certain)
        certain.update(found)
        left -= len(found)
        total -= sum(weights[place] for place in found)


def systematic(weights: Sequence[int], size: int, start: int) -> list[int]:
    """Places of ``size`` units: the k-th is the one that covers the point start + k·W when each unit is size·weight long.

    ``start`` from 0 to W − 1, W = Σ weights; no unit longer than W, so none is met twice.
    """
    total = sum(weights)
    ends = list(accumulate(size * weight for weight in weights))
    return [bisect_right(ends, start + turn * total) for turn in range(size)]


def in_order(seed: bytes, stratum: str, firms: Sequence[Firm]) -> list[Firm]:
    """The firms of a stratum by ascending SHA-256(seed, "firm", stratum, code)."""
    begun = sha256(joined(seed, b"firm", stratum.encode()))
    return sorted(firms, key=lambda firm: order_key(begun, firm.code))


def sample_stratum(seed: bytes, stratum: str, per_mille: int, firms: Sequence[Firm]) -> Iterator[DrawnFirm]:
    """Every firm of the stratum in its order, drawn or not, with its inclusion probability."""
    if not firms:
        return
    ordered = in_order(seed, stratum, firms)
    weights = [firm.weight for firm in ordered]
    size = sample_size(len(ordered), per_mille)
    certain = certain_places(weights, size)
    open_places = [place for place in range(len(ordered)) if place not in certain]
    open_weights = [weights[place] for place in open_places]
    left, total = size - len(certain), sum(open_weights)
    drawn: set[int] = set()
    if open_places:
        start = uniform_below(total, seed, b"start", stratum.encode())
        drawn.update(open_places[found] for found in systematic(open_weights, left, start))
    for place, firm in enumerate(ordered):
        if place in certain:
            yield DrawnFirm(firm.code, stratum, place + 1, True, 1, 1)
        else:
            yield DrawnFirm(firm.code, stratum, place + 1, place in drawn, left * firm.weight, total)


def sample_firms(seed: bytes, inputs: Inputs) -> list[DrawnFirm]:
    """All strata in the order of the rule."""
    strata: dict[str, list[Firm]] = {stratum.name: [] for stratum in inputs.rule.strata}
    for firm in inputs.pool.firms:
        strata[firm.stratum].append(firm)
    return [firm for stratum in inputs.rule.strata for firm in sample_stratum(seed, stratum.name, stratum.per_mille, strata[stratum.name])]


class InspectorDraw:
    """检查人员的抽取 for one seed. Who is qualified is looked up once per office and area."""

    def __init__(self, seed: bytes, inputs: Inputs) -> None:
        self._seed = seed
        self._rotation = inputs.rule.rotation
        self._qualified = qualified_inspectors(inputs)

    def assign(self, firm: Firm, task: OfficeTask) -> Assignment:
        """Who of the office visits the firm."""
        ids, barred = eligible_inspectors(firm, task, self._qualified[task.office, firm.area], self._rotation)
        chosen = self._first(firm, task, ids, 0)
        turn = 0
        while barred and barred == set(chosen):
            turn += 1
            chosen = self._first(firm, task, ids, turn)
        probabilities = tuple(probability(len(ids), task.inspectors, bool(barred), name in barred) for name in chosen)
        return Assignment(firm.code, task.office, tuple(chosen), len(ids), probabilities)

    def _first(self, firm: Firm, task: OfficeTask, eligible: Sequence[str], turn: int) -> list[str]:
        begun = sha256(joined(self._seed, b"inspector", task.office.encode(), firm.code.encode(), turn.to_bytes(8, "big")))
        return nsmallest(task.inspectors, eligible, key=lambda name: order_key(begun, name))


@lru_cache(maxsize=4096)
def probability(eligible: int, size: int, is_set_barred: bool, is_of_barred_set: bool) -> tuple[int, int]:
    """How likely one inspector is to come: k of m; where one set of k is barred, the share of the other sets that he or she is in."""
    if not is_set_barred:
        return size, eligible
    return comb(eligible - 1, size - 1) - is_of_barred_set, comb(eligible, size) - 1
