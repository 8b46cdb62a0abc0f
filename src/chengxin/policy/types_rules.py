"""规则的类型。Publication periods, severity, powers, calendar, what must not be taken in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chengxin.policy.types_values import Confidence


class Severity(StrEnum):
    """失信严重程度。"""

    MINOR = "minor"  # 轻微
    GENERAL = "general"  # 一般
    SERIOUS = "serious"  # 严重


@dataclass(frozen=True)
class PublicationClass:
    """失信信息的一类：whether it is published, for how long at least and at most."""

    severity: Severity
    published: bool
    minimum: str  # P3M
    maximum: str
    note: str = ""


@dataclass(frozen=True)
class PublicationVersion:
    """失信信息公示期 of one order in force."""

    from_on: date
    reference: str
    clock_start: str  # document_determined_on | published_on
    last_day: str  # corresponding
    roll: str  # none
    classes: Mapping[Severity, PublicationClass]
    overrides: tuple[Mapping[str, str], ...] = ()  # {field: food, minimum: P1Y, …}
    transition: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class SeverityRule:
    """One line of a severity table. Lines are read from the top, the first that fits decides; every condition given must hold.

    ``otherwise`` fits always (the last line). ``provisional``: in doubt, the milder; marked until the authority states it.
    """

    severity: Severity
    sentence: str
    reference: str
    penalty_kinds: tuple[str, ...] = ()  # contains any of these
    only_kinds: tuple[str, ...] = ()  # consists of these and nothing else
    procedure: str = ""  # 简易程序
    fine_at_least: str = ""  # id of a parameter (yuan): one value per label of the code table subject_kind
    otherwise: bool = False
    provisional: bool = False
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class Power:
    """职权：who may decide what, on what basis. ``authority`` is the id of a :class:`DepartmentKind` or a department's code."""

    item: str
    authority: str
    basis: str
    note: str = ""
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class DepartmentKind:
    """机关类别, told by the end of an office's name or the beginning of its code; the first kind that fits."""

    id: str
    title: str
    names_end: tuple[str, ...] = ()
    names_contain: tuple[str, ...] = ()
    codes_begin: tuple[str, ...] = ()


@dataclass(frozen=True)
class CalendarYear:
    """一年的放假安排：the days off and the make-up working days that the State Council's notice names."""

    year: int
    days_off: frozenset[date]
    working_days: frozenset[date]  # 调休上班
    reference: str
    note: str = ""
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class BannedLabel:
    """禁采项：labels that contain ``word`` are refused by name, with the reason."""

    word: str
    reason: str
    reference: str
    except_in: tuple[str, ...] = ()  # labels that contain the word but mean something else
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class DishonestyList:
    """严重失信主体名单的一种。A local list stands on a local regulation or higher."""

    id: str
    title: str
    level: str  # national | local
    authority: str
    basis: tuple[str, ...]  # references
    term: str
    release: str
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class Measure:
    """惩戒措施。Kind A takes rights away or adds duties, B is a matter of an office's own work, C is left to others."""

    id: str
    title: str
    kind: str  # A | B | C
    authority: str
    basis: tuple[str, ...]
    subjects: tuple[str, ...]
    field: str
    term: str
    release: str
    remedy: str


@dataclass(frozen=True)
class Duty:
    """承诺里的一项义务, with its days and what starts its clock."""

    id: str
    title: str
    days: int
    clock_start: str


@dataclass(frozen=True)
class PromiseKind:
    """政务承诺的一种。"""

    id: str
    title: str
    promisor: str
    stages: tuple[str, ...]
    duties: tuple[Duty, ...]
    evidence: tuple[str, ...]
    change: str
    warnings: tuple[str, ...]
    basis: tuple[str, ...]
