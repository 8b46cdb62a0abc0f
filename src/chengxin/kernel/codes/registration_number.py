"""工商注册号。The old registration numbers: 15 digits with a check digit (GS 15, ISO 7064 MOD 11,10), or 13 digits without one."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from chengxin.kernel.codes.characters import all_inside, by_byte, character_values, value_table

_BY_BYTE: Final = by_byte(value_table("0123456789"))
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
    places = character_values(codes, 15, _BY_BYTE)
    product = np.full(len(places), 10, dtype=np.int32)
    for place in range(14):
        rest = (product + places[:, place]) % 10
        product = np.where(rest == 0, 10, rest) * 2 % 11
    long = pl.Series(all_inside(places, 10) & ((11 - product) % 10 == places[:, 14]), dtype=pl.Boolean)
    short = codes.str.contains(r"^[0-9]{13}$").fill_null(False)
    return (long | short).alias(codes.name)
