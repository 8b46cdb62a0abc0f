"""目录事项的类型。An item of the catalogue, its fields and terms, code tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from chengxin.policy.types_values import Confidence


class Polarity(StrEnum):
    """信息性质。"""

    ADVERSE = "adverse"
    FAVOURABLE = "favourable"
    NEUTRAL = "neutral"


class FieldKind(StrEnum):
    """字段类型 after standardising; every stored value is text in a standard form."""

    TEXT = "text"
    DATE = "date"  # YYYY-MM-DD; 2099-12-31 = long-term
    DECIMAL = "decimal"
    CODE = "code"  # value of a code table
    CODES = "codes"  # several values of a code table, ';' between them
    CREDIT_CODE = "credit_code"  # 统一社会信用代码
    ID_NUMBER = "id_number"  # always sealed


class Outcome(IntEnum):
    """办理或者检查的结果 as stored; numbers never change their meaning, words are those of policy files. 0: the item has none."""

    NONE = 0
    PASSED = 1  # 未发现问题
    RECTIFIED = 2  # 发现问题，已改正
    FAILED = 3  # 发现问题
    UNREACHABLE = 4  # 联系不上
    FULFILLED = 5  # 已履行
    BROKEN = 6  # 违约
    PERFORMING = 7  # 履行中
    UNDECIDED = 8  # 无法判断
    UNCOOPERATIVE = 9  # 不配合

    @property
    def word(self) -> str:
        """The word of policy files."""
        return self.name.lower()


@dataclass(frozen=True)
class CatalogueField:
    """目录字段。"""

    code: str  # CF_WSH
    title: str  # 行政处罚决定书文号
    kind: FieldKind
    required: bool = False
    required_when: str = ""  # a small language: "<CODE> contains 罚款|没收", "<CODE> = 自然人", "<CODE> != 自然人"
    forbidden_when: str = ""  # the same language
    max_length: int | None = None
    precision: tuple[int, int] | None = None  # decimal(18,6) → (18, 6)
    unit: str = ""  # 10000_yuan
    codes: str = ""  # id of a code table
    sealed: bool = False
    public: bool = True  # shown on the portal when the record is
    masked: bool = False  # shown with its middle replaced
    aliases: tuple[str, ...] = ()  # other header labels
    rule: str = ""  # V05
    confidence: Confidence = Confidence.FOUND
    note: str = ""


class DisclosureLevel(StrEnum):
    """公开属性。"""

    PUBLIC = "public"
    ON_REQUEST = "on_request"
    SHARED = "shared"  # offices only
    NONE = "none"


@dataclass(frozen=True)
class RecordTerm:
    """展示期限的算法 of an item on one surface.

    ``by``: ``publication_period`` (the rule of time for adverse information), ``until_field`` (the date in ``field``, last day
    shown), ``until_exit`` (a list entry: the exit date in ``field`` if given, else open, at most ``maximum``),
    ``fixed`` (``maximum`` after the document's date), ``open`` (until changed), ``never``.
    """

    by: str
    field: str = ""
    maximum: str = ""  # id of a parameter with unit calendar_period
    reference: str = ""
    note: str = ""
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class CatalogueItem:
    """目录事项。Nothing outside the catalogue is stored."""

    id: str  # administrative_penalty
    number: int  # stable small integer, used in tables
    title: str  # 行政处罚
    group: str  # acts | court | lists | registry | honours | commitments | results
    polarity: Polarity
    owner_kinds: tuple[str, ...]
    subjects: tuple[str, ...]  # legal_person | unincorporated_organization | individual_business | natural_person
    basis: tuple[Mapping[str, str], ...]  # {reference, note | quote, confidence}
    source_class: str  # public | court | market | voluntary | complaint | internet | association
    fields: tuple[CatalogueField, ...]
    roles: Mapping[str, str]  # meaning (shapes_catalogue.ROLES) → field code
    business_key: tuple[str, ...]  # field codes and the word "subject"
    deadline: str  # id of the parameter (working_day) for publication, "" if no clock runs
    level: DisclosureLevel
    natural_person: str  # mask | never (taken in, never shown) | refuse
    terms: Mapping[str, RecordTerm]  # surface → term; surfaces: public, shared, counted, effective
    severity: str = ""  # id of the severity table, "" where the item has no classes
    outcome_field: str = ""  # field that says how it went, "" where the item has none
    outcomes: Mapping[str, int] = field(default_factory=dict)  # value of that field → Outcome
    cycle: str = ""
    retention: str = ""  # id of the parameter (calendar_period): how long the raw file is kept after its submission
    english: str = ""
    note: str = ""
    path: str = ""
    second_person: bool = False  # by page or folder, a second person of the department must release it; adverse items always

    def field(self, code: str) -> CatalogueField:
        """The field with this code; KeyError if the item has none."""
        return next(f for f in self.fields if f.code == code)


@dataclass(frozen=True)
class CodeTable:
    """代码表。``values`` code → label; a cell may carry either. ``aliases`` other spellings → code."""

    id: str
    title: str
    values: Mapping[str, str]
    aliases: Mapping[str, str] = field(default_factory=dict)
    open_prefix: tuple[str, ...] = ()  # "其他-": free text after it is allowed, and required
    reference: str = ""
    confidence: Confidence = Confidence.FOUND
