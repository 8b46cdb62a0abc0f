"""一批的各表各列。The settled rows of a batch as the rows of each table, and the canonical bytes of their entries."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.collection.preparing import Basis
from chengxin.foundation.collection.readers import ROW
from chengxin.foundation.collection.sealed_columns import BLIND, BOX, sealed_codes
from chengxin.foundation.collection.settling import document_number, identity_key
from chengxin.foundation.collection.types import Outcome
from chengxin.foundation.records.facts import natural_person_words
from chengxin.foundation.records.standing_columns import standing_columns
from chengxin.foundation.records.types import SourceClass
from chengxin.foundation.subjects.opening import opening_payload
from chengxin.kernel.canonical import canonical_column
from chengxin.ledger.services import allocate_content_ids
from chengxin.storage.ids import allocate
from chengxin.storage.temporary import read_frame, temporary_rows

COLLECTED: Final = "records:record:collected"
UPDATED: Final = "records:record:updated"
QUARANTINED: Final = "collection:row:quarantined"

VERSION_COLUMNS: Final = (
    *("subject_id", "document_number", "decided_on", "received_at", "due_on", "due_provisional", "severity", "severity_provisional"),
    *("act_outcome", "source_class", "version", "content_id", "fingerprint", "submission_id"),
    *(f"{surface}_{end}" for surface in ("public", "shared", "counted", "effective") for end in ("from", "until")),
    "because",
)
RECORD_COLUMNS: Final = ("id", "item", "authority_id", "business_key", *VERSION_COLUMNS)
PENDING_COLUMNS: Final = ("record_id", *VERSION_COLUMNS)
QUARANTINED_COLUMNS: Final = (
    *("id", "submission_id", "item", "authority_id", "sheet", "row", "reason", "decided_on", "due_on", "business_key", "fingerprint"),
    *("content_id", "decided_at", "decided_by", "decision", "record_id"),
)


def recorded_rows(settled: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Rows that make an entry about a record: new ones and updates, with their ids, their standing and the bytes of their entry."""
    makes_an_entry = settled["outcome"].is_in([str(Outcome.ACCEPTED), str(Outcome.UPDATED)])
    rows = settled if makes_an_entry.all() else settled.filter(makes_an_entry)
    rows = _with_record_ids(rows).with_columns(
        pl.col("first_received_at").fill_null(basis.received_at).alias("received_at"),
        pl.Series("content_id", allocate_content_ids(rows.height), dtype=pl.Int64),
        document_number(basis.item).alias("document_number"),
        pl.lit(basis.item.number).alias("item"),
        pl.lit(basis.submission_id).alias("submission_id"),
        pl.lit(int(SourceClass.of(basis.item.source_class))).alias("source_class"),
    )
    rows = _with_standing(rows, basis).with_columns(pl.col("_decided_on").alias("decided_on"))
    event = pl.when(pl.col("outcome") == str(Outcome.ACCEPTED)).then(pl.lit(COLLECTED)).otherwise(pl.lit(UPDATED))
    rows = rows.with_columns(event.alias("_event"))
    return rows.with_columns(_payloads(rows, basis, {"_record": "id", "_version": "version", "_subject": "subject_id", "_key": "key"}))


