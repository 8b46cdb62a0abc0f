"""写工作簿。A small XLSX writer: every cell is text, nothing is a formula, nothing touches the disk.

The usual library writes each sheet into a temporary file in clear; a rejected row may hold an ID number. This one keeps to memory,
and what it writes opens in Excel, WPS and LibreOffice.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from chengxin.foundation.collection import sheets_parts as parts

#: A zip entry needs a date; a fixed one makes equal workbooks equal bytes.
_WRITTEN: Final = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)")
_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
_SHEET_NAME: Final = re.compile(r"[\\/*?:\[\]']")


class Style(IntEnum):
    """Cell styles, by their place in the style sheet; ``+ 1`` of a text style marks the text as never a formula."""

    PLAIN = 0
    TEXT = 1
    HEADER = 3
    REQUIRED = 4
    FAULT = 5
    WARNING = 7
    NOTE = 9
    TITLE = 10


_QUOTABLE: Final = frozenset({Style.TEXT, Style.FAULT, Style.WARNING})


@dataclass(frozen=True)
class Cell:
    """A cell with a style and, maybe, a comment."""

    text: str
    style: Style = Style.TEXT
    comment: str = ""


@dataclass(frozen=True)
class Choice:
    """A drop-down or a prompt for one column. ``source`` is a range (``'代码表'!$A$1:$A$9``), "" for a prompt alone."""

    column: int
    title: str
    prompt: str
    source: str = ""


@dataclass
class Sheet:
    """One sheet: its rows are taken from the iterator as they are written."""

    name: str
    rows: Iterable[Sequence[Cell | str]]
    widths: Sequence[float] = ()
    frozen_rows: int = 0
    is_hidden: bool = False
    choices: Sequence[Choice] = ()
    comments: list[tuple[str, str]] = field(default_factory=list)  # filled while writing


def workbook_bytes(sheets: Sequence[Sheet]) -> bytes:
    """The workbook as bytes; equal rows give equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, sheet in enumerate(sheets, 1):
            with archive.open(zip_entry(f"xl/worksheets/sheet{number}.xml"), "w") as file:
                for piece in sheet_xml(sheet):
                    file.write(piece.encode())
            if sheet.comments:
                for name, text in parts.comment_parts(number, sheet.comments).items():
                    archive.writestr(zip_entry(name), text)
        for name, text in parts.package_parts([(sheet.name, sheet.is_hidden, bool(sheet.comments)) for sheet in sheets]).items():
            archive.writestr(zip_entry(name), text)
    return out.getvalue()


def sheet_name(text: str) -> str:
    """A name that a sheet may have.

    >>> sheet_name("许可/处罚")
    '许可／处罚'
    """
    return _SHEET_NAME.sub(lambda found: chr(ord(found[0]) + 0xFEE0), text)[:31]


def column_letters(position: int) -> str:
    """Letters of a column counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def zip_entry(name: str) -> zipfile.ZipInfo:
    """A part of a package; equal workbooks are equal bytes."""
    entry = zipfile.ZipInfo(name, _WRITTEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def sheet_xml(sheet: Sheet) -> Iterator[str]:
    """One sheet, in pieces."""
    yield parts.SHEET_HEAD
    if sheet.frozen_rows:
        yield parts.frozen(sheet.frozen_rows)
    if sheet.widths:
        columns = (
            f'<col min="{place}" max="{place}" width="{width}" style="{Style.TEXT}" customWidth="1"/>'
            for place, width in enumerate(sheet.widths, 1)
        )
        yield f"<cols>{''.join(columns)}</cols>"
    yield "<sheetData>"
    letters: list[str] = []
    for number, row in enumerate(sheet.rows, 1):
        letters += [column_letters(place) for place in range(len(letters), len(row))]
        yield f'<row r="{number}">{"".join(_cells(sheet, row, number, letters))}</row>'
    yield "</sheetData>"
    if sheet.choices:
        yield f'<dataValidations count="{len(sheet.choices)}">{"".join(map(_validation, sheet.choices))}</dataValidations>'
    if sheet.comments:
        yield '<legacyDrawing r:id="rId1"/>'
    yield "</worksheet>"


def _cells(sheet: Sheet, row: Sequence[Cell | str], number: int, letters: list[str]) -> Iterator[str]:
    for letter, cell in zip(letters, row, strict=False):
        text, style = (cell, Style.TEXT) if isinstance(cell, str) else (cell.text, cell.style)
        if isinstance(cell, Cell) and cell.comment:
            sheet.comments.append((f"{letter}{number}", cell.comment))
        if not text:
            if style is not Style.TEXT:
                yield f'<c r="{letter}{number}" s="{style}"/>'
            continue
        quoted = style in _QUOTABLE and text.startswith(_RISKY)
        yield f'<c r="{letter}{number}" s="{style + quoted}" t="inlineStr"><is><t xml:space="preserve">{xml_text(text)}</t></is></c>'


def xml_text(text: str) -> str:
    """``text`` as it may stand in a sheet: what XML forbids in the workbook's own escapes."""
    return escape(_FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def _validation(choice: Choice) -> str:
    letter = column_letters(choice.column)
    kind = ' type="list" errorStyle="warning" showErrorMessage="1"' if choice.source else ""
    formula = f"<formula1>{escape(choice.source)}</formula1>" if choice.source else ""
    prompt = f"promptTitle={quoteattr(choice.title[:32])} prompt={quoteattr(choice.prompt[:255])}"
    return (
        f'<dataValidation{kind} allowBlank="1" showInputMessage="1" {prompt} sqref="{letter}2:{letter}1048576">{formula}</dataValidation>'
    )
