"""账本如何推出结案的步骤。``fsck`` replays who asked, agreed and declined; what is outstanding follows from records and rows."""

from __future__ import annotations

import polars as pl

from chengxin.ledger.ports import Projection


def _stage_steps(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        "content_id",
        pl.col("_outstanding").cast(pl.Int64).alias("outstanding_id"),
        pl.col("event").str.split(":").list.get(2).alias("verb"),
        pl.col("_at").cast(pl.Int64).alias("done_at"),
        pl.col("_by").alias("done_by"),
        pl.col("_because").alias("reason"),
    )


STEPS = Projection(
    table="disclosure_outstandingstep",
    key=("content_id",),
    columns={
        "content_id": pl.Int64,
        "outstanding_id": pl.Int64,
        "verb": pl.String,
        "done_at": pl.Int64,
        "done_by": pl.String,
        "reason": pl.String,
    },
    events=frozenset(f"disclosure:outstanding:{verb}" for verb in ("asked", "closed", "declined")),
    keys=("_outstanding", "_at", "_by", "_because"),
    stage=_stage_steps,
    content_column="content_id",
    current='SELECT content_id, outstanding_id, verb, "at" AS done_at, "by" AS done_by, because AS reason FROM disclosure_outstandingstep',
    title="未在案的结案",
)
