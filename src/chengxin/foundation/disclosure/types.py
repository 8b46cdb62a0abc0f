"""公开时限的词。Why an act that is known is not on record, and how it can be settled."""

from __future__ import annotations

from enum import StrEnum


class OutstandingReason(StrEnum):
    """未在案的情形。"""

    REJECTED = "rejected"  # the row broke a rule and did not come back
    QUARANTINED = "quarantined"  # nobody has decided whose it is
    RETURNED = "returned"  # the person who looked sent it back
    SENT_BACK = "sent_back"  # its whole submission was returned or refused

    @property
    def label(self) -> str:
        """The words on a page."""
        return {
            "rejected": "退回后未重报",
            "quarantined": "待甄别，尚未判定",
            "returned": "甄别退回后未重报",
            "sent_back": "整份退回后未重报",
        }[self]


class SettledBy(StrEnum):
    """怎样了结。"""

    RECORD = "record"  # it came back and is on record
    DECIDED = "decided"  # a person decided about the quarantined row
    CLOSED = "closed"  # explained by the office, agreed by a second person
    ERASED = "erased"  # what it said was erased


class ClosingVerb(StrEnum):
    """结案的步骤。"""

    ASKED = "asked"
    CLOSED = "closed"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The words on a page."""
        return {"asked": "提请结案", "closed": "复核结案", "declined": "复核不同意"}[self]
