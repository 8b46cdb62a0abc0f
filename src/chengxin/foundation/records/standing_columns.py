"""整列的状态：:func:`~chengxin.foundation.records.standing.standing_of` for a frame of rows that nothing has been done about yet.

Dates repeat: what depends on (decision, publication, class) is worked out once per different combination and joined back.
"""

from __future__ import annotations

from itertools import product
from typing import Final
from weakref import WeakKeyDictionary

import polars as pl

from chengxin.foundation.records.facts import facts_columns
from chengxin.foundation.records.publication_period import publication_end
from chengxin.foundation.records.terms import TERM_BECAUSE, maximum_end, obstacle_of
from chengxin.foundation.records.types import LONG_TERM, Because, SeverityCode, Surface
from chengxin.kernel.instants import FOREVER, NEVER, Instant
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, RecordTerm

#: The columns that :func:`standing_columns` adds, with their types.
STANDING_SCHEMA: Final = pl.Schema(
    {
        **{f"{surface}_{end}": pl.Int64() for surface in Surface for end in ("from", "until")},
        "because": pl.Int16(),
        "severity": pl.Int16(),
        "severity_provisional": pl.Boolean(),
        "due_on": pl.Date(),
        "due_provisional": pl.Boolean(),
        "act_outcome": pl.Int16(),
    }
)
_SHANGHAI_SECONDS: Final = 28_800
_END_KEYS: Final = ("decided_on", "published_on", "severity")
#: By policy set and whether on the portal: the ends of publication worked out so far. Batches of one file share nearly all of theirs.
_ends_known: WeakKeyDictionary[PolicySet, dict[bool, pl.DataFrame]] = WeakKeyDictionary()


def standing_columns(frame: pl.DataFrame, item: CatalogueItem, policy: PolicySet, received_at: Instant | str) -> pl.DataFrame:
    """``frame`` (field codes → text in standard form) with the columns of :data:`STANDING_SCHEMA`; order and height unchanged.

    ``received_at``: an instant, or the name of a column of instants (a new version keeps the receipt of its record's first).
    """
    facts = facts_columns(frame, item, policy, received_at)
    ends = pl.DataFrame([_term_column(facts, surface, item.terms[surface], policy) for surface in Surface])
    standing = facts.hstack(ends.unnest(*ends.columns)).select(
        *(column for surface in Surface for column in _period_columns(surface, item)),
        _because(item).cast(pl.Int16).alias("because"),
        "severity",
        "severity_provisional",
        "due_on",
        "due_provisional",
        "act_outcome",
    )
    return frame.drop(*STANDING_SCHEMA, strict=False).hstack(standing.cast(STANDING_SCHEMA))


def start_of_day_column(day: pl.Expr) -> pl.Expr:
    """:func:`~chengxin.kernel.instants.start_of_day` of a column of dates."""
    return day.cast(pl.Int32).cast(pl.Int64) * 86_400 - _SHANGHAI_SECONDS


def end_of_day_column(day: pl.Expr) -> pl.Expr:
    """:func:`~chengxin.kernel.instants.end_of_day` of a column of dates."""
    return start_of_day_column(day) + 86_400


