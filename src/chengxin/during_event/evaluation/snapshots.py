"""快照：what was known of the city on a day, as two Parquet files for the engines.

``as_of`` fixes what is counted (the end of that day), ``known_at`` what may be known: later versions, later judgements, later
standings are left out, so that a run can be repeated "as decided then". Rows are read in ranges of ids and sorted on disk: memory
does not grow with the city.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from chengxin.access.models import Department
from chengxin.during_event.evaluation.knowledge import canonical_changes, registry_changes, severity_changes
from chengxin.engine.columns import RECORDS, SCHEMA_VERSION, SUBJECTS
from chengxin.foundation.records.contents import decoded
from chengxin.foundation.records.types import SourceClass
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.instants import Instant
from chengxin.ledger.models import Checkpoint
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import read_frame

IDS_AT_A_TIME: Final = 100_000
#: Individual businesses and natural persons have no grade, by construction: no row of theirs gets here.
KINDS: Final = (SubjectKind.ORGANIZATION, SubjectKind.LEGAL_PERSON, SubjectKind.UNINCORPORATED_ORGANIZATION)
#: 统一社会信用代码 of organs of the state begin so (GB 32100): they are held to other measures.
ORGANS: Final = "11%"

_RECORDS: Final = """
    SELECT q.record_id, q.subject_id, q.item, q.severity, q.act_outcome, q.authority_id, q.decided_on, q.effective_until, q.counted_until
    FROM (SELECT v.record_id, v.subject_id, v.item, v.severity, v.act_outcome, v.authority_id, v.decided_on, v.effective_until,
                 v.source_class, COALESCE(h.from_at, v.counted_from) AS counted_from, COALESCE(h.until_at, v.counted_until) AS counted_until
          FROM ({versions}) v LEFT JOIN records_standinghistory h
               ON h.record_id = v.record_id AND h.surface = 'counted' AND h.known_from <= {known} AND h.known_until > {known}) q
    WHERE q.counted_from < {moment} AND q.counted_until >= {moment} AND q.source_class IN ({classes}) AND q.item <> {registry}
"""
_COLUMNS: Final = "severity, act_outcome, decided_on, effective_until, source_class, counted_from, counted_until"
#: The newest version whose submission was closed then: mostly the current one.
_VERSIONS: Final = """
    SELECT r.id AS record_id, r.subject_id, r.item, r.authority_id, {r_columns}
    FROM records_record r JOIN collection_submission s ON s.id = r.submission_id
    WHERE r.id > {after} AND r.id <= {until} AND s.closed_at <= {known}
    UNION ALL
    SELECT r.id, v.subject_id, r.item, r.authority_id, {v_columns}
    FROM records_record r JOIN collection_submission s ON s.id = r.submission_id AND (s.closed_at IS NULL OR s.closed_at > {known})
    JOIN records_recordversion v ON v.record_id = r.id
    WHERE r.id > {after} AND r.id <= {until} AND v.version = (
        SELECT MAX(w.version) FROM records_recordversion w JOIN collection_submission t ON t.id = w.submission_id
        WHERE w.record_id = r.id AND t.closed_at <= {known})
"""
_SUBJECTS: Final = """
    SELECT u.id, u.code, u.kind, u.division, u.industry, u.state, u.in_registry, c.payload
    FROM subjects_subject u LEFT JOIN ledger_content c ON c.id = u.content_id AND u.in_registry
    WHERE u.id > {after} AND u.id <= {until} AND u.opened_at <= {known} AND u.kind IN ({kinds})
