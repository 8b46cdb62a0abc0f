"""账本如何推出人工复核的请求。``fsck`` replays who asked and who answered."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.ledger.ports import Projection

_NAMES: Final = ("_asked", "_subject", "_model", "_because", "_answer", "_by", "_at")


def _stage_reviews(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        "content_id",
        pl.col("_asked").cast(pl.Int64).alias("about"),
        pl.col("event").str.ends_with(":answered").alias("answered"),
        pl.col("_subject").cast(pl.Int64).alias("subject_id"),
        pl.col("_model").alias("model"),
        pl.coalesce("_because", "_answer").alias("words"),
        pl.col("_by").alias("who"),
        pl.col("_at").cast(pl.Int64).alias("moment"),
    )


REVIEWS = Projection(
    table="evaluation_reviewrequest",
    key=("content_id",),
    columns={
        **{"content_id": pl.Int64, "subject_id": pl.Int64, "model": pl.String, "because": pl.String},
        **{"asked_by": pl.String, "asked_at": pl.Int64, "answer_content_id": pl.Int64, "answer": pl.String, "answered_by": pl.String},
        "answered_at": pl.Int64,
    },
    events=frozenset({"evaluation:review:asked", "evaluation:review:answered"}),
    keys=_NAMES,
    stage=_stage_reviews,
    settle="""SELECT q.content_id, q.subject_id, q.model, q.words AS because, q.who AS asked_by, q.moment AS asked_at,
              a.content_id AS answer_content_id, coalesce(a.words, '') AS answer, coalesce(a.who, '') AS answered_by,
              a.moment AS answered_at
              FROM staged_evaluation_reviews q LEFT JOIN staged_evaluation_reviews a ON a.about = q.content_id AND a.answered
              WHERE NOT q.answered""",
    content_column="content_id",
    title="人工复核的请求",
)
