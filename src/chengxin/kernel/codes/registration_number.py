"""工商注册号。The old registration numbers: 15 digits with a check digit (GS 15, ISO 7064 MOD 11,10), or 13 digits without one."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from chengxin.kernel.codes.characters import all_inside, character_values, value_table

_VALUES: Final = value_table("0123456789")
_SHAPE: Final = re.compile(r"[0-9]{13}(?:[0-9]{2})?")


def check_character(body: str) -> str:
    """校验码 of the fourteen digits of ``body``. ValueError for another shape.

    >>> check_character("37090020000123")
    '5'
    """
    if not re.fullmatch(r"[0-9]{14}", body):
        raise ValueError("the body of a registration number is 14 digits")
    product = 10
    for digit in body:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - product) % 10)


def is_valid(text: str) -> bool:
    """Whether ``text`` is a registration number: 13 digits, or 15 with the right check digit."""
    return _SHAPE.fullmatch(text) is not None and (len(text) == 13 or check_character(text[:14]) == text[14])


def valid_column(codes: pl.Series) -> pl.Series:
    """:func:`is_valid` of a column."""
    places = character_values(codes, 15, _VALUES)
    product = pl.lit(10, dtype=pl.Int32)
    for place in range(14):
        rest = (product + pl.col(f"c{place}")).mod(10)
        product = (pl.when(rest == 0).then(10).otherwise(rest) * 2).mod(11)
        # Each step is worked out before the next: nested, fourteen steps would be one expression of 2^14 terms.
        places = places.with_columns(product.alias("product"))
        product = pl.col("product")
    long = places.select(all_inside(range(15), 10) & ((11 - product).mod(10) == pl.col("c14"))).to_series()
    short = codes.str.contains(r"^[0-9]{13}$").fill_null(False)
    return (long | short).alias(codes.name)
