"""父子进程之间的消息。Kind (1 byte), length (8 bytes), body; data frames travel as Arrow IPC, never as pickles."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from typing import Any, BinaryIO, Final

import msgspec
import polars as pl

from chengxin.foundation.collection.readers.frames import SheetFrame
from chengxin.foundation.collection.readers.types import no_faults
from chengxin.kernel.refused import Refused

FORMAT: Final = b"K"
FRAME: Final = b"F"
REFUSED: Final = b"R"
END: Final = b"E"

_HEAD: Final = struct.Struct(">cQ")
_LENGTH: Final = struct.Struct(">Q")


def send(out: BinaryIO, kind: bytes, body: bytes = b"") -> None:
    """Write one message."""
    out.write(_HEAD.pack(kind, len(body)))
    out.write(body)
    out.flush()


def receive(read_exactly: Callable[[int], bytes]) -> tuple[bytes, bytes]:
    """Read one message; ``read_exactly`` raises EOFError at the end."""
    kind, length = _HEAD.unpack(read_exactly(_HEAD.size))
    return kind, read_exactly(length)


def frame_body(part: SheetFrame) -> bytes:
    """``part`` as bytes."""
    meta = msgspec.json.encode({"sheet": part.sheet, "columns": part.columns, "faulty": bool(part.faults.height)})
    body = io.BytesIO()
    frame = _arrow(part.frame)
    for piece in (meta, frame, _arrow(part.faults) if part.faults.height else b""):
        body.write(_LENGTH.pack(len(piece)))
        body.write(piece)
    return body.getvalue()


def frame_of(body: bytes) -> SheetFrame:
    """The frame that :func:`frame_body` wrote."""
    pieces, position = [], 0
    view = memoryview(body)
    for _ in range(3):
        (length,) = _LENGTH.unpack_from(body, position)
        position += _LENGTH.size
        pieces.append(view[position : position + length])
        position += length
    meta = msgspec.json.decode(pieces[0])
    columns = tuple(meta["columns"]) if meta["columns"] is not None else None
    faults = _frame(pieces[2]) if meta["faulty"] else no_faults()
    return SheetFrame(meta["sheet"], _frame(pieces[1]), faults, columns)


def refusal_body(refused: Refused) -> bytes:
    """A refusal as bytes."""
    return msgspec.json.encode(
        {"slug": refused.slug, "sentence": refused.sentence, "what_to_do": refused.what_to_do, "where": refused.where},
    )


def refusal_of(body: bytes) -> Refused:
    """The refusal that :func:`refusal_body` wrote."""
    facts: dict[str, Any] = msgspec.json.decode(body)
    return Refused(**facts)


def _arrow(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_ipc_stream(out, compression="uncompressed")
    return out.getvalue()


def _frame(body: memoryview) -> pl.DataFrame:
    return pl.read_ipc_stream(io.BytesIO(body))
