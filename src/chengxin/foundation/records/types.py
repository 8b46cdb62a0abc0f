"""信用记录的词。Small integers for the tables, Chinese labels for the pages; numbers never change their meaning."""

from __future__ import annotations

from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from chengxin.policy.types import Severity

#: 长期：the date that the field standards write for "without end".
LONG_TERM: Final = date(2099, 12, 31)

#: What the clause of a hold begins with that a case placed: only that case ends it.
CASE_CLAUSE: Final = "case:"


class Surface(StrEnum):
    """展示面：where a record may appear."""

    PUBLIC = "public"  # portal, API, downloads, feed
    SHARED = "shared"  # other offices
    COUNTED = "counted"  # evaluation
    EFFECTIVE = "effective"  # the act itself holds


SURFACE_LABELS: Final[dict[Surface, str]] = {
    Surface.PUBLIC: "公示",
    Surface.SHARED: "共享",
    Surface.COUNTED: "计入评价",
    Surface.EFFECTIVE: "行为效力",
}


class SeverityCode(IntEnum):
    """失信严重程度 as stored; 0: the item has no classes."""

    NONE = 0
    MINOR = 1
    GENERAL = 2
    SERIOUS = 3

    @property
    def label(self) -> str:
        """轻微、一般、严重, or empty."""
        return ("", "轻微", "一般", "严重")[self]

    @property
    def word(self) -> Severity | None:
        """The word that policy files use; None where the item has no classes."""
        return (None, Severity.MINOR, Severity.GENERAL, Severity.SERIOUS)[self]

    @classmethod
    def of(cls, severity: Severity) -> SeverityCode:
        """The stored number of a policy word."""
        return {Severity.MINOR: cls.MINOR, Severity.GENERAL: cls.GENERAL, Severity.SERIOUS: cls.SERIOUS}[severity]

    @classmethod
    def stated(cls, text: str) -> SeverityCode:
        """What an authority wrote in 失信严重程度 (its label or the policy word); NONE if it wrote nothing that is known."""
        return STATED_SEVERITY.get(text.strip(), cls.NONE)


STATED_SEVERITY: Final[dict[str, SeverityCode]] = {
    text: code for code in SeverityCode if code.word is not None for text in (code.label, f"{code.label}失信", code.word.value)
}


class SourceClass(IntEnum):
    """来源类别：only public and court data count as public credit data."""

    PUBLIC = 1
    COURT = 2
    MARKET = 3
    VOLUNTARY = 4
    COMPLAINT = 5
    INTERNET = 6
    ASSOCIATION = 7

    @property
    def label(self) -> str:
        """The Chinese label."""
        return ("", "公共信用信息", "司法信息", "市场信用信息", "自愿填报信息", "投诉举报信息", "互联网信息", "行业协会信息")[self]

    @property
    def is_public_credit_data(self) -> bool:
        """是否公共信用信息. The other classes are shown apart and never mixed in."""
        return self in (SourceClass.PUBLIC, SourceClass.COURT)

    @classmethod
    def of(cls, word: str) -> SourceClass:
        """The stored number of a catalogue's ``source_class``; KeyError for an unknown word."""
        return cls[word.upper()]


class Because(IntEnum):
    """公示期的缘由：why the public period is what it is. Below 20 it runs its course, 20–39 it never is, from 40 something stopped it."""

    PUBLICATION_PERIOD = 1
    VALIDITY = 2
    UNTIL_EXIT = 3
    FIXED_TERM = 4
    OPEN_END = 5
    NOT_FOR_THE_PUBLIC = 20
    MINOR = 21
    NATURAL_PERSON = 22
    OVER_BEFORE_RECEIPT = 23
    NO_RULE_THEN = 24
    STATED_INVALID = 25
    END_NOT_STATED = 26
    NO_CLASS = 27
    BLOCKED = 28
    WITHDRAWN = 40
    RESTORED = 41
    HELD = 42
    ERASED = 43

    @property
    def label(self) -> str:
        """The Chinese sentence that the pages show."""
        return _BECAUSE_LABELS[self]


_BECAUSE_LABELS: Final[dict[Because, str]] = {
    Because.PUBLICATION_PERIOD: "在失信信息公示期内公示，到期自动停止",
    Because.VALIDITY: "在文书载明的有效期内公示",
    Because.UNTIL_EXIT: "在列期间公示，移出即停止",
    Because.FIXED_TERM: "自文书日期起公示固定期限",
    Because.OPEN_END: "公示至内容变更",
    Because.NOT_FOR_THE_PUBLIC: "目录规定不向社会公开",
    Because.MINOR: "轻微失信信息，只归集不公示",
    Because.NATURAL_PERSON: "自然人信息，按目录不公示",
    Because.OVER_BEFORE_RECEIPT: "报送时公示期已满，不再公示",
    Because.NO_RULE_THEN: "作出决定时没有在案的公示期规定，不公示，待核",
    Because.STATED_INVALID: "报送单位标明已失效，不公示",
    Because.END_NOT_STATED: "没有写明终止日期，不公示，待核",
    Because.NO_CLASS: "没有失信程度分类依据，不公示，待核",
    Because.BLOCKED: "文本含有个人信息或者涉密标记，只归集不公示",
    Because.WITHDRAWN: "文书被变更、撤销或者确认违法、无效，已撤回",
    Because.RESTORED: "已完成信用修复，提前停止公示",
    Because.HELD: "因异议等事由暂停展示",
    Because.ERASED: "内容已依法删除",
}


class ActVerb(StrEnum):
    """后续行为：what may be done about a record after it was recorded."""

    WITHDRAWN = "withdrawn"
    SEVERITY_STATED = "severity_stated"
    CORRECTED = "corrected"
    RESTORED = "restored"
    ERASED = "erased"
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return _VERB_LABELS[self]

    @property
    def is_internal(self) -> bool:
        """Whether it is a step inside the office, which changes nothing by itself and is not shown to the public."""
        return self in (ActVerb.PROPOSED, ActVerb.ADOPTED, ActVerb.DECLINED)


_VERB_LABELS: Final[dict[ActVerb, str]] = {
    ActVerb.WITHDRAWN: "撤回",
    ActVerb.SEVERITY_STATED: "认定失信程度",
    ActVerb.CORRECTED: "更正",
    ActVerb.RESTORED: "信用修复",
    ActVerb.ERASED: "删除内容",
    ActVerb.PROPOSED: "提请办理",
    ActVerb.ADOPTED: "复核同意",
    ActVerb.DECLINED: "复核不同意",
}


class WithdrawalReason(StrEnum):
    """撤回事由。"""

    CHANGED = "changed"
    REVOKED = "revoked"
    UNLAWFUL = "unlawful"
    VOID = "void"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"changed": "原行政行为被变更", "revoked": "原行政行为被撤销", "unlawful": "被确认违法", "void": "被确认无效"}[self]
