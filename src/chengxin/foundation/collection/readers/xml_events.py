"""XML 的安全读取。Elements as they end, from blocks of bytes: no document type, no entities, no network; depth and size are bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, cast

from lxml import etree

from chengxin.foundation.collection.readers.refusals import readable_size, refusal
from chengxin.kernel.refused import Refused

#: Bytes of one element (a row) after which it is no honest one; as a tree it takes some twenty times as much memory.
_ELEMENT_LIMIT: Final = 4 << 20
#: Bytes given to the parser at once, so that a long element is noticed early.
_BITE: Final = 1 << 16


def ended(blocks: Iterable[bytes], tags: tuple[str, ...]) -> Iterator[etree._Element]:
    """Every element named ``tags`` (local names, any namespace) when it is complete; it is emptied afterwards.

    Refused: a document type or an entity, XML that is not well-formed, too deep nesting, an element of monstrous size.
    """
    parser = etree.XMLPullParser(
        events=("end",),
        tag=[f"{{*}}{tag}" for tag in tags],
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    gate = _Gate()
    try:
        for bite in _bites(blocks):
            parser.feed(bite)
            gate.passed(len(bite))
            for _, ended_element in parser.read_events():
                element = cast(etree._Element, ended_element)
                gate.check(element)
                yield element
                _forget(element)
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _broken(error, gate) from None


def local(element: etree._Element) -> str:
    """The name of ``element`` without its namespace."""
    return str(element.tag).rpartition("}")[2]


class _Gate:
    """What is looked at once per document, and the distance since the last element."""

    def __init__(self) -> None:
        self.is_checked = False
        self.since = 0

    def passed(self, size: int) -> None:
        self.since += size
        if self.since > _ELEMENT_LIMIT:
            raise _too_large()

    def check(self, element: etree._Element) -> None:
        self.since = 0
        if not self.is_checked:
            self.is_checked = True
            info = element.getroottree().docinfo
            if info.internalDTD is not None or info.externalDTD is not None or info.doctype:
                raise refusal("file-xml-entities")


def _bites(blocks: Iterable[bytes]) -> Iterator[bytes]:
    first = True
    for block in blocks:
        if first and b"<!DOCTYPE" in block[:4096].upper():
            raise refusal("file-xml-entities")
        first = False
        for start in range(0, len(block), _BITE):
            yield block[start : start + _BITE]


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _broken(error: etree.XMLSyntaxError, gate: _Gate) -> Exception:
    text = str(error)
    if "entit" in text.lower():
        return refusal("file-xml-entities")
    if "huge" in text.lower() or "too long" in text.lower() or "excessive depth" in text.lower() or gate.since > _ELEMENT_LIMIT // 2:
        return _too_large()
    return refusal("file-xml-broken", detail=f"第 {error.lineno} 行附近" if error.lineno else "不是完整的 XML")


def _too_large() -> Refused:
    return refusal("file-element-too-large", limit=readable_size(_ELEMENT_LIMIT))
