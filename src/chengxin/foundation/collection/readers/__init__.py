"""读取报送文件。CSV, XLSX, XLS, SpreadsheetML 2003 and JSON become chunks of text, in a child process with limits.

Nothing is inferred: every value is the text a clerk sees in the cell. The whole file is refused (:class:`Refused`, slug
``file-…``) when it is dangerous or unreadable; a single cell that cannot be trusted becomes a fault of its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Final

from chengxin.foundation.collection.readers.assembly import assemble
from chengxin.foundation.collection.readers.process import parts_by_child
from chengxin.foundation.collection.readers.types import NOT_FOR_READING, ROW, CellFault, Chunk, Format, HeaderFinder, Limits

__all__ = ["NOT_FOR_READING", "ROW", "CellFault", "Chunk", "Format", "HeaderFinder", "Limits", "read"]

_PIECE: Final = 1 << 20


def read(source: Path | BinaryIO | Iterable[bytes], *, file_name: str, limits: Limits, find_header: HeaderFinder) -> Iterator[Chunk]:
    """读取。The rows of every sheet that has a header, in file order, in chunks; memory does not grow with the file.

    ``source`` is a path, a binary file or its pieces; ``file_name`` the name it was handed in under. ``find_header`` gets the
    first rows of a sheet and says which of them is the header (``labels.header_finder``). The child ends when the iterator is
    exhausted or closed.

    Refused: every slug ``file-…``, among them ``file-no-header`` (no sheet has one) and ``file-no-rows``.
    """
    yield from assemble(parts_by_child(_pieces(source), file_name=file_name, limits=limits), limits, find_header)


def _pieces(source: Path | BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield from _pieces(file)
    elif hasattr(source, "read"):
        while piece := source.read(_PIECE):
            yield piece
    else:
        yield from source
