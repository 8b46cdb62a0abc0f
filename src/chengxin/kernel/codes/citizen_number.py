"""公民身份号码。GB 11643-1999: division, date of birth, sequence, check character. Never stored in the open, see ``access``."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from chengxin.kernel.codes.characters import all_inside, by_byte, character_values, value_table, weighted_sum

WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
#: First two digits of a division in GB/T 2260, with those of residents from Hong Kong, Macao and Taiwan (81–83) and of foreigners (91).
PROVINCES: Final = frozenset(
    str(number)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for number in range(first, last + 1)
)
_CHECKS: Final = "10X98765432"
_VALUES: Final = value_table("0123456789X")
_BY_BYTE: Final = by_byte(_VALUES)
_CHECK_VALUES: Final = np.array([_VALUES[check] for check in _CHECKS], dtype=np.int32)
_SHAPE: Final = re.compile(r"[0-9]{17}[0-9X]")


def check_character(body: str) -> str:
    """校验码 of the seventeen digits of ``body``. ValueError for another shape.

    >>> check_character("11010519491231002")
    'X'
    """
    if not re.fullmatch(r"[0-9]{17}", body):
        raise ValueError("the body of a citizen number is 17 digits")
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def is_valid(text: str) -> bool:
    """Whether ``text`` is a citizen number of 18 characters with a real date of birth."""
    if _SHAPE.fullmatch(text) is None or text[:2] not in PROVINCES or not is_date(text[6:14]):
        return False
    return check_character(text[:17]) == text[17]


def valid_column(codes: pl.Series) -> pl.Series:
    """:func:`is_valid` of a column."""
    places = character_values(codes, 18, _BY_BYTE)
    check = _CHECK_VALUES[weighted_sum(places[:, :17], WEIGHTS) % 11] == places[:, 17]
    digits = pl.Series(codes.name, all_inside(places[:, :17], 10) & check, dtype=pl.Boolean)
    code = pl.col(codes.name)
    real = code.str.slice(0, 2).is_in(list(PROVINCES)) & code.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).is_not_null()
    return digits & codes.to_frame().select((real & (code.str.slice(6, 4) >= "1800")).fill_null(False)).to_series()


def is_date(digits: str) -> bool:
    """出生日期：whether eight digits are a day on which somebody with a number can have been born."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= 1800
    except ValueError:
        return False
