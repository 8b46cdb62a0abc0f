"""一行怎样写。The facts of an act → the fields of its catalogue item, by the meaning of the fields, so that every item can be written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Final, TypeAlias

from chengxin.policy.conditions import parse_condition
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, FieldKind
from chengxin.site.demo import numbers
from chengxin.site.demo.city import INDIVIDUAL, PERSON, Firm, Office, person_name

#: Field code → text as it is handed in.
Row: TypeAlias = dict[str, str]
#: Meaning (a role of the item) or field code → text.
Facts: TypeAlias = Mapping[str, str]

_FILLED_OPTIONS: Final = {
    "DJ_ZS": "住所",
    "JL_JLSY": "在本领域工作成绩突出",
    "SX_LXQK": "全部未履行",
}


def row_of(item: CatalogueItem, policy: PolicySet, facts: Facts, chance: Random) -> Row:
    """One row: what the facts say, then what the item requires besides."""
    row: Row = {}
    for role, code in item.roles.items():
        if facts.get(role):
            row.setdefault(code, facts[role])
    for field in item.fields:
        if field.code in facts:
            row[field.code] = facts[field.code]
        elif field.code not in row and (field.required or _holds(field.required_when, item, row)):
            row[field.code] = _filled(field, policy, facts, chance)
        if _holds(field.forbidden_when, item, row):
            row.pop(field.code, None)
    return row


def about_firm(firm: Firm, *, with_id: bool = False) -> dict[str, str]:
    """主体的事实。"""
    facts = {
        "subject_name": firm.name,
        "subject_kind": firm.kind,
        "subject_code": firm.code,
        "registration_number": firm.registration_number,
        "legal_representative": firm.representative,
    }
    if with_id:
        facts |= {"legal_representative_id_kind": "身份证", "legal_representative_id": firm.representative_id}
    return facts


def about_person(chance: Random) -> dict[str, str]:
    """自然人的事实。"""
    return {
        "subject_name": person_name(chance),
        "subject_kind": PERSON,
        "person_id_kind": "身份证",
        "person_id": numbers.person_number(chance),
    }


def by_office(office: Office) -> dict[str, str]:
    """机关的事实。"""
    return {"authority_name": office.name, "authority_code": office.code, "source_name": office.name, "source_code": office.code}


def registry_row(firm: Firm, office: Office, item: CatalogueItem, policy: PolicySet, *, state: str = "K") -> Row:
    """登记注册基本信息 of one subject."""
    founded = date.fromordinal(firm.founded)
    facts = {
        **about_firm(firm, with_id=firm.kind != INDIVIDUAL),
        **by_office(office),
        "title": firm.name,
        "content": firm.scope,
        "document_number": firm.code,
        "decided_on": founded.isoformat(),
        "operating_state": state,
        "industry": firm.industry,
        "division": firm.division,
        "enterprise_type": firm.enterprise_type,
        "DJ_CLRQ": founded.isoformat(),
        "DJ_ZCZB": firm.capital,
        "DJ_ZS": "演示住所",
    }
    return row_of(item, policy, facts, Random(firm.code))  # noqa: S311


def _holds(text: str, item: CatalogueItem, row: Row) -> bool:
    if not text:
        return False
    condition = parse_condition(text)
    value = row.get(condition.field, "")
    if condition.operator == "contains":
        return any(part.startswith(tuple(condition.values)) for part in value.split(";"))
    return (value in condition.values) == (condition.operator == "=")


def _filled(field: CatalogueField, policy: PolicySet, facts: Facts, chance: Random) -> str:
    if field.kind in {FieldKind.CODE, FieldKind.CODES}:
        return chance.choice(list(policy.code_table(field.codes).values))
    if field.kind is FieldKind.DATE:
        return facts.get("decided_on", "")
    if field.kind is FieldKind.DECIMAL:
        return str(chance.randrange(1, 400) / 10)
    if field.kind is FieldKind.CREDIT_CODE:
        return facts.get("authority_code", "")
    if "依据" in field.title:
        return facts.get("basis", "") or f"（{facts['decided_on'][:4]}）演示法执字第{chance.randrange(1, 999)}号"
    return facts.get("told", "") or facts.get("content", "") or field.title
