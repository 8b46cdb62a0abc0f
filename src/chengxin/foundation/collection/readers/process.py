"""读取进程的一头。Starts the child, feeds it, listens to it, and turns every way it can end into rows or a refusal."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from typing import Final, TypeAlias

import msgspec

from chengxin.foundation.collection.readers import wire
from chengxin.foundation.collection.readers.frames import SheetFrame
from chengxin.foundation.collection.readers.refusals import refusal
from chengxin.foundation.collection.readers.types import Format, Limits
from chengxin.kernel.refused import Refused

_PROGRAM: Final = (
    "import sys; sys.path[:] = sys.argv[1].split('\\n'); from chengxin.foundation.collection.readers.child import main; main()"
)
_PIPE_SIZE: Final = 1 << 20
_F_SETPIPE_SZ: Final = 1031

#: Bytes of the file, in pieces of any size.
Source: TypeAlias = Iterable[bytes]


def parts_by_child(source: Source, *, file_name: str, limits: Limits) -> Iterator[tuple[Format, SheetFrame]]:
    """The rows of the file as a child process reads them.

    Refused: whatever the child refuses; a child that exceeds memory or time, or dies.
    """
    process = _start()
    feeder = _Feeder(process, source, _order(file_name, limits))
    feeder.start()
    try:
        yield from _listen(process, limits)
    finally:
        process.kill()
        feeder.join()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        if feeder.failure:  # not the file's fault, whatever the child said before it ended
            raise feeder.failure


def _order(file_name: str, limits: Limits) -> bytes:
    return msgspec.json.encode({"file_name": file_name, "limits": asdict(limits)}) + b"\n"


def _start() -> subprocess.Popen[bytes]:
    path = "\n".join(entry for entry in sys.path if entry)
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _PROGRAM, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"POLARS_MAX_THREADS": "2", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        bufsize=0,
    )
    _widen(process)
    return process


def _widen(process: subprocess.Popen[bytes]) -> None:
    """Larger pipes: fewer turns between the two processes. A kernel that refuses keeps its own size."""
    if sys.platform != "linux":
        return
    import fcntl

    for pipe in (process.stdin, process.stdout):
        if pipe:
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe.fileno(), _F_SETPIPE_SZ, _PIPE_SIZE)


class _Feeder(threading.Thread):
    """Writes the file into the child; a child that stops listening is not a failure here."""

    def __init__(self, process: subprocess.Popen[bytes], source: Source, order: bytes) -> None:
        super().__init__(name="collection-reader-feeder", daemon=True)
        self.process = process
        self.source = source
        self.order = order
        self.failure: Exception | None = None

    def run(self) -> None:
        """Until the file ends or the child does."""
        pipe = self.process.stdin
        if pipe is None:
            return
        try:
            _write(pipe.fileno(), self.order)
            for piece in self.source:
                _write(pipe.fileno(), piece)
        except BrokenPipeError:
            return
        except Exception as failure:  # handed to the reading thread
            self.failure = failure
            self.process.kill()
        finally:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _listen(process: subprocess.Popen[bytes], limits: Limits) -> Iterator[tuple[Format, SheetFrame]]:
    if process.stdout is None:
        return
    read_exactly = _reader(process.stdout.fileno(), limits.reading_seconds)
    form = Format.CSV
    while True:
        try:
            kind, body = wire.receive(read_exactly)
        except EOFError:
            raise _death(process.wait()) from None
        if kind == wire.END:
            return
        if kind == wire.REFUSED:
            raise wire.refusal_of(body)
        if kind == wire.FORMAT:
            form = Format(body.decode())
        else:
            yield form, wire.frame_of(body)


def _reader(fd: int, seconds: int) -> Callable[[int], bytes]:
    """Reads exactly n bytes; EOFError at the end, a refusal when the child keeps silent for ``seconds``."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)

    def read_exactly(size: int) -> bytes:
        deadline = time.monotonic() + seconds
        out = bytearray()
        while len(out) < size:
            if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
                raise refusal("file-reading-time")
            piece = os.read(fd, min(size - len(out), _PIPE_SIZE))
            if not piece:
                raise EOFError
            out += piece
        return bytes(out)

    return read_exactly


def _death(code: int) -> Refused:
    if code == -signal.SIGXCPU:
        return refusal("file-reading-time")
    if code in {-signal.SIGKILL, -signal.SIGABRT}:  # the allocator gives up by abort
        return refusal("file-reading-memory")
    return refusal("file-reading-failed")
