"""JSON。An array of flat objects, {"rows": […]}, or one object a line; object by object, so memory does not grow with the file.

Numbers are kept as they are written: nothing passes through a float. The row number of an object is its place, counted from 1.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from chengxin.foundation.collection.readers.frames import Row, RowGatherer, SheetFrame
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import Limits

_BLOCK: Final = 1 << 18
_SPACE: Final = re.compile(r"[\s]*")
_BETWEEN: Final = re.compile(r"[\s,]*")
_ROWS: Final = re.compile(r'\{\s*"rows"\s*:\s*\[')


def read_objects(stream: BinaryIO, limits: Limits) -> Iterator[SheetFrame]:
    """The objects, in frames; a frame's columns are the keys seen in it."""
    gatherer = RowGatherer("", limits)
    columns: dict[str, int] = {}
    for number, found in enumerate(_Objects(stream, limits), 1):
        gatherer.add(number, _cells(found, number, columns, limits))
        if gatherer.is_full:
            yield from gatherer.take(tuple(columns))
    yield from gatherer.take(tuple(columns))


def _cells(found: dict[str, Any], number: int, columns: dict[str, int], limits: Limits) -> Row:
    cells: Row = [None] * len(columns)
    for name, value in found.items():
        if name not in columns:
            columns[name] = len(columns)
            cells.append(None)
            if len(columns) > limits.columns:
                raise refusal("file-columns", row=number, count=len(columns), limit=limits.columns)
        cells[columns[name]] = _text(name, value, number)
    return cells


def _text(name: str, value: object, number: int) -> str | None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise refusal("file-json", detail=f"第 {number} 个对象的“{name[:40]}”含有空字节或不成对的代理字符")
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    raise refusal("file-json", detail=f"第 {number} 个对象的“{name[:40]}”不是文字、数字或空值")


def _number(text: str) -> str:
    return text


def _no_constant(text: str) -> str:
    raise ValueError(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Repeated
    return found


class _Repeated(Exception):
    """A key stands twice in one object: nobody could say which value counts."""


class _Objects:
    """The objects of the stream, one after the other."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self.stream = stream
        self.decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.text = ""
        self.at = 0
        self.is_over = False
        self.longest = limits.columns * 256 + limits.cell_characters
        self.scan = json.JSONDecoder(
            object_pairs_hook=_unique, parse_float=_number, parse_int=_number, parse_constant=_no_constant
        ).raw_decode

    def __iter__(self) -> Iterator[dict[str, Any]]:
        closing = self._opening()
        number = 0
        while self._skip(_BETWEEN if closing or number else _SPACE) and not (closing and self.text[self.at] == "]"):
            number += 1
            yield self._object(number)
        if closing:
            self._closing(closing)

    def _opening(self) -> str:
        """Step into the array; what must stand after its end, "" for one object a line."""
        self._skip(_SPACE)
        if self.text.startswith("[", self.at):
            self.at += 1
            return "]"
        found = _ROWS.match(self.text, self.at)
        if found:
            self.at = found.end()
            return "]}"
        return ""

    def _closing(self, closing: str) -> None:
        for sign in closing:
            if not self._skip(_SPACE) or self.text[self.at] != sign:
                raise refusal("file-json", detail="数组没有结束，文件可能不完整")
            self.at += 1
        if self._skip(_SPACE):
            raise refusal("file-json", detail="数组之后还有其他内容")

    def _object(self, number: int) -> dict[str, Any]:
        if self.text[self.at] != "{":
            raise refusal("file-json", detail=f"第 {number} 个元素不是对象")
        while True:
            try:
                found, self.at = self.scan(self.text, self.at)
            except _Repeated:
                raise refusal("file-json", detail=f"第 {number} 个对象里同一个键出现两次") from None
            except RecursionError:
                raise refusal("file-json", detail=f"第 {number} 个对象嵌套过深") from None
            except ValueError as error:
                if self._is_complete_but_wrong(error) or not self._more():
                    raise refusal("file-json", detail=f"第 {number} 个对象写法有误或没有写完") from None
                continue
            if not isinstance(found, dict):
                raise refusal("file-json", detail=f"第 {number} 个元素不是对象")
            return found

    def _is_complete_but_wrong(self, error: ValueError) -> bool:
        """Whether the fault lies well before the end of what was read: more text would not heal it."""
        position = getattr(error, "pos", len(self.text))
        unfinished = "Unterminated" in str(error) or position >= len(self.text) - 64
        if len(self.text) - self.at > self.longest:
            raise refusal("file-json", detail="单个对象过大")
        return not unfinished

    def _skip(self, what: re.Pattern[str]) -> bool:
        """Step over ``what``; False at the end of the file."""
        while True:
            found = what.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return True
            if not self._more():
                return False

    def _more(self) -> bool:
        if self.is_over:
            return False
        block = self.stream.read(_BLOCK)
        self.is_over = not block
        try:
            fresh = self.decoder.decode(block, final=self.is_over)
        except UnicodeDecodeError:
            raise refusal("file-json", detail="不是 UTF-8 编码") from None
        self.text = self.text[self.at :] + fresh
        self.at = 0
        return not self.is_over or bool(fresh)
