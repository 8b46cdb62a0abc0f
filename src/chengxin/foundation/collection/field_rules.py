"""目录字段的规则, generated from an item's field list: required, forbidden, length, form of a date, a number, a code.

Cells are text in their standard form; an empty cell is null. What a rule with an id of its own (V01–V13) already says about a
cell is not said twice: :func:`field_rules` leaves those out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import polars as pl

from chengxin.foundation.collection.day_text import days_of
from chengxin.foundation.collection.screening import ScreenedRule, by_different_values, is_given, is_missing, longer_than
from chengxin.kernel.rules import RowRule
from chengxin.policy.conditions import parse_condition
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, CodeTable, FieldKind

#: What stands between two values of a field that may hold several.
SEPARATOR: Final = ";"


def field_rules(item: CatalogueItem, policy: PolicySet) -> tuple[RowRule, ...]:
    """字段规则 of ``item``, in the order of its field list."""
    return tuple(rule for field in item.fields for rule in _of_field(item, field, policy))


def condition_holds(item: CatalogueItem, policy: PolicySet, text: str) -> pl.Expr:
    """Column form of a condition of the catalogue (:mod:`chengxin.policy.conditions`); values may be codes or their labels."""
    condition = parse_condition(text)
    field = item.field(condition.field)
    values = set(condition.values)
    if field.codes:
        table = policy.code_table(field.codes)
        values |= {code for code, label in table.values.items() if label in condition.values}
    column = pl.col(condition.field)
    if condition.operator == "contains":
        return begins_with_any(condition.field, sorted(values))
    if condition.operator == "=":
        return column.is_in(sorted(values)).fill_null(False)
    return ~column.is_in(sorted(values)).fill_null(False)


def begins_with_any(code: str, words: list[str]) -> pl.Expr:
    """Whether one of the field's values begins with one of ``words``: 没收 fits 没收违法所得, but not 其他-拒绝没收."""
    alternatives = "|".join(re.escape(word) for word in words)
    return pl.col(code).str.contains(f"(^|{SEPARATOR})({alternatives})").fill_null(False)


def _of_field(item: CatalogueItem, field: CatalogueField, policy: PolicySet) -> Iterator[RowRule]:
    column = pl.col(field.code)
    name = f"“{field.title}”"
    clause = item.basis[0]["reference"] if item.basis else ""

    def rule(check: str, sentence: str, mend: str, broken: pl.Expr, possible: pl.Expr | None = None) -> RowRule:
        return ScreenedRule(
            id=f"catalogue.{check}.{field.code}",
            sentence=sentence,
            clause=clause,
            mend=mend,
            fields=(field.code,),
            broken=broken.fill_null(False),
            possible=is_given(field.code) if possible is None else possible,
        )

    if field.required:
        yield rule("required", f"{name}为必填项。", "补填后重新报送。", column.is_null(), is_missing(field.code))
    if field.required_when:
        holds = condition_holds(item, policy, field.required_when)
        when = _spoken(item, field.required_when)
        yield rule("required", f"{when}，{name}必填。", "补填，或者核对前一项是否填错。", holds & column.is_null(), is_missing(field.code))
    if field.forbidden_when:
        holds = condition_holds(item, policy, field.forbidden_when)
        when = _spoken(item, field.forbidden_when)
        yield rule("forbidden", f"{when}，{name}应当为空。", "清空这一格，或者核对前一项是否填错。", holds & column.is_not_null())
    if field.max_length:
        sentence, mend = f"{name}不得超过 {field.max_length} 个字。", "删减到规定的长度。"
        yield rule("length", sentence, mend, column.str.len_chars() > field.max_length, longer_than(field.code, field.max_length))
    yield from _of_kind(field, policy, rule)


def _of_kind(field: CatalogueField, policy: PolicySet, rule: _MakesRule) -> Iterator[RowRule]:
    column = pl.col(field.code)
    name = f"“{field.title}”"
    if field.kind is FieldKind.DATE:
        form = "写成 2026-04-01、2026/4/1 或 2026年4月1日 的样子；长期的写 2099-12-31。"
        broken = _where(column, lambda texts: texts.is_not_null() & days_of(texts).is_null())
        yield rule("date", f"{name}应当是一个存在的日期，年份写四位。", form, broken)
    if field.kind is FieldKind.DECIMAL:
        digits, places = field.precision or (18, 6)
        shape = rf"^-?\d{{1,{digits - places}}}(\.\d{{1,{places}}})?$"
        unit = "，单位为万元" if field.unit == "10000_yuan" else ""
        sentence = f"{name}应当是数字，整数不超过 {digits - places} 位，小数不超过 {places} 位{unit}。"
        yield rule("number", sentence, "只填数字，不带单位和说明。", _where(column, lambda texts: ~texts.str.contains(shape)))
        yield rule("negative", f"{name}不得为负数。", "核对金额。", _where(column, lambda texts: texts.str.starts_with("-")))
    if field.kind in {FieldKind.CODE, FieldKind.CODES}:
        table = policy.code_table(field.codes)
        mend = "只能填：" + "、".join(_choices(table)) + "。"
        several = field.kind is FieldKind.CODES
        shape = _code_shape(table, several=several)
        yield rule("code", f"{name}不在代码表“{table.title}”内。", mend, _where(column, lambda texts: ~texts.str.contains(shape)))


def _where(column: pl.Expr, holds: Callable[[pl.Series], pl.Series]) -> pl.Expr:
    return column.map_batches(lambda texts: by_different_values(texts, holds), return_dtype=pl.Boolean)


def _choices(table: CodeTable) -> list[str]:
    shown = [code if code == label else f"{code}（{label}）" for code, label in table.values.items()]
    return [*shown[:30], *(["……"] if len(shown) > 30 else []), *(f"{prefix}（具体说明）" for prefix in table.open_prefix)]


def _code_shape(table: CodeTable, *, several: bool) -> str:
    """Whether a text is one code (or several); what may follow an open prefix is judged by V08."""
    known = [re.escape(code) for code in table.values] + [f"{re.escape(prefix)}[^{SEPARATOR}]*" for prefix in table.open_prefix]
    known += [re.escape(prefix.rstrip("-")) for prefix in table.open_prefix]
    one = f"({'|'.join(known)})"
    return f"^{one}({SEPARATOR}{one})*$" if several else f"^{one}$"


def _spoken(item: CatalogueItem, text: str) -> str:
    condition = parse_condition(text)
    title = item.field(condition.field).title
    values = "、".join(condition.values)
    return {"contains": f"“{title}”含{values}的", "=": f"“{title}”为{values}的", "!=": f"“{title}”不是{values}的"}[condition.operator]


class _MakesRule(Protocol):
    """Type of the closure in :func:`_of_field`."""

    def __call__(self, check: str, sentence: str, mend: str, broken: pl.Expr, possible: pl.Expr | None = None) -> RowRule: ...
