"""先看要不要查。Most columns of a batch hold little: an empty column breaks no rule about what is given, a column with a handful of
different values is judged value by value. What is decided stays the same; only work is spared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from chengxin.kernel.rules import RowRule

#: How far a column is looked at to see whether its values repeat, and from how many different ones on they do not.
_LOOKED_AT: Final = 500
_FEW: Final = 40


@dataclass(frozen=True)
class ScreenedRule(RowRule):
    """行规则 with a cheap look ahead: ``possible`` (one value per batch) is false where no row can break it."""

    possible: pl.Expr = field(default_factory=lambda: pl.lit(True), compare=False, repr=False)


def possible_rules(frame: pl.DataFrame, rules: Sequence[RowRule]) -> list[RowRule]:
    """The rules that some row of ``frame`` may break, in order."""
    looks = {rule.id: rule.possible for rule in rules if isinstance(rule, ScreenedRule)}
    if not looks or not frame.height:
        return list(rules)
    answers = frame.select(look.alias(rule_id) for rule_id, look in looks.items()).row(0, named=True)
    return [rule for rule in rules if answers.get(rule.id, True)]


def is_given(code: str) -> pl.Expr:
    """Whether any cell of the column is filled in."""
    return pl.col(code).count() > 0


def is_missing(code: str) -> pl.Expr:
    """Whether any cell of the column is empty."""
    return pl.col(code).null_count() > 0


def longer_than(code: str, characters: int) -> pl.Expr:
    """Whether any cell may be longer: a text has at least as many bytes as characters."""
    return pl.col(code).str.len_bytes().max().fill_null(0) > characters


def different_values(texts: pl.Series) -> pl.Series | None:
    """The different values of a column that has few of them, null left out; None for a column of many."""
    return None if texts.head(_LOOKED_AT).n_unique() > _FEW else texts.unique().drop_nulls()


def by_different_values(texts: pl.Series, holds: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """``holds(texts)``, judged once per different value where there are few; null holds nothing."""
    different = different_values(texts)
    if different is None:
        return holds(texts).fill_null(False)
    found = different.filter(holds(different).fill_null(False))
    if not found.len():
        return pl.repeat(False, texts.len(), dtype=pl.Boolean, eager=True).alias(texts.name)
    return texts.is_in(found.implode()).fill_null(False)
