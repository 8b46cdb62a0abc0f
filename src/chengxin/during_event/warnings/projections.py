"""账本如何推出预警的处理和运行。``fsck`` replays who answered what, and how many warnings a run raised."""

from __future__ import annotations

import polars as pl

from chengxin.ledger.ports import Projection


def _stage_answers(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        "content_id",
        pl.col("_warning").cast(pl.Int64).alias("warning_id"),
        pl.col("_outcome").alias("outcome"),
        pl.col("_because").alias("reason"),
        pl.col("_by").alias("done_by"),
        pl.col("_at").cast(pl.Int64).alias("done_at"),
        pl.col("_office").cast(pl.Int64).alias("office_id"),
        pl.col("_to_office").cast(pl.Int64).alias("to_office_id"),
    )


def _stage_runs(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        "content_id",
        pl.col("_at").cast(pl.Int64).alias("done_at"),
        pl.col("_by").alias("done_by"),
        pl.col("_raised").cast(pl.Int64).alias("raised"),
        pl.col("_root").alias("root"),
    )


ANSWERS = Projection(
    table="warnings_warninganswer",
    key=("content_id",),
    columns={
        **{"content_id": pl.Int64, "warning_id": pl.Int64, "outcome": pl.String, "reason": pl.String, "done_by": pl.String},
        **{"done_at": pl.Int64, "office_id": pl.Int64, "to_office_id": pl.Int64},
    },
    events=frozenset({"warnings:warning:acknowledged"}),
    keys=("_warning", "_outcome", "_because", "_by", "_at", "_office", "_to_office"),
    stage=_stage_answers,
    content_column="content_id",
    current='SELECT content_id, warning_id, outcome, because AS reason, "by" AS done_by, "at" AS done_at, office_id, to_office_id '
    "FROM warnings_warninganswer",
    title="风险预警的处理",
)
RUNS = Projection(
    table="warnings_warningrun",
    key=("content_id",),
    columns={"content_id": pl.Int64, "done_at": pl.Int64, "done_by": pl.String, "raised": pl.Int64, "root": pl.String},
    events=frozenset({"warnings:run:completed"}),
    keys=("_at", "_by", "_raised", "_root"),
    stage=_stage_runs,
    content_column="content_id",
    current='SELECT content_id, "at" AS done_at, "by" AS done_by, raised, root FROM warnings_warningrun',
    title="风险预警的运行",
)
