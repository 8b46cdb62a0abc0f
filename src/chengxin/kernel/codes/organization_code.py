"""组织机构代码。GB 11714: eight characters and a check character; characters 9–17 of a unified social credit code."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from chengxin.kernel.codes.characters import Marks, Places, all_inside, by_byte, character_values, value_table, weighted_sum

WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_VALUES: Final = value_table("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_BY_BYTE: Final = by_byte(_VALUES)
_CHECKS: Final = "0123456789X"
_CHECK_VALUES: Final = np.array([_VALUES[check] for check in _CHECKS], dtype=np.int32)
_SHAPE: Final = re.compile(r"[0-9A-Z]{8}[0-9X]")


def check_character(body: str) -> str:
    """校验码 of the eight characters of ``body``. ValueError for another shape.

    >>> check_character("M000100Y")
    '4'
    """
    if not re.fullmatch(r"[0-9A-Z]{8}", body):
        raise ValueError("the body of an organisation code is 8 digits or capital letters")
    total = sum(_VALUES[character] * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return _CHECKS[-total % 11]


def is_valid(text: str) -> bool:
    """Whether ``text`` is an organisation code, written without a hyphen."""
    return _SHAPE.fullmatch(text) is not None and check_character(text[:8]) == text[8]


def valid_column(codes: pl.Series) -> pl.Series:
    """:func:`is_valid` of a column."""
    places = character_values(codes, 9, _BY_BYTE)
    return pl.Series(codes.name, all_inside(places, 36) & checks_hold(places), dtype=pl.Boolean)


def checks_hold(places: Places) -> Marks:
    """Whether the check character, the last of nine ``places`` (values 0–9, A = 10 … Z = 35), fits the eight before it."""
    holds: Marks = _CHECK_VALUES[-weighted_sum(places[:, :8], WEIGHTS) % 11] == places[:, 8]
    return holds
