"""日期的读法。Which day a text in standard form says. Years have four digits: 26-11-25 is no day of the year 26."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

#: Before it no document was written that anybody hands in: a slip of the pen, or two digits of a year.
_FIRST_DAY: Final = date(1900, 1, 1)


def days_of(texts: pl.Series) -> pl.Series:
    """The days of a column; null where a text says none."""
    return texts.to_frame().select(day_of(texts.name)).to_series()


def day_of(code: str) -> pl.Expr:
    """The same as an expression over the column ``code``."""
    day = pl.col(code).str.to_date("%Y-%m-%d", strict=False)
    return pl.when(day >= _FIRST_DAY).then(day)
