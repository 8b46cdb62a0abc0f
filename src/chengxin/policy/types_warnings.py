"""风险预警的类型。What a policy file of a warning rule becomes: over which records, with which numbers, for which office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class WarningKind(StrEnum):
    """预警的种类：each is one statement over the records (``during_event/warnings/rules.py``)."""

    NEW_LISTING = "new_listing"
    PENALTY_BURST = "penalty_burst"
    LICENCE_ENDING = "licence_ending"
    SHARED_PERSON = "shared_person"
    FAILED_AGAIN = "failed_again"


#: Inbox of the office that made the newest of the records; any other inbox is a field of supervision.
DECIDING_OFFICE = "deciding_office"


@dataclass(frozen=True)
class WarningVersion:
    """一版规则。``days``: the window; ``least``: so many in it; ``past_days``, ``times_past``: and so many times the rate of the own
    past before the window (of a listing: how old one that was reported late may be); ``quiet_days``: after a warning so long none on
    the same ground. 0: the kind does not use it."""

    from_on: date
    days: int
    least: int
    past_days: int
    times_past: int
    quiet_days: int
    reference: str
    quote: str
    note: str
    confidence: str


@dataclass(frozen=True)
class WarningRule:
    """一条预警规则。"""

    id: str
    title: str
    kind: WarningKind
    items: tuple[int, ...]  # numbers of the catalogue items looked at
    severities: tuple[int, ...]  # only records of these classes; empty: any
    inbox: str
    advice: str  # what the office is asked to look at
    versions: tuple[WarningVersion, ...]
    path: str

    def version_at(self, as_of: date) -> WarningVersion | None:
        """The version in force on ``as_of``; None before the first: nobody is warned by a rule that was not in force."""
        return next((version for version in reversed(self.versions) if version.from_on <= as_of), None)
