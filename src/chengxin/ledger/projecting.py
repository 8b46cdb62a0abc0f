"""重建与比对。Replays entries into a scratch database and compares the rows that should be with those that are, both ways."""

# ruff: noqa: S608  (names in the SQL are those of registered projections, never input)

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import duckdb
import polars as pl
from django.db import connections

from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.ports import Projection, projections
from chengxin.storage.temporary import read_frames

ROWS_AT_A_TIME: Final = 50_000
EXAMPLES: Final = 5
MEMORY: Final = "300MB"


@dataclass(frozen=True)
class Comparison:
    """比对结果 of one table: rows that the entries give, and how the table differs from them."""

    table: str
    rows: int
    missing: int
    extra: int
    different: int
    erased: int
    examples: tuple[str, ...] = field(default=())
    first_seq: int | None = None  # entry of the first example, where there is one
    title: str = ""  # two comparisons may be about one table

    @property
    def equal(self) -> bool:
        """Does the table say what the entries say?"""
        return not (self.missing or self.extra or self.different)


class Replay:
    """One replay of all entries. Scratch data lie in a folder of their own, with bounded memory."""

    def __init__(self, using: str, wanted: bool = True, log: Log = MAIN) -> None:
        self.using, self.log = using, log
        registered = projections.items() if wanted else []
        self.projections: dict[str, Projection] = {name.replace(".", "_"): each for name, each in registered if each.log == log}
        self.keys = sorted({key for projection in self.projections.values() for key in projection.keys})
        self.events = frozenset[str]().union(*(projection.events for projection in self.projections.values()))
        self.folder = tempfile.TemporaryDirectory(prefix="chengxin-fsck-")
        self.scratch = duckdb.connect(str(Path(self.folder.name) / "scratch.duckdb"))
        self.staged: set[str] = set()

    def __enter__(self) -> Self:
        self.scratch.execute(f"SET memory_limit = '{MEMORY}'; SET threads = 2; SET preserve_insertion_order = false")
        self.scratch.execute("CREATE TABLE erased (content_id BIGINT)")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.scratch.close()
        self.folder.cleanup()

    def feed(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """The next chunk of entries, as the checker reads them."""
        if not self.projections:
            return
        wanted = [row for row in rows if row[3] in self.events]
        if not wanted:
            return
        seqs, _, content_ids, events, _, payloads, erased = zip(*wanted, strict=True)
        frame = pl.DataFrame(
            {"seq": seqs, "content_id": content_ids, "event": events, "payload": payloads, "erased_at": pl.Series(erased, dtype=pl.Int64)},
            schema_overrides={"payload": pl.Binary},
        )
        frame = self._with_keys(frame)
        self._insert("erased", frame.filter("erased").select("content_id"))
        for name, projection in self.projections.items():
            part = frame.filter(pl.col("event").is_in(list(projection.events)))
            if part.height:
                whole = ["payload"] if projection.payload else []
                self._stage(name, projection.stage(part.select("seq", "content_id", "event", "erased", *projection.keys, *whole)))

    def _with_keys(self, frame: pl.DataFrame) -> pl.DataFrame:
        shape = pl.Struct(dict.fromkeys(self.keys, pl.String))
        decoded = frame.get_column("payload").cast(pl.String).str.json_decode(shape) if self.keys else None
        frame = frame.select("seq", "content_id", "event", "payload", erased=pl.col("erased_at").is_not_null())
        return frame if decoded is None else frame.with_columns(decoded.struct.unnest().get_columns())

    def _stage(self, name: str, rows: pl.DataFrame) -> None:
        if name not in self.staged:
            self._insert(f"staged_{name}", rows.clear(), create=True)
            self.staged.add(name)
        self._insert(f"staged_{name}", rows)

    def _insert(self, table: str, rows: pl.DataFrame, *, create: bool = False) -> None:
        self.scratch.register("chunk", rows.to_arrow())
        self.scratch.execute(f"CREATE TABLE {table} AS FROM chunk" if create else f"INSERT INTO {table} BY NAME FROM chunk")
        self.scratch.unregister("chunk")

    def compare(self) -> list[Comparison]:
        """Each registered table against its rows from the entries."""
        for name in self._to_settle():
            if name not in self.staged:
                projection = self.projections[name]
                self._stage(name, projection.stage(_no_entries(projection)))
        return [self._compare(name, projection) for name, projection in self.projections.items()]

    def _to_settle(self) -> list[str]:
        """Projections that entries concern: their own, or those of another whose staged rows their SQL reads; and whose rows these read."""
        concerned = [
            name
            for name, projection in self.projections.items()
            if name in self.staged or any(f"staged_{other}" in projection.settle for other in self.staged)
        ]
        asked = " ".join(self.projections[name].settle for name in concerned)
        return [name for name in self.projections if name in concerned or f"staged_{name}" in asked]

    def _compare(self, name: str, projection: Projection) -> Comparison:
        self._load_expected(name, projection)
        self._load_current(name, projection)
        if projection.forgive:
            self.scratch.execute(projection.forgive.format(expected=f"expected_{name}", current=f"current_{name}"))
        erased = self._leave_out_erased(name, projection) if projection.content_column else 0
        first = projection.key[0]
        joined = f"expected_{name} e FULL JOIN current_{name} c ON {_same(projection.key, 'e', 'c')}"
        others = [column for column in projection.columns if column not in projection.key]
        differs = " OR ".join(f"e.{column} IS DISTINCT FROM c.{column}" for column in others) or "false"
        missing, extra, either = f"c.{first} IS NULL", f"e.{first} IS NULL", f"c.{first} IS NULL OR e.{first} IS NULL"
        missing_rows, extra_rows, different_rows = self.scratch.execute(
            f"SELECT count(*) FILTER ({missing}), count(*) FILTER ({extra}), count(*) FILTER (NOT ({either}) AND ({differs})) FROM {joined}"
        ).fetchall()[0]
        # Values are not shown: they may be personal, and the report goes to terminals and logs.
        which = ", ".join(f"CASE WHEN e.{column} IS DISTINCT FROM c.{column} THEN '{column}' END" for column in others) or "''"
        keys = [f"coalesce(e.{column}, c.{column})" for column in projection.key]
        shown = ", ".join(f"CASE WHEN CAST({key} AS VARCHAR) = '' THEN '（空）' ELSE CAST({key} AS VARCHAR) END" for key in keys)
        content, document = (
            f"coalesce(e.{column}, c.{column})" if column in projection.columns else "NULL"
            for column in (projection.content_column or "content_id", "document_number")
        )
        examples = self.scratch.execute(
            f"SELECT concat_ws('/', {shown}), {extra}, {missing}, concat_ws(', ', {which}), {content}, {document}, {', '.join(keys)} "
            f"FROM {joined} WHERE {either} OR {differs} ORDER BY 5 NULLS LAST, {', '.join(keys)} LIMIT {EXAMPLES}"
        ).fetchall()
        traced = [self._traced(name, projection, row[4], row[6:]) for row in examples]
        said = tuple(_example(row, seq, content_id) for row, (seq, content_id) in zip(examples, traced, strict=True))
        return Comparison(
            projection.table, self._count(f"expected_{name}"), missing_rows, extra_rows, different_rows, erased, said,
            min((seq for seq, _ in traced if seq is not None), default=None), projection.title,
        )  # fmt: skip

    def _traced(self, name: str, projection: Projection, content_id: int | None, key: Sequence[object]) -> tuple[int | None, int | None]:
        """(place in the log, content id) of the entry that a differing row follows from; None where the ledger knows of none."""
        if content_id is None and name in self.staged:
            columns = {str(row[0]) for row in self.scratch.execute(f"DESCRIBE staged_{name}").fetchall()}
            if columns.issuperset(projection.key):
                which = " AND ".join(f"{column} = ?" for column in projection.key)
                found = self.scratch.execute(f"SELECT max(seq) FROM staged_{name} WHERE {which}", list(key)).fetchall()
                seq = found[0][0]
                return self._entry("seq", seq)
        return self._entry("content_id", content_id)

    def _entry(self, column: str, value: int | None) -> tuple[int | None, int | None]:
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT seq, content_id FROM {self.log.entry} WHERE {column} = %s", [value])
            found = cursor.fetchone()
        return (int(found[0]), int(found[1])) if found else (None, value if column == "content_id" else None)

    def _load_expected(self, name: str, projection: Projection) -> None:
        if name not in self.staged:  # no entry concerns it
            self._insert(f"expected_{name}", pl.DataFrame(schema=dict(projection.columns)), create=True)
            return
        last = f"SELECT * FROM staged_{name} QUALIFY row_number() OVER (PARTITION BY {', '.join(projection.key)} ORDER BY seq DESC) = 1"
        listed = ", ".join(f"CAST({column} AS {_duckdb_type(dtype)}) AS {column}" for column, dtype in projection.columns.items())
        self.scratch.execute(f"CREATE TABLE expected_{name} AS SELECT {listed} FROM ({projection.settle or last})")

    def _load_current(self, name: str, projection: Projection) -> None:
        sql = projection.current or f"SELECT {', '.join(projection.columns)} FROM {projection.table}"
        self._insert(f"current_{name}", pl.DataFrame(schema=dict(projection.columns)), create=True)
        for frame in read_frames(sql, projection.columns, rows=ROWS_AT_A_TIME, using=self.using):
            self._insert(f"current_{name}", frame)

    def _leave_out_erased(self, name: str, projection: Projection) -> int:
        """What was erased cannot be rebuilt: such rows are counted and left out on both sides."""
        gone = f"{projection.content_column} IN (SELECT content_id FROM erased)"
        self.scratch.execute(f"CREATE TABLE gone_{name} AS SELECT {', '.join(projection.key)} FROM current_{name} WHERE {gone}")
        for side in ("expected", "current"):
            self.scratch.execute(f"DELETE FROM {side}_{name} t USING gone_{name} g WHERE {_same(projection.key, 't', 'g')}")
        return self._count(f"gone_{name}")

    def _count(self, table: str) -> int:
        return int(self.scratch.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # read to its end, or the next one is refused


def _example(row: tuple[Any, ...], seq: int | None, content_id: int | None) -> str:
    """One differing row in words: its key, what is wrong, and what an auditor looks up: entry, content, document number."""
    key, extra, missing, what, _, document, *_ = row
    wrong = "账本中没有" if extra else "表中缺少" if missing else f"不同的列：{what}"
    where = [f"第 {seq} 条"] if seq is not None else []
    where += [f"内容 c{content_id}"] if content_id is not None else []
    where += [f"文书号 {document}"] if document else []
    return f"{key}：{wrong}" + (f"（{'，'.join(where)}）" if where else "")


def _no_entries(projection: Projection) -> pl.DataFrame:
    """What ``stage`` gets when no entry concerns it, but another projection asks for what it staged."""
    shape: dict[str, Any] = {"seq": pl.Int64, "content_id": pl.Int64, "event": pl.String, "erased": pl.Boolean}
    shape |= dict.fromkeys(projection.keys, pl.String)
    return pl.DataFrame(schema=shape | ({"payload": pl.Binary} if projection.payload else {}))


def _same(key: Sequence[str], left: str, right: str) -> str:
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in key)


def _duckdb_type(dtype: Any) -> str:
    names = {pl.String: "VARCHAR", pl.Binary: "BLOB", pl.Date: "DATE", pl.Boolean: "BOOLEAN", pl.Int16: "SMALLINT", pl.Int32: "INTEGER"}
    return names.get(dtype, "BIGINT")
