"""读取进程。Reads one file from standard input and writes its rows to standard output, with nothing else in reach.

It gets no environment, no database, no keys, may write no file and dump no core. Its memory and processor time end where
policy says; that it dies then is expected, and the parent turns it into a refusal.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final, cast

import msgspec

from chengxin.foundation.collection.readers import wire
from chengxin.foundation.collection.readers.confinement import confine
from chengxin.foundation.collection.readers.delimited import read_delimited
from chengxin.foundation.collection.readers.formats import HEAD, format_of
from chengxin.foundation.collection.readers.frames import SheetFrame
from chengxin.foundation.collection.readers.legacy_workbook import read_legacy_workbook
from chengxin.foundation.collection.readers.objects import read_objects
from chengxin.foundation.collection.readers.office_workbook import read_office_workbook
from chengxin.foundation.collection.readers.refusals import readable_size, refusal
from chengxin.foundation.collection.readers.spreadsheet_2003 import read_spreadsheet_2003
from chengxin.foundation.collection.readers.types import Format, Limits
from chengxin.kernel.refused import Refused


class BoundedStream(io.RawIOBase):
    """The file as it comes in; refused as soon as it is larger than its format allows."""

    def __init__(self, inner: BinaryIO, head: bytes, form: Format, limits: Limits) -> None:
        super().__init__()
        self.inner = inner
        self.head = head
        self.form = form
        self.limit = limits.size_of(form)
        self.taken = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As of any binary file, but a short answer only at the end."""
        parts = [self.head]
        missing = size - len(self.head) if size >= 0 else -1
        self.head = b""
        if missing:
            parts.append(self.inner.read(missing))
        data = b"".join(parts)
        self.taken += len(data)
        if self.taken > self.limit:
            raise refusal("file-too-large", size=f"{readable_size(self.limit)} 以上", form=self.form.value, limit=readable_size(self.limit))
        return data


def main() -> None:
    """Serve one file: first a line of JSON (limits, file name), then the file's bytes until the end of the stream."""
    source, out = sys.stdin.buffer, sys.stdout.buffer
    order = msgspec.json.decode(source.readline())
    limits = Limits(**order["limits"])
    confine(limits)
    try:
        for part in parts_of(source, order["file_name"], limits, out):
            wire.send(out, wire.FRAME, wire.frame_body(part))
        wire.send(out, wire.END)
    except Refused as refused:
        wire.send(out, wire.REFUSED, wire.refusal_body(refused))
    except MemoryError:
        wire.send(out, wire.REFUSED, wire.refusal_body(refusal("file-reading-memory")))
    out.flush()
    os._exit(0)  # nothing of this process is worth tidying up, and tidying up may take long


def parts_of(source: BinaryIO, file_name: str, limits: Limits, out: BinaryIO) -> Iterator[SheetFrame]:
    """The rows of the file, sheet by sheet; says first of which format it is."""
    head = source.read(HEAD)
    form = format_of(head, file_name)
    wire.send(out, wire.FORMAT, form.value.encode())
    stream = cast(BinaryIO, BoundedStream(source, head, form, limits))
    yield from _READERS[form](stream, limits)


_READERS: Final = {
    Format.CSV: read_delimited,
    Format.XLSX: read_office_workbook,
    Format.XLS: read_legacy_workbook,
    Format.SPREADSHEETML: read_spreadsheet_2003,
    Format.JSON: read_objects,
}
