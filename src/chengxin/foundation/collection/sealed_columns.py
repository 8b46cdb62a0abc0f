"""封存。Fields that the catalogue marks sealed are encrypted before anything else sees the row; equal values are still found."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.access import sealing
from chengxin.foundation.collection.keys import digests
from chengxin.kernel.canonical import canonical_column
from chengxin.policy.types import CatalogueItem

#: Beside a sealed field ``CF_FR_ZJHM`` stands ``_blind_CF_FR_ZJHM``: 32 bytes, null where the cell is empty.
BLIND: Final = "_blind_"
#: And ``_box_CF_FR_ZJHM``: its ciphertext; the field itself holds the reference that goes into the ledger.
BOX: Final = "_box_"


def sealed_codes(item: CatalogueItem) -> list[str]:
    """The item's sealed fields."""
    return [field.code for field in item.fields if field.sealed]


def seal_fields(rows: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """``rows`` with every sealed field as the reference to its box, the box and its blind index beside it."""
    columns: list[pl.Series] = []
    for code in sealed_codes(item):
        boxes, blind = sealing.seal_column(rows[code], code)
        columns += [sealing.reference_column(boxes).alias(code), boxes.alias(BOX + code), blind.alias(BLIND + code)]
    return rows.with_columns(columns)


def fingerprints(rows: pl.DataFrame, item: CatalogueItem, facts: pl.Series) -> pl.Series:
    """What each row says, in sixteen bytes, over its canonical ``facts``. Sealed values enter as blind indexes: nobody can try
    numbers against it, and the same number sealed twice says the same."""
    blinds = [BLIND + code for code in sealed_codes(item)]
    sealed = rows.select(pl.any_horizontal(pl.col(blind).is_not_null() for blind in blinds).alias("sealed")).to_series() if blinds else None
    said = facts.alias("_fingerprint")
    if sealed is None or not sealed.any():
        return digests(said)
    told = rows.filter(sealed).with_columns(pl.col(BLIND + code).bin.encode("hex").alias(code) for code in sealed_codes(item))
    known = canonical_column(told, [field.code for field in item.fields])
    return digests(said.scatter(sealed.arg_true(), known))
