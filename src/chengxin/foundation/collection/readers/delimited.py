"""文本表格（CSV）。Cut at line ends outside quotes, parsed chunk by chunk by Polars: memory does not grow with the file.

Rows are counted as a spreadsheet program counts them: a quoted value with line breaks is part of one row, blank lines count.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, Final

import polars as pl

from chengxin.foundation.collection.readers.encodings import Decoder
from chengxin.foundation.collection.readers.frames import SheetFrame, check_blank_rows, checked
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import FAULT_SCHEMA, ROW, CellFault, Limits, no_faults

#: Bytes parsed at once.
CHUNK: Final = 4 << 20
_DELIMITERS: Final = (",", "\t", ";", "|")
_CONTROLS: Final = bytes(set(range(32)) - {9, 10, 13}) + b"\x7f"
_SAMPLE_ROWS: Final = 50


def read_delimited(stream: BinaryIO, limits: Limits) -> Iterator[SheetFrame]:
    """The rows of a CSV file, header and titles included, by position."""
    table: _Table | None = None
    decoder = Decoder()
    row = 1
    for block in _blocks(stream, limits):
        _refuse_nul(block, row)
        text = decoder.to_utf8(block, row)
        if table is None:
            table = _Table.of(text, limits)
        part, row = table.parse(text, row)
        if part.frame.height:
            yield part
    if table is not None:
        check_blank_rows("", table.last_filled, row - 1, limits)


def _blocks(stream: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """Pieces of about :data:`CHUNK` bytes that end at a line end outside quotes."""
    longest_row = limits.columns * limits.cell_characters
    held, row = b"", 1
    while data := stream.read(CHUNK):
        if b"\n" not in data and b"\r" in data:
            data = data.replace(b"\r", b"\n")  # line ends of old Macintosh programs
        held += data
        cut = _last_line_end(held)
        if cut and len(data) == CHUNK:
            yield held[:cut]
            row += held.count(b"\n", 0, cut)
            held = held[cut:]
        elif not cut and len(held) > min(longest_row, 4 * CHUNK):
            raise refusal("file-quotes" if b'"' in held else "file-row-too-large", row=row)
    if held.count(b'"') % 2:
        raise refusal("file-quotes", row=row + _first_odd_line(held))
    if held:
        yield held


def _last_line_end(held: bytes) -> int:
    """Index after the last line end outside quotes, 0 if there is none. Quotes in pairs: an even number before it."""
    end = held.rfind(b"\n") + 1
    quotes = held.count(b'"', 0, end)
    while end and quotes % 2:
        earlier = held.rfind(b"\n", 0, end - 1) + 1
        quotes -= held.count(b'"', earlier, end)
        end = earlier
    return end


def _first_odd_line(held: bytes) -> int:
    open_since, quotes = 0, 0
    for number, line in enumerate(held.split(b"\n")):
        if quotes % 2 == 0:
            open_since = number
        quotes += line.count(b'"')
    return open_since


def _refuse_nul(block: bytes, row: int) -> None:
    position = block.find(b"\0")
    if position >= 0:
        raise refusal("file-nul", row=row + block.count(b"\n", 0, position))


class _Table:
    """Delimiter and width, learnt from the first rows, and how far blank rows reach."""

    def __init__(self, delimiter: str, width: int, limits: Limits) -> None:
        self.delimiter = delimiter
        self.limits = limits
        self.names = [str(position) for position in range(width)]
        self.last_filled = 0

    @classmethod
    def of(cls, text: bytes, limits: Limits) -> _Table:
        """The delimiter under which most of the first rows have the same number of cells, and more than one."""
        sample = text[: 1 << 18].decode("utf-8", "ignore")
        counts = {delimiter: _cells_per_row(sample, delimiter, limits) for delimiter in _DELIMITERS}
        delimiter = max(_DELIMITERS, key=lambda d: _agreement(counts[d]))
        width = max(counts[delimiter], default=1)
        if width > limits.columns:
            raise refusal("file-columns", row=counts[delimiter].index(width) + 1, count=width, limit=limits.columns)
        return cls(delimiter, width, limits)

    def parse(self, text: bytes, row: int) -> tuple[SheetFrame, int]:
        """The rows in ``text``, the first of which is ``row``, and the number of the row after them."""
        faults = no_faults()
        try:
            frame = self._fast(text)
        except pl.exceptions.PolarsError:  # uneven rows or loose quotes: look at each row
            frame, faults = self._slow(text, row)
        if b'""' in text:  # a quoted nothing is nothing, too
            frame = frame.select(pl.when(pl.col(name) != "").then(pl.col(name)) for name in self.names)
        height = frame.height
        frame = frame.with_columns(pl.int_range(row, row + height, dtype=pl.Int64).alias(ROW))
        frame = self._without_blanks(frame)
        controls = len(text.translate(None, _CONTROLS)) != len(text)
        return checked(SheetFrame("", frame, faults), self.limits, may_hold_controls=controls), row + height

    def _fast(self, text: bytes) -> pl.DataFrame:
        return pl.read_csv(
            text,
            has_header=False,
            schema=dict.fromkeys(self.names, pl.String),
            separator=self.delimiter,
            missing_columns="insert",
            extra_columns="raise",
            infer_schema=False,
        )

    def _slow(self, text: bytes, row: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        width = len(self.names)
        rows: list[list[str | None]] = []
        faults: list[tuple[int, int, str]] = []
        for number, cells in enumerate(_csv_rows(text.decode("utf-8"), self.delimiter, self.limits), row):
            if len(cells) > self.limits.columns:
                raise refusal("file-columns", row=number, count=len(cells), limit=self.limits.columns)
            if any(cell and not cell.isspace() for cell in cells[width:]):
                faults.append((number, width, CellFault.TOO_MANY_CELLS.value))
            rows.append([cell or None for cell in cells[:width]] + [None] * (width - len(cells)))
        frame = pl.DataFrame(rows, schema=dict.fromkeys(self.names, pl.String), orient="row")
        return frame, pl.DataFrame(faults, schema=FAULT_SCHEMA, orient="row")

    def _without_blanks(self, frame: pl.DataFrame) -> pl.DataFrame:
        if frame[self.names[0]].null_count():
            frame = frame.filter(~pl.all_horizontal(pl.col(self.names).is_null()))
        if frame.height:
            numbers = frame[ROW]
            gaps = pl.concat([pl.Series(ROW, [self.last_filled], dtype=pl.Int64), numbers]).diff(null_behavior="drop")
            at = gaps.arg_max() or 0
            check_blank_rows("", int(numbers[at]) - int(gaps[at]), int(numbers[at]) - 1, self.limits)
            self.last_filled = int(numbers[-1])
        return frame


def _csv_rows(text: str, delimiter: str, limits: Limits) -> Iterator[list[str]]:
    csv.field_size_limit(max(limits.cell_characters * 4, CHUNK))
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise refusal("file-quotes", row=1) from None


def _cells_per_row(sample: str, delimiter: str, limits: Limits) -> list[int]:
    rows = _csv_rows(sample, delimiter, limits)
    return [len(cells) for _, cells in zip(range(_SAMPLE_ROWS), rows, strict=False) if any(cells)]


def _agreement(counts: list[int]) -> tuple[int, int]:
    several = [count for count in counts if count > 1]
    usual = max(set(several), key=lambda count: (several.count(count), count), default=1)
    return several.count(usual), usual
