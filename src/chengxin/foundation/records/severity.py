"""失信严重程度：from the kinds of penalty first, then from amounts; in doubt the milder, provisional until the authority states it.

The lines of the table are policy (``policies/…/severity_*.yaml``), read from the top; the first that fits decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

import polars as pl

from chengxin.foundation.records.types import STATED_SEVERITY, SeverityCode
from chengxin.policy.errors import NoValueYet
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, SeverityRule

#: How many yuan one unit of a field is.
YUAN_PER_UNIT: Final[Mapping[str, int]] = {"": 1, "yuan": 1, "10000_yuan": 10_000}


def severity_of(row: Mapping[str, str], item: CatalogueItem, policy: PolicySet, decided_on: date) -> tuple[SeverityCode, bool]:
    """失信严重程度 of one row, and whether it is provisional. NONE where the item has no classes."""
    if not item.severity:
        return SeverityCode.NONE, False
    stated = SeverityCode.stated(row.get(item.roles.get("severity", ""), "") or "")
    if stated:
        return stated, False
    for rule in policy.severity_table(item.severity):
        if _fits(rule, row, item, policy, decided_on):
            return SeverityCode.of(rule.severity), rule.provisional
    return SeverityCode.NONE, True


def rule_of(row: Mapping[str, str], item: CatalogueItem, policy: PolicySet, decided_on: date) -> SeverityRule | None:
    """The line of the table that decided, for showing its sentence; None if the authority stated the class or there are none."""
    if not item.severity or SeverityCode.stated(row.get(item.roles.get("severity", ""), "") or ""):
        return None
    return next((rule for rule in policy.severity_table(item.severity) if _fits(rule, row, item, policy, decided_on)), None)


def severity_columns(frame: pl.DataFrame, item: CatalogueItem, policy: PolicySet, decided_on: pl.Expr) -> tuple[pl.Series, pl.Series]:
    """The same for a whole frame: the stored number and the provisional mark of each row."""
    if not item.severity:
        return _all(frame, int(SeverityCode.NONE), pl.Int16), _all(frame, False, pl.Boolean)
    rules = policy.severity_table(item.severity)
    line = pl.lit(len(rules), dtype=pl.Int16)  # the first line that fits; behind the last: none does
    for place, rule in reversed(list(enumerate(rules))):
        fits = _fits_column(rule, frame, item, policy, decided_on).fill_null(False)
        line = pl.when(fits).then(pl.lit(place, dtype=pl.Int16)).otherwise(line)
    lines = frame.with_columns(line.alias("line"))["line"]
    severity = pl.Series([int(SeverityCode.of(rule.severity)) for rule in rules] + [int(SeverityCode.NONE)], dtype=pl.Int16).gather(lines)
    provisional = pl.Series([rule.provisional for rule in rules] + [True], dtype=pl.Boolean).gather(lines)
    column = item.roles.get("severity", "")
    if column not in frame.columns or frame[column].null_count() == frame.height:
        return severity, provisional
    stated = (
        frame[column]
        .str.strip_chars()
        .replace_strict({text: int(code) for text, code in STATED_SEVERITY.items()}, default=None, return_dtype=pl.Int16)
    )
    return stated.fill_null(severity), provisional & stated.is_null()


def _all(frame: pl.DataFrame, value: int, dtype: type[pl.DataType]) -> pl.Series:
    return pl.repeat(value, frame.height, dtype=dtype, eager=True)


def _fits(rule: SeverityRule, row: Mapping[str, str], item: CatalogueItem, policy: PolicySet, decided_on: date) -> bool:
    def said(role: str) -> str:
        return (row.get(item.roles.get(role, ""), "") or "").strip()

    given = [kind.strip() for kind in said("penalty_kinds").split(";")]
    if rule.penalty_kinds and not any(kind.startswith(rule.penalty_kinds) for kind in given):  # 吊销: every kind that begins so
        return False
    if rule.only_kinds and not all(kind.startswith(rule.only_kinds) for kind in given):
        return False
    if rule.procedure and said("procedure") != rule.procedure:
        return False
    if not rule.fine_at_least:
        return True
    try:
        amount = Decimal(said("fine")) * YUAN_PER_UNIT[item.field(item.roles["fine"]).unit]
        threshold = policy.value_at(rule.fine_at_least, decided_on).value
    except (InvalidOperation, NoValueYet):  # no amount, or no threshold on file then: in doubt the milder
        return False
    if isinstance(threshold, Mapping):
        threshold = threshold.get(said("subject_kind"))
    return threshold is not None and amount >= threshold


def _fits_column(rule: SeverityRule, frame: pl.DataFrame, item: CatalogueItem, policy: PolicySet, decided_on: pl.Expr) -> pl.Expr:
    def said(role: str) -> pl.Expr:
        column = item.roles.get(role, "")
        return pl.col(column).fill_null("").str.strip_chars() if column in frame.columns else pl.lit("")

    fits = pl.lit(True)
    if rule.penalty_kinds:
        fits &= said("penalty_kinds").str.contains(rf"(?:^|;)\s*(?:{_any_of(rule.penalty_kinds)})")
    if rule.only_kinds:
        one = rf"\s*(?:{_any_of(rule.only_kinds)})[^;]*"
        fits &= said("penalty_kinds").str.contains(rf"^{one}(?:;{one})*$")
    if rule.procedure:
        fits &= said("procedure") == rule.procedure
    if rule.fine_at_least:
        unit = YUAN_PER_UNIT[item.field(item.roles["fine"]).unit]
        amount = said("fine").cast(pl.Decimal(30, 6), strict=False) * pl.lit(unit)
        fits &= amount >= _threshold_column(rule.fine_at_least, policy, decided_on, said("subject_kind")).cast(pl.Decimal(30, 6))
    return fits


def _any_of(kinds: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, kinds))


def _threshold_column(parameter: str, policy: PolicySet, decided_on: pl.Expr, kind: pl.Expr) -> pl.Expr:
    threshold = pl.lit(None, dtype=pl.Int64)
    for value in policy.parameter(parameter).values:
        if value.applies_to:  # pilots of a county or field do not move the city's classes
            continue
        in_force = decided_on >= value.from_on
        if value.until_on is not None:
            in_force &= decided_on < value.until_on
        amount = value.value
        said = kind.replace_strict(dict(amount), default=None, return_dtype=pl.Int64) if isinstance(amount, Mapping) else pl.lit(amount)
        threshold = pl.when(in_force).then(said).otherwise(threshold)
    return threshold
