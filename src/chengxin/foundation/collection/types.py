"""归集的词。What a department hands in, and what became of each row.

*Rejected*: the row breaks a rule and goes back. *Quarantined*: every rule holds, but a person must say whose row it is or whether it
is a duplicate; kept, clock running, never shown. *Updated*: same business key; ``unchanged`` counts the equal ones among them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Channel(StrEnum):
    """报送渠道。"""

    CLI = "cli"
    API = "api"
    FOLDER = "folder"
    PAGE = "page"
    INSPECTION = "inspection"  # a finding that two people of the office have seen
    CASE = "case"  # what a case ended in, decided by its own people

    @property
    def needs_release(self) -> bool:
        """Whether adverse items handed in this way wait for a second person: a page and a folder do not show who was asked."""
        return self in {Channel.PAGE, Channel.FOLDER}


CHANNEL_TITLES = {
    Channel.CLI: "命令行",
    Channel.API: "接口",
    Channel.FOLDER: "文件夹",
    Channel.PAGE: "网页",
    Channel.INSPECTION: "随机抽查",
    Channel.CASE: "办案",
}


class Outcome(StrEnum):
    """一行的结果。``UNCHANGED`` counts as updated."""

    ACCEPTED = "accepted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    QUARANTINED = "quarantined"


class RemarkLevel(StrEnum):
    """行内说明的级别。"""

    ERROR = "error"
    WARNING = "warning"
    MENDED = "mended"


class QuarantineReason(StrEnum):
    """待甄别的原因：why a person must look."""

    WHOSE = "whose"  # only a name, or a number that belongs to several
    NAME_DISAGREES = "name_disagrees"  # the code is known under quite another name
    DUPLICATE = "duplicate"  # the same document about the same subject, from another authority


QUARANTINE_SENTENCES = {
    QuarantineReason.WHOSE: "凭所报名称、号码不能确定是哪一个主体，须人工判定。",
    QuarantineReason.NAME_DISAGREES: "代码对应的主体与所报名称明显不一致，可能是别家的代码，须人工判定。",
    QuarantineReason.DUPLICATE: "同一文书号、同一主体的信息已由另一机关报送，须人工判定是否重复。",
}


class QuarantineDecision(StrEnum):
    """甄别结论。"""

    LINKED = "linked"  # 归于既有主体
    OPENED = "opened"  # 另立新主体
    RETURNED = "returned"  # 退回报送单位


@dataclass(frozen=True)
class Counts:
    """计数。accepted + updated + rejected + quarantined = rows; unchanged is part of updated."""

    rows: int = 0
    accepted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    quarantined: int = 0
    mended: int = 0
    late: int = 0
    blocked: int = 0

    def __add__(self, other: Counts) -> Counts:
        mine, theirs = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})

    @property
    def add_up(self) -> bool:
        """Every row has exactly one outcome."""
        return self.accepted + self.updated + self.rejected + self.quarantined == self.rows and self.unchanged <= self.updated


@dataclass(frozen=True)
class Receipt:
    """回执：the leaf of the ledger that says what was handed in and what became of it; its proof exists from the next checkpoint."""

    submission: int
    state: str
    event: str
    content_id: int
    leaf: int
