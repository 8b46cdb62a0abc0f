"""参评资格的词。What is known of an office, and what follows from it. No Django."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chengxin.kernel.instants import Instant


class Outcome(StrEnum):
    """结论。"""

    YES = "yes"
    NO = "no"
    REVIEW = "review"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"yes": "可以参评", "no": "不得参评", "review": "需人工核实"}[self.value]


class ReasonKind(StrEnum):
    """理由的种类。"""

    BREACH = "breach"  # a breach on file bars
    HELD = "held"  # it would, but its use is stopped until something is decided
    NOT_ON_FILE = "not_on_file"  # a breach was found and is no record
    OFFICE_CLOSED = "office_closed"
    OFFICE_UNKNOWN = "office_unknown"

    @property
    def outcome(self) -> Outcome:
        """What it comes to by itself."""
        return Outcome.NO if self is ReasonKind.BREACH else Outcome.REVIEW


@dataclass(frozen=True)
class Period:
    """期间：half-open, of instants."""

    from_at: Instant
    until_at: Instant

    def holds(self, at: Instant) -> bool:
        """Whether ``at`` lies in it."""
        return self.from_at <= at < self.until_at


@dataclass(frozen=True)
class Breach:
    """一条政务失信记录, as its standing is now known. ``barring``: when it bars; ``held``: why its use is stopped, or ""."""

    record: int
    version: int
    document_number: str
    clause: str
    authority: str
    decided_on: date
    barring: Period
    shared: Period
    held: str = ""
    disputed: str = ""
    restoration: str = ""  # how it may be restored, in a sentence


@dataclass(frozen=True)
class OpenRectification:
    """正在限期整改的案件：for information, it bars nobody."""

    number: str
    state: str
    due_on: date | None = None


@dataclass(frozen=True)
class OfficeFacts:
    """一个单位的情况。``name`` "": no such office on the platform."""

    code: str
    name: str = ""
    closed_on: date | None = None
    subject_ids: tuple[int, ...] = ()
    breaches: Sequence[Breach] = ()
    not_on_file: Sequence[str] = ()  # numbers of the cases
    open: Sequence[OpenRectification] = ()


@dataclass(frozen=True)
class Todo:
    """还可以做的：``href`` "" where there is no page."""

    title: str
    href: str = ""


@dataclass(frozen=True)
class Reason:
    """一条理由. ``since`` and ``until``: first and last day barred; ``record`` None where there is none."""

    kind: ReasonKind
    sentence: str
    record: int | None = None
    version: int = 0
    document_number: str = ""
    clause: str = ""
    authority: str = ""
    since: date | None = None
    until: date | None = None
    disputed: str = ""
    todo: Sequence[Todo] = ()


@dataclass(frozen=True)
class Answer:
    """对一个单位的答复. ``notes``: what should be known and decides nothing."""

    code: str
    name: str
    outcome: Outcome
    reasons: Sequence[Reason] = ()
    notes: Sequence[str] = ()
    subject_ids: tuple[int, ...] = ()
