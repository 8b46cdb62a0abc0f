"""政策数据的类型。What a policy file becomes after loading: frozen, typed, dated.

Every number a citizen could question is a :class:`DatedValue`, which knows since when, from which source, with which words
and how sure we are.
"""

from chengxin.policy.types_catalogue import (
    CatalogueField,
    CatalogueItem,
    CodeTable,
    DisclosureLevel,
    FieldKind,
    Outcome,
    Polarity,
    RecordTerm,
)
from chengxin.policy.types_rules import (
    BannedLabel,
    CalendarYear,
    DepartmentKind,
    DishonestyList,
    Duty,
    Measure,
    Power,
    PromiseKind,
    PublicationClass,
    PublicationVersion,
    Severity,
    SeverityRule,
)
from chengxin.policy.types_values import City, Clause, Confidence, DatedValue, Parameter, Rank, Source

__all__ = [
    "BannedLabel",
    "CalendarYear",
    "CatalogueField",
    "CatalogueItem",
    "City",
    "Clause",
    "CodeTable",
    "Confidence",
    "DatedValue",
    "DepartmentKind",
    "DisclosureLevel",
    "DishonestyList",
    "Duty",
    "FieldKind",
    "Measure",
    "Outcome",
    "Parameter",
    "Polarity",
    "Power",
    "PromiseKind",
    "PublicationClass",
    "PublicationVersion",
    "Rank",
    "RecordTerm",
    "Severity",
    "SeverityRule",
    "Source",
]