"""


@dataclass(frozen=True)
class Snapshot:
    """快照 as ``snapshot.json`` says it. ``checkpoint``: the newest one before ``known_at``, size and root; in that very second one may
    still be signed, so a repetition would not find the same."""

    as_of: date
    known_at: Instant
    policy: str
    checkpoint_size: int
    checkpoint_root: str
    subjects: int
    records: int
    subjects_sha256: str
    records_sha256: str
    columns: int = SCHEMA_VERSION

    def said(self) -> dict[str, str]:
        """The same as a flat object of texts."""
        return {name: str(value) for name, value in asdict(self).items()}


def take_snapshot(folder: Path, *, as_of: date, moment: Instant, known_at: Instant, policy: PolicySet) -> Snapshot:
    """快照 into ``folder``: ``subjects.parquet``, ``records.parquet``, ``snapshot.json``. ``moment``: the end of ``as_of``."""
    folder.mkdir(parents=True, exist_ok=True)
    merged = canonical_changes(known_at)
    with _sorter(folder) as sorter:
        records = sorter.collect("records", _record_frames(moment, known_at, policy), merged)
        subjects = sorter.collect("subjects", _subject_frames(known_at, policy), merged)
        _write_sorted(sorter, folder)
    note = Checkpoint.objects.filter(signed_at__lt=known_at).order_by("-size").first()
    snapshot = Snapshot(
        as_of, known_at, policy.digest, note.size if note else 0, bytes(note.root).hex() if note else "", subjects, records,
        _digest(folder / "subjects.parquet"), _digest(folder / "records.parquet"),
    )  # fmt: skip
    (folder / "snapshot.json").write_text(json.dumps(snapshot.said(), ensure_ascii=False, indent=1), encoding="utf-8")
    return snapshot


def subject_rows(member_ids: list[int], *, moment: Instant, known_at: Instant, policy: PolicySet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same rows of one subject (``member_ids``: the canonical one first), straight from the tables."""
    wanted = ", ".join(str(each) for each in member_ids)
    canonical = member_ids[0]
    sql = _SUBJECTS.format(after=0, until=1 << 62, known=known_at, kinds=_numbers(KINDS)) + f" AND u.id = {canonical}"
    subjects = _known_subjects(read_frame(sql, _SUBJECT_SCHEMA), known_at, policy)
    records_sql = _record_sql(0, 1 << 62, moment, known_at, policy, which=f"AND r.subject_id IN ({wanted})")
    records = _known_records(read_frame(records_sql, _RECORD_SCHEMA), moment, known_at, policy)
    return subjects, records.with_columns(pl.lit(canonical, dtype=pl.Int64).alias("subject_id"))


_SUBJECT_SCHEMA: Final = {
    **{"subject_id": pl.Int64, "code": pl.String, "kind": pl.Int16, "division": pl.String, "industry": pl.String, "state": pl.String},
    **{"in_registry": pl.Boolean, "payload": pl.Binary},
}
_RECORD_SCHEMA: Final = {
    **{"record_id": pl.Int64, "subject_id": pl.Int64, "item": pl.Int16, "severity": pl.Int16, "outcome": pl.Int16},
    **{"authority_id": pl.Int64, "decided_on": pl.Date, "effective_until": pl.Int64, "counted_until": pl.Int64},
}


def _record_sql(after: int, until: int, moment: Instant, known_at: Instant, policy: PolicySet, *, which: str = "") -> str:
    r_columns, v_columns = (", ".join(f"{table}.{name.strip()}" for name in _COLUMNS.split(",")) for table in ("r", "v"))
    versions = _VERSIONS.format(after=after, until=until, known=known_at, r_columns=r_columns, v_columns=v_columns)
    if which:
        versions = versions.replace("AND s.closed_at <=", f"{which} AND s.closed_at <=").replace(
            "AND v.version =", f"{which} AND v.version ="
        )
    classes = _numbers((SourceClass.PUBLIC, SourceClass.COURT))
    # That somebody is registered is no observation of conduct: whose registration is all that is known has no grade.
    registry = next((each.number for each in policy.catalogue.values() if each.group == "registry"), 0)
    # A period that ends at the moment itself still holds on the day, which ends there; one that begins there does not.
    return _RECORDS.format(versions=versions, known=known_at, moment=moment, classes=classes, registry=registry)


def _record_frames(moment: Instant, known_at: Instant, policy: PolicySet) -> Iterator[pl.DataFrame]:
    for after in _ranges("records_record"):
        sql = _record_sql(after, after + IDS_AT_A_TIME, moment, known_at, policy)
        yield _known_records(read_frame(sql, _RECORD_SCHEMA), moment, known_at, policy)


def _known_records(frame: pl.DataFrame, moment: Instant, known_at: Instant, policy: PolicySet) -> pl.DataFrame:
    """With the class that was known then, and the field of supervision instead of the office."""
    offices = {pk: policy.supervision_of(name) for pk, name in Department.objects.values_list("id", "name")}
    severity = severity_changes(known_at, policy)
    supervision = pl.col("authority_id").replace_strict(offices, default=0, return_dtype=pl.Int16) if offices else pl.lit(0, dtype=pl.Int16)
    known = pl.col("severity")
    if severity:
        known = pl.col("record_id").replace_strict(severity, default=known, return_dtype=pl.Int16)
    return frame.with_columns(supervision.alias("supervision"), known.alias("severity")).select(RECORDS.names)


