"""由抽查估计的合格率. What the visits say about all firms of the pool, from the known inclusion probabilities, with its interval.

The one place around draws where floats are allowed: what is reported is whole per mille. docs/draws.md says which estimator, which
variance and why. Firms that could not be judged (unreachable, cancelled) count in the bounds, never silently as one or the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor, fsum, sqrt
from statistics import NormalDist
from typing import NamedTuple

from chengxin.engine.draw_types import PER_MILLE


class Visited(NamedTuple):
    """一户抽中的结果。``passed`` None: not judged. ``probability``: as published, exact."""

    stratum: str
    probability: Fraction
    passed: bool | None


@dataclass(frozen=True)
class ComplianceRate:
    """合格率，千分之几。``low`` to ``high`` holds the true rate with the asked confidence; both are None where too few were judged to say.

    ``rate`` is None where nobody of a stratum was judged: what the others say does not hold for it. ``lowest`` and ``highest``: the
    estimate if all that were not judged had failed, or passed.
    """

    drawn: int
    judged: int
    rate: int | None
    low: int | None
    high: int | None
    lowest: int
    highest: int


def compliance_rate(visits: Sequence[Visited], confidence_per_mille: int) -> ComplianceRate:
    """合格率 of all firms of the pool (Hájek's ratio). ValueError for no visits or a confidence that is none."""
    if not visits or not 0 < confidence_per_mille < PER_MILLE:
        raise ValueError("a rate needs visits and a confidence between 0 and 1000 per mille")
    judged = _judged(visits)
    lowest, highest = (
        _share([visit._replace(passed=visit.passed or (is_good and visit.passed is None)) for visit in visits]) for is_good in (False, True)
    )
    result = ComplianceRate(len(visits), len(judged), None, None, None, _per_mille(lowest), _per_mille(highest))
    if {visit.stratum for visit in judged} != {visit.stratum for visit in visits}:
        return result
    share = _share(judged)
    low, high = _interval(judged, share, confidence_per_mille / PER_MILLE)
    return replace(result, rate=_per_mille(share), low=low, high=high)


def _judged(visits: Sequence[Visited]) -> list[Visited]:
    """Those that were judged; each stands for those of its stratum that were not, too: π times the stratum's share of judged visits."""
    drawn = Counter(visit.stratum for visit in visits)
    judged = Counter(visit.stratum for visit in visits if visit.passed is not None)
    return [
        visit._replace(probability=visit.probability * Fraction(judged[visit.stratum], drawn[visit.stratum]))
        for visit in visits
        if visit.passed is not None
    ]


def _share(visits: Sequence[Visited]) -> float:
    """Σ passed/π over Σ 1/π."""
    return fsum(float(1 / visit.probability) for visit in visits if visit.passed) / fsum(float(1 / visit.probability) for visit in visits)


def _interval(judged: Sequence[Visited], share: float, confidence: float) -> tuple[int | None, int | None]:
    if all(visit.probability == 1 for visit in judged):
        return _per_mille(share), _per_mille(share)  # everybody was visited: nothing is estimated
    variance = _variance(judged, share)
    if variance is None:
        return None, None
    weights = [float(1 / visit.probability) for visit in judged]
    effective = sum(weights) ** 2 / sum(weight**2 for weight in weights)  # Kish
    # The spread that was seen never counts for more visits than that: with few failures among the visits it is itself badly known.
    if variance > 0 and 0 < share < 1:
        effective = min(effective, share * (1 - share) / variance)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    middle = (share + z * z / (2 * effective)) / (1 + z * z / effective)
    half = z * sqrt(share * (1 - share) / effective + z * z / (4 * effective**2)) / (1 + z * z / effective)
    return max(0, floor((middle - half) * PER_MILLE)), min(PER_MILLE, -floor(-(middle + half) * PER_MILLE))


def _variance(judged: Sequence[Visited], share: float) -> float | None:
    """Hájek's approximation for samples of fixed size, on the residuals of the ratio; None where no stratum shows any spread."""
    strata: dict[str, list[Visited]] = defaultdict(list)
    for visit in judged:
        if visit.probability < 1:
            strata[visit.stratum].append(visit)
    single = [visits[0] for visits in strata.values() if len(visits) == 1]
    groups = [visits for visits in strata.values() if len(visits) > 1]
    if len(single) > 1:
        groups.append(single)  # strata with one visit each are taken together: rather too wide than too narrow
    elif single and groups:
        groups[0] = [*groups[0], *single]
    if not groups:
        return None
    total = fsum(float(1 / visit.probability) for visit in judged)
    return sum(_spread(visits, share) for visits in groups) / total**2


def _spread(visits: Sequence[Visited], share: float) -> float:
    chances = [float(visit.probability) for visit in visits]
    residuals = [((visit.passed is True) - share) / chance for visit, chance in zip(visits, chances, strict=True)]
    factors = [(1 - chance) * len(visits) / (len(visits) - 1) for chance in chances]
    middle = sum(factor * residual for factor, residual in zip(factors, residuals, strict=True)) / sum(factors)
    return sum(factor * (residual - middle) ** 2 for factor, residual in zip(factors, residuals, strict=True))


def _per_mille(share: float) -> int:
    return floor(share * PER_MILLE + 0.5)
