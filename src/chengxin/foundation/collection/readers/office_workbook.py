"""Excel 工作簿（xlsx）。Sheet by sheet and row by row from the package's XML: memory does not grow with the sheet."""

from __future__ import annotations

import posixpath
from array import array
from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from chengxin.foundation.collection.readers.cells import date_text, is_date_format, number_text, unescaped
from chengxin.foundation.collection.readers.frames import Row, RowGatherer, SheetFrame
from chengxin.foundation.collection.readers.package import Package
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import CellFault, Limits
from chengxin.foundation.collection.readers.xml_events import ended, local

_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION: Final = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
_DIGITS: Final = "0123456789"
_LAST_ROW: Final = 1_048_576


def read_office_workbook(stream: BinaryIO, limits: Limits) -> Iterator[SheetFrame]:
    """The rows of every visible sheet. A hidden sheet holds lists for drop-downs or what the sender did not mean to send."""
    workbook = _Workbook(Package(stream, limits), limits)
    for name, part in workbook.sheets():
        yield from workbook.rows(name, part)


class _Workbook:
    """What the sheets of one workbook share: texts, date formats, calendar."""

    def __init__(self, package: Package, limits: Limits) -> None:
        self.package = package
        self.limits = limits
        self.main = self._main_part()
        self.targets = self._targets(self.main)
        self.from_1904 = False
        self.texts: _Texts | None = None
        self.dates: frozenset[str] | None = None
        self.columns: dict[str, int] = {}

    def sheets(self) -> list[tuple[str, str]]:
        """Name and part of every visible worksheet."""
        found = []
        for element in ended(self.package.part(self.main), ("sheet", "workbookPr")):
            if local(element) == "workbookPr":
                self.from_1904 = element.get("date1904") in {"1", "true"}
                continue
            target = self.targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION) or "", ("", ""))
            if element.get("state", "visible") == "visible" and target[0].endswith("/worksheet"):
                found.append((element.get("name") or "", target[1]))
        if not found:
            raise refusal("file-not-workbook")
        if len(found) > self.limits.sheets:
            raise refusal("file-sheets", count=len(found), limit=self.limits.sheets)
        return found

    def rows(self, name: str, part: str) -> Iterator[SheetFrame]:
        """The rows of one sheet, in frames."""
        gatherer = RowGatherer(name, self.limits)
        number = 0
        for row in ended(self.package.part(part), ("row",)):
            given = row.get("r")
            number = _row_number(given, number)
            gatherer.add(number, self._cells(row, number, gatherer) if len(row) else [])
            if gatherer.is_full:
                yield from gatherer.take()
        yield from gatherer.take()

    def _cells(self, row: etree._Element, number: int, gatherer: RowGatherer) -> Row:
        cells: Row = []
        for cell in row:
            reference = cell.get("r")
            position = self._position(reference) if reference else len(cells)
            if position >= self.limits.columns:
                if not len(cell):
                    continue  # a format reaching to the last column holds nothing
                raise refusal("file-columns", sheet=gatherer.sheet, row=number, count=position + 1, limit=self.limits.columns)
            while len(cells) <= position:
                cells.append(None)
            if len(cell):
                text, fault = self._text(cell)
                cells[position] = text or None
                if fault:
                    gatherer.mark(number, position, fault)
        return cells

    def _text(self, cell: etree._Element) -> tuple[str, CellFault | None]:
        kind = cell.get("t", "n")
        if kind == "s" and len(cell) == 1:  # nearly every cell
            return self._shared(cell[0].text or ""), None
        raw, is_formula = "", False
        for child in cell:
            tag = local(child)
            if tag == "v":
                raw = child.text or ""
            elif tag == "f":
                is_formula = True
            elif tag == "is":
                raw = _rich_text(child)
        text, fault = self._shown(kind, raw, cell.get("s"))
        return text, CellFault.FORMULA if is_formula else fault

    def _shown(self, kind: str, raw: str, style: str | None) -> tuple[str, CellFault | None]:
        text, fault = raw, None
        if kind == "s":
            text = self._shared(raw)
        elif kind in {"inlineStr", "str"}:
            text = unescaped(raw)
        elif kind == "e":
            fault = CellFault.ERROR_VALUE
        elif kind == "b":
            text = "TRUE" if raw == "1" else "FALSE"
        elif kind == "d":
            text = raw.removesuffix("T00:00:00").replace("T", " ")
        elif raw:
            is_date = style is not None and style in self._date_styles()
            text, fault = date_text(raw, from_1904=self.from_1904) if is_date else number_text(raw)
        return text, fault

    def _shared(self, raw: str) -> str:
        if self.texts is None:
            self.texts = _Texts()
            part = self._part_of_kind("/sharedStrings")
            if part:
                self.texts.fill(ended(self.package.part(part), ("si",)))
        try:
            return self.texts[int(raw)]
        except (ValueError, IndexError):
            raise refusal("file-package-broken", detail="文字表与单元格对不上") from None

    def _date_styles(self) -> frozenset[str]:
        if self.dates is None:
            part = self._part_of_kind("/styles")
            self.dates = _date_styles(self.package, part, self.limits) if part else frozenset()
        return self.dates

    def _part_of_kind(self, ending: str) -> str:
        return next((path for kind, path in self.targets.values() if kind.endswith(ending)), "")

    def _position(self, reference: str) -> int:
        letters = reference.rstrip(_DIGITS)
        position = self.columns.get(letters)
        if position is None:
            position = self.columns[letters] = _column_of(letters)
        return position

    def _main_part(self) -> str:
        if "_rels/.rels" not in self.package.names:
            raise refusal("file-not-workbook")
        main = next((path for kind, path in self._targets("").values() if kind.endswith("/officeDocument")), "")
        if "workbook" not in main:
            raise refusal("file-not-workbook")
        return main

    def _targets(self, source: str) -> dict[str, tuple[str, str]]:
        """Relationship id → its kind and the part it names, of one part."""
        folder, name = posixpath.split(source)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self.package.names:
            return {}
        found = {}
        for element in ended(self.package.part(relations), ("Relationship",)):
            target = element.get("Target") or ""
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[element.get("Id") or ""] = (element.get("Type") or "", path)
        return found


