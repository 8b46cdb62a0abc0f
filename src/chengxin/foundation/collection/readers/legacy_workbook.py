"""旧版 Excel 工作簿（xls）。At most 65,536 rows a sheet, so a sheet is read as a whole, within a memory that goes by the file's size."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import BinaryIO, Final

import python_calamine

from chengxin.foundation.collection.readers.cells import number_text
from chengxin.foundation.collection.readers.confinement import confine_memory
from chengxin.foundation.collection.readers.frames import Row, RowGatherer, SheetFrame
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import CellFault, Limits

#: Memory for a sheet: a floor, and a multiple of the file's size. An honest file needs less; one that claims an empty continent, more.
_FLOOR: Final = 96 << 20
_MULTIPLE: Final = 12
_ERRORS: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})


def read_legacy_workbook(stream: BinaryIO, limits: Limits) -> Iterator[SheetFrame]:
    """The rows of every visible sheet."""
    data = stream.read()
    _look_over(data)
    confine_memory(min(limits.reading_memory, _FLOOR + _MULTIPLE * len(data)))
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except python_calamine.PasswordError:
        raise refusal("file-locked") from None
    except (python_calamine.CalamineError, ValueError, OSError):
        raise refusal("file-package-broken", detail="结构读不出来") from None
    visible = [
        each.name
        for each in workbook.sheets_metadata
        if each.visible == python_calamine.SheetVisibleEnum.Visible and each.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    if len(visible) > limits.sheets:
        raise refusal("file-sheets", count=len(visible), limit=limits.sheets)
    for name in visible:
        yield from _rows(workbook, name, limits)


def _look_over(data: bytes) -> None:
    """A compound file says in its directory what it holds, in UTF-16."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise refusal("file-locked")
    if holds("_VBA_PROJECT"):
        raise refusal("file-macros")
    if not holds("Workbook") and not holds("Book"):
        kind = " Word 文档" if holds("WordDocument") else "演示文稿" if holds("PowerPoint Document") else "其他程序的复合文档"
        raise refusal("file-kind-unknown", kind=kind)


def _rows(workbook: python_calamine.CalamineWorkbook, name: str, limits: Limits) -> Iterator[SheetFrame]:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except (python_calamine.CalamineError, ValueError):
        raise refusal("file-package-broken", detail=f"工作表“{name}”读不出来") from None
    gatherer = RowGatherer(name, limits)
    if sheet.start is None:
        return
    first_row, first_column = sheet.start
    if first_column + sheet.width > limits.columns:
        raise refusal("file-columns", sheet=name, row=first_row + 1, count=first_column + sheet.width, limit=limits.columns)
    for number, values in enumerate(sheet.to_python(skip_empty_area=True), first_row + 1):
        gatherer.add(number, _cells(values, number, first_column, gatherer))
        if gatherer.is_full:
            yield from gatherer.take()
    yield from gatherer.take()


def _cells(values: Sequence[object], number: int, first_column: int, gatherer: RowGatherer) -> Row:
    cells: Row = [None] * first_column
    for value in values:
        text, fault = _text(value)
        if fault and text:
            gatherer.mark(number, len(cells), fault)
        cells.append(text or None)
    return cells


def _text(value: object) -> tuple[str, CellFault | None]:
    text, fault = "", None
    if isinstance(value, str):
        text, fault = value, CellFault.ERROR_VALUE if value in _ERRORS else None
    elif isinstance(value, bool):
        text = "TRUE" if value else "FALSE"
    elif isinstance(value, int):
        text, fault = number_text(str(value))
    elif isinstance(value, float):
        text, fault = number_text(repr(value))
    elif isinstance(value, datetime):
        text = f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d %H:%M:%S}"
    elif isinstance(value, date | time | timedelta):
        text = str(value)
    return text, fault
