"""账本如何推出更正告知的表：what was told, to whom, and who confirmed. ``fsck`` replays and compares."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.ledger.ports import Projection
from chengxin.rights.remedies.services import CONFIRMED, ISSUED

_BECAUSE_KEPT: Final = 500


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64).alias(name)


def _text(key: str, name: str) -> pl.Expr:
    return pl.col(key).fill_null("").alias(name)


def _retractions(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.select(
        "seq", pl.col("content_id").cast(pl.Int64), _number("_record", "record_id"), _text("_verb", "verb"),
        pl.col("_because").fill_null("").str.slice(0, _BECAUSE_KEPT).alias("reason"), _number("_at", "told_at"), _text("_sha256", "said"),
    )  # fmt: skip


def _recipients(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.select("seq", pl.col("content_id").cast(pl.Int64), _number("_recipients", "people"), pl.col("_told").alias("told"))


def _confirmed(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.select(
        "seq", _number("_receipt", "id"), _number("_retraction", "retraction_id"), _text("_by", "done_by"), _number("_at", "done_at")
    )


RETRACTIONS: Final = Projection(
    table="remedies_retraction",
    key=("content_id",),
    columns={"content_id": pl.Int64, "record_id": pl.Int64, "verb": pl.String, "reason": pl.String, "told_at": pl.Int64, "said": pl.String},
    events=frozenset({ISSUED}),
    keys=("_record", "_verb", "_because", "_at", "_sha256"),
    stage=_retractions,
    content_column="content_id",
    current='SELECT content_id, record_id, verb, because AS reason, "at" AS told_at, text AS said FROM remedies_retraction',
    forgive="UPDATE {current} SET said = sha256(said)",  # the entry has the hash of what was signed
    title="更正告知",
)
RECIPIENTS: Final = Projection(
    table="remedies_retractionreceipt",
    key=("content_id",),
    columns={"content_id": pl.Int64, "people": pl.Int64, "told": pl.String},
    events=frozenset({ISSUED}),
    keys=("_recipients", "_told"),
    stage=_recipients,
    content_column="content_id",
    current="SELECT r.content_id, 1 AS people, w.recipient AS told FROM remedies_retractionreceipt w "
    "JOIN remedies_retraction r ON r.id = w.retraction_id",
    # Many rows to one: how many, and the hash of their names in order. An entry of before the hash was written has the number only.
    forgive="CREATE OR REPLACE TABLE {current} AS SELECT c.content_id, count(*) AS people, "
    "CASE WHEN any_value(e.told) IS NULL AND count(e.content_id) > 0 THEN NULL "
    "ELSE sha256(string_agg(c.told, chr(10) ORDER BY c.told)) END AS told "
    "FROM {current} c LEFT JOIN {expected} e ON e.content_id = c.content_id GROUP BY c.content_id",
    title="更正告知的接收方",
)
RECEIPTS: Final = Projection(
    table="remedies_retractionreceipt",
    key=("id",),
    columns={"id": pl.Int64, "retraction_id": pl.Int64, "done_by": pl.String, "done_at": pl.Int64},
    events=frozenset({CONFIRMED}),
    keys=("_receipt", "_retraction", "_by", "_at"),
    stage=_confirmed,
    current="SELECT id, retraction_id, confirmed_by AS done_by, confirmed_at AS done_at FROM remedies_retractionreceipt "
    "WHERE confirmed_at IS NOT NULL",
    title="更正告知的回执",
)
