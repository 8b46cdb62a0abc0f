"""成块。Rows of text gathered into data frames; the checks that every format shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import polars as pl

from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import FAULT_SCHEMA, ROW, CellFault, Limits

#: Rows gathered before a frame is handed on, by the readers that go row by row.
ROWS_IN_A_FRAME: Final = 7500
#: A row of text: cells by position, None for an empty one.
Row: TypeAlias = list[str | None]
Fault: TypeAlias = tuple[int, int, str]

#: What spreadsheet programs run when they open a CSV: a leading = or @, or a sign before something that is no number.
_FORMULA_TEXT: Final = r"^(?:[=@\t\r]|[+\-][^(|!]*[(|!])"
_CONTROL: Final = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
#: Formulas that start a program or call the network: DDE (``cmd|'…'!A0``) and the functions that fetch.
_DANGEROUS: Final = r"(?is)^[\s]*[=+\-@].*(?:\|.*!|\b(?:HYPERLINK|WEBSERVICE|IMPORT\w*|CALL|EXEC|REGISTER(?:\.ID)?|DDE|RTD|FILTERXML)\s*\()"


@dataclass(frozen=True)
class SheetFrame:
    """What a reader yields: rows of one sheet by position. ``columns`` only where the format names its columns (JSON)."""

    sheet: str
    frame: pl.DataFrame
    faults: pl.DataFrame
    columns: tuple[str, ...] | None = None


@dataclass
class RowGatherer:
    """Gathers rows of one sheet; drops blank ones; refuses too many columns, too long cells, deserts of blank rows."""

    sheet: str
    limits: Limits
    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    last_filled: int = 0

    def add(self, number: int, cells: Row) -> None:
        """Take in row ``number``; blank rows only move the count."""
        if not any(cells):
            self.blank(number)
            return
        if len(cells) > self.limits.columns:
            raise refusal("file-columns", sheet=self.sheet, row=number, count=len(cells), limit=self.limits.columns)
        self.rows.append(cells)
        self.numbers.append(number)
        self.last_filled = number

    def blank(self, number: int) -> None:
        """Row ``number`` is blank."""
        check_blank_rows(self.sheet, self.last_filled, number, self.limits)

    def mark(self, row: int, position: int, fault: CellFault) -> None:
        """Note what only the reader can see of one cell."""
        self.faults.append((row, position, fault.value))

    @property
    def is_full(self) -> bool:
        """Whether a frame's worth of rows has gathered."""
        return len(self.rows) >= ROWS_IN_A_FRAME

    def take(self, columns: tuple[str, ...] | None = None) -> Iterator[SheetFrame]:
        """Hand over what has gathered, checked; nothing if nothing has."""
        if not self.rows:
            return
        width = max(map(len, self.rows))
        padded = [row + [None] * (width - len(row)) for row in self.rows]
        data = {str(position): pl.Series(values, dtype=pl.String) for position, values in enumerate(zip(*padded, strict=True))}
        frame = pl.DataFrame({**data, ROW: pl.Series(self.numbers, dtype=pl.Int64)})
        faults = pl.DataFrame(self.faults, schema=FAULT_SCHEMA, orient="row")
        self.rows, self.numbers, self.faults = [], [], []
        yield checked(SheetFrame(self.sheet, frame, faults, columns), self.limits)


def check_blank_rows(sheet: str, last_filled: int, number: int, limits: Limits) -> None:
    """Refuse when more blank rows than allowed lie between ``last_filled`` and ``number``."""
    if number - last_filled > limits.blank_rows:
        raise refusal("file-blank-rows", sheet=sheet, row=last_filled, count=number - last_filled, limit=limits.blank_rows)


def checked(part: SheetFrame, limits: Limits, *, may_hold_controls: bool = True) -> SheetFrame:
    """``part`` with its faults of text added. Refused: a cell longer than allowed, a formula that acts outside."""
    texts = [name for name in part.frame.columns if name != ROW]
    _check_lengths(part, texts, limits)
    found = [part.faults, _formula_texts(part, texts)]
    if may_hold_controls:
        found.append(_matching(part.frame, texts, lambda name: pl.col(name).str.contains(_CONTROL), CellFault.CONTROL_CHARACTER))
    return SheetFrame(part.sheet, part.frame, pl.concat(found), part.columns)


def _check_lengths(part: SheetFrame, texts: list[str], limits: Limits) -> None:
    # Bytes bound characters from above, and cost nothing to read.
    longest = part.frame.select(pl.col(texts).str.len_bytes().max()).row(0)
    for position, size in enumerate(longest):
        if (size or 0) <= limits.cell_characters:
            continue
        lengths = part.frame[texts[position]].str.len_chars()
        count = lengths.max()
        if isinstance(count, int) and count > limits.cell_characters:
            row = part.frame[ROW][lengths.arg_max() or 0]
            raise refusal("file-cell-too-long", sheet=part.sheet, row=row, column=position + 1, count=count, limit=limits.cell_characters)


def _formula_texts(part: SheetFrame, texts: list[str]) -> pl.DataFrame:
    found = _matching(part.frame, texts, lambda name: pl.col(name).str.contains(_FORMULA_TEXT), CellFault.FORMULA_TEXT)
    for position in found["position"].unique().to_list():
        hits = part.frame.filter(pl.col(texts[position]).str.contains(_DANGEROUS))
        if hits.height:
            raise refusal("file-dangerous-formula", sheet=part.sheet, row=hits[ROW][0], column=position + 1)
    return found


def _matching(frame: pl.DataFrame, texts: list[str], test: Callable[[str], pl.Expr], fault: CellFault) -> pl.DataFrame:
    hits = frame.select(test(name).any().alias(name) for name in texts).row(0)
    parts = [pl.DataFrame(schema=FAULT_SCHEMA)]
    for position, hit in enumerate(hits):
        if hit:
            rows = frame.filter(test(texts[position]))[ROW]
            parts.append(pl.DataFrame({ROW: rows}).with_columns(position=pl.lit(position, pl.Int32), fault=pl.lit(fault.value)))
    return pl.concat(parts)
