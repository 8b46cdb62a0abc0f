"""XML 电子表格（SpreadsheetML 2003）。What several registries export under the name .xls or .xlsx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from chengxin.foundation.collection.readers.cells import number_text
from chengxin.foundation.collection.readers.frames import Row, RowGatherer, SheetFrame
from chengxin.foundation.collection.readers.package import BLOCK
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import CellFault, Limits
from chengxin.foundation.collection.readers.xml_events import ended, local

_NAMESPACE: Final = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_spreadsheet_2003(stream: BinaryIO, limits: Limits) -> Iterator[SheetFrame]:
    """The rows of every sheet."""
    gatherer: RowGatherer | None = None
    sheet: etree._Element | None = None
    number, sheets = 0, 0
    for row in ended(_blocks(stream), ("Row",)):
        own = _sheet_of(row)
        if gatherer is None or own is not sheet:
            if gatherer is not None:
                yield from gatherer.take()
            sheets += 1
            if sheets > limits.sheets:
                raise refusal("file-sheets", count=sheets, limit=limits.sheets)
            sheet, number = own, 0
            gatherer = RowGatherer(own.get(f"{_NAMESPACE}Name") or f"Sheet{sheets}" if own is not None else "", limits)
        number = _index(row, number)
        gatherer.add(number, _cells(row, number, gatherer))
        if gatherer.is_full:
            yield from gatherer.take()
    if gatherer is not None:
        yield from gatherer.take()


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block


def _sheet_of(row: etree._Element) -> etree._Element | None:
    return next((each for each in row.iterancestors() if local(each) == "Worksheet"), None)


def _cells(row: etree._Element, number: int, gatherer: RowGatherer) -> Row:
    cells: Row = []
    for cell in row:
        if local(cell) != "Cell":
            continue
        position = _index(cell, len(cells)) - 1
        if position >= gatherer.limits.columns:
            limit = gatherer.limits.columns
            raise refusal("file-columns", sheet=gatherer.sheet, row=number, count=position + 1, limit=limit)
        cells += [None] * (position + 1 - len(cells))
        text, fault = _text(cell)
        cells[position] = text or None
        if fault:
            gatherer.mark(number, position, fault)
        across = cell.get(f"{_NAMESPACE}MergeAcross", "0")
        if across.isdigit() and int(across) < gatherer.limits.columns:
            cells += [None] * int(across)
    return cells


def _text(cell: etree._Element) -> tuple[str, CellFault | None]:
    data = next((child for child in cell if local(child) == "Data"), None)
    if data is None:
        return "", None
    raw = "".join(str(piece) for piece in data.itertext())
    kind = data.get(f"{_NAMESPACE}Type", "String")
    text, fault = raw, None
    if kind == "Number":
        text, fault = number_text(raw.strip())
    elif kind == "DateTime":
        day, _, time = raw.strip().partition("T")
        text = day if time.startswith("00:00:00") or not time else f"{day} {time[:8]}"
    elif kind == "Boolean":
        text = "TRUE" if raw.strip() == "1" else "FALSE"
    elif kind == "Error":
        fault = CellFault.ERROR_VALUE
    return text, CellFault.FORMULA if cell.get(f"{_NAMESPACE}Formula") else fault


def _index(element: etree._Element, previous: int) -> int:
    """Rows and cells count on from the one before unless they say their number."""
    given = element.get(f"{_NAMESPACE}Index")
    if given is None:
        return previous + 1
    if not given.isdigit() or len(given) > 8 or int(given) <= previous:
        raise refusal("file-xml-broken", detail="行号或列号有误")
    return int(given)