def _subject_frames(known_at: Instant, policy: PolicySet) -> Iterator[pl.DataFrame]:
    for after in _ranges("subjects_subject"):
        sql = _SUBJECTS.format(after=after, until=after + IDS_AT_A_TIME, known=known_at, kinds=_numbers(KINDS))
        yield _known_subjects(read_frame(sql, _SUBJECT_SCHEMA), known_at, policy)


def _known_subjects(frame: pl.DataFrame, known_at: Instant, policy: PolicySet) -> pl.DataFrame:
    """With what the registry had said by then."""
    changes = registry_changes(frame["subject_id"].to_list(), known_at, policy)
    if not changes.is_empty():
        frame = frame.update(changes, on="subject_id", how="left", include_nulls=False)
    frame = frame.with_columns(_established(frame["payload"], policy))
    organ = pl.col("code").fill_null("").str.starts_with(ORGANS.rstrip("%"))
    return frame.filter(~organ).with_columns(pl.col("code").fill_null("")).select(name for name in SUBJECTS.names)


def _established(payloads: pl.Series, policy: PolicySet) -> pl.Series:
    """成立日期 as the registry's entry says it; null where it says none or is erased."""
    item = next((each for each in policy.catalogue.values() if each.group == "registry"), None)
    code = item.roles.get("established_on", "") if item else ""
    if not code:
        return pl.Series("established_on", [None] * len(payloads), dtype=pl.Date)
    return decoded(payloads, [code])[code].str.to_date("%Y-%m-%d", strict=False).alias("established_on")


def _ranges(table: str) -> range:
    (last,) = read_frame(f"SELECT COALESCE(MAX(id), 0) FROM {table}", {"last": pl.Int64})["last"]  # noqa: S608
    return range(0, int(last), IDS_AT_A_TIME)


def _numbers(values: tuple[int, ...]) -> str:
    return ", ".join(str(int(each)) for each in values)


class _Sorter:
    """Rows as they come, kept on disk until they are sorted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.connection = duckdb.connect(str(folder / "sorting.duckdb"), config={"memory_limit": "600MB", "threads": 2})

    def collect(self, name: str, frames: Iterator[pl.DataFrame], merged: Mapping[int, int]) -> int:
        """Append all frames to the table ``name``, members as the subject that they are; how many rows."""
        rows = 0
        for frame in frames:
            if name == "records" and merged:
                canonical = pl.col("subject_id").replace_strict(merged, default=pl.col("subject_id"), return_dtype=pl.Int64)
                frame = frame.with_columns(canonical)  # noqa: PLW2901
            if name == "subjects" and merged:
                frame = frame.filter(~pl.col("subject_id").is_in([member for member, whom in merged.items() if member != whom]))  # noqa: PLW2901
            part = frame.to_arrow()  # noqa: F841  (read by name)
            self.connection.execute(f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM part LIMIT 0")  # noqa: S608
            self.connection.execute(f"INSERT INTO {name} SELECT * FROM part")  # noqa: S608  (our own names)
            rows += frame.height
        return rows

    def __enter__(self) -> _Sorter:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        (self.folder / "sorting.duckdb").unlink(missing_ok=True)


def _sorter(folder: Path) -> _Sorter:
    return _Sorter(folder)


def _write_sorted(sorter: _Sorter, folder: Path) -> None:
    orders = {"subjects": ("subject_id", SUBJECTS), "records": ("subject_id, record_id", RECORDS)}
    for name, (order, schema) in orders.items():
        empty = pl.from_arrow(schema.empty_table()).to_arrow()  # noqa: F841
        sorter.connection.execute(f"CREATE TABLE IF NOT EXISTS {name} AS SELECT * FROM empty")  # noqa: S608
        columns = ", ".join(f"CAST({field.name} AS {_TYPES[str(field.type)]}) AS {field.name}" for field in schema)
        ordered = f"SELECT {columns} FROM {name} ORDER BY {order}"  # noqa: S608
        sorter.connection.execute(f"COPY ({ordered}) TO '{folder / name}.parquet' (FORMAT parquet, COMPRESSION zstd)")


_TYPES: Final = {
    **{"int64": "BIGINT", "int32": "INT", "int16": "SMALLINT", "int8": "TINYINT"},
    **{"string": "VARCHAR", "date32[day]": "DATE", "bool": "BOOLEAN"},
}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_said(folder: Path) -> dict[str, Any]:
    """``snapshot.json`` of a snapshot."""
    return dict(json.loads((folder / "snapshot.json").read_text(encoding="utf-8")))
