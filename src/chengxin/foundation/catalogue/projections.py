"""账本如何推出采纳表。``fsck`` replays the adoptions and compares them with the table."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.catalogue.services import ADOPTED
from chengxin.ledger.ports import Projection


def _stage(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        pl.col("_proposal").cast(pl.Int64).alias("id"),
        pl.col("_digest").alias("digest"),
        pl.col("_proposed_by").alias("proposed_by"),
        pl.col("_by").alias("approved_by"),
        pl.col("_adopted_at").cast(pl.Int64).alias("adopted_at"),
        pl.col("content_id"),
    )


ADOPTIONS: Final = Projection(
    table="catalogue_adoptedset",
    key=("id",),
    columns={
        "id": pl.Int64,
        "digest": pl.String,
        "proposed_by": pl.String,
        "approved_by": pl.String,
        "adopted_at": pl.Int64,
        "content_id": pl.Int64,
    },
    events=frozenset({ADOPTED}),
    keys=("_proposal", "_digest", "_proposed_by", "_by", "_adopted_at"),
    stage=_stage,
    content_column="content_id",
    current="SELECT id, digest, proposed_by, approved_by, adopted_at, content_id FROM catalogue_adoptedset WHERE adopted_at IS NOT NULL",
    title="政策集的采纳",
)
