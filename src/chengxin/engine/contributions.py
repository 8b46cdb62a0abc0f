"""评价的各步。One function a step of ``evaluation``; each is a table expression, none looks at single rows.

Tables by the way: ``observed`` (subject_id, records, floor, n<item>…), ``by_record`` (subject_id, part, record_id, milli_points, until),
``by_indicator`` (subject_id, part, taken, relief, cap). ``part`` is the place of the indicator in the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa  # type: ignore[import-untyped]

from chengxin.engine.columns import CONTRIBUTIONS, LIMIT_PART, START_PART, Kind
from chengxin.engine.dialects import Engine
from chengxin.engine.facts import FACTS
from chengxin.engine.matching_records import ends_at, layers, matches, milli_points, younger
from chengxin.kernel.instants import FOREVER
from chengxin.policy.types_evaluation import NOT_ENOUGH, EvaluationModel, Floor, Indicator

_NOT_LISTED: Final = 99
_ONE = ibis.literal(1, "int64")
_NOTHING = ibis.literal(0, "int64")


def in_industries(subjects: ir.Table, model: EvaluationModel) -> ir.Table:
    """The subjects that the model is about."""
    if not model.industries:
        return subjects
    return subjects.filter(reduce(or_, [subjects.industry.startswith(each) for each in model.industries]))


def observed(records: ir.Table, model: EvaluationModel, as_of: date) -> ir.Table:
    """What is known of each subject: how many records, which listing, how many observations of each kind that the model weighs by."""
    found = {"records": records.count().cast("int64")}
    listed = [(records.item == each.item).ifelse(place, None).min() for place, each in _floors(model)]
    found["floor"] = ibis.coalesce(*listed, ibis.literal(_NOT_LISTED)).cast("int64")
    for key, indicator in _exposures(model).items():
        assert indicator.exposure is not None
        seen = records.item == indicator.exposure.item
        seen = seen & younger(records.decided_on, indicator.window_months, as_of) if indicator.window_months else seen
        seen = seen & records.supervision.isin(indicator.supervision) if indicator.supervision else seen
        found[key] = seen.cast("int64").sum()
    return records.group_by("subject_id").agg(**found)


def by_record(engine: Engine, subjects: ir.Table, records: ir.Table, observed: ir.Table, model: EvaluationModel, as_of: date) -> ir.Table:
    """What each record gives or takes. Records that change nothing are left out."""
    records = records.semi_join(subjects, "subject_id")
    found = [_nothing(records)] if not any(each.item for each in model.indicators) else []
    for layer in layers(model.indicators):
        by_item = [(each.item, each) for _, each in layer]
        rows = records.filter(records.item.isin([item for item, _each in by_item]))
        which = ibis.cases(*[(matches(rows, each, as_of), place) for place, each in layer], else_=-1)
        effect = ibis.cases(*[(rows.item == item, milli_points(rows, each, as_of)) for item, each in by_item], else_=_NOTHING)
        rows = rows.mutate(part=which.cast("int16"), effect=effect.cast("int64"))
        rows = rows.filter((rows.part >= 0) & (rows.effect != 0))
        found.append(_weighed(engine, rows, observed, layer))
    return union(*found)


def _nothing(records: ir.Table) -> ir.Table:
    """No row of ``by_record``: a model may look at the register alone."""
    none = records.filter(ibis.literal(False)).mutate(part=_NOTHING.cast("int16"), milli_points=_NOTHING, until=_NOTHING)
    return none.select("subject_id", "part", "record_id", "milli_points", "until")


def _weighed(engine: Engine, rows: ir.Table, observed: ir.Table, layer: Sequence[tuple[int, Indicator]]) -> ir.Table:
    """Up to the reference number of observations a record weighs in full, beyond it in proportion."""
    with_exposure = [(place, each) for place, each in layer if each.exposure]
    effect = rows.effect
    if with_exposure:
        rows = rows.left_join(observed, "subject_id")
        size = rows.effect.abs()
        cases = []
        for place, each in with_exposure:
            assert each.exposure is not None
            seen = rows[_count(each)]
            reference = ibis.literal(each.exposure.reference, "int64")
            less = engine.divide(size * reference, ibis.greatest(seen, reference))
            cases.append((rows.part == place, (rows.effect < 0).ifelse(-less, less)))
        effect = ibis.cases(*cases, else_=rows.effect)
    return rows.select("subject_id", "part", "record_id", milli_points=effect.cast("int64"), until=ends_at(rows, layer))


def by_fact(subjects: ir.Table, model: EvaluationModel) -> ir.Table:
    """What the register says of the subject itself."""
    found = []
    for place, each in enumerate(model.indicators):
        if each.fact:
            rows = subjects.filter(FACTS[each.fact].holds(subjects))
            found.append(_rows(rows, place, Kind.FACT, ibis.literal(each.points[0].points * 1000)))
    return union(*found) if found else _rows(subjects.filter(ibis.literal(False)), 0, Kind.FACT, _NOTHING)


def by_indicator(engine: Engine, by_record: ir.Table, by_fact: ir.Table, observed: ir.Table, model: EvaluationModel) -> ir.Table:
    """Each indicator of each subject: what its records take, what few observations give back, what lies beyond its cap."""
    facts = by_fact.select("subject_id", "part", "milli_points", n=_NOTHING)
    rows = by_record.select("subject_id", "part", "milli_points", n=_ONE)
    sums = ibis.union(rows, facts).group_by("subject_id", "part").agg(taken=_.milli_points.sum().cast("int64"), n=_.n.sum().cast("int64"))
    relieved = [(place, each) for place, each in enumerate(model.indicators) if each.few_observations]
    relief: ir.Value = _NOTHING
    if relieved and model.relief:
        sums, per_point = _with_relief(engine, sums, observed, relieved, model)
        back = engine.divide(sums.taken.abs() * per_point, ibis.literal(1000, "int64"))
        relief = ((sums.taken < 0) & sums.part.isin([place for place, _each in relieved])).ifelse(back, 0)
    sums = sums.select("subject_id", "part", "taken", relief=relief.cast("int64"))
    after = sums.taken + sums.relief
    caps = []
    for place, each in enumerate(model.indicators):
        if each.cap is not None:
            beyond = each.cap * 1000 - after
            caps.append((sums.part == place, ibis.greatest(beyond, 0) if each.cap <= 0 else ibis.least(beyond, 0)))
    return sums.mutate(cap=(ibis.cases(*caps, else_=_NOTHING) if caps else _NOTHING).cast("int64"))


def _with_relief(
    engine: Engine, sums: ir.Table, observed: ir.Table, relieved: Sequence[tuple[int, Indicator]], model: EvaluationModel
) -> tuple[ir.Table, ir.IntegerColumn]:
    """``sums`` with the line of the table of few observations that fits each, and the column of what it gives back a point."""
    sums = sums.left_join(observed, "subject_id")
    seen = [(sums.part == place, sums[_count(each)]) for place, each in relieved if each.exposure]
    observations = ibis.greatest(ibis.cases(*seen, else_=sums.n) if seen else sums.n, sums.n, 1)
    most = ibis.literal(model.most_observations, "int64")
    many = observations > most
    count = many.ifelse(ibis.greatest(engine.divide(sums.n * most, observations), 1), sums.n)
    sums = sums.mutate(seen=ibis.least(observations, most).cast("int64"), hits=count.cast("int64"))
    lines = sorted((n, k, value) for (n, k), value in model.relief.items())
    names = ["line_seen", "line_hits", "per_point"]
    table = engine.lookup("few_observations", pa.table([pa.array(column, pa.int64()) for column in zip(*lines, strict=True)], names=names))
    sums = sums.left_join(table, [sums.seen == table.line_seen, sums.hits == table.line_hits])
    return sums, ibis.coalesce(sums.per_point, 0)


def few_observations(by_indicator: ir.Table) -> ir.Table:
    """What few observations give back, as rows."""
    rows = by_indicator.filter(by_indicator.relief != 0)
    return _rows(rows, rows.part, Kind.FEW_OBSERVATIONS, rows.relief)


def caps(by_indicator: ir.Table) -> ir.Table:
    """What lies beyond the caps of indicators, as rows."""
    rows = by_indicator.filter(by_indicator.cap != 0)
    return _rows(rows, rows.part, Kind.CAP, rows.cap)


def limits(by_indicator: ir.Table, model: EvaluationModel) -> ir.Table:
    """What lies beyond the ends of dimensions, as rows."""
    places = {each.id: place for place, each in enumerate(model.dimensions)}
    dimension = ibis.cases(*[(by_indicator.part == place, places[each.dimension]) for place, each in enumerate(model.indicators)], else_=-1)
    total = by_indicator.taken + by_indicator.relief + by_indicator.cap
    sums = by_indicator.select("subject_id", dimension=dimension, total=total).group_by("subject_id", "dimension").agg(total=_.total.sum())
    cases = []
    for place, each in enumerate(model.dimensions):
        least, most = -each.start * 1000, (each.points - each.start) * 1000
        over = ibis.cases((sums.total < least, least - sums.total), (sums.total > most, most - sums.total), else_=0)
        cases.append((sums.dimension == place, over))
    sums = sums.mutate(beyond=ibis.cases(*cases, else_=0).cast("int64"))
    sums = sums.filter(sums.beyond != 0)
    return _rows(sums, sums.dimension + LIMIT_PART, Kind.LIMIT, sums.beyond)


def starts(subjects: ir.Table, model: EvaluationModel) -> ir.Table:
    """What every subject starts with, as rows."""
    return _rows(subjects, START_PART, Kind.START, ibis.literal(model.starting_milli_points))


def record_rows(by_record: ir.Table) -> ir.Table:
    """What each record gives or takes, as rows."""
    until = (by_record.until >= FOREVER).ifelse(_NOTHING, by_record.until)
    return _rows(by_record, by_record.part, Kind.RECORD, by_record.milli_points, by_record.record_id, until)


def graded(subjects: ir.Table, observed: ir.Table, by_indicator: ir.Table, limits: ir.Table, model: EvaluationModel) -> ir.Table:
    """Score and grade of every subject. A listing sets the grade; the worst grade by points needs points that are proven."""
    total = by_indicator.taken + by_indicator.relief + by_indicator.cap
    unproven = [place for place, each in enumerate(model.indicators) if not model.proves(each)]
    doubt = by_indicator.part.isin(unproven).ifelse(ibis.least(total, 0), 0)
    parts = ibis.union(
        by_indicator.select("subject_id", points=total, doubt=doubt.cast("int64")),
        limits.select("subject_id", points=limits.milli_points, doubt=_NOTHING),
    )
    sums = parts.group_by("subject_id").agg(points=_.points.sum(), doubt=_.doubt.sum())
    rows = subjects.left_join(sums, "subject_id").drop("subject_id_right").left_join(observed, "subject_id")
    score = ibis.coalesce(rows.points, 0) + model.starting_milli_points
    count, floor = ibis.coalesce(rows.records, 0), ibis.coalesce(rows.floor, _NOT_LISTED)
    rows = rows.select("subject_id", "code", score=score, proven=score - ibis.coalesce(rows.doubt, 0), records=count, listed=floor)
    better, line = model.grades[-2].id, model.grades[-2].least * 1000
    judged = (rows.listed == _NOT_LISTED) & (rows.records >= model.insufficient_below)
    spared = judged & (rows.score < line) & (rows.proven >= line)
    listed = [(rows.listed == place, ibis.literal(each.grade)) for place, each in _floors(model)]
    by_score = [(rows.score >= each.least * 1000, ibis.literal(each.id)) for each in model.grades]
    grade = ibis.cases(*listed, (~judged, ibis.literal(NOT_ENOUGH)), (spared, ibis.literal(better)), *by_score, else_=model.grades[-1].id)
    why = ibis.cases(*[(rows.listed == place, each.item_id) for place, each in _floors(model)], else_="") if listed else ibis.literal("")
    return rows.select(
        "subject_id", "code", grade=grade, score=rows.score.cast("int32"), records=rows.records.cast("int32"), floor=why, spared=spared
    )


def union(*tables: ir.Table) -> ir.Table:
    """All rows of all tables."""
    return ibis.union(*tables) if len(tables) > 1 else tables[0]


def _rows(
    table: ir.Table, part: int | ir.Value, kind: Kind, points: ir.Value, record: ir.Value = _NOTHING, until: ir.Value = _NOTHING
) -> ir.Table:
    place = ibis.literal(part) if isinstance(part, int) else part
    given = {"part": place, "kind": ibis.literal(int(kind)), "record_id": record, "milli_points": points, "until": until}
    types = {"part": "int16", "kind": "int8", "record_id": "int64", "milli_points": "int64", "until": "int64"}
    assert set(types) | {"subject_id"} == set(CONTRIBUTIONS.names)
    return table.select("subject_id", **{name: value.cast(types[name]) for name, value in given.items()})


def _floors(model: EvaluationModel) -> list[tuple[int, Floor]]:
    """The listings that set a grade, the worst grade first."""
    return list(enumerate(model.floors))


def _exposures(model: EvaluationModel) -> dict[str, Indicator]:
    """One indicator for every different way of counting observations."""
    return {_count(each): each for each in model.indicators if each.exposure}


def _count(indicator: Indicator) -> str:
    """The column that counts an indicator's observations: of its item, in its window, by its fields of supervision."""
    assert indicator.exposure is not None
    return "_".join(str(each) for each in ("n", indicator.exposure.item, indicator.window_months, *sorted(indicator.supervision)))


_ = ibis._
