"""登记状况的指标。Properties of the subject itself that an indicator may count, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir


@dataclass(frozen=True)
class Fact:
    """一项登记状况。"""

    title: str
    holds: Callable[[ir.Table], ir.BooleanValue]


FACTS: Final[Mapping[str, Fact]] = {
    "not_in_registry": Fact("登记机关还没有登记信息", lambda subjects: ~subjects.in_registry),
    "no_industry": Fact("登记信息没有行业代码", lambda subjects: subjects.in_registry & (subjects.industry == "")),
    "no_division": Fact("登记信息没有行政区划", lambda subjects: subjects.in_registry & (subjects.division == "")),
}
