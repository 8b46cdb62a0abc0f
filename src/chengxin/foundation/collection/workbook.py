"""批注工作簿。The answer to the clerk: the rows that came back, in the item's template layout, with every fault at its cell.

It can be corrected and handed in as it is: the two added columns and the list of faults are passed over when it is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chengxin.foundation.collection.labels import REMARK_COLUMN, SOURCE_ROW_COLUMN, SYSTEM_SHEET, ColumnMap, map_columns
from chengxin.foundation.collection.readers import ROW, Chunk
from chengxin.foundation.collection.sheets import Cell, Sheet, Style, sheet_name, workbook_bytes
from chengxin.foundation.collection.templates_workbook import widths_of
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.kernel.rules import Rule
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

#: More comments than this make spreadsheet programs slow; the column 说明 says the same.
_COMMENTS: Final = 5000
_LIST_HEADER: Final = ("工作表", "行", "列名", "报送的值", "级别", "规则", "依据条款", "怎样改")
_LEVELS: Final = {RemarkLevel.ERROR: "错误", RemarkLevel.WARNING: "提示", RemarkLevel.MENDED: "已更正"}


@dataclass(frozen=True)
class Remark:
    """一处说明, as stored with the submission; ``value`` is masked where it must be."""

    sheet: str
    row: int
    field: str
    value: str
    level: RemarkLevel
    rule: str
    detail: str = ""


def annotated_workbook(
    chunks: Iterable[Chunk],
    remarks: Sequence[Remark],
    *,
    item: CatalogueItem,
    policy: PolicySet,
    rule_of: Callable[[str], Rule],
    every_row: bool = False,
) -> bytes:
    """批注工作簿 as bytes. ``chunks``: the file read again; ``rule_of``: the rule with an id; ``every_row``: the good rows too."""
    book = _Annotations(item, remarks, rule_of)
    rows = Sheet(
        sheet_name(item.title),
        book.rows(chunks, policy, every_row=every_row),
        widths=[*widths_of(item), 60, 10],
        frozen_rows=1,
    )
    listed = Sheet(SYSTEM_SHEET, book.listed(), widths=[12, 8, 24, 30, 8, 60, 24, 50], frozen_rows=2)
    return workbook_bytes([rows, listed])


class _Annotations:
    """The remarks of one submission, by the row and field they belong to."""

    def __init__(self, item: CatalogueItem, remarks: Sequence[Remark], rule_of: Callable[[str], Rule]) -> None:
        self.item = item
        self.remarks = remarks
        self.rule_of = rule_of
        self.titles = {field.code: field.title for field in item.fields}
        self.by_row: dict[tuple[str, int], list[Remark]] = defaultdict(list)
        for remark in remarks:
            self.by_row[remark.sheet, remark.row].append(remark)
        self.comments = 0

    def rows(self, chunks: Iterable[Chunk], policy: PolicySet, *, every_row: bool) -> Iterator[Sequence[Cell | str]]:
        """The header, then the rows with a fault (or all)."""
        header: list[Cell | str] = [Cell(field.title, Style.REQUIRED if field.required else Style.HEADER) for field in self.item.fields]
        yield [*header, Cell(REMARK_COLUMN, Style.HEADER), Cell(SOURCE_ROW_COLUMN, Style.HEADER)]
        faulty = {place for place, found in self.by_row.items() if any(each.level is RemarkLevel.ERROR for each in found)}
        maps: dict[tuple[str, ...], ColumnMap] = {}
        for chunk in chunks:
            if chunk.columns not in maps:
                maps[chunk.columns] = map_columns(chunk.columns, self.item, policy)
            named = maps[chunk.columns].renamed(chunk.frame)
            if not every_row:
                wanted = [row for sheet, row in faulty if sheet == chunk.sheet]
                named = named.filter(named[ROW].is_in(wanted))
            for values in named.iter_rows(named=True):
                yield self._row(chunk.sheet, values)

    def _row(self, sheet: str, values: Mapping[str, str | int | None]) -> Sequence[Cell | str]:
        number = int(values[ROW] or 0)
        found = self.by_row.get((sheet, number), [])
        by_field: dict[str, list[Remark]] = defaultdict(list)
        for remark in found:
            by_field[remark.field].append(remark)
        cells: list[Cell | str] = []
        for field in self.item.fields:
            text = str(values.get(field.code) or "")
            cells.append(self._cell(text, by_field[field.code]) if field.code in by_field else text)
        said = "\n".join(self._spoken(remark) for remark in found)
        place = f"{sheet}!{number}" if sheet else str(number)
        return [*cells, Cell(said, Style.NOTE), place]

    def _cell(self, text: str, remarks: list[Remark]) -> Cell:
        style = Style.FAULT if any(remark.level is RemarkLevel.ERROR for remark in remarks) else Style.WARNING
        self.comments += 1
        comment = "\n".join(self._spoken(remark, with_field=False) for remark in remarks) if self.comments <= _COMMENTS else ""
        return Cell(text, style, comment)

    def _spoken(self, remark: Remark, *, with_field: bool = True) -> str:
        rule = self.rule_of(remark.rule)
        field = f"“{self.titles[remark.field]}”：" if with_field and remark.field in self.titles else ""
        return f"【{_LEVELS[remark.level]}】{field}{rule.sentence}{remark.detail}{rule.mend}"

    def listed(self) -> Iterator[Sequence[Cell | str]]:
        """The list of faults: a title that marks the sheet as ours, a header, one line a remark."""
        yield [Cell(f"{SYSTEM_SHEET}：{self.item.title}", Style.TITLE)]
        yield [Cell(title, Style.HEADER) for title in _LIST_HEADER]
        for remark in self.remarks:
            rule = self.rule_of(remark.rule)
            title = self.titles.get(remark.field, remark.field)
            sentence = rule.sentence + remark.detail
            yield [remark.sheet, str(remark.row), title, remark.value, _LEVELS[remark.level], sentence, rule.clause, rule.mend]
