"""表头与数据。Finds the header of each sheet among its first rows and cuts the rest into chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

from chengxin.foundation.collection.readers.frames import SheetFrame
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import NOT_FOR_READING, ROW, CellFault, Chunk, Format, HeaderFinder, Limits


def assemble(parts: Iterable[tuple[Format, SheetFrame]], limits: Limits, find_header: HeaderFinder) -> Iterator[Chunk]:
    """Chunks of every sheet with a header. Refused: no sheet has one, none has a row below it, or one without holds what is like data."""
    sheets: dict[str, _Sheet | None] = {}
    strange: dict[str, list[pl.DataFrame]] = {}
    rows, usual = 0, float("inf")
    for form, part in parts:
        if part.columns is not None:
            sheet: _Sheet | None = _Sheet(0, part.columns)
            sheets[part.sheet] = sheet
        elif part.sheet in sheets:
            sheet = sheets[part.sheet]
        else:
            index = _header_of(part, limits, find_header)
            sheet = sheets[part.sheet] = _sheet_of(part, index)
            if index is None:
                strange[part.sheet] = []
        if sheet is None:
            if part.sheet in strange:
                strange[part.sheet].append(_filled(part.frame))
            if form is Format.CSV:  # nothing else can follow; a workbook may have another sheet
                break
            continue
        chunk = sheet.chunk(form, part)
        if chunk.frame.height:
            rows += chunk.frame.height
            usual = min(usual, float(_filled(chunk.frame)["filled"].mean() or 0))  # type: ignore[arg-type]
            yield chunk
    if not rows:
        if sheets and not any(sheets.values()):
            raise refusal("file-no-header", rows=limits.header_search_rows)
        raise refusal("file-no-rows")
    for name, parts_of_it in strange.items():
        _refuse_data_without_header(name, pl.concat(parts_of_it), usual)


def _header_of(part: SheetFrame, limits: Limits, find_header: HeaderFinder) -> int | None:
    return find_header([[cell or "" for cell in row] for row in part.frame.drop(ROW).head(limits.header_search_rows).iter_rows()])


def _filled(frame: pl.DataFrame) -> pl.DataFrame:
    """How many cells each row fills."""
    cells = [(pl.col(name).is_not_null() & (pl.col(name) != "")).fill_null(False) for name in frame.columns if name != ROW]
    return frame.select(ROW, filled=pl.sum_horizontal(cells) if cells else pl.lit(0))


def _refuse_data_without_header(sheet: str, rows: pl.DataFrame, usual: float) -> None:
    """Notes beside the data may stay; rows that fill more than half as many cells as the data usually do are data that would be lost."""
    like_data = rows.filter(pl.col("filled") * 2 > usual)
    if like_data.height:
        raise refusal("file-sheet-without-header", sheet=sheet, row=like_data[ROW][0])


def _sheet_of(part: SheetFrame, index: int | None) -> _Sheet | None:
    if index is None or index == NOT_FOR_READING:
        return None
    labels = [cell or "" for cell in part.frame.drop(ROW).row(index)]
    while labels and not labels[-1].strip():
        labels.pop()
    return _Sheet(int(part.frame[ROW][index]), tuple(labels))


class _Sheet:
    """A sheet whose header is known. What stands in a column without a name belongs nowhere: a fault of its row."""

    def __init__(self, header_row: int, columns: tuple[str, ...]) -> None:
        self.header_row = header_row
        self.columns = columns

    def chunk(self, form: Format, part: SheetFrame) -> Chunk:
        """The rows of ``part`` below the header, with the header's columns; a filled cell beyond them is a fault."""
        width = len(self.columns)
        frame, faults = part.frame, part.faults
        if self.header_row >= int(frame[ROW][0] or 0):
            frame = frame.filter(pl.col(ROW) > self.header_row)
            faults = faults.filter(pl.col(ROW) > self.header_row)
        for name in frame.columns:
            if name != ROW and (int(name) >= width or not self.columns[int(name)].strip()):
                faults = pl.concat([faults, _spilt(frame, name)])
        missing = [pl.lit(None, pl.String).alias(str(position)) for position in range(width) if str(position) not in frame.columns]
        names = [str(position) for position in range(width)]
        frame = frame.with_columns(missing).select([*names, ROW])
        return Chunk("" if form is Format.CSV else part.sheet, form, self.header_row, self.columns, frame, faults)


def _spilt(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    rows = frame.filter(pl.col(name).str.strip_chars() != "")[ROW]
    return pl.DataFrame({ROW: rows}).with_columns(position=pl.lit(int(name), pl.Int32), fault=pl.lit(CellFault.TOO_MANY_CELLS.value))
