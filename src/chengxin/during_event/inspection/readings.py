"""监测读数。Sensor readings handed in with a remote visit, as CSV or JSON: name, time, value, unit. All rows hold or none is taken."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from chengxin.kernel.refused import Refused

HEADER: Final = ("名称", "时间", "数值", "单位")
MOST_ROWS: Final = 5_000
MOST_BYTES: Final = 1_000_000


def read_readings(file: Any) -> list[dict[str, str]]:
    """The readings of a file (None: none). Refused with the line that is wrong."""
    if file is None:
        return []
    if file.size > MOST_BYTES:
        raise Refused("readings-faulty", "读数文件超过 1 兆字节。", "只交这次检查期间的读数。")
    try:
        text = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("readings-faulty", "读数文件不是 UTF-8。", "另存为 UTF-8 的 CSV，或者 JSON。") from None
    rows = _from_json(text) if text.lstrip().startswith("[") else _from_csv(text)
    if len(rows) > MOST_ROWS:
        raise Refused("readings-faulty", f"读数 {len(rows)} 行，最多 {MOST_ROWS} 行。", "只交这次检查期间的读数。")
    return [_reading(number, row) for number, row in enumerate(rows, 1)]


def _from_csv(text: str) -> list[dict[str, Any]]:
    table = csv.DictReader(io.StringIO(text))
    try:
        missing = [each for each in HEADER if each not in (table.fieldnames or ())]
        if missing:
            raise Refused("readings-faulty", f"读数表缺少：{'、'.join(missing)}。", f"第一行写：{','.join(HEADER)}。")
        return list(table)
    except csv.Error:
        raise Refused("readings-faulty", "读数文件不是完整的 CSV。", "另存为 UTF-8 的 CSV，或者 JSON。") from None


def _from_json(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        raise Refused("readings-faulty", "读数文件不是完整的 JSON。", "写成一列对象，各有名称、时间、数值、单位。") from None
    if not all(isinstance(each, dict) for each in found):
        raise Refused("readings-faulty", "读数文件里有的不是对象。", "写成一列对象，各有名称、时间、数值、单位。")
    return list(found)


def _reading(number: int, row: dict[str, Any]) -> dict[str, str]:
    said = {name: str(row.get(name) or "").strip() for name in HEADER}
    try:
        datetime.fromisoformat(said["时间"])
        value = Decimal(said["数值"])
    except (ValueError, InvalidOperation):
        raise Refused("readings-faulty", f"读数第 {number} 行的时间或者数值不对。", "时间写 2026-12-01T10:00，数值写数字。") from None
    if not said["名称"] or not value.is_finite():
        raise Refused("readings-faulty", f"读数第 {number} 行没有名称，或者数值不是数。", "补上测的是什么。")
    return said
