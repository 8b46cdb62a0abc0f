"""报送模板。One workbook per catalogue item: the header, drop-downs for code tables, and a sheet that explains every column.

It holds no sample row: a sample that stays in is handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from chengxin.foundation.collection.labels import TEMPLATE_SHEET
from chengxin.foundation.collection.sheets import Cell, Choice, Sheet, Style, column_letters, sheet_name, workbook_bytes
from chengxin.policy.conditions import parse_condition
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, CodeTable, FieldKind

_CODES_SHEET: Final = "代码表"
_KINDS: Final = {
    FieldKind.TEXT: "文字",
    FieldKind.DATE: "日期，写成 2026-04-01；长期的写 2099-12-31",
    FieldKind.DECIMAL: "数字",
    FieldKind.CODE: "代码表中的一个值",
    FieldKind.CODES: "代码表中的一个或多个值，用英文分号分隔",
    FieldKind.CREDIT_CODE: "18 位统一社会信用代码",
    FieldKind.ID_NUMBER: "证件号码；加密保存，不公示",
}
_WIDE: Final = 30
_NARROW: Final = 18


def template_workbook(item: CatalogueItem, policy: PolicySet) -> bytes:
    """报送模板 as bytes. Every column is text, so that no code loses its digits."""
    tables = {field.codes: policy.code_table(field.codes) for field in item.fields if field.codes}
    header = [Cell(field.title, Style.REQUIRED if field.required else Style.HEADER) for field in item.fields]
    rows = Sheet(sheet_name(item.title), [header], widths=widths_of(item), frozen_rows=1, choices=_choices(item, tables, policy))
    explained = Sheet(TEMPLATE_SHEET, _explanations(item, policy), widths=[30, 18, 24, 40, 60], frozen_rows=2)
    codes = Sheet(_CODES_SHEET, _code_rows(list(tables.values())), is_hidden=True)
    return workbook_bytes([rows, explained, codes] if tables else [rows, explained])


def widths_of(item: CatalogueItem) -> list[float]:
    """Column widths that suit the fields."""
    return [_WIDE if field.kind is FieldKind.TEXT and (field.max_length or 0) > 100 else _NARROW for field in item.fields]


def _choices(item: CatalogueItem, tables: dict[str, CodeTable], policy: PolicySet) -> list[Choice]:
    places = {table: place for place, table in enumerate(tables)}
    found = []
    for column, field in enumerate(item.fields):
        source = ""
        if field.kind is FieldKind.CODE and not tables[field.codes].open_prefix:
            letter = column_letters(places[field.codes])
            source = f"'{_CODES_SHEET}'!${letter}$2:${letter}${len(tables[field.codes].values) + 1}"
        found.append(Choice(column, field.title, f"{_when(field, item)}。{_form(field, policy)}", source))
    return found


def _explanations(item: CatalogueItem, policy: PolicySet) -> Iterator[Sequence[Cell | str]]:
    yield [Cell(f"{TEMPLATE_SHEET}：{item.title}", Style.TITLE)]
    yield [Cell(title, Style.HEADER) for title in ("列名", "字段代码", "是否必填", "写法", "备注")]
    for field in item.fields:
        notes = "；".join(filter(None, (field.note, "不公示" if not field.public or field.sealed else "")))
        yield [
            field.title,
            field.code,
            Cell(_when(field, item), Style.NOTE),
            Cell(_form(field, policy), Style.NOTE),
            Cell(notes, Style.NOTE),
        ]


def _when(field: CatalogueField, item: CatalogueItem) -> str:
    if field.required:
        return "必填"
    said = [("必填", field.required_when), ("留空", field.forbidden_when)]
    return "；".join(f"{_spoken(condition, item)}{what}" for what, condition in said if condition) or "选填"


def _spoken(text: str, item: CatalogueItem) -> str:
    condition = parse_condition(text)
    sign = {"contains": "含", "=": "为", "!=": "不是"}[condition.operator]
    return f"“{item.field(condition.field).title}”{sign}{'、'.join(condition.values)}时"


def _form(field: CatalogueField, policy: PolicySet) -> str:
    said = _KINDS[field.kind]
    if field.kind is FieldKind.DECIMAL and field.unit == "10000_yuan":
        said += "，单位万元（2000 元写 0.2）"
    if field.codes:
        table = policy.code_table(field.codes)
        said += f"（{table.title}）：" + "、".join(_labels(table))
    if field.max_length:
        said += f"，不超过 {field.max_length} 个字"
    return said


def _labels(table: CodeTable) -> list[str]:
    return [*(label for label in table.values.values()), *(f"{prefix}具体说明" for prefix in table.open_prefix)]


def _code_rows(tables: Sequence[CodeTable]) -> Iterator[Sequence[Cell | str]]:
    yield [Cell(table.title, Style.HEADER) for table in tables]
    labels = [list(table.values.values()) for table in tables]
    for place in range(max(map(len, labels))):
        yield [column[place] if place < len(column) else "" for column in labels]
