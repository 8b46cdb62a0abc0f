"""引擎：DuckDB on one machine, Spark beyond it. Both run what ``evaluation`` has written down; only here is anything run.

A backend opens a snapshot (two Parquet files), runs a script over subjects of a range, and hands out sorted rows in batches. All
intermediate tables are of the range, so memory follows the range and not the city.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import duckdb
import ibis
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from chengxin.engine.dialects import Script

BATCH: Final = 100_000


class Backend(Protocol):
    """能够运行评价的引擎。"""

    name: str
    dialect: str
    subjects_at_a_time: int
    in_memory: bool  # whether the answers about so many subjects may be held in this process

    @property
    def version(self) -> str:
        """What the manifest of a run says of the engine."""
        ...

    def open(self, subjects: Path, records: Path, first: int, last: int) -> None:
        """Make the rows of subjects ``first`` … ``last`` of the two files the tables ``subjects`` and ``records``."""
        ...

    def prepare(self, script: Script) -> None:
        """Compute the steps of ``script``; those of the script before are gone."""
        ...

    def rows(self, question: str, order: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The answer to ``question``, sorted."""
        ...


class DuckDB:
    """DuckDB in this process. ``memory`` bounds what it keeps; the rest goes to ``spill``."""

    name = "duckdb"
    dialect = "duckdb"
    subjects_at_a_time = 200_000
    in_memory = True

    def __init__(self, memory: str = "1GB", spill: Path | None = None, threads: int | None = None) -> None:
        options: dict[str, Any] = {"memory_limit": memory}
        if spill is not None:
            options["temp_directory"] = str(spill)
        if threads is not None:
            options["threads"] = threads
        self.connection = duckdb.connect(config=options)

    @property
    def version(self) -> str:
        """Engine and what wrote its statements."""
        return f"duckdb {duckdb.__version__}, ibis {ibis.__version__}"

    def open(self, subjects: Path, records: Path, first: int, last: int) -> None:
        """Views; the range prunes row groups, since the files are sorted by subject."""
        for name, path in (("subjects", subjects), ("records", records)):
            self.connection.execute(
                f"CREATE OR REPLACE TEMPORARY VIEW {name} AS SELECT * FROM read_parquet({_quoted(path)}) "  # noqa: S608
                f"WHERE subject_id BETWEEN {first:d} AND {last:d}"
            )

    def prepare(self, script: Script) -> None:
        """Temporary tables."""
        for name, table in script.lookups.items():
            self.connection.register("given", table)
            self.connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS FROM given")
            self.connection.unregister("given")
        self.connection.execute("SET preserve_insertion_order = false")  # the steps are tables without an order
        for name, question in script.steps:
            self.connection.execute(f"CREATE OR REPLACE TEMPORARY TABLE {name} AS {question}")

    def rows(self, question: str, order: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Batches, as they are asked for, in the order of the question: without the setting, not even a sorted answer comes in order."""
        self.connection.execute("SET preserve_insertion_order = true")
        yield from self.connection.sql(f"{question}\nORDER BY {', '.join(order)}").to_arrow_reader(BATCH)

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()


class Spark:
    """Apache Spark. The session is given, so that a cluster's own settings hold; ``exchange`` is a folder that the driver and all
    workers see."""

    name = "spark"
    dialect = "pyspark"
    subjects_at_a_time = 1 << 62  # a cluster divides the work itself
    in_memory = False

    def __init__(self, session: Any, exchange: Path) -> None:
        self.session = session
        self.exchange = exchange
        self._kept: list[Any] = []
        self._given: tempfile.TemporaryDirectory[str] | None = None

    @property
    def version(self) -> str:
        """Engine and what wrote its statements."""
        return f"spark {self.session.version}, ibis {ibis.__version__}"

    def open(self, subjects: Path, records: Path, first: int, last: int) -> None:
        """Views."""
        for name, path in (("subjects", subjects), ("records", records)):
            frame = self.session.read.parquet(f"file://{path.resolve()}")
            frame.where(f"subject_id BETWEEN {first:d} AND {last:d}").createOrReplaceTempView(name)

    def prepare(self, script: Script) -> None:
        """Cached views: computed when first asked for, once."""
        self.forget()
        for name, table in script.lookups.items():
            path = self._folder() / f"{name}.parquet"  # no worker needs Python
            pq.write_table(table, path)
            self.session.read.parquet(f"file://{path}").createOrReplaceTempView(name)
        for name, question in script.steps:
            frame = self.session.sql(question).cache()
            frame.createOrReplaceTempView(name)
            self._kept.append(frame)

    def rows(self, question: str, order: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Written by the workers as sorted files, read in their order: the driver never holds the city."""
        with tempfile.TemporaryDirectory(dir=self.exchange) as folder:
            target = Path(folder).resolve() / "rows"
            self.session.sql(question).sort(*order).write.parquet(f"file://{target}")
            for part in sorted(target.glob("part-*.parquet")):
                yield from pq.ParquetFile(part).iter_batches(BATCH)

    def forget(self) -> None:
        """Give the memory of the workers back."""
        for frame in self._kept:
            frame.unpersist()
        self._kept = []
        if self._given is not None:
            self._given.cleanup()
            self._given = None

    def _folder(self) -> Path:
        """Where small tables are handed to the workers."""
        if self._given is None:
            self._given = tempfile.TemporaryDirectory(dir=self.exchange)
        return Path(self._given.name).resolve()

    def close(self) -> None:
        """The session belongs to whoever opened it."""
        self.forget()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
