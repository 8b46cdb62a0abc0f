"""政策取值的类型。Sources, clauses, dated values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Confidence(StrEnum):
    """核实程度。Shown wherever the value is shown."""

    FOUND = "found"
    RECALLED = "recalled"
    TO_CONFIRM = "to_confirm"
    ASSUMED = "assumed"


class Rank(StrEnum):
    """效力位阶。"""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    LOCAL_REGULATION = "local_regulation"
    RULE = "rule"
    NORMATIVE_DOCUMENT = "normative_document"
    STANDARD = "standard"
    MUNICIPAL_PLAN = "municipal_plan"
    PROJECT = "project"  # a choice of this platform, not a legal source


@dataclass(frozen=True)
class Source:
    """依据文件。"""

    id: str
    title: str
    rank: Rank
    number: str = ""
    in_force_from: date | None = None
    in_force_until: date | None = None  # exclusive
    supersedes: tuple[str, ...] = ()
    text: str | None = None  # path under policies/, None: not on file
    note: str = ""


@dataclass(frozen=True)
class Clause:
    """条款：one sentence of a source that is on file."""

    id: str
    source: str
    quote: str
    mission: tuple[str, ...] = ()
    owner: str = ""  # "foundation.disclosure", "planned" or "not_software: <why>"


@dataclass(frozen=True)
class DatedValue:
    """One value of a parameter, in force from ``from_on`` until the next value's date."""

    from_on: date
    value: Any
    reference: str
    quote: str = ""
    note: str = ""
    confidence: Confidence = Confidence.FOUND
    until_on: date | None = None  # exclusive
    applies_to: Mapping[str, str] = field(default_factory=dict)  # a pilot: {division: 370902, field: …}


@dataclass(frozen=True)
class Parameter:
    """参数：one question, its dated answers in order."""

    id: str
    title: str
    unit: str  # working_day | calendar_day | calendar_period | yuan | byte | count | per_mille | second | text | table
    values: tuple[DatedValue, ...]
    layer: str = ""  # national | shandong | taian | the city's own
    path: str = ""
    tighter: str = "fixed"  # what a later layer may do: lower | higher | free | fixed (nothing)


@dataclass(frozen=True)
class City:
    """本市：its name, its division code, and the layers of policy it uses, from the top."""

    title: str
    division: str
    chain: tuple[str, ...]