def date_column(at: pl.Expr) -> pl.Expr:
    """:func:`~chengxin.kernel.instants.date_of` of a column of instants."""
    return ((at + _SHANGHAI_SECONDS) // 86_400).cast(pl.Int32).cast(pl.Date)


def _term_column(facts: pl.DataFrame, surface: Surface, term: RecordTerm, policy: PolicySet) -> pl.Series:
    """A struct column (``<surface>_end``, ``<surface>_why``): the exclusive end by the term of this surface, and its reason."""
    why = pl.lit(int(TERM_BECAUSE[term.by]))
    match term.by:
        case "publication_period":
            return _publication_column(facts, surface, policy)
        case "until_field":
            day = pl.col(f"until_{surface}")
            end = pl.when(day.is_null()).then(NEVER).when(day >= LONG_TERM).then(FOREVER).otherwise(end_of_day_column(day))
            why = pl.when(day.is_null()).then(int(Because.END_NOT_STATED)).otherwise(why)
        case "until_exit":
            day = pl.col(f"until_{surface}") if term.field else pl.lit(None, dtype=pl.Date)
            exit_at = pl.when(day.is_null() | (day >= LONG_TERM)).then(FOREVER).otherwise(start_of_day_column(day))
            longest = _maximum_column(facts, term, policy) if term.maximum else pl.lit(FOREVER)
            end = pl.when(longest.is_null()).then(NEVER).otherwise(pl.min_horizontal(exit_at, longest))
            why = pl.when(longest.is_null()).then(int(Because.NO_RULE_THEN)).otherwise(why)
        case "fixed":
            longest = _maximum_column(facts, term, policy)
            end = longest.fill_null(NEVER)
            why = pl.when(longest.is_null()).then(int(Because.NO_RULE_THEN)).otherwise(why)
        case "open":
            end = pl.lit(FOREVER)
        case "never":
            end = pl.lit(NEVER)
        case unknown:
            raise ValueError(f"the catalogue names a term that nobody knows: {unknown!r}")
    columns = facts.select("decided_on", end.cast(pl.Int64).alias(f"{surface}_end"), why.cast(pl.Int16).alias(f"{surface}_why"))
    return columns.drop("decided_on").to_struct(surface)


def _publication_column(facts: pl.DataFrame, surface: Surface, policy: PolicySet) -> pl.Series:
    received_on = date_column(pl.col("received_at"))
    rows = facts.select("decided_on", pl.min_horizontal(received_on, "due_on").alias("published_on"), pl.col("severity").cast(pl.Int16))
    ends = _ends_of(rows, policy, on_portal=surface is Surface.PUBLIC)
    found = rows.join(ends, on=_END_KEYS, how="left", maintain_order="left")
    return found.select(pl.col("end").alias(f"{surface}_end"), pl.col("why").alias(f"{surface}_why")).to_struct(surface)


def _ends_of(rows: pl.DataFrame, policy: PolicySet, *, on_portal: bool) -> pl.DataFrame:
    """A table that has the end of each different row, and of those that came before."""
    tables = _ends_known.setdefault(policy, {})
    known = tables.get(on_portal, pl.DataFrame(schema={**rows.schema, "end": pl.Int64, "why": pl.Int16}))
    new = rows.unique().join(known, on=_END_KEYS, how="anti")
    if new.height:
        ends = [
            publication_end(policy, decided, published, SeverityCode(severity), on_portal=on_portal)
            for decided, published, severity in new.iter_rows()
        ]
        whys = [int(end.because) for end in ends]
        new = new.with_columns(end=pl.Series([end.until for end in ends], dtype=pl.Int64), why=pl.Series(whys, dtype=pl.Int16))
        known = tables[on_portal] = pl.concat([known, new])
    return known


def _maximum_column(facts: pl.DataFrame, term: RecordTerm, policy: PolicySet) -> pl.Expr:
    days = facts["decided_on"].unique()
    ends = pl.Series([maximum_end(policy, term.maximum, day) for day in days], dtype=pl.Int64)
    return pl.col("decided_on").replace_strict(days, ends, default=None, return_dtype=pl.Int64)


def _period_columns(surface: Surface, item: CatalogueItem) -> tuple[pl.Expr, pl.Expr]:
    start, end = _start(surface), pl.col(f"{surface}_end")
    shown = (start < end) & (_obstacle(item, surface) == 0)
    return (
        pl.when(shown).then(start).otherwise(NEVER).alias(f"{surface}_from"),
        pl.when(shown).then(end).otherwise(NEVER).alias(f"{surface}_until"),
    )


def _start(surface: Surface) -> pl.Expr:
    if surface in (Surface.PUBLIC, Surface.SHARED):
        return pl.col("received_at")
    return start_of_day_column(pl.coalesce("valid_from", "decided_on") if surface is Surface.EFFECTIVE else pl.col("decided_on"))


def _obstacle(item: CatalogueItem, surface: Surface) -> pl.Expr:
    """The number of the obstacle, 0 where there is none."""
    names = ("natural_person", "stated_invalid", "blocked")
    obstacle = pl.lit(0)
    for marks in product((False, True), repeat=len(names)):
        found = int(obstacle_of(item, surface, *marks) or 0)
        if found:
            these = pl.all_horizontal(pl.col(name) == mark for name, mark in zip(names, marks, strict=True))
            obstacle = pl.when(these).then(found).otherwise(obstacle)
    return obstacle


def _because(item: CatalogueItem) -> pl.Expr:
    obstacle, end = _obstacle(item, Surface.PUBLIC), pl.col("public_end")
    over = (end != NEVER) & (_start(Surface.PUBLIC) >= end)
    over_or_why = pl.when(over).then(int(Because.OVER_BEFORE_RECEIPT)).otherwise(pl.col("public_why"))
    return pl.when(obstacle != 0).then(obstacle).otherwise(over_or_why)
