"""公示截止期的核对。The end of publication as a row states it, against the one that the rule engine computes: a word, never a fault."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.collection.day_text import day_of
from chengxin.foundation.collection.remarks import SCHEMA, remark_lines
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.foundation.records.standing_columns import date_column
from chengxin.kernel.instants import FOREVER, NEVER
from chengxin.kernel.rules import Rule
from chengxin.policy.types import CatalogueItem

PUBLISHED_UNTIL: Final = Rule(
    "V06.published_until",
    "公示截止期与按现行公示期算出的不一致；以本平台算出的日期为准。",
    "dual-disclosure-2018",
    "不必修改；认为算错的，核对决定日期、处罚种类和失信严重程度。",
)


def published_until_remarks(ready: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """提示 for every row of ``ready`` (with its standing and ``_index``) whose stated end is not the computed one; ``detail`` says which.

    A record that is not shown, or without end, has no day to compare with: nothing is said.
    """
    field = item.roles.get("published_until", "")
    if not field or not ready[field].count():
        return pl.DataFrame(schema=SCHEMA)
    last = pl.when(pl.col("public_until").is_between(NEVER, FOREVER, closed="none")).then(date_column(pl.col("public_until") - 1))
    stated = day_of(field)
    differs = ready.select(
        pl.col("_index").cast(pl.Int64), pl.col(field).alias("stated"), last.alias("last"), (stated != last).alias("differs")
    )
    found = differs.filter(pl.col("differs").fill_null(False))
    details = found.select(pl.format("算出的公示截止期是 {}。", pl.col("last").cast(pl.String))).to_series()
    return remark_lines(found["_index"], RemarkLevel.WARNING, field, PUBLISHED_UNTIL.id, found["stated"], details=details)
