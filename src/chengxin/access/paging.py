"""翻页。A cursor says after which row the next page begins; it stays right while rows are added, which page numbers do not."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import msgspec

from chengxin.kernel.refused import Refused

__all__ = ["LARGEST_PAGE", "Page", "decode_cursor", "encode_cursor", "page_of"]

#: Rows of a page at most; a choice of this platform that keeps one answer small.
LARGEST_PAGE: Final = 500

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """一页：its rows, and the cursor of the next page ("" on the last)."""

    rows: list[Row]
    next_cursor: str


def encode_cursor(*position: int | str) -> str:
    """The place of a row in its order, as an opaque text.

    >>> decode_cursor(encode_cursor(7, "2026-04-01"), int, str)
    (7, '2026-04-01')
    """
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def decode_cursor(text: str, *kinds: type) -> tuple[Any, ...]:
    """The reverse; () for the empty text (the first page). :class:`Refused` for what is no cursor of these kinds."""
    if not text:
        return ()
    try:
        position = msgspec.json.decode(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, msgspec.DecodeError, ValueError):
        position = None
    if not isinstance(position, list) or [type(value) for value in position] != list(kinds):
        raise Refused("cursor-invalid", "翻页位置无效。", "请从第一页重新开始（去掉 cursor 参数）。", where={"cursor": text[:100]})
    return tuple(position)


def page_of(read: Callable[[int], Sequence[Row]], limit: int, position: Callable[[Row], Sequence[int | str]]) -> Page[Row]:
    """取一页：``read(n)`` fetches the first n rows after the cursor; one more than asked for tells whether there is a next page."""
    wanted = max(1, min(limit, LARGEST_PAGE))
    rows = list(read(wanted + 1))
    last = rows[wanted - 1] if len(rows) > wanted else None
    return Page(rows[:wanted], encode_cursor(*position(last)) if last is not None else "")
