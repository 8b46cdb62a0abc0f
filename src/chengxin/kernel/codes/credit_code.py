"""统一社会信用代码。GB 32100-2015: authority, kind, six digits of a division, organisation code, check character.

The authority is one of 1–9, A (军队), N (农业农村) and Y (其他). The placeholder of seventeen zeros and X fails its check character
and is not valid here; where a catalogue allows it is a matter of that catalogue's rules.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import polars as pl

from chengxin.kernel.codes import organization_code
from chengxin.kernel.codes.characters import OUTSIDE, all_inside, by_byte, character_values, value_table, weighted_sum

CHARACTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AUTHORITIES: Final = "123456789ANY"
LENGTH: Final = 18
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
PLACEHOLDER: Final = "0" * 17 + "X"

_VALUES: Final = value_table(CHARACTERS)
_SHAPE: Final = re.compile(f"[{AUTHORITIES}][1-9][0-9]{{6}}[{CHARACTERS}]{{8}}[0-9X][{CHARACTERS}]")
#: The same characters with the values of GB 11714, which skips no letter.
_TO_ORGANIZATION: Final = np.array([*(int(character, 36) for character in CHARACTERS), OUTSIDE], dtype=np.int32)
_BY_BYTE: Final = by_byte(_VALUES)
_FIRST: Final = [_VALUES[authority] for authority in AUTHORITIES]


def check_character(body: str) -> str:
    """校验码 of the seventeen characters of ``body``. ValueError for another shape.

    >>> check_character("91350100M000100Y4")
    '3'
    """
    if len(body) != 17 or any(character not in _VALUES for character in body):
        raise ValueError(f"the body of a unified social credit code is 17 characters of {CHARACTERS}")
    total = sum(_VALUES[character] * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return CHARACTERS[-total % 31]


def is_valid(text: str) -> bool:
    """Whether ``text`` is a unified social credit code: shape, inner organisation code, check character."""
    return (
        _SHAPE.fullmatch(text) is not None
        and organization_code.check_character(text[8:16]) == text[16]
        and check_character(text[:17]) == text[17]
    )


def valid_column(codes: pl.Series) -> pl.Series:
    """:func:`is_valid` of a column: null is not valid."""
    places = character_values(codes, LENGTH, _BY_BYTE)
    shape = all_inside(places, len(CHARACTERS)) & all_inside(places[:, 1:8], 10) & (places[:, 1] > 0) & np.isin(places[:, 0], _FIRST)
    check = -weighted_sum(places[:, :17], WEIGHTS) % 31 == places[:, 17]
    inner = _TO_ORGANIZATION[np.minimum(places[:, 8:17], len(CHARACTERS))]
    return pl.Series(codes.name, shape & check & organization_code.checks_hold(inner), dtype=pl.Boolean)


def organization_code_of(code: str) -> str:
    """The organisation code inside a unified social credit code: characters 9–17."""
    return code[8:17]


def is_government_organ(code: str) -> bool:
    """机关：codes that begin 11 belong to organs of the state."""
    return code.startswith("11")
