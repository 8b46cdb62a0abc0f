"""行内说明。Bits of the masks → lines that a clerk can read; values of sealed fields and personal numbers are masked on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl

from chengxin.foundation.collection.personal_text import masked_number
from chengxin.foundation.collection.rules import COUNTED_ONLY
from chengxin.foundation.collection.screening import possible_rules
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.kernel.codes.personal_numbers import masked_column
from chengxin.kernel.rules import MOST_RULES, RowRule, mask_column
from chengxin.policy.types import CatalogueItem

#: ``index`` is the place of the row in its batch.
SCHEMA: Final = {"index": pl.Int64, "level": pl.String, "field": pl.String, "value": pl.String, "rule": pl.String, "detail": pl.String}
_LONGEST_VALUE: Final = 200
_LONGEST_DETAIL: Final = 300


#: A rule, and the places of the rows that break it.
Broken: TypeAlias = "tuple[RowRule, np.ndarray[Any, Any]]"


def broken_rules(frame: pl.DataFrame, rules: Sequence[RowRule]) -> list[Broken]:
    """Every rule that some row breaks, with the places of those rows; masks of :data:`MOST_RULES` rules each."""
    found: list[Broken] = []
    rules = possible_rules(frame, rules)
    for start in range(0, len(rules), MOST_RULES):
        group = rules[start : start + MOST_RULES]
        mask = mask_column(frame, group).to_numpy()
        some = int(np.bitwise_or.reduce(mask)) if mask.size else 0
        found += [(rule, np.flatnonzero(mask & np.uint64(1 << bit))) for bit, rule in enumerate(group) if some >> bit & 1]
    return found


def places_of(broken: Iterable[Broken], ids: tuple[str, ...]) -> np.ndarray[Any, Any]:
    """The rows that break a rule whose id begins with one of ``ids``."""
    return np.concatenate([np.array([], dtype=np.int64), *(places for rule, places in broken if rule.id.startswith(ids))])


def remarks_of(frame: pl.DataFrame, broken: Iterable[Broken], item: CatalogueItem) -> pl.DataFrame:
    """One line per broken rule and row, with the value as it stands in ``frame`` (masked where it must be)."""
    parts = [
        remark_lines(places, RemarkLevel(str(rule.level)), rule.fields[0], rule.id, _shown(frame[places], rule.fields[0], item))
        for rule, places in broken
        if not rule.id.startswith(COUNTED_ONLY)
    ]
    return pl.concat([pl.DataFrame(schema=SCHEMA), *parts])


def remark_lines(
    places: pl.Series | np.ndarray[Any, Any],
    level: RemarkLevel,
    field: str,
    rule: str,
    values: pl.Series,
    *,
    details: pl.Series | None = None,
) -> pl.DataFrame:
    """Lines of one rule at ``places``."""
    columns = {
        "index": pl.Series(places, dtype=pl.Int64),
        "value": shown_values(values),
    }
    said = pl.lit("") if details is None else details.fill_null("").str.slice(0, _LONGEST_DETAIL).alias("detail")
    lines = pl.DataFrame(columns).with_columns(level=pl.lit(str(level)), field=pl.lit(field), rule=pl.lit(rule), detail=said)
    return lines.select(SCHEMA.keys())


def shown_values(values: pl.Series) -> pl.Series:
    """Values as they may stand in a remark: numbers of persons masked, in every field alike, before anything is cut off."""
    return masked_column(values.cast(pl.String).fill_null("")).str.slice(0, _LONGEST_VALUE)


def _shown(rows: pl.DataFrame, field: str, item: CatalogueItem) -> pl.Series:
    sealed = any(each.code == field and each.sealed for each in item.fields)
    return rows.select(masked_number(pl.col(field)) if sealed else pl.col(field)).to_series()
