"""字符值。The characters of fixed-length codes as a table of numbers, without a loop over rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

#: One row per code, one column per place.
Places: TypeAlias = npt.NDArray[np.int32]
Marks: TypeAlias = npt.NDArray[np.bool_]

#: The value of a character outside the set; large enough to show, small enough never to overflow a weighted sum.
OUTSIDE = 1 << 16


def value_table(characters: str) -> Mapping[str, int]:
    """The value of each character: its place in ``characters``."""
    return {character: value for value, character in enumerate(characters)}


def by_byte(values: Mapping[str, int]) -> Places:
    """``values`` for :func:`character_values`: the value of each byte."""
    return np.array([values.get(chr(byte), OUTSIDE) for byte in range(256)], dtype=np.int32)


def character_values(codes: pl.Series, length: int, table: Places) -> Places:
    """The values (by ``table`` of :func:`by_byte`) of each place of each code; rows of another length are OUTSIDE in every place."""
    if not len(codes):
        return np.empty((0, length), dtype=np.int32)
    filler = "\x00" * length
    of_length = codes.to_frame("code").select(
        pl.when(pl.col("code").str.len_bytes() == length).then(pl.col("code")).otherwise(pl.lit(filler)).alias("code")
    )
    flat = of_length.to_series().cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, length), endianness="little")
    found: Any = table[flat.to_numpy()]
    return found  # type: ignore[no-any-return]


def weighted_sum(places: Places, weights: Sequence[int]) -> Places:
    """Per row, the sum of its values, each times its weight."""
    found: Any = places @ np.array(weights, dtype=np.int32)
    return found  # type: ignore[no-any-return]


def all_inside(places: Places, size: int) -> Marks:
    """Per row, whether every value is below ``size``."""
    found: Any = (places < size).all(axis=1)
    return found  # type: ignore[no-any-return]
