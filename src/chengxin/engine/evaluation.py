"""公共信用综合评价：the whole method on one screen. Every step is an expression over columns; every weight comes from the model.

Read from the top: what is observed of a subject, what each record gives or takes, how few observations are treated, where an
indicator and a dimension end, how the points add up, and what grade they make. Whole numbers only: points of the policy become
milli-points, a decay of per mille keeps them exact, and the only divisions are of whole numbers that are not negative. The sum of
a subject's contributions *is* its score. The expressions in detail: ``contributions``; the engines that run them: ``backends``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import ibis
import ibis.expr.types as ir

from chengxin.engine import contributions as part
from chengxin.engine.columns import RECORDS, SUBJECTS
from chengxin.engine.dialects import Engine, Script
from chengxin.engine.matching_records import counted
from chengxin.policy.types_evaluation import EvaluationModel


@dataclass(frozen=True)
class Evaluation:
    """评价结果：``results`` and ``contributions`` with the columns of ``columns.RESULTS`` and ``columns.CONTRIBUTIONS``, not sorted."""

    results: ir.Table
    contributions: ir.Table


def evaluate(engine: Engine, subjects: ir.Table, records: ir.Table, model: EvaluationModel, as_of: date) -> Evaluation:
    """评价 every subject of ``subjects`` by ``model`` on the day ``as_of``; ``records`` are those of the snapshot.

    ``engine.keep`` stores an intermediate table that is read more than once; nothing else depends on the engine.
    """
    judged, records = part.in_industries(subjects, model), counted(records, as_of)
    # 1  What is observed: how many records at all, how often inspected, whether listed.
    observed = engine.keep("observed", part.observed(records, model, as_of))
    # 2  What each record gives or takes: points of its severity and outcome, fading with time, weighed by how often one looked.
    by_record = engine.keep("by_record", part.by_record(engine, judged, records, observed, model, as_of))
    # 3  What the register says of the subject itself.
    by_fact = part.by_fact(judged, model)
    # 4  Few observations: what they do not prove is given back. Then the cap of the indicator.
    by_indicator = engine.keep("by_indicator", part.by_indicator(engine, by_record, by_fact, observed, model))
    few, cap = part.few_observations(by_indicator), part.caps(by_indicator)
    # 5  No dimension falls below nothing or rises above its points.
    limits = engine.keep("limits", part.limits(by_indicator, model))
    # 6  The points: their sum is the score. The grade: by the score, unless a listing sets it or there is not enough to judge.
    rows = part.union(part.starts(judged, model), part.record_rows(by_record), by_fact, few, cap, limits)
    return Evaluation(part.graded(judged, observed, by_indicator, limits, model), rows)


@lru_cache(maxsize=64)
def written_for(dialect: str, model: EvaluationModel, as_of: date) -> Script:
    """The method as the statements of one engine (``duckdb`` or ``pyspark``); nothing is run."""
    script = Script(dialect)
    subjects = ibis.table(ibis.Schema.from_pyarrow(SUBJECTS), name="subjects")
    records = ibis.table(ibis.Schema.from_pyarrow(RECORDS), name="records")
    found = evaluate(script, subjects, records, model, as_of)
    script.results, script.contributions = script.question(found.results), script.question(found.contributions)
    return script
