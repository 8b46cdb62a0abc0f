"""评价运行。A snapshot, a model and a day in; two files, their hashes, the counts and the root out.

Subjects are taken in ranges of their numbers: both inputs and both outputs are sorted by subject, so the ranges follow each other in
the files and memory follows the range. Neither the ranges nor the engine show in the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeAlias

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from chengxin.engine.backends import Backend
from chengxin.engine.columns import CONTRIBUTION_ORDER, RESULT_ORDER
from chengxin.engine.dialects import Script
from chengxin.engine.evaluation import written_for
from chengxin.engine.results import ContributionFile, ResultFile, Tally, Written, leaf_column, leaves
from chengxin.policy.types_evaluation import EvaluationModel

#: Of one range: the rows of results and those of contributions, sorted.
Answers: TypeAlias = tuple[Iterator[pa.RecordBatch], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class RunFiles:
    """运行的产出。``grades``: how many subjects got which; ``spared``: how many the credible bound kept from the worst grade."""

    results: Written
    contributions: Written
    grades: Mapping[str, int]
    spared: int
    root: str  # hexadecimal


def run_model(  # noqa: PLR0917  (what goes in, in the order of the sentence below)
    backend: Backend, subjects: Path, records: Path, model: EvaluationModel, as_of: date, folder: Path
) -> RunFiles:
    """Evaluate every subject of the snapshot; ``folder`` exists and receives ``results.parquet`` and ``contributions.parquet``.

    ``subjects`` and ``records`` have the columns of ``engine.columns``, sorted. The same inputs give the same bytes, on any engine.
    """
    tally = Tally()
    results, contributions = evaluate_into(backend, subjects, records, model, as_of, folder, tally)
    grades, spared, root = tally.said() if backend.in_memory else summary(folder)
    return RunFiles(results.written(), contributions.written(), grades, spared, root)


def evaluate_into(  # noqa: PLR0917
    backend: Backend, subjects: Path, records: Path, model: EvaluationModel, as_of: date, folder: Path, tally: Tally | None = None
) -> tuple[ResultFile, ContributionFile]:
    """The two files of a run. ``tally`` counts and hashes on the way what is held in this process."""
    script = written_for(backend.dialect, model, as_of)
    with ExitStack() as stack:
        files = stack.enter_context(ResultFile(folder)), stack.enter_context(ContributionFile(folder, model))
        parts = ranges(subjects, backend.subjects_at_a_time)
        answers = (_answers(backend, script, subjects, records, first, last) for first, last in parts)
        if backend.in_memory:
            _write_behind(answers, *files, tally)
        else:
            _write_as_it_comes(answers, *files)
    return files


def _answers(backend: Backend, script: Script, subjects: Path, records: Path, first: int, last: int) -> Answers:  # noqa: PLR0917
    backend.open(subjects, records, first, last)
    backend.prepare(script)
    return backend.rows(script.results, RESULT_ORDER), backend.rows(script.contributions, CONTRIBUTION_ORDER)


def _write_behind(answers: Iterable[Answers], results: ResultFile, contributions: ContributionFile, tally: Tally | None) -> None:
    """Write and hash a range in a thread of its own while the engine computes the next; at most two are in memory."""
    before = None
    with ThreadPoolExecutor(1, thread_name_prefix="evaluation-files") as writer:
        for rows, lines in answers:
            found = list(rows), list(lines)
            if not found[0]:  # a range without a subject of the model's industries
                continue
            tables = results.shaped(pa.Table.from_batches(found[0])), contributions.shaped(pa.Table.from_batches(found[1]))
            if before is not None:
                before.result()
            before = writer.submit(_write_range, tally, results, contributions, *tables)
        if before is not None:
            before.result()


def _write_range(tally: Tally | None, results: ResultFile, contributions: ContributionFile, rows: pa.Table, lines: pa.Table) -> None:
    results.add_table(rows)
    contributions.add_table(lines)
    if tally is not None:
        frame = pl.DataFrame(rows)
        tally.add(frame, leaf_column(frame, pl.DataFrame(lines)))


def _write_as_it_comes(answers: Iterable[Answers], results: ResultFile, contributions: ContributionFile) -> None:
    """What an engine for more than one machine hands out is held nowhere; it is counted from the files afterwards."""
    for rows, lines in answers:
        results.add(rows)
        contributions.add(lines)


def ranges(subjects: Path, size: int) -> Iterator[tuple[int, int]]:
    """Ranges of subject numbers with about ``size`` subjects each, in order; together they cover the file."""
    first: int | None = None
    last = seen = 0
    for batch in pq.ParquetFile(subjects).iter_batches(min(size, 100_000), columns=["subject_id"]):
        column = batch.column(0)
        if first is None:
            first = column[0].as_py()
        last, seen = column[-1].as_py(), seen + batch.num_rows
        if seen >= size:
            yield first, last
            first, seen = None, 0
    if first is not None:
        yield first, last


def summary(folder: Path) -> tuple[dict[str, int], int, str]:
    """(subjects by grade, spared subjects, root) from the files alone: whoever has them can check a run's root."""
    tally = Tally()
    for rows, column in leaves(folder):
        tally.add(rows, column)
    return tally.said()
