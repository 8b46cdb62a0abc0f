"""各类有多少：members and visits of a year by class, counted by the database; rows do not leave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from chengxin.during_event.tiering.classes import KINDS, ORGANS, STATES_NOT_INSPECTED, Stratum, classed, group_of, industries_of, strata
from chengxin.during_event.tiering.types import Because
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_tiering import TieringGroup
from chengxin.storage.temporary import read_frame

_COUNTS: Final = """
    SELECT s.kind{columns}, COUNT(*) FROM subjects_subject s{joins}
    WHERE s.kind IN ({kinds}) AND s.canonical_id = s.id AND (s.code IS NULL OR s.code NOT LIKE %s) AND s.state NOT IN ({states}){industries}
    GROUP BY s.kind{columns}
"""


@dataclass(frozen=True)
class ClassCount:
    """一类的数：``visits`` expected in a year, all rounds together; ``by_reason``: why its members are in it."""

    stratum: Stratum
    members: int
    visits: int
    by_reason: Mapping[Because, int]


def count_classes(matter_or_group: str, as_of: date, policy: PolicySet) -> list[ClassCount]:
    """各类的主体数和全年预计抽查次数, low risk to high, by the newest evaluations. Refused where only a pool can say who belongs to it."""
    group = group_of(policy, matter_or_group)
    graded = _graded(group, industries_of(group, matter_or_group, policy), as_of, policy)
    sums = classed(graded, len(group.models), group.version_at(as_of)).group_by("risk_class", "because").agg(pl.col("n").sum())
    counts = {(letter, reason): int(n) for letter, reason, n in sums.iter_rows()}
    found = []
    for letter, stratum in strata(matter_or_group, as_of, policy).items():
        by_reason = {each: counts[letter, each.value] for each in Because if (letter, each.value) in counts}
        members = sum(by_reason.values())
        found.append(ClassCount(stratum, members, stratum.risk_class.visits_in_a_year(members), by_reason))
    return found


def _graded(group: TieringGroup, industries: tuple[str, ...], as_of: date, policy: PolicySet) -> pl.DataFrame:
    """How many have which kind and grades."""
    places = range(len(group.models))
    joins = "".join(
        f" LEFT JOIN evaluation_evaluationgrade g{n} ON g{n}.model = %s AND g{n}.subject_id = s.id" for n in places
    )  # fmt: skip
    gone = list(policy.value_at(STATES_NOT_INSPECTED, as_of).value)
    among = " OR ".join(["s.industry LIKE %s"] * len(industries))
    sql = _COUNTS.format(
        columns="".join(f", g{n}.grade" for n in places), joins=joins, kinds=", ".join(str(int(each)) for each in KINDS),
        states=", ".join(["%s"] * len(gone)), industries=f" AND ({among})" if among else "",
    )  # fmt: skip
    schema: dict[str, Any] = {"kind": pl.Int16, **{f"grade_{n}": pl.String for n in places}, "n": pl.Int64}
    return read_frame(sql, schema, parameters=[*group.models, f"{ORGANS}%", *gone, *(f"{each}%" for each in industries)])
