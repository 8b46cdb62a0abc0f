"""Makes ``few_observations.csv``: what few observations do not prove, in whole numbers, so that no engine computes a quantile.

    python policies/national/during_event/evaluation/few_observations.py > policies/national/during_event/evaluation/few_observations.csv

A firm was looked at n times, k times something was found. The rate k / n overstates what is known when n is small. With Jeffreys'
prior the rate is Beta(k + 1/2, n - k + 1/2); its lower credible bound at LEVEL is the rate that is beyond doubt. Of each point deducted,
floor(1000 * (1 - bound / (k / n))) milli-points are given back. Needs SciPy, which the platform itself does not.
"""

from __future__ import annotations

import sys

from scipy.stats import beta

#: Chance that the true rate lies below the bound; a choice of this platform, to be confirmed.
LEVEL = 0.05
MOST_OBSERVATIONS = 120


def lines() -> list[tuple[int, int, int]]:
    """(observations, count, milli-points given back a point)."""
    found = []
    for n in range(1, MOST_OBSERVATIONS + 1):
        for k in range(1, n + 1):
            bound = float(beta.ppf(LEVEL, k + 0.5, n - k + 0.5))
            found.append((n, k, max(0, int(1000 * (1 - bound / (k / n))))))
    return found


def text() -> str:
    """The file."""
    return "observations,count,milli_points\n" + "".join(f"{n},{k},{value}\n" for n, k, value in lines())


if __name__ == "__main__":
    sys.stdout.write(text())
