"""格式由内容决定。The first bytes say what a file is; its name only has to be of the same family."""

from __future__ import annotations

import codecs
from pathlib import PurePath
from typing import Final

from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import Format

#: How much of the beginning :func:`format_of` wants to see.
HEAD: Final = 8192

_EXECUTABLES: Final = {
    b"MZ": "Windows 程序",
    b"\x7fELF": "Linux 程序",
    b"#!": "脚本",
    b"\xca\xfe\xba\xbe": "Java 类",
    b"\xcf\xfa\xed\xfe": "macOS 程序",
}
_OTHERS: Final = {
    b"%PDF": " PDF 文档",
    b"\x89PNG": " PNG 图片",
    b"\xff\xd8\xff": " JPEG 图片",
    b"GIF8": " GIF 图片",
    b"BM": "位图图片",
    b"{\\rtf": " RTF 文档",
    b"Rar!": " RAR 压缩包",
    b"7z\xbc\xaf": " 7z 压缩包",
    b"\x1f\x8b": " gzip 压缩包",
    b"BZh": " bzip2 压缩包",
    b"\xfd7zXZ": " xz 压缩包",
    b"PAR1": " Parquet 文件",
    b"SQLite format 3": " SQLite 数据库",
}
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_NAMES: Final = {
    Format.CSV: "文本表格（CSV）",
    Format.XLSX: " Excel 工作簿（xlsx）",
    Format.XLS: "旧版 Excel 工作簿（xls）",
    Format.SPREADSHEETML: " XML 电子表格（2003）",
    Format.JSON: " JSON 数据",
}
# Registries publish SpreadsheetML under the names of the binary formats, so all three share their endings.
_WORKBOOKS: Final = frozenset({Format.XLSX, Format.XLS, Format.SPREADSHEETML})
_FAMILIES: Final[dict[str, frozenset[Format]]] = {
    **dict.fromkeys((".xlsx", ".xls", ".xml", ".et"), _WORKBOOKS),
    **dict.fromkeys((".csv", ".tsv", ".txt"), frozenset({Format.CSV})),
    **dict.fromkeys((".json", ".ndjson", ".jsonl"), frozenset({Format.JSON})),
}


def format_of(head: bytes, file_name: str) -> Format:
    """The format of a file that begins with ``head``.

    Refused: nothing, an executable, another kind of file, or a name of another family than the content.
    """
    if not head:
        raise refusal("file-empty")
    form = _by_content(head)
    suffix = PurePath(file_name).suffix.lower()
    if form not in _FAMILIES.get(suffix, frozenset(Format)):
        raise refusal("file-name-contradicts", suffix=suffix, kind=_NAMES[form])
    return form


def _by_content(head: bytes) -> Format:
    for start, kind in _EXECUTABLES.items():
        if head.startswith(start):
            raise refusal("file-executable", kind=kind)
    if head.startswith(_ZIP):
        return Format.XLSX
    if head.startswith(_OLE):
        return Format.XLS
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refusal("file-utf16")
    for start, kind in _OTHERS.items():
        if head.startswith(start) and not (start == b"BM" and b"\0" not in head):
            raise refusal("file-kind-unknown", kind=kind)
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not text:
        return Format.CSV
    if text.startswith(b"<"):
        return _markup(text)
    if text.startswith((b"[", b"{")):
        return Format.JSON
    if _ZIP in head:
        raise refusal("file-two-formats", detail="前面是其他内容，后面是压缩包")
    return Format.CSV


def _markup(text: bytes) -> Format:
    if b"<!DOCTYPE" in text.upper() and b"<!DOCTYPE HTML" not in text.upper():
        raise refusal("file-xml-entities")
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        return Format.SPREADSHEETML
    lower = text.lower()
    if b"<html" in lower or b"<table" in lower or b"<!doctype html" in lower:
        raise refusal("file-kind-unknown", kind="网页（另存成表格扩展名的 HTML）")
    raise refusal("file-kind-unknown", kind=" XML 文件")
