"""一户的评价。The same statements as for the city, for one subject, in milliseconds: for its page, and for "what if".

The statements of a model and a day are written and prepared once in a process; after that only the rows of the subject change. Writing
takes a third of a second and is Python's work: whoever knows what will be asked has it done elsewhere (``statements``) and says
:func:`keep_ready`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import duckdb
import pyarrow as pa  # type: ignore[import-untyped]

from chengxin.engine.columns import CONTRIBUTION_ORDER, RECORDS, SUBJECTS, Kind
from chengxin.engine.results import names_of_parts
from chengxin.policy.types_evaluation import EvaluationModel

#: Models and days whose statements are kept ready: a page shows a few models on one day.
KEPT: Final = 16


@dataclass(frozen=True)
class Contribution:
    """一行加减分。``record_id`` 0: not about one record; ``until`` 0: it does not end by itself."""

    indicator: str
    kind: Kind
    record_id: int
    milli_points: int
    until: int


@dataclass(frozen=True)
class Evaluated:
    """一户的评价结果。``milli_points`` of the contributions add up to ``score``."""

    grade: str
    score: int
    records: int
    floor: str
    spared: bool
    contributions: tuple[Contribution, ...]


def evaluate_one(subject: Mapping[str, Any], records: Sequence[Mapping[str, Any]], model: EvaluationModel, as_of: date) -> Evaluated | None:
    """The result of one subject, equal to its rows in a run of the city; None if the model is not about its industry.

    ``subject`` and ``records`` have the columns of ``engine.columns``.
    """
    return _prepared(model, as_of).evaluate(subject, records)


def evaluate_variants(
    subject: Mapping[str, Any], variants: Sequence[Sequence[Mapping[str, Any]]], model: EvaluationModel, as_of: date
) -> list[tuple[str, int]]:
    """(grade, score) of one subject with each of these sets of records: "what if", all in one question. The model is about it."""
    return _prepared(model, as_of).evaluate_variants(subject, variants)


@dataclass(frozen=True)
class Statements:
    """写好的语句 of one model and day, and the small tables that they look things up in."""

    results: str
    contributions: str
    lookups: Mapping[str, pa.Table]


def written_statements(model: EvaluationModel, as_of: date) -> Statements:
    """Write the method as statements; nothing is run."""
    # Here and not above: Ibis costs 20 MB and a third of a second, and most processes never grade anybody.
    from chengxin.engine.evaluation import written_for

    script = written_for("duckdb", model, as_of)
    order = ", ".join(CONTRIBUTION_ORDER)
    contributions = f"{script.as_one(script.contributions)}\nORDER BY {order}"
    return Statements(script.as_one(script.results), contributions, dict(script.lookups))


class _Prepared:
    """Statements of one model and day on a database in memory; one question at a time."""

    def __init__(self, model: EvaluationModel, statements: Statements) -> None:
        self._names = names_of_parts(model)
        self._lock = threading.Lock()
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        for name, table in {"subjects": SUBJECTS.empty_table(), "records": RECORDS.empty_table(), **statements.lookups}.items():
            self._connection.register("given", table)
            self._connection.execute(f"CREATE TABLE {name} AS FROM given")
            self._connection.unregister("given")
        self._connection.execute(f"PREPARE results AS {statements.results}")
        self._connection.execute(f"PREPARE contributions AS {statements.contributions}")

    def evaluate(self, subject: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> Evaluated | None:
        with self._lock:
            self._fill("subjects", [subject], SUBJECTS)
            self._fill("records", records, RECORDS)
            result = self._connection.execute("EXECUTE results").fetchone()
            lines = self._connection.execute("EXECUTE contributions").fetchall()
        if result is None:
            return None
        _subject_id, _code, grade, score, count, floor, spared = result
        contributions = tuple(
            Contribution(self._names[part], Kind(kind), record, points, until) for _subject, part, kind, record, points, until in lines
        )
        return Evaluated(grade, score, count, floor, spared, contributions)

    def evaluate_variants(self, subject: Mapping[str, Any], variants: Sequence[Sequence[Mapping[str, Any]]]) -> list[tuple[str, int]]:
        """Each variant is a subject of its own, numbered from 1."""
        subjects = [{**subject, "subject_id": number} for number in range(1, len(variants) + 1)]
        records = [{**record, "subject_id": number} for number, given in enumerate(variants, 1) for record in given]
        with self._lock:
            self._fill("subjects", subjects, SUBJECTS)
            self._fill("records", records, RECORDS)
            found = self._connection.execute("EXECUTE results").fetchall()
        told = {subject_id: (grade, score) for subject_id, _code, grade, score, *_rest in found}
        return [told[number] for number in range(1, len(variants) + 1)]

    def _fill(self, name: str, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> None:
        self._connection.execute(f"DELETE FROM {name}")  # noqa: S608  (one of two names of our own)
        if not rows:
            return
        self._connection.register("given", pa.Table.from_pylist([dict(row) for row in rows], schema=schema))
        self._connection.execute(f"INSERT INTO {name} FROM given")
        self._connection.unregister("given")


_kept: OrderedDict[tuple[EvaluationModel, date], _Prepared] = OrderedDict()
_kept_lock: Final = threading.Lock()


def keep_ready(model: EvaluationModel, as_of: date, statements: Statements) -> None:
    """Prepare statements that were written elsewhere, so that the first question is answered like the others."""
    if not is_ready(model, as_of):
        _keep(model, as_of, _Prepared(model, statements))


def is_ready(model: EvaluationModel, as_of: date) -> bool:
    """Whether a question about this model and day finds its statements prepared."""
    with _kept_lock:
        return (model, as_of) in _kept


def forget_before(day: date) -> None:
    """Let go what was prepared for days before ``day``; who asks about one again waits for it again."""
    with _kept_lock:
        for key in [key for key in _kept if key[1] < day]:
            del _kept[key]


def _prepared(model: EvaluationModel, as_of: date) -> _Prepared:
    with _kept_lock:
        found = _kept.get((model, as_of))
        if found is not None:
            _kept.move_to_end((model, as_of))
            return found
    # outside the lock: who asks about what is ready does not wait
    return _keep(model, as_of, _Prepared(model, written_statements(model, as_of)))


def _keep(model: EvaluationModel, as_of: date, made: _Prepared) -> _Prepared:
    with _kept_lock:
        kept = _kept.setdefault((model, as_of), made)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
        return kept
