"""账本如何推出报送各表。``fsck`` replays receptions, closings and decisions, and compares them with the tables."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.collection.batch_frames import QUARANTINED
from chengxin.foundation.collection.quarantine import DECIDED
from chengxin.foundation.collection.receiving import RECEIVED
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import QuarantineDecision
from chengxin.ledger.ports import Projection

_COUNTS: Final = ("rows", "accepted", "updated", "unchanged", "rejected", "quarantined", "mended", "late", "blocked")
#: How a submission's way ended, or that it waits: the entry that says so carries the counts.
ENDED: Final = frozenset(f"collection:submission:{verb}" for verb in ("read", "closed", "returned", "refused"))
_READING: Final = SubmissionState.READING.value


def _stage_submissions(entries: pl.DataFrame) -> pl.DataFrame:
    """While it is read a submission has no counts in the ledger: those of the table move with every batch."""
    return entries.filter(~pl.col("erased")).select(
        "seq",
        pl.col("_submission").cast(pl.Int64).alias("id"),
        pl.col("_state").fill_null(_READING).alias("state"),
        pl.col("_file_sha256").alias("file_sha256"),
        *(pl.col(f"_{name}").cast(pl.Int64).alias(name) for name in _COUNTS),
        "content_id",
    )


def _stage_quarantined(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        (pl.col("event") == DECIDED).alias("is_decision"),
        pl.col("_quarantined").cast(pl.Int64).alias("id"),
        pl.col("_submission").cast(pl.Int64).alias("submission_id"),
        pl.col("_reason").alias("reason"),
        pl.col("_decision").alias("decision"),
        pl.col("_record").replace("", None).cast(pl.Int64).alias("record_id"),
        pl.col("_authority").cast(pl.Int64).alias("authority_id"),
        pl.col("_key").str.decode("hex").alias("business_key"),
        pl.col("_fingerprint").str.decode("hex").alias("fingerprint"),
        "content_id",
    )


SUBMISSIONS: Final = Projection(
    table="collection_submission",
    key=("id",),
    columns={"id": pl.Int64, "state": pl.String, "file_sha256": pl.String, **dict.fromkeys(_COUNTS, pl.Int64), "content_id": pl.Int64},
    events=ENDED | {RECEIVED},
    keys=("_submission", "_state", "_file_sha256", *(f"_{name}" for name in _COUNTS)),
    stage=_stage_submissions,
    current=f"""SELECT id, state, file_sha256,
        {", ".join(f"CASE WHEN state = '{_READING}' THEN NULL ELSE {name} END AS {name}" for name in _COUNTS)},
        COALESCE(content_id, opened_content_id) AS content_id FROM collection_submission""",  # noqa: S608
    content_column="content_id",
    title="报送",
)

QUARANTINED_ROWS: Final = Projection(
    table="collection_quarantinedrow",
    key=("id",),
    columns={
        "id": pl.Int64,
        "submission_id": pl.Int64,
        "reason": pl.String,
        "decision": pl.String,
        "record_id": pl.Int64,
        "authority_id": pl.Int64,
        "business_key": pl.Binary,
        "fingerprint": pl.Binary,
        "content_id": pl.Int64,
    },
    events=frozenset({QUARANTINED, DECIDED}),
    keys=("_quarantined", "_submission", "_reason", "_decision", "_record", "_authority", "_key", "_fingerprint"),
    stage=_stage_quarantined,
    settle=f"""
        SELECT q.id, q.submission_id, q.reason, q.content_id, q.authority_id, q.business_key, q.fingerprint, d.record_id,
               COALESCE(d.decision, CASE WHEN gone.id IS NULL THEN '' ELSE '{QuarantineDecision.RETURNED.value}' END) AS decision
        FROM staged_collection_quarantined q
        LEFT JOIN staged_collection_quarantined d ON d.id = q.id AND d.is_decision
        LEFT JOIN (SELECT DISTINCT id FROM staged_collection_submissions WHERE state IN ('returned', 'refused')) gone
            ON gone.id = q.submission_id
        WHERE NOT q.is_decision
    """,  # noqa: S608
    content_column="content_id",
    title="待甄别的行",
)
