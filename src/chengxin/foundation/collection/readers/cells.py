"""单元格的文字。What a clerk sees in a cell: numbers without exponent or trailing .0, dates as YYYY-MM-DD."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from chengxin.foundation.collection.readers.types import CellFault

#: Spreadsheet programs keep 15 significant digits of a number; of a longer code the rest is lost.
DIGITS_KEPT: Final = 15
#: Day 0 of both calendars of spreadsheets. In the first, 1900 counts as a leap year; days before March 1900 differ and are not dates here.
_EPOCHS: Final = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - a calendar, not an instant
_FIRST_SURE_DAY: Final = 61
_LAST_DAY: Final = 2_958_465
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[(?!(?:h|m|s)+\])[^\]]*\]|_.|\*.', re.I)
_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


def number_text(raw: str) -> tuple[str, CellFault | None]:
    """A stored number as it is shown.

    >>> number_text("1.5E-2"), number_text("20000"), number_text("0.30000000000000004")[0], number_text("9.1370102123456794E+17")[1].name
    (('0.015', None), ('20000', None), '0.3', 'DIGITS_LOST')
    """
    if raw.isdigit() and len(raw) <= DIGITS_KEPT:
        return raw, None
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return raw, CellFault.ERROR_VALUE
    if not value.is_finite():
        return raw, CellFault.ERROR_VALUE
    if abs(value.adjusted()) >= 60:
        return raw, CellFault.DIGITS_LOST
    if value.adjusted() >= DIGITS_KEPT:
        return format(value, "f"), CellFault.DIGITS_LOST
    shown = format(Decimal(format(float(value), f".{DIGITS_KEPT}g")), "f")
    return (shown.rstrip("0").rstrip(".") if "." in shown else shown), None


def date_text(raw: str, *, from_1904: bool) -> tuple[str, CellFault | None]:
    """A date stored as a count of days; a time of day is kept only where there is one.

    >>> date_text("46113", from_1904=False)
    ('2026-04-01', None)
    """
    try:
        days = float(raw)
    except ValueError:
        return raw, CellFault.ERROR_VALUE
    if not (_FIRST_SURE_DAY <= days < _LAST_DAY):
        return number_text(raw)
    # Times are fractions of a day; a second is the finest a person types.
    moment = _EPOCHS[from_1904] + timedelta(seconds=round(days * 86_400))
    return (f"{moment:%Y-%m-%d}" if days == int(days) else f"{moment:%Y-%m-%d %H:%M:%S}"), None


def unescaped(text: str) -> str:
    """Text with the workbook's own escapes undone.

    >>> unescaped("甲_x000D_乙")
    '甲\\r乙'
    """
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@lru_cache(maxsize=1024)
def is_date_format(number: int, code: str) -> bool:
    """Whether a number format shows a date: a built-in one, or letters of a date outside quotes and colours.

    >>> is_date_format(14, ""), is_date_format(164, 'yyyy"年"m"月"d"日"'), is_date_format(165, '#,##0.00"元"')
    (True, True, False)
    """
    if number in _BUILT_IN_DATES:
        return True
    plain = _QUOTED.sub("", code.partition(";")[0]).lower()
    return plain != "general" and any(letter in plain for letter in "ymdhs") and not any(sign in plain for sign in "0#?")
