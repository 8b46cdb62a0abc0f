"""裁批。The reader's chunks, cut anew into the rows of one transaction each: how a file is parsed does not decide how it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import polars as pl

from chengxin.foundation.collection.readers import ROW, Chunk


def cut_anew(chunks: Iterable[Chunk], rows: int) -> Iterator[Chunk]:
    """``chunks`` in pieces of ``rows`` rows; what is left over of a sheet is a smaller one at its end. Faults stay with their rows."""
    held: list[Chunk] = []
    for chunk in chunks:
        if held and (chunk.sheet, chunk.columns) != (held[0].sheet, held[0].columns):
            yield _together(held)
            held = []
        held.append(chunk)
        if sum(each.frame.height for each in held) >= rows:
            whole = _together(held)
            begins = range(0, whole.frame.height, rows)
            held = []
            for begin in begins:
                piece = _piece(whole, begin, rows)
                if piece.frame.height == rows:
                    yield piece
                else:
                    held = [piece]
    if held:
        yield _together(held)


def _piece(chunk: Chunk, begin: int, rows: int) -> Chunk:
    frame = chunk.frame.slice(begin, rows)
    return replace(chunk, frame=frame, faults=chunk.faults.join(frame.select(ROW), on=ROW, how="semi", maintain_order="left"))


def _together(chunks: Sequence[Chunk]) -> Chunk:
    if len(chunks) == 1:
        return chunks[0]
    faults = pl.concat([chunk.faults for chunk in chunks])
    return replace(chunks[0], frame=pl.concat([chunk.frame for chunk in chunks], rechunk=True), faults=faults)
