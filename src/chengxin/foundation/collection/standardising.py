"""标准形式与修补。A part of a sheet → the item's fields in their one written form, with remarks on what was mended."""

from __future__ import annotations

import polars as pl

from chengxin.foundation.collection.labels import ColumnMap
from chengxin.foundation.collection.readers import ROW, Chunk
from chengxin.foundation.collection.remarks import SCHEMA, remark_lines
from chengxin.foundation.collection.standard_form import standardise
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.kernel.codes.mending import explain, mend_column
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, FieldKind

#: Rule id of the remark about a mended code; its detail says what was done.
MENDED_CODE = "M05"


def standardised(
    part: pl.DataFrame, chunk: Chunk, columns: ColumnMap, item: CatalogueItem, policy: PolicySet
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of ``part`` with every field of the item as a column (and :data:`ROW`), and the remarks about them."""
    named = columns.renamed(part)
    absent = [pl.lit(None, dtype=pl.String).alias(field.code) for field in item.fields if field.code not in named.columns]
    handed_in = named.with_columns(absent)
    frame, remarks = standardise(handed_in, item, policy)
    frame, mends = _mended_codes(frame, handed_in, item)
    return frame, pl.concat([_reader_remarks(part, chunk, columns), remarks, *mends])


def _mended_codes(frame: pl.DataFrame, handed_in: pl.DataFrame, item: CatalogueItem) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    mends = []
    for field in item.fields:
        if field.kind is not FieldKind.CREDIT_CODE or frame[field.code].null_count() == frame.height:
            continue
        # As they were handed in: what standardising took off unseen (space, what is invisible) is a mend too, and is told.
        codes = pl.select(pl.when(frame[field.code].is_not_null()).then(handed_in[field.code])).to_series().alias(field.code)
        mended = mend_column(codes)
        places = (mended["mend"] != "").arg_true()
        if places.len():
            details = mended["mend"].gather(places).map_elements(explain, return_dtype=pl.String)
            mends.append(remark_lines(places, RemarkLevel.MENDED, field.code, MENDED_CODE, codes.gather(places), details=details))
            is_mended = pl.lit(mended["mend"] != "")
            frame = frame.with_columns(pl.when(is_mended).then(pl.lit(mended["code"])).otherwise(pl.col(field.code)).alias(field.code))
    return frame, mends


def _reader_remarks(part: pl.DataFrame, chunk: Chunk, columns: ColumnMap) -> pl.DataFrame:
    """What only the reader could see. A fault in a column that is not stored does not matter."""
    if not chunk.faults.height:
        return pl.DataFrame(schema=SCHEMA)
    codes = pl.DataFrame({"position": range(len(columns.codes)), "field": columns.codes}, schema={"position": pl.Int32, "field": pl.String})
    rows = part.select(pl.col(ROW)).with_row_index("index").cast({"index": pl.Int64})
    faults = chunk.faults.join(rows, on=ROW, how="inner").join(codes, on="position", how="left")
    unnamed = [position for position, label in enumerate(columns.labels) if not label.strip()]
    beyond = (pl.col("position") >= len(columns.codes)) | pl.col("position").is_in(unnamed)
    told = faults.filter(pl.col("field").is_not_null() | beyond).with_columns(pl.col("field").fill_null(""))
    return told.select(
        "index", pl.lit(str(RemarkLevel.ERROR)).alias("level"), "field", pl.lit("").alias("value"), pl.col("fault").alias("rule"),
        pl.lit("").alias("detail"),
    ).select(SCHEMA.keys())  # fmt: skip
