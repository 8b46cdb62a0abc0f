"""分级分类的类型。A group of inspection matters: which risk class follows from which grade, how often a class is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengxin.policy.errors import NoValueYet

#: 信用风险类别, low to high. The same four letters as the grades, but a class is no grade: it only says how often one is drawn.
RISK_CLASSES = ("A", "B", "C", "D")
PER_MILLE = 1000


class PoolScope(StrEnum):
    """对象范围：who belongs to the group of matters."""

    EVERYONE = "everyone"  # every organisation and individual business on record
    INDUSTRIES = "industries"  # those of the industries named
    MATTER = "matter"  # who holds the licence or runs the thing; the pool of the matter says who


@dataclass(frozen=True)
class RiskClass:
    """一个风险类别：``per_mille`` of its members are drawn in each of ``rounds`` draws a year, never none.

    ``most_visits``: how often one member may be visited on this ground in a year; 0: without limit.
    """

    id: str
    title: str
    per_mille: int
    rounds: int
    most_visits: int

    def visits_in_a_year(self, members: int) -> int:
        """How many visits a class of ``members`` leads to in a year: each round rounds up, so that a class is never left out."""
        return self.rounds * -(-members * self.per_mille // PER_MILLE)


@dataclass(frozen=True)
class TieringVersion:
    """一版规定：in force from ``from_on`` until the next one begins."""

    from_on: date
    by_grade: Mapping[str, str]  # grade → class; of the city's evaluation and of the industry's alike
    without_grade: str  # the ordinary class: not graded, not enough data, individual businesses
    classes: Mapping[str, RiskClass]  # low to high
    reference: str
    quote: str
    note: str
    confidence: str


@dataclass(frozen=True)
class TieringGroup:
    """抽查事项类别：matters that are drawn by the same risk classes.

    ``models``: evaluations whose grades are looked at, the city's first, then the industry's; the higher risk counts.
    ``life_and_safety``: everyone is covered, whatever the class.
    """

    id: str
    title: str
    scope: PoolScope
    industries: tuple[str, ...]  # beginnings of industry codes
    matters: tuple[str, ...]  # inspection matters on the list that belong to it
    supervision: tuple[str, ...]  # fields of supervision whose offices draw
    models: tuple[str, ...]
    life_and_safety: bool
    versions: tuple[TieringVersion, ...]
    path: str

    def version_at(self, as_of: date) -> TieringVersion:
        """The version in force on ``as_of``; :class:`NoValueYet` before the first."""
        for version in reversed(self.versions):
            if version.from_on <= as_of:
                return version
        first = self.versions[0].from_on if self.versions else "（无）"
        raise NoValueYet(
            slug="no-value-yet",
            sentence=f"“{self.title}”在 {as_of} 还没有规定抽查比例，最早的一版从 {first} 起。",
            what_to_do="核对日期；确有更早的规定的，在政策文件里补上这一版并注明依据。",
            where={"group": self.id, "as_of": str(as_of)},
        )
