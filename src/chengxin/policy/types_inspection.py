"""随机抽查事项的类型。What may be inspected at random at all, by whom, and what is looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckItem:
    """检查项: one line of the sheet that the inspectors fill in."""

    id: str
    title: str


@dataclass(frozen=True)
class InspectionMatter:
    """随机抽查事项：``field`` is the field of supervision whose offices inspect it; ``licences`` is what an inspector must be able to
    enforce, any one of them; ``industries`` are beginnings of industry codes, none: every industry."""

    id: str
    title: str
    field: str
    licences: tuple[str, ...]
    industries: tuple[str, ...]
    checks: tuple[CheckItem, ...]
    reference: str
    note: str
    confidence: str
