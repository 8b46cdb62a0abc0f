"""新增、更新还是相同。One join per batch tells what is already stored, before anything reaches the ledger.

A row is known by its business key; whether it says something new, by its fingerprint. Rows of one batch are classified in their
order, so that the later of two rows with one key is an update of the earlier one.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.collection.run_memory import RunMemory
from chengxin.foundation.collection.types import Outcome
from chengxin.storage.temporary import read_frame, temporary_rows

#: What is stored under a key: the latest version, seen or pending.
_EXISTING: Final = {
    "key": pl.Binary,
    "record_id": pl.Int64,
    "latest": pl.Int64,
    "latest_fingerprint": pl.Binary,
    "latest_submission": pl.Int64,
    "first_received_at": pl.Int64,
}
_ASK_EXISTING: Final = """
    SELECT g.key, r.id, COALESCE(v.version, r.version), COALESCE(v.fingerprint, r.fingerprint),
           COALESCE(v.submission_id, r.submission_id), r.received_at
    FROM {given} g JOIN records_record r ON r.business_key = g.key
    LEFT JOIN records_recordversion v ON v.record_id = r.id AND v.version > r.version
"""
_ASK_ELSEWHERE: Final = """
    SELECT DISTINCT g.place
    FROM {given} g JOIN records_record r ON r.document_number = g.document_number
    WHERE g.document_number <> '' AND r.subject_id = g.subject_id AND r.item = %s AND r.decided_on = g.decided_on
        AND r.authority_id <> g.authority_id
"""


def classify(rows: pl.DataFrame, item: int, submission_id: int, memory: RunMemory | None = None) -> pl.DataFrame:
    """``rows`` (``place, key, fingerprint, subject_id, document_number, decided_on, authority_id``) with ``outcome``, ``record_id``
    (null for a new record), ``version``, ``first_received_at`` (null for a new record), ``elsewhere`` (the same document about the
    same subject stands under another authority) and ``_repeats`` (an earlier row of this submission has the same key).

    ``memory`` of the run spares asking about rows that cannot be stored yet; without it every row is asked about."""
    existing = _existing(rows.filter(memory.may_be_stored(rows)) if memory else rows)
    told = _outcomes(rows, existing, submission_id)
    new = told.filter(pl.col("record_id").is_null())
    elsewhere = _elsewhere(new.filter(memory.may_stand_elsewhere(new)) if memory else new, item)
    return told.with_columns(elsewhere=pl.col("place").is_in(pl.concat([elsewhere, _elsewhere_here(new)]).implode()))


def _existing(rows: pl.DataFrame) -> pl.DataFrame:
    """What is stored under the keys of ``rows``, one line per key: of several pending versions the highest."""
    if not rows.height:
        return pl.DataFrame(schema=_EXISTING)
    with temporary_rows(rows.select("key").unique().sort("key"), by_index=True) as given:
        existing = read_frame(_ASK_EXISTING.replace("{given}", given), _EXISTING)
    if existing["key"].n_unique() == existing.height:
        return existing
    return existing.sort("latest").unique("key", keep="last", maintain_order=True)


def _elsewhere(rows: pl.DataFrame, item: int) -> pl.Series:
    """Places of the rows whose document stands under another authority."""
    if not rows.height:
        return pl.Series(dtype=pl.Int64)
    with temporary_rows(rows.select("place", "subject_id", "document_number", "decided_on", "authority_id"), by_index=True) as given:
        return read_frame(_ASK_ELSEWHERE.replace("{given}", given), {"place": pl.Int64}, parameters=[item])["place"]


def _elsewhere_here(rows: pl.DataFrame) -> pl.Series:
    """Places of the rows whose document comes under another authority earlier in this very batch."""
    if rows["authority_id"].n_unique() < 2:
        return pl.Series(dtype=pl.Int64)
    first = pl.col("authority_id").first().over("subject_id", "document_number", "decided_on")
    return rows.filter((pl.col("authority_id") != first) & (pl.col("document_number") != ""))["place"]


def _outcomes(rows: pl.DataFrame, existing: pl.DataFrame, submission_id: int) -> pl.DataFrame:
    known = rows.join(existing, on="key", how="left", maintain_order="left")
    if rows["key"].n_unique() == rows.height:
        previous, turn, several = pl.col("latest_fingerprint"), pl.lit(0), False
    else:
        several = True
        turn = pl.int_range(pl.len()).over("key")
        previous = pl.when(turn == 0).then(pl.col("latest_fingerprint")).otherwise(pl.col("fingerprint").shift(1).over("key"))
    judged = known.with_columns(turn=turn.cast(pl.Int64), previous=previous).with_columns(
        changed=pl.col("previous").is_null() | (pl.col("previous") != pl.col("fingerprint"))
    )
    step = pl.col("changed").cast(pl.Int64)
    steps = step.cum_sum().over("key") if several else step
    return judged.with_columns(
        outcome=pl.when(pl.col("record_id").is_null() & (pl.col("turn") == 0))
        .then(pl.lit(str(Outcome.ACCEPTED)))
        .when("changed")
        .then(pl.lit(str(Outcome.UPDATED)))
        .otherwise(pl.lit(str(Outcome.UNCHANGED))),
        version=(pl.col("latest").fill_null(0) + steps).cast(pl.Int64),
        _repeats=(pl.col("turn") > 0) | (pl.col("latest_submission") == submission_id).fill_null(False),
    ).drop("turn", "previous", "changed", "latest", "latest_fingerprint", "latest_submission")
