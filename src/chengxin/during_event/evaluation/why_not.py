"""为什么不是另一等：what would have to be different for a better grade. The same method, asked again without a record, on later days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any, Final

from chengxin.during_event.evaluation.explaining import Explained, Reason, explain
from chengxin.during_event.evaluation.listings import listings_of
from chengxin.during_event.evaluation.runs import Order
from chengxin.during_event.evaluation.snapshots import subject_rows
from chengxin.engine.columns import Kind
from chengxin.engine.one_subject import evaluate_variants
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import FOREVER, date_of, end_of_day
from chengxin.kernel.refused import Refused
from chengxin.policy.types_evaluation import EvaluationModel, Indicator

#: Days of change that are asked about first; each costs its own statements, about a third of a second.
MOST_DAYS: Final = 5
#: Records among which those are sought that would have to go: the heaviest.
MOST_TOGETHER: Final = 60
#: Up to so many, every choice among them is tried: the fewest is proven.
MOST_EXACT: Final = 12


@dataclass(frozen=True)
class Without:
    """要是没有这一条：the result with one record not counted (restored, withdrawn, objected to with success)."""

    reason: Reason
    score: int
    grade: str


@dataclass(frozen=True)
class Gain:
    """还可以增加的：an indicator that gives points and is not at its end."""

    indicator: Indicator
    has: int
    most: int


@dataclass(frozen=True)
class WhyNot:
    """为什么不是 ``grade``。``missing``: milli-points to its line; ``listings``: what sets the grade whatever the points;
    ``records_missing``: records to a result at all; ``together``: records without which it is reached, largest first, () if none
    do, and whether no fewer would do (``is_fewest``) or that was not tried; ``on``: a day on which it becomes so by itself, None for none
    that was asked about, and whether every day on which something changes was asked about (``is_earliest``)."""

    found: Explained
    grade: str
    title: str
    line: int
    missing: int
    records_missing: int
    listings: Sequence[Reason]
    without: Sequence[Without]
    together: Sequence[Reason]
    on: date | None
    gains: Sequence[Gain]
    is_fewest: bool = False
    is_earliest: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether it is that grade, or a better one, already."""
        return rank(self.found.model, self.found.grade) <= rank(self.found.model, self.grade)


def why_not(subject: Subject, order: Order, grade: str) -> WhyNot:
    """What would have to be different for ``grade``. Refused for a grade that the model does not have; NotFound as :func:`explain`."""
    model = order.model
    wanted = next((each for each in model.grades if each.id == grade.strip().upper()), None)
    if wanted is None:
        names = "、".join(f"{each.id}（{each.title}）" for each in model.grades)
        raise Refused("grade-unknown", f"这个模型没有“{grade[:16]}”这一等。", f"从这些里选：{names}。", where={"grade": grade[:16]})
    found = explain(subject, order)
    asked = _Asked(subject, order)
    without = asked.without(found)
    told = WhyNot(
        found, wanted.id, wanted.title, wanted.least * 1000, max(wanted.least * 1000 - found.score, 0),
        max(model.insufficient_below - found.records, 0), listings_of(subject, found, order), without, (), None, gains_of(found),
    )  # fmt: skip
    if told.is_reached:
        return told
    together, is_fewest = asked.together(told)
    days = asked.days()
    on = _day_of(subject, order, told, days)
    return replace(told, together=together, is_fewest=is_fewest, on=on, is_earliest=len(days) <= MOST_DAYS)


def rank(model: EvaluationModel, grade: str) -> int:
    """Place of a grade, 0 the best; beyond all of them where there is none."""
    return next((place for place, each in enumerate(model.grades) if each.id == grade), len(model.grades))


def gains_of(found: Explained) -> list[Gain]:
    """Indicators that give points and could give more."""
    has: dict[str, int] = {}
    for reason in found.reasons:
        if reason.kind in {Kind.RECORD, Kind.FACT, Kind.CAP}:
            has[reason.indicator] = has.get(reason.indicator, 0) + reason.milli_points
    return [
        Gain(each, has.get(each.id, 0), each.cap * 1000)
        for each in found.model.indicators
        if each.collected and each.cap is not None and has.get(each.id, 0) < each.cap * 1000
    ]


