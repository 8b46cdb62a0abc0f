"""For any item of the catalogue one row that keeps every rule, made from its field list."""

from __future__ import annotations

from chengxin.policy.conditions import parse_condition
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, FieldKind
from tests.harness.penalties import code_of

DECIDED_ON = "2026-11-12"
LATER = "2027-11-11"
_ENDS = ("valid_until", "exit_on", "published_until")


def valid_row(item: CatalogueItem, policy: PolicySet, authority: str, number: int = 1) -> dict[str, str]:
    """Field code → text; only what must be filled in is."""
    row = {field.code: _value(field, item, policy, authority, number) for field in item.fields if field.required}
    for field in item.fields:
        if field.required_when and field.code not in row:
            condition = parse_condition(field.required_when)
            if condition.holds(row.get(condition.field, "")):
                row[field.code] = _value(field, item, policy, authority, number)
    return row


def _value(field: CatalogueField, item: CatalogueItem, policy: PolicySet, authority: str, number: int) -> str:
    role = next((role for role, code in item.roles.items() if code == field.code), "")
    if role == "subject_name":
        return f"泰安云杉{number:05d}商贸有限公司"
    if role in {"authority_code", "source_code"}:
        return authority
    if field.kind is FieldKind.CREDIT_CODE:
        return code_of(number)
    if field.kind is FieldKind.DATE:
        return LATER if role in _ENDS else DECIDED_ON
    if field.kind is FieldKind.DECIMAL:
        return "1"
    if field.kind in {FieldKind.CODE, FieldKind.CODES}:
        return next(iter(policy.code_table(field.codes).values))
    return {"document_number": f"泰文〔2026〕{number}号"}.get(role, "某某")[: field.max_length or 200]
