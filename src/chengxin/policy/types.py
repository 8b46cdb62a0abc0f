"""政策数据的类型。What a policy file becomes after loading: frozen, typed, dated.

Every number a citizen could question is a :class:`DatedValue`, which knows since when, from which source, with which words
and how sure we are.
"""

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
    group: str  # acts | court | lists | registry | honours
    polarity: Polarity
    owner_kinds: tuple[str, ...]
    subjects: tuple[str, ...]  # legal_person | unincorporated_organization | individual_business | natural_person
    basis: tuple[Mapping[str, str], ...]  # {reference, note | quote, confidence}
    source_class: str  # public | court | market | voluntary | complaint | internet | association
    fields: tuple[CatalogueField, ...]
    roles: Mapping[str, str]  # meaning → field code: subject_name, subject_kind, subject_code, registration_number, organization_code,
    # tax_number, institution_number, society_number, legal_representative, legal_representative_id_kind, legal_representative_id, person_id_kind,
    # person_id, document_number, document_title, decided_on, authority_name, authority_code, source_name, source_code,
    # valid_from, valid_until, content, state, exit_on, published_until, title, severity, severity_reason, procedure, penalty_kinds, fine, confiscation
    business_key: tuple[str, ...]  # field codes and the word "subject"
    deadline: str  # id of the parameter (working_day) for publication, "" if no clock runs
    level: DisclosureLevel
    natural_person: str  # mask | never (taken in, never shown) | refuse
    terms: Mapping[str, RecordTerm]  # surface → term; surfaces: public, shared, counted, effective
    severity: str = ""  # id of the severity table, "" where the item has no classes
    cycle: str = ""
    path: str = ""

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
    """One line of a severity table: kinds of penalty first, then amounts, the milder in doubt."""

    severity: Severity
    sentence: str
    reference: str
    penalty_kinds: tuple[str, ...] = ()  # contains any of these
    procedure: str = ""  # 简易程序
    fine_at_least: str = ""  # id of a parameter (yuan), per kind of subject in its table
    confidence: Confidence = Confidence.FOUND


@dataclass(frozen=True)
class Power:
    """职权：who may decide what, on what basis. ``authority`` is a kind of department or a code."""

    item: str
    authority: str
    basis: str
    note: str = ""