class _Texts:
    """The shared texts, kept as bytes: a list of str would cost several times as much."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.ends = array("Q", [0])

    def fill(self, elements: Iterator[etree._Element]) -> None:
        """Take in every ``si`` element."""
        for element in elements:
            self.data += unescaped(_rich_text(element)).encode("utf-8", "surrogatepass")
            self.ends.append(len(self.data))

    def __getitem__(self, index: int) -> str:
        if index < 0:
            raise IndexError(index)
        return self.data[self.ends[index] : self.ends[index + 1]].decode("utf-8", "replace")


def _rich_text(element: etree._Element) -> str:
    """Text of a string item: its runs, without the phonetic guides."""
    if len(element) == 1 and local(element[0]) == "t":
        return element[0].text or ""
    parts = []
    for child in element:
        if local(child) == "t":
            parts.append(child.text or "")
        elif local(child) == "r":
            parts += [piece.text or "" for piece in child if local(piece) == "t"]
    return "".join(parts)


def _date_styles(package: Package, part: str, limits: Limits) -> frozenset[str]:
    codes: dict[str, str] = {}
    dates: list[str] = []
    for element in ended(package.part(part), ("numFmt", "cellXfs")):
        if local(element) == "numFmt":
            codes[element.get("numFmtId") or ""] = element.get("formatCode") or ""
            continue
        for index, style in enumerate(element):
            number = style.get("numFmtId") or "0"
            if number.isdigit() and is_date_format(int(number), codes.get(number, "")):
                dates.append(str(index))
    return frozenset(dates)


def _column_of(letters: str) -> int:
    position = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or position > 1 << 20:
            raise refusal("file-package-broken", detail="单元格地址有误")
        position = position * 26 + ord(letter) - 64
    return position - 1


def _row_number(given: str | None, previous: int) -> int:
    number = previous + 1 if given is None else int(given) if given.isdigit() and len(given) < 9 else 0
    if not previous < number <= _LAST_ROW:
        raise refusal("file-package-broken", detail="行号有误")
    return number
