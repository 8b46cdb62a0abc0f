"""业务主键与指纹：which record a row is about, and what it says of it, in sixteen bytes each."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import polars as pl

LENGTH: Final = 16
_BETWEEN: Final = "\x1f"  # no standard form contains it


def key_column(frame: pl.DataFrame, parts: Sequence[str | pl.Expr]) -> pl.Series:
    """业务主键 of each row over ``parts`` (column names or expressions), in order; an empty cell is the empty text."""
    texts = [(pl.col(part) if isinstance(part, str) else part).cast(pl.String).fill_null("") for part in parts]
    return digests(frame.select(pl.concat_str(texts, separator=_BETWEEN).alias("key"))["key"])


def digests(texts: pl.Series) -> pl.Series:
    """BLAKE2b, sixteen bytes, of each text or binary value."""
    blake2b = hashlib.blake2b
    values = texts.cast(pl.Binary).to_list()
    return pl.Series(texts.name, [blake2b(value, digest_size=LENGTH).digest() for value in values], dtype=pl.Binary)
