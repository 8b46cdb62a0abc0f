"""表尾。Totals, signatures and notes under a table are no rows of it: each gets one sentence instead of a fault for every empty field."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.collection.reading_rules import NOT_A_ROW
from chengxin.foundation.collection.remarks import SCHEMA, remark_lines
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.policy.types import CatalogueItem

_BEGINS: Final = (
    r"^(合\s*计|总\s*计|小\s*计|共\s*计|(填报|填表|制表|审核|复核|经办|负责|单位负责|联系)人|联系电话|(填报|填表|制表)(单位|日期)|注|说明|备注)"
    r"\s*\d*\s*条?\s*([:：].*)?$"
)
#: Of the item's required fields a real row, however faulty, has more than this share.
_FEW: Final = 3


def told_once(frame: pl.DataFrame, remarks: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """``remarks`` about the rows of ``frame`` (in standard form), with one line for a row that is none."""
    faulty = remarks.filter(pl.col("level") == RemarkLevel.ERROR)["index"].unique()
    required = [field.code for field in item.fields if field.required]
    if not faulty.len() or not required:
        return remarks
    codes = [field.code for field in item.fields]
    filled = pl.sum_horizontal(pl.col(code).is_not_null() for code in required)
    begins = pl.coalesce(pl.col(codes)).str.contains(_BEGINS)
    rows = frame.select(codes).with_row_index("index").cast({"index": pl.Int64}).filter(pl.col("index").is_in(faulty.implode()))
    places = rows.filter((filled * _FEW < len(required)) & begins)["index"]
    if not places.len():
        return remarks
    shown = frame.select(pl.coalesce(pl.col(codes))).to_series().gather(places)
    lines = remark_lines(places, RemarkLevel.ERROR, "", NOT_A_ROW, shown)
    return pl.concat([remarks.filter(~pl.col("index").is_in(places.implode())), lines.select(SCHEMA.keys())])