class _Asked:
    """One subject's rows, asked about with some of its records left out."""

    def __init__(self, subject: Subject, order: Order) -> None:
        rows, records = subject_rows(member_ids(subject.pk), moment=order.moment, known_at=order.known_at, policy=order.policy)
        self._subject: Mapping[str, Any] = rows.to_dicts()[0]
        self._records = records.to_dicts()
        self._order = order

    def evaluated(self, left_out: Sequence[frozenset[int]]) -> list[tuple[str, int]]:
        """(grade, score) without each of these sets of records."""
        variants = [[each for each in self._records if each["record_id"] not in gone] for gone in left_out]
        return evaluate_variants(self._subject, variants, self._order.model, self._order.as_of)

    def days(self) -> list[date]:
        """Every later day on which the result can change by itself: a record ends, fades, leaves a window, or an act loses its effect."""
        found = set[date]()
        for record in self._records:
            ends = {record["counted_until"], record["effective_until"]}
            found |= {date_of(end) for end in ends if end < FOREVER}
            for indicator in self._order.model.indicators:
                watched = {indicator.item, indicator.exposure.item if indicator.exposure else 0}
                if record["item"] in watched:
                    found |= {_day_of_age(record["decided_on"], months) for months in _months_that_count(indicator)}
        return sorted(day for day in found if day > self._order.as_of)

    def without(self, found: Explained) -> list[Without]:
        """Each record that takes points, not counted: the one that gives most back first."""
        taking = [each for each in found.reasons if each.record_id and each.milli_points < 0]
        results = self.evaluated([frozenset({each.record_id}) for each in taking])
        told = [Without(reason, score, grade) for reason, (grade, score) in zip(taking, results, strict=True)]
        return sorted(told, key=lambda each: (-each.score, each.reason.record_id))

    def together(self, told: WhyNot) -> tuple[tuple[Reason, ...], bool]:
        """The listings, and with them the records without which the grade is reached, () if none do; whether no fewer would do.

        Among few records every choice is tried, small ones first; among many they are left out one after the other.
        """
        waiting = [each.reason for each in told.without if each.reason not in told.listings]
        if len(waiting) <= MOST_EXACT:
            return self._fewest(told, waiting), True
        return self._one_by_one(told, waiting[:MOST_TOGETHER]), False

    def _fewest(self, told: WhyNot, waiting: Sequence[Reason]) -> tuple[Reason, ...]:
        """The smallest set that does, of these the one with the best score; all sets of one size are one question."""
        model = self._order.model
        for size in range(len(waiting) + 1):
            sets = [(*told.listings, *chosen) for chosen in combinations(waiting, size)]
            tried = self.evaluated([frozenset(each.record_id for each in gone) for gone in sets])
            enough = [place for place, (grade, _) in enumerate(tried) if rank(model, grade) <= rank(model, told.grade)]
            if enough:
                return sets[max(enough, key=lambda place: (tried[place][1], -place))]
        return ()

    def _one_by_one(self, told: WhyNot, waiting: list[Reason]) -> tuple[Reason, ...]:
        """Each time the one that gives most back, until the grade is reached: few, but maybe not the fewest."""
        model, chosen = self._order.model, list(told.listings)
        ((grade, _score),) = self.evaluated([frozenset(each.record_id for each in chosen)])
        while rank(model, grade) > rank(model, told.grade):
            if not waiting:
                return ()
            gone = frozenset(each.record_id for each in chosen)
            tried = self.evaluated([gone | {each.record_id} for each in waiting])
            place = max(range(len(waiting)), key=lambda n: (tried[n][1], -waiting[n].record_id))
            grade = tried[place][0]
            chosen.append(waiting.pop(place))
        return tuple(chosen)


def _day_of(subject: Subject, order: Order, told: WhyNot, days: Sequence[date]) -> date | None:
    """A day on which it becomes so if nothing new happens: reached then, not yet on the day of change before. Between the days that are
    asked about it may be so for a while earlier."""

    def reached(day: date) -> bool:
        then = explain(subject, replace(order, as_of=day, moment=end_of_day(day)))
        return rank(order.model, then.grade) <= rank(order.model, told.grade)

    places = sorted({(len(days) - 1) * n // max(MOST_DAYS - 1, 1) for n in range(MOST_DAYS)}) if days else []
    high = next((place for place in places if reached(days[place])), None)
    if high is None:
        return None
    low = max((place for place in places if place < high), default=-1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(days[middle]) else (middle, high)
    return days[high]


def _months_that_count(indicator: Indicator) -> set[int]:
    """Ages of a record, in full months, at which it begins to count otherwise: where it fades, where it leaves the window."""
    fading = {n for n in range(1, len(indicator.decay)) if indicator.decay[n] != indicator.decay[n - 1]}
    return fading | ({indicator.window_months} if indicator.window_months else set())


def _day_of_age(begun: date, months: int) -> date:
    """The first day on which so many months are full (12·Δy + Δm, less one before the day of the month)."""
    first = date(begun.year + (begun.month - 1 + months) // 12, (begun.month - 1 + months) % 12 + 1, 1)
    day = first + timedelta(days=begun.day - 1)
    return day if day.month == first.month else (first + timedelta(days=31)).replace(day=1)
