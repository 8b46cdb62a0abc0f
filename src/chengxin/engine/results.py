"""结果文件。Two sorted Parquet files, alike byte for byte whichever engine computed them, and the root over every subject's result.

A *line* of a contribution is ``indicator TAB kind TAB record TAB milli-points TAB until LF``. A *leaf* is the canonical object of the
subject's code, grade, score, count of records, floor, whether the worst grade was spared, and the SHA-256 of its lines one after the
other. The root is that of RFC 6962 over the leaves by ascending subject number: one subject's result can be proved without the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from chengxin.engine.columns import CONTRIBUTION_FILE, LIMIT_PART, RESULTS, START_PART, Kind
from chengxin.kernel.canonical import canonical_column
from chengxin.ledger.merkle import RightEdge, leaf_hash
from chengxin.policy.types_evaluation import EvaluationModel

RESULTS_FILE: Final = "results.parquet"
CONTRIBUTIONS_FILE: Final = "contributions.parquet"
ROW_GROUP: Final = 100_000
_WRITTEN: Final[dict[str, Any]] = {"compression": "zstd", "version": "2.6", "store_schema": False, "write_statistics": True}


def names_of_parts(model: EvaluationModel) -> dict[int, str]:
    """What a ``part`` is about: an indicator by its id, ``start``, ``limit:<dimension>``."""
    limits = {LIMIT_PART + place: f"limit:{each.id}" for place, each in enumerate(model.dimensions)}
    return {START_PART: "start"} | {place: each.id for place, each in enumerate(model.indicators)} | limits


@dataclass(frozen=True)
class Written:
    """一个结果文件。"""

    path: Path
    rows: int
    sha256: str


class _SortedFile:
    """A Parquet file in row groups of one size, whatever the batches: its bytes follow from its rows alone."""

    schema: pa.Schema

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._waiting: list[pa.Table] = []
        self._waits = 0

    def __enter__(self) -> Self:
        self._writer = pq.ParquetWriter(self.path, self.schema, **_WRITTEN)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None and self._waits:
            self._write(pa.concat_tables(self._waiting))
        self._writer.close()

    def add(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Append rows, which follow those before in the order of the file."""
        for batch in batches:
            self.add_table(self.shaped(pa.Table.from_batches([batch])))

    def add_table(self, table: pa.Table) -> None:
        """The same for rows that are shaped already."""
        self._waiting.append(table)
        self._waits += table.num_rows
        if self._waits < ROW_GROUP:
            return
        table = pa.concat_tables(self._waiting)
        whole = self._waits - self._waits % ROW_GROUP
        for begin in range(0, whole, ROW_GROUP):
            self._write(table.slice(begin, ROW_GROUP))
        self._waiting, self._waits = [table.slice(whole)], self._waits - whole

    def written(self) -> Written:
        """What was written, after the file is closed."""
        digest = sha256()
        with self.path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        return Written(self.path, self.rows, digest.hexdigest())

    def _write(self, table: pa.Table) -> None:
        self.rows += table.num_rows
        self._writer.write_table(table.combine_chunks(), row_group_size=ROW_GROUP)

    def shaped(self, table: pa.Table) -> pa.Table:
        """Rows of an engine with the columns of the file."""
        return table.select(self.schema.names).cast(self.schema)


class ResultFile(_SortedFile):
    """``results.parquet`` of ``columns.RESULTS``."""

    schema = RESULTS

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / RESULTS_FILE)


class ContributionFile(_SortedFile):
    """``contributions.parquet`` of ``columns.CONTRIBUTION_FILE``; the batches come without the names of the parts."""

    schema = CONTRIBUTION_FILE

    def __init__(self, folder: Path, model: EvaluationModel) -> None:
        super().__init__(folder / CONTRIBUTIONS_FILE)
        names = names_of_parts(model)
        self._parts = pa.array(sorted(names), pa.int16())
        self._words = pa.array([names[part] for part in sorted(names)])

    def shaped(self, table: pa.Table) -> pa.Table:
        """With the name of each part."""
        found = pc.index_in(table.column("part").combine_chunks().cast(pa.int16()), value_set=self._parts)
        column = pa.DictionaryArray.from_arrays(found, self._words)
        return super().shaped(table.append_column("indicator", column))


class Tally:
    """计数和根：subjects by grade, how many were spared, and the tree, as results come in the order of their file."""

    def __init__(self) -> None:
        self.grades = Counter[str]()
        self.spared = 0
        self._edge = RightEdge()

    def add(self, results: pl.DataFrame, leaves: pl.Series) -> None:
        """Count results and grow the tree by their leaves."""
        self._edge.append(b"".join([leaf_hash(leaf) for leaf in leaves]))
        self.grades.update(dict(results.group_by("grade").len().iter_rows()))
        self.spared += int(results.select(pl.col("spared").sum()).item())

    def said(self) -> tuple[dict[str, int], int, str]:
        """(subjects by grade, spared subjects, root in hexadecimal)."""
        return dict(sorted(self.grades.items())), self.spared, self._edge.root().hex()


def leaves(folder: Path) -> Iterator[tuple[pl.DataFrame, pl.Series]]:
    """(results, canonical bytes of their leaves), a row group at a time, from the files alone."""
    results = pq.ParquetFile(folder / RESULTS_FILE)
    contributions = pl.scan_parquet(folder / CONTRIBUTIONS_FILE)
    for group in range(results.num_row_groups):
        rows = pl.DataFrame(results.read_row_group(group))
        first, last = rows["subject_id"][0], rows["subject_id"][-1]
        lines = contributions.filter(pl.col("subject_id").is_between(first, last)).collect()
        yield rows, leaf_column(rows, lines)


def leaf_column(results: pl.DataFrame, contributions: pl.DataFrame) -> pl.Series:
    """The canonical bytes of each result's leaf; ``contributions`` are those of these results, sorted."""
    line = pl.concat_str(
        pl.col("indicator").cast(pl.String),
        pl.col("kind").replace_strict({int(kind): kind.name.lower() for kind in Kind}, return_dtype=pl.String),
        pl.col("record_id").cast(pl.String),
        pl.col("milli_points").cast(pl.String),
        pl.col("until").cast(pl.String),
        separator="\t",
    )
    joined = contributions.group_by("subject_id", maintain_order=True).agg(lines=(line + "\n").str.join(""))
    rows = results.join(joined, on="subject_id", how="left", maintain_order="left")
    digests = [sha256(text.encode()).hexdigest() for text in rows["lines"].fill_null("")]
    texts = rows.select(
        pl.col("code"),
        pl.Series("contributions", digests),
        pl.col("floor"),
        pl.col("grade"),
        pl.col("records").cast(pl.String),
        pl.col("score").cast(pl.String),
        pl.when("spared").then(pl.lit("yes")).otherwise(pl.lit("")).alias("spared"),
    )
    return canonical_column(texts, texts.columns)
