"""封存。Fields that the catalogue marks sealed are encrypted before anything else sees the row; equal values are still found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from chengxin.access import sealing
from chengxin.foundation.collection.keys import digests
from chengxin.kernel.canonical import canonical_column
from chengxin.policy.types import CatalogueItem

#: Beside a sealed field ``CF_FR_ZJHM`` stands ``_blind_CF_FR_ZJHM``: 32 bytes, null where the cell is empty.
BLIND: Final = "_blind_"


def sealed_codes(item: CatalogueItem) -> list[str]:
    """The item's sealed fields."""
    return [field.code for field in item.fields if field.sealed]


def seal_fields(rows: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """``rows`` with every sealed field as ciphertext and its blind index beside it."""
    columns: list[pl.Series] = []
    for code in sealed_codes(item):
        sealed, blind = sealing.seal_column(rows[code], code)
        columns += [sealed.alias(code), blind.alias(BLIND + code)]
    return rows.with_columns(columns)


def fingerprints(rows: pl.DataFrame, item: CatalogueItem, codes: Sequence[str]) -> pl.Series:
    """What each row says, in sixteen bytes. Sealed values enter as blind indexes: nobody can try numbers against it."""
    blinds = [pl.col(BLIND + code).bin.encode("hex").alias(code) for code in sealed_codes(item)]
    return digests(canonical_column(rows.with_columns(blinds), codes)).alias("_fingerprint")
