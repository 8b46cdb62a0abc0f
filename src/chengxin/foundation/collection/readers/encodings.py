"""文字编码。UTF-8 with or without a mark, or GB18030: decided once for the file, then held to."""

from __future__ import annotations

import codecs
from typing import Final

from chengxin.foundation.collection.readers.refusals import refusal

_UTF8: Final = "UTF-8"
_GB18030: Final = "GB18030"
#: Share (per mille) of characters that must be everyday ones before bytes are believed to be GB18030.
_PLAUSIBLE: Final = 900


class Decoder:
    """Turns blocks of a file, cut at line ends, into UTF-8. ASCII leaves the question open."""

    def __init__(self) -> None:
        self.encoding = ""
        self.at_start = True

    def to_utf8(self, block: bytes, row: int) -> bytes:
        """``block`` in UTF-8; ``row`` is the number of its first row, for the refusal."""
        if self.at_start:
            self.at_start = False
            if block.startswith(codecs.BOM_UTF8):
                self.encoding = _UTF8
                block = block[len(codecs.BOM_UTF8) :]
        if block.isascii():
            return block
        if not self.encoding:
            self.encoding = _guess(block, row)
        if self.encoding == _UTF8:
            fault = _utf8_fault(block)
            if fault is not None:
                raise refusal("file-encoding-mixed", encoding=_UTF8, row=row + block.count(b"\n", 0, fault))
            return block
        return _from_gb18030(block, row).encode()


def _guess(block: bytes, row: int) -> str:
    fault = _utf8_fault(block)
    if fault is None:
        return _UTF8
    text = _from_gb18030(block, row)
    others = [char for char in text if char > "\x7f"]
    everyday = sum(map(_is_everyday, others))
    if everyday * 1000 < _PLAUSIBLE * len(others):
        raise refusal("file-encoding", row=row + block.count(b"\n", 0, fault))
    return _GB18030


def _is_everyday(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" or char in "“”‘’—…·℃×÷①②③④⑤Ⅰ〇 "


def _utf8_fault(block: bytes) -> int | None:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def _from_gb18030(block: bytes, row: int) -> str:
    try:
        return block.decode("gb18030")
    except UnicodeDecodeError as error:
        raise refusal("file-encoding", row=row + block.count(b"\n", 0, error.start)) from None
