"""账本如何推出修复的表：what came of each result from elsewhere, what differs, and what was settled."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.ledger.ports import Projection
from chengxin.rights.restoration.differences import OPENED, SETTLED
from chengxin.rights.restoration.upstream import TAKEN


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64).alias(name)


def _text(key: str, name: str) -> pl.Expr:
    return pl.col(key).fill_null("").alias(name)


def _results(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.select(
        "seq", _number("_result", "result_record_id"), _number("_restored_item", "item"), _number("_subject", "subject_id"),
        _text("_document", "document_number"), _text("_decision", "decision_number"), _text("_decided_by", "decided_by"),
        _number("_source", "source_id"), _text("_outcome", "outcome"), _number("_record", "record_id"), _number("_at", "found_at"),
        pl.col("content_id").cast(pl.Int64),
    )  # fmt: skip


def _differences(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.select(
        "seq", pl.col("content_id").cast(pl.Int64), _text("_kind", "kind"), _number("_subject", "subject_id"),
        _number("_record", "record_id"), _text("_sentence", "sentence"), _number("_at", "found_at"),
    )  # fmt: skip


def _settled(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.select(
        "seq", pl.col("content_id").cast(pl.Int64), _number("_difference", "difference"), _text("_because", "reason"),
        _text("_by", "done_by"), _number("_at", "done_at"),
    )  # fmt: skip


RESULTS: Final = Projection(
    table="restoration_upstreamresult",
    key=("result_record_id",),
    columns={"result_record_id": pl.Int64, "item": pl.Int64, "subject_id": pl.Int64, "source_id": pl.Int64, "record_id": pl.Int64}
    | dict.fromkeys(("document_number", "decision_number", "decided_by", "outcome"), pl.String)
    | {"found_at": pl.Int64, "content_id": pl.Int64},
    events=frozenset({TAKEN}),
    keys=(
        *("_result", "_restored_item", "_subject", "_document", "_decision", "_decided_by", "_source", "_outcome", "_record"),
        "_at",
    ),
    stage=_results,
    content_column="content_id",
    current="SELECT result_record_id, item, subject_id, source_id, record_id, document_number, decision_number, decided_by, outcome, "
    '"at" AS found_at, content_id FROM restoration_upstreamresult',
    title="别处的修复结果",
)
DIFFERENCES: Final = Projection(
    table="restoration_difference",
    key=("content_id",),
    columns={"content_id": pl.Int64, "kind": pl.String, "subject_id": pl.Int64, "record_id": pl.Int64, "sentence": pl.String}
    | {"found_at": pl.Int64},
    events=frozenset({OPENED}),
    keys=("_kind", "_subject", "_record", "_sentence", "_at"),
    stage=_differences,
    content_column="content_id",
    current='SELECT content_id, kind, subject_id, record_id, sentence, "at" AS found_at FROM restoration_difference',
    title="修复结果的差异",
)
SETTLEMENTS: Final = Projection(
    table="restoration_differencesettled",
    key=("content_id",),
    columns={"content_id": pl.Int64, "difference": pl.Int64, "reason": pl.String, "done_by": pl.String, "done_at": pl.Int64},
    events=frozenset({SETTLED}),
    keys=("_difference", "_because", "_by", "_at"),
    stage=_settled,
    content_column="content_id",
    current='SELECT s.content_id, d.content_id AS difference, s.because AS reason, s."by" AS done_by, s."at" AS done_at '
    "FROM restoration_differencesettled s JOIN restoration_difference d ON d.id = s.difference_id",
    title="差异的核对",
)
