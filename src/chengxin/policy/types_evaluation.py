"""评价模型的类型。What a policy file of an evaluation becomes: frozen, typed, whole points; the engine works in milli-points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

NOT_ENOUGH = "N"


@dataclass(frozen=True)
class Dimension:
    """维度：``points`` is the most it can give, ``start`` what a subject without any record has."""

    id: str
    title: str
    points: int
    start: int


@dataclass(frozen=True)
class Points:
    """分值 of a record with this severity and outcome; 0 stands for any."""

    points: int
    severity: int = 0
    outcome: int = 0


@dataclass(frozen=True)
class Exposure:
    """观察次数：how many records of ``item`` a subject has in the window; up to ``reference`` a record weighs in full, beyond it less."""

    item: int
    reference: int


@dataclass(frozen=True)
class Indicator:
    """指标：which records count, for how many points, for how long.

    ``item`` 0: the city does not collect it (``item_id`` says what), the indicator is neutral. ``fact`` instead of an item: a property of
    the subject itself. ``decay``: per mille of the points by full month since the decision, the last value lasting. ``cap``: the
    most that all its records together can give or take, in the sign of the points.
    ``few_observations`` or ``listing``: what it takes is proven and may bear the worst grade; else it may not.
    """

    id: str
    title: str
    dimension: str
    item: int
    item_id: str
    points: tuple[Points, ...]
    reference: str
    window_months: int = 0
    decay: tuple[int, ...] = ()
    cap: int | None = None
    supervision: tuple[int, ...] = ()  # only acts of these fields of supervision; empty: any
    in_force: bool = False  # only while the act itself holds
    exposure: Exposure | None = None
    few_observations: bool = False
    listing: bool = False  # each record is itself the finding of a court or of a list, not a sample of conduct
    fact: str = ""
    quote: str = ""
    note: str = ""
    confidence: str = "assumed"

    @property
    def collected(self) -> bool:
        """Whether the city has the data at all."""
        return bool(self.item or self.fact)


@dataclass(frozen=True)
class Floor:
    """直接判级：a record of ``item`` that is counted sets the grade, whatever the points."""

    item: int
    item_id: str
    grade: str
    title: str
    reference: str


@dataclass(frozen=True)
class Grade:
    """等级：from ``least`` points up."""

    id: str
    title: str
    least: int


@dataclass(frozen=True)
class EvaluationModel:
    """评价模型：one published method. Everything in it can be read on the page of the method."""

    id: str
    title: str
    scale: int
    dimensions: tuple[Dimension, ...]
    indicators: tuple[Indicator, ...]
    grades: tuple[Grade, ...]  # best first
    floors: tuple[Floor, ...]
    insufficient_below: int  # fewer counted records than this: not enough data
    relief: Mapping[tuple[int, int], int] = field(default_factory=dict)  # (observations, count) → milli-points a point deducted
    relief_table: str = ""
    relief_digest: str = ""
    industries: tuple[str, ...] = ()  # beginnings of industry codes; empty: every industry
    reference: str = ""
    note: str = ""
    confidence: str = "assumed"
    public_clause: str = ""  # the clause by which results may be public; empty: they are not
    path: str = ""

    def __hash__(self) -> int:
        """By what tells models apart; a mapping has no hash. Statements written for a model are kept by it."""
        return hash((self.id, self.path, self.relief_digest, self.indicators, self.grades))

    @cached_property
    def most_observations(self) -> int:
        """The largest number of observations in the table of few observations."""
        return max((n for n, _ in self.relief), default=0)

    @property
    def starting_milli_points(self) -> int:
        """What every subject starts with."""
        return sum(each.start for each in self.dimensions) * 1000

    def proves(self, indicator: Indicator) -> bool:
        """Whether what ``indicator`` takes may bear the worst grade: a credible bound stands behind it, or a listing."""
        return indicator.few_observations or indicator.listing or any(each.item == indicator.item for each in self.floors if each.item)

    def indicator(self, indicator_id: str) -> Indicator:
        """The indicator of this id."""
        return next(each for each in self.indicators if each.id == indicator_id)

    def grade(self, grade_id: str) -> Grade | None:
        """The grade of this id; None for 数据不足."""
        return next((each for each in self.grades if each.id == grade_id), None)


@dataclass(frozen=True)
class SupervisionField:
    """监管领域, told by the name of the authority: the first that fits."""

    number: int
    id: str
    title: str
    names_contain: tuple[str, ...]
