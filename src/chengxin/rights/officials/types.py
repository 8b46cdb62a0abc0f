"""公务员记录的词。What is on file, what follows from it for a purpose, and what is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from chengxin.kernel.instants import FOREVER, Instant

#: What cases may be about, reads are of, and notices speak of.
OFFICIAL_RECORD: Final = "official_record"
OFFICIAL_CHECK: Final = "official_check"

#: Sealed fields of an entry. They stand in no table in clear.
NUMBER, NAME, DOCUMENT = "official_number", "official_name", "official_document"

#: Delegations of the personnel authority: the item is this and the purpose, the reference is the matter.
CHECK_ITEM: Final = "official_check."
ADVERSE, FAVOURABLE = "adverse", "favourable"


class Outcome(StrEnum):
    """核查的答复。No score, no grade, no number."""

    NONE = "no_record_in_force"
    IN_FORCE = "in_force"
    REVIEW = "review"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"no_record_in_force": "没有有效的失信记录", "in_force": "有有效的失信记录", "review": "待核实"}[self.value]


class Ending(StrEnum):
    """不再有效的缘由。"""

    RESTORED = "restored"
    REVOKED = "revoked"
    CORRECTED = "corrected"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"restored": "已修复", "revoked": "已撤销", "corrected": "已更正"}[self.value]


@dataclass(frozen=True)
class Fact:
    """一条记录, as far as an answer depends on it. ``same_name``: the name asked with is the one on file; ``disputed``: an objection is
    open."""

    record_id: int
    kind: str
    decided_on: date
    accepted_at: Instant | None
    ended_at: Instant | None = None
    same_name: bool = True
    disputed: bool = False


@dataclass(frozen=True)
class Effect:
    """对一项用途的影响：from the day of the decision until ``until`` (exclusive; FOREVER: no end of its own)."""

    polarity: str
    since: Instant
    until: Instant

    @property
    def is_open(self) -> bool:
        """Whether it has no end of its own."""
        return self.until == FOREVER
