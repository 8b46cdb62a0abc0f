"""字符值。The characters of fixed-length codes as columns of numbers, without a loop over rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

#: The value of a character outside the set; large enough to show, small enough never to overflow a weighted sum.
OUTSIDE = 1 << 16


def value_table(characters: str) -> Mapping[str, int]:
    """The value of each character: its place in ``characters``."""
    return {character: value for value, character in enumerate(characters)}


def character_values(codes: pl.Series, length: int, values: Mapping[str, int]) -> pl.DataFrame:
    """Columns ``c0`` … of the values of each place; rows of another length are OUTSIDE in every place."""
    by_byte = pl.Series([values.get(chr(byte), OUTSIDE) for byte in range(256)], dtype=pl.Int32)
    filler = "\x00" * length
    of_length = codes.to_frame("code").select(
        pl.when(pl.col("code").str.len_bytes() == length).then(pl.col("code")).otherwise(pl.lit(filler)).alias("code")
    )
    places = of_length.to_series().cast(pl.Binary).bin.reinterpret(dtype=pl.Array(pl.UInt8, length), endianness="little")
    numbers = by_byte.gather(places.explode().cast(pl.UInt32)) if len(codes) else pl.Series([], dtype=pl.Int32)
    # The flat numbers are the rows one after the other: place p of every row is every length-th number from p on.
    return pl.DataFrame({f"c{place}": numbers.gather_every(length, place) for place in range(length)})


def weighted_sum(places: Sequence[int], weights: Sequence[int]) -> pl.Expr:
    """Sum of the values at ``places``, each times its weight."""
    return pl.sum_horizontal(pl.col(f"c{place}") * weight for place, weight in zip(places, weights, strict=True))


def all_inside(places: Sequence[int], size: int) -> pl.Expr:
    """Whether every one of ``places`` holds a value below ``size``."""
    return pl.max_horizontal(f"c{place}" for place in places) < size
