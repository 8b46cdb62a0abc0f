"""公式的中和。What leaves the platform in a CSV must not run as a formula in somebody's spreadsheet program."""

from __future__ import annotations

from typing import Final

import polars as pl

_STARTS: Final = r"^[=@\t\r]|^[+\-][^0-9.]|^[+\-][0-9.]*[^0-9.,%]"


def neutral_text(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet program would run it; numbers keep their sign.

    >>> neutral_text("=1+1"), neutral_text("-5"), neutral_text("罚款")
    ("'=1+1", '-5', '罚款')
    """
    return str(pl.select(neutral_column(pl.lit(text))).item())


def neutral_column(texts: pl.Expr) -> pl.Expr:
    """The same for a column; null stays null."""
    return pl.when(texts.str.contains(_STARTS)).then("'" + texts).otherwise(texts)
