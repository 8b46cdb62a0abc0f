"""读取文件的类型。What a reader is given (limits) and what it hands back (chunks of text)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, Protocol, Self, TypeAlias

import polars as pl

#: Name of the Int64 column that carries the row number as in the file (1-based, header included).
ROW: Final = "_row"


class Format(StrEnum):
    """文件格式, decided by content."""

    CSV = "csv"
    XLSX = "xlsx"
    XLS = "xls"
    SPREADSHEETML = "spreadsheetml"
    JSON = "json"


class CellFault(StrEnum):
    """单元格读取问题。What only the reader can see; the row goes back, with the sentence in ``reading_rules``."""

    FORMULA = "R01"  # a live formula: its shown value may be stale
    DIGITS_LOST = "R02"  # a number with more digits than the program kept
    ERROR_VALUE = "R03"  # #N/A, #REF! …
    FORMULA_TEXT = "R04"  # text that another spreadsheet program would run
    TOO_MANY_CELLS = "R05"  # more cells than the header has columns
    CONTROL_CHARACTER = "R06"


class Policy(Protocol):
    """The part of :class:`chengxin.policy.PolicySet` that limits are read from."""

    def value_at(self, parameter_id: str, as_of: date) -> Any: ...


@dataclass(frozen=True)
class Limits:
    """读取限额。Every number is the policy parameter ``collection_<name>``; sizes in bytes, times in seconds."""

    size_csv: int
    size_xlsx: int
    size_xls: int
    size_spreadsheetml: int
    size_json: int
    columns: int
    cell_characters: int
    blank_rows: int  # in a row
    sheets: int
    package_parts: int
    unpacked_size: int
    compression_ratio: int
    reading_memory: int  # address space on top of what the empty child takes
    reading_seconds: int  # waiting for the next chunk
    reading_cpu_seconds: int  # of the whole file
    header_search_rows: int

    @classmethod
    def of(cls, policy: Policy, as_of: date) -> Self:
        """The limits in force on ``as_of``; an error before the first date of any of them."""
        return cls(**{name: int(policy.value_at(f"collection_{name}", as_of).value) for name in cls.__dataclass_fields__})

    def size_of(self, form: Format) -> int:
        """The largest accepted file of this format, in bytes."""
        return int(asdict(self)[f"size_{form.value}"])


@dataclass(frozen=True)
class Chunk:
    """一块数据。Rows of one sheet, every value text as it stood in the file, null where the cell was empty.

    ``columns`` is the raw header by position; ``frame`` has the columns ``"0"``, ``"1"`` … in that order and :data:`ROW`.
    ``faults`` (``_row`` Int64, ``position`` Int32, ``fault`` String) lists cells that only the reader could judge.
    """

    sheet: str
    form: Format
    header_row: int  # 0: the file has none (JSON)
    columns: tuple[str, ...]
    frame: pl.DataFrame
    faults: pl.DataFrame

    @property
    def first_row(self) -> int:
        """Row number of the first row in this chunk; 0 when it is empty."""
        return int(self.frame[ROW][0]) if self.frame.height else 0


#: Given the first rows of a sheet, the index of the header among them, or None: the sheet is not a table of ours.
HeaderFinder: TypeAlias = Callable[[Sequence[Sequence[str]]], int | None]
#: What a finder says of a sheet that the platform itself put there: it holds nothing to hand in.
NOT_FOR_READING: Final = -1

FAULT_SCHEMA: Final = {ROW: pl.Int64, "position": pl.Int32, "fault": pl.String}


def no_faults() -> pl.DataFrame:
    """An empty table of cell faults."""
    return pl.DataFrame(schema=FAULT_SCHEMA)
