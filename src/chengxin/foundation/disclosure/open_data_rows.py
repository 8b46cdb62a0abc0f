"""开放数据的行：shown records → CSV (safe to open in a spreadsheet), JSON and Parquet, written as they stream by."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from chengxin.foundation.records.showing import ShownRecord
from chengxin.kernel.instants import FOREVER, utc_text
from chengxin.policy.types import CatalogueItem, FieldKind

FORMATS: Final = ("records.csv", "records.json", "records.parquet")
ROWS_AT_A_TIME: Final = 2_000
#: A cell that begins so is a formula to a spreadsheet.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_OWN: Final = (
    ("id", "记录编号", "integer"),
    ("version", "版本", "integer"),
    ("document_number", "文书号", "string"),
    ("decided_on", "作出日期", "date"),
    ("severity", "失信严重程度", "string"),
    ("severity_provisional", "严重程度暂定", "boolean"),
    ("public_from", "公示起", "datetime"),
    ("public_until", "公示止（不含此刻；空为长期）", "datetime"),
    ("earliest_restoration", "最早可申请修复", "date"),
    ("source_class", "来源类别", "string"),
    ("disputed", "有争议", "string"),
)


def columns_of(item: CatalogueItem) -> list[tuple[str, str, str]]:
    """The columns of an item's files: (name, title, type). First the platform's own, then the public fields of the standard."""
    kinds = {FieldKind.DATE: "date", FieldKind.DECIMAL: "string"}
    fields = [
        (field.code, field.title, kinds.get(field.kind, "string"))
        for field in item.fields
        if field.public and not field.sealed and field.kind is not FieldKind.ID_NUMBER
    ]
    return [*_OWN, *fields]


def row_of(shown: ShownRecord) -> dict[str, Any]:
    """One record as a flat row; amounts and dates are the text of the standard."""
    own = {
        "id": shown.id,
        "version": shown.version,
        "document_number": shown.document_number,
        "decided_on": shown.decided_on.isoformat(),
        "severity": str(shown.severity.word or ""),
        "severity_provisional": shown.severity_provisional,
        "public_from": utc_text(shown.public_from),
        "public_until": "" if shown.public_until >= FOREVER else utc_text(shown.public_until),
        "earliest_restoration": shown.earliest.isoformat() if shown.earliest else "",
        "source_class": shown.source_class.name.lower(),
        "disputed": shown.disputed,
    }
    return own | {field.code: field.value for field in shown.fields}


def write_rows(folder: Path, item: CatalogueItem, records: Iterator[ShownRecord]) -> None:
    """All three files in one pass over ``records``."""
    columns = columns_of(item)
    names = [name for name, _, _ in columns]
    schema = pa.schema([pa.field(name, _ARROW.get(kind, pa.string()), metadata={"title": title}) for name, title, kind in columns])
    with (
        (folder / "records.csv").open("w", encoding="utf-8-sig", newline="") as text,
        (folder / "records.json").open("w", encoding="utf-8") as objects,
        pq.ParquetWriter(folder / "records.parquet", schema, compression="zstd") as table,
    ):
        lines = csv.writer(text)
        lines.writerow(names)
        objects.write("[")
        first = True
        while part := [row_of(shown) for shown in islice(records, ROWS_AT_A_TIME)]:
            lines.writerows([[neutral(row.get(name, "")) for name in names] for row in part])
            objects.write(("" if first else ",") + ",\n".join(json.dumps(row, ensure_ascii=False) for row in part))
            table.write_table(pa.Table.from_pylist([_typed(row, columns) for row in part], schema=schema))
            first = False
        objects.write("]\n")


def neutral(value: object) -> object:
    """防公式注入：text that a spreadsheet would take for a formula gets an apostrophe in front. Numbers below zero stay numbers.

    >>> neutral("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


#: The types of ``datapackage.json`` as Parquet has them; amounts stay the text of the standard.
_ARROW: Final = {
    "integer": pa.int64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("s", tz="UTC"),
}
_READ: Final[Mapping[str, Callable[[str], object]]] = {"date": date.fromisoformat, "datetime": datetime.fromisoformat}


def _typed(row: Mapping[str, Any], columns: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """A row as Parquet takes it: dates as dates, what is not there as null."""
    return {name: _value(row.get(name), kind) for name, _, kind in columns}


def _value(value: Any, kind: str) -> Any:
    read = _READ.get(kind)
    return value if read is None or value is None else read(value) if value else None