def quarantined_rows(settled: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Rows that a person must look at: kept with their content, without subject or standing."""
    rows = settled.filter(pl.col("outcome") == str(Outcome.QUARANTINED)).with_columns(pl.lit(QUARANTINED).alias("_event"))
    rows = _not_waiting(rows.with_columns(identity_key(rows, basis.item).alias("key")))
    rows = rows.with_columns(
        pl.Series("id", allocate("collection_quarantinedrow", rows.height), dtype=pl.Int64),
        pl.Series("content_id", allocate_content_ids(rows.height), dtype=pl.Int64),
    )
    return rows.with_columns(_payloads(rows, basis, {"_quarantined": "id", "_reason": "reason", "_key": "key"}))


def record_frame(recorded: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table of records: the new ones."""
    return _stored(recorded.filter(pl.col("outcome") == str(Outcome.ACCEPTED))).select(RECORD_COLUMNS)


def pending_frame(recorded: pl.DataFrame) -> pl.DataFrame:
    """Rows of the table of other versions: updates wait there until their submission closes."""
    return _stored(recorded.filter(pl.col("outcome") == str(Outcome.UPDATED))).with_columns(record_id="id").select(PENDING_COLUMNS)


def quarantine_frame(rows: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Rows of the table of quarantined rows."""
    undecided = {"decided_at": pl.lit(None, dtype=pl.Int64), "decided_by": pl.lit(""), "decision": pl.lit("")}
    return rows.select(
        "id", pl.lit(basis.submission_id).alias("submission_id"), pl.lit(basis.item.number).alias("item"),
        pl.col("_authority_id").alias("authority_id"), pl.col("_sheet").alias("sheet"), pl.col(ROW).alias("row"), "reason",
        pl.col("_decided_on").alias("decided_on"), pl.col("_due_on").alias("due_on"), pl.col("key").alias("business_key"),
        pl.col("_fingerprint").alias("fingerprint"), "content_id", record_id=pl.lit(None, dtype=pl.Int64), **undecided,
    ).select(QUARANTINED_COLUMNS)  # fmt: skip


def rows_without_subject(rows: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """What is known of whose a quarantined row may be, for candidates to be proposed; natural persons are left out."""
    item = basis.item

    def told(role: str) -> pl.Expr:
        field = item.roles.get(role, "")
        return (pl.col(field).fill_null("") if field else pl.lit("")).alias(role)

    kind = item.roles.get("subject_kind", "")
    persons = pl.col(kind).is_in(sorted(natural_person_words(item, basis.policy))).fill_null(False) if kind else pl.lit(False)
    return rows.filter(~persons).select(
        pl.col("id").alias("quarantined_row_id"),
        told("subject_name").alias("name"),
        told("subject_code").alias("code"),
        told("legal_representative"),
        pl.col("borne_subject_id").alias("subject_id"),
    )


def sealed_index_frame(rows: pl.DataFrame, basis: Basis, key_id: str) -> pl.DataFrame:
    """One line per sealed value of the rows that were written."""
    lines = [
        rows.filter(pl.col(BLIND + code).is_not_null()).select(
            pl.col(BLIND + code).alias("blind"),
            pl.lit(key_id).alias("key_id"),
            "content_id",
            pl.lit(code).alias("field"),
            pl.col(BOX + code).alias("box"),
        )
        for code in sealed_codes(basis.item)
    ]
    none = pl.DataFrame(schema={"blind": pl.Binary, "key_id": pl.String, "content_id": pl.Int64, "field": pl.String, "box": pl.String})
    return pl.concat([none, *lines])


def _with_record_ids(rows: pl.DataFrame) -> pl.DataFrame:
    """``id``: of the known record, or a new one shared by all rows with the same new key."""
    new = rows.filter(pl.col("record_id").is_null()).select("key").unique(maintain_order=True)
    new = new.with_columns(pl.Series("new_id", allocate("records_record", new.height), dtype=pl.Int64))
    joined = rows.select("key", "record_id").join(new, on="key", how="left", maintain_order="left")
    return rows.drop("record_id").with_columns(joined.select(pl.coalesce("record_id", "new_id").alias("id")).to_series())


def _with_standing(rows: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """A new version keeps the receipt of its record's first, so its standing is not that of a row received now."""
    later = rows["received_at"] != basis.received_at
    if "public_from" in rows.columns and not later.any():
        return rows
    return standing_columns(rows, basis.item, basis.policy, "received_at")


def _not_waiting(rows: pl.DataFrame) -> pl.DataFrame:
    """Without those that wait already: the same words handed in twice are one matter for the person who decides."""
    once = rows.unique(["key", "_fingerprint"], keep="first", maintain_order=True)
    if not once.height:
        return once
    with temporary_rows(once.select("key", pl.col("_fingerprint").alias("fingerprint"))) as given:
        waiting = read_frame(
            f"SELECT g.key, g.fingerprint FROM {given} g JOIN collection_quarantinedrow q ON q.business_key = g.key"  # noqa: S608
            " AND q.fingerprint = g.fingerprint WHERE q.decided_at IS NULL",
            {"key": pl.Binary, "_fingerprint": pl.Binary},
        )
    return once.join(waiting, on=["key", "_fingerprint"], how="anti", maintain_order="left")


def _stored(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("_authority_id").alias("authority_id"), pl.col("key").alias("business_key"), pl.col("_fingerprint").alias("fingerprint")
    )


def _payloads(rows: pl.DataFrame, basis: Basis, named: dict[str, str]) -> pl.Series:
    """Canonical bytes: the fields, already in order, and after them the platform's own keys, which begin with ``_`` and sort last."""
    texts = {
        "_item": pl.lit(basis.item.id),
        "_submission": pl.lit(str(basis.submission_id)),
        "_source_class": pl.lit(basis.item.source_class),
        "_authority": pl.col("_authority_id").cast(pl.String),
        "_sheet": pl.col("_sheet"),
        "_row": pl.col(ROW).cast(pl.String),
        "_received_at": (pl.col("received_at") if "received_at" in rows.columns else pl.lit(basis.received_at)).cast(pl.String),
        "_blocked": pl.col("_blocked"),
        "_event": pl.col("_event"),
        "_fingerprint": pl.col("_fingerprint").bin.encode("hex"),
    }
    for key, column in named.items():
        texts[key] = pl.col(column).bin.encode("hex") if rows.schema[column] == pl.Binary else pl.col(column).cast(pl.String)
    own = rows.select(**texts)
    if "id" in rows.columns and "_subject" in named:
        own = own.hstack(opening_payload(rows, basis.item))
    facts, tail = rows["_facts"].cast(pl.String), canonical_column(own, own.columns).cast(pl.String)
    pieces = pl.DataFrame({"facts": facts, "tail": tail})
    joined = pl.concat_str(pl.col("facts").str.strip_suffix("}"), pl.lit(","), pl.col("tail").str.strip_prefix("{"))
    return pieces.select(joined.cast(pl.Binary).alias("_payload")).to_series()
