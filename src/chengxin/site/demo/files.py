"""文件。Rows as offices really send them: their own format, encoding and header each."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from chengxin.foundation.collection.sheets import Sheet, sheet_name, workbook_bytes
from chengxin.policy.types import CatalogueItem
from chengxin.site.demo.rows import Row

#: Content and name of a file.
File = tuple[bytes, str]


def file_of(rows: Sequence[Row], item: CatalogueItem, style: str, name: str) -> File:
    """The rows in one of the styles; columns that no row fills are left out, as people do, unless they are required."""
    used = [field.code for field in item.fields if field.required or any(row.get(field.code) for row in rows)]
    return _STYLES[style](rows, used, item, name)


def _titles(codes: Sequence[str], item: CatalogueItem) -> list[str]:
    return [item.field(code).title for code in codes]


def _delimited(rows: Sequence[Row], codes: Sequence[str], header: Sequence[str], delimiter: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([row.get(code, "") for code in codes] for row in rows)
    return out.getvalue()


def _csv(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    return _delimited(rows, codes, codes, ",").encode(), f"{name}.csv"


def _bom(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    return _delimited(rows, codes, _titles(codes, item), ",").encode("utf-8-sig"), f"{name}.csv"


def _gb18030(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    return _delimited(rows, codes, _titles(codes, item), ",").encode("gb18030"), f"{name}.csv"


def _tab(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    return _delimited(rows, codes, _titles(codes, item), "\t").encode(), f"{name}.txt"


def _workbook(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    table = [_titles(codes, item), *([row.get(code, "") for code in codes] for row in rows)]
    return workbook_bytes([Sheet(sheet_name(item.title), table)]), f"{name}.xlsx"


def _titled_workbook(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    header = ["序号", *(title.replace("（", "(").replace("）", ")") for title in _titles(codes, item))]
    table = [[f"{item.title}信息表"], header, *([str(place), *(row.get(code, "") for code in codes)] for place, row in enumerate(rows, 1))]
    return workbook_bytes([Sheet(sheet_name(item.title), table)]), f"{name}.xlsx"


def _spreadsheetml(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    def line(cells: Sequence[str]) -> str:
        return "<Row>" + "".join(f'<Cell><Data ss:Type="String">{escape(cell)}</Data></Cell>' for cell in cells) + "</Row>"

    body = line(_titles(codes, item)) + "".join(line([row.get(code, "") for code in codes]) for row in rows)
    namespace = "urn:schemas-microsoft-com:office:spreadsheet"
    head = '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Excel.Sheet"?>'
    sheet = f'<Worksheet ss:Name="Sheet1"><Table>{body}</Table></Worksheet>'
    text = f'{head}<Workbook xmlns="{namespace}" xmlns:ss="{namespace}">{sheet}</Workbook>'
    return text.encode(), f"{name}.xls"


def _json(rows: Sequence[Row], codes: Sequence[str], item: CatalogueItem, name: str) -> File:
    objects = [{code: row.get(code) or None for code in codes} for row in rows]
    return json.dumps({"rows": objects}, ensure_ascii=False).encode(), f"{name}.json"


_STYLES: Final[Mapping[str, Callable[[Sequence[Row], Sequence[str], CatalogueItem, str], File]]] = {
    "csv": _csv,
    "bom": _bom,
    "gb18030": _gb18030,
    "tab": _tab,
    "xlsx": _workbook,
    "titled": _titled_workbook,
    "spreadsheetml": _spreadsheetml,
    "json": _json,
}
