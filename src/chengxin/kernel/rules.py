"""规则。A rule is a sentence with a source, and one body.

A rule about rows is an expression over standard columns; a single row is a frame of height one. The faults of a row are the bits
of one integer, in the order in which the rules are given; bits become lists only for the rows that have some.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Generic, TypeVar

import polars as pl

Facts = TypeVar("Facts")

#: Bits of one mask: 63, so that it also fits the signed integers of both databases.
MOST_RULES: Final = 63


class Level(StrEnum):
    """规则的级别。"""

    ERROR = "error"  # 错误：the row goes back
    WARNING = "warning"  # 提示：the row is taken, with a word


@dataclass(frozen=True)
class Rule:
    """规则。``sentence`` is what the user reads, ``clause`` its source ("" where it is our own), ``mend`` how to put it right."""

    id: str
    sentence: str
    clause: str
    mend: str


@dataclass(frozen=True)
class RowRule(Rule):
    """行规则。``broken`` is true where the row breaks the rule; null counts as broken, so an absent value must be spoken for.

    ``fields`` are the columns to show as the place of the fault, the first one foremost.
    """

    fields: tuple[str, ...]
    broken: pl.Expr = field(compare=False, repr=False)
    level: Level = Level.ERROR


@dataclass(frozen=True)
class FactRule(Rule, Generic[Facts]):
    """事实规则：about a thing that is not a row."""

    holds: Callable[[Facts], bool] = field(compare=False, repr=False)

    def violations(self, facts: Facts, **where: str) -> tuple[Violation, ...]:
        """Nothing, or this rule's violation at ``where``."""
        return () if self.holds(facts) else (Violation(self, where),)


@dataclass(frozen=True)
class Violation:
    """违反：a rule, and where it is broken (sheet, row, field, value)."""

    rule: Rule
    where: Mapping[str, str] = field(default_factory=dict)


def mask_column(frame: pl.DataFrame, rules: Sequence[RowRule]) -> pl.Series:
    """违反的规则：one UInt64 per row, named ``broken``; bit i is set where ``rules[i]`` is broken. ValueError beyond 63 rules."""
    check_rules(rules)
    bits = [rule.broken.fill_null(True).cast(pl.UInt64) * (1 << bit) for bit, rule in enumerate(rules)]
    if not bits:
        return pl.repeat(0, frame.height, dtype=pl.UInt64, eager=True).alias("broken")
    broken = frame.select(pl.sum_horizontal(bits).cast(pl.UInt64).alias("broken")).to_series()
    # A body of literals alone answers one row for all.
    return broken if len(broken) == frame.height else pl.repeat(broken[0], frame.height, dtype=pl.UInt64, eager=True).alias("broken")


def mask_of(rules: Sequence[RowRule], level: Level) -> int:
    """The bits of all rules of one level: ``mask & mask_of(rules, Level.ERROR)`` are the faults that send a row back."""
    return sum(1 << bit for bit, rule in enumerate(rules) if rule.level == level)


def codes_of(mask: int, rules: Sequence[RowRule]) -> tuple[RowRule, ...]:
    """The rules whose bits are set. ValueError for a bit that no rule has."""
    if mask >> len(rules):
        raise ValueError(f"the mask {mask:#x} has more bits than the {len(rules)} rules")
    return tuple(rule for bit, rule in enumerate(rules) if mask >> bit & 1)


def check_rules(rules: Sequence[RowRule]) -> None:
    """ValueError unless the rules fit one mask and no id comes twice."""
    if len(rules) > MOST_RULES:
        raise ValueError(f"{len(rules)} rules do not fit one mask of {MOST_RULES} bits")
    if len({rule.id for rule in rules}) != len(rules):
        raise ValueError("the id of a rule comes twice")
