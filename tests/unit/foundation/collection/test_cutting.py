"""Chunks cut anew: every row and every fault once, in order, and only the last piece of a sheet smaller than the others."""

from __future__ import annotations

from itertools import groupby

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from chengxin.foundation.collection.cutting import cut_anew
from chengxin.foundation.collection.readers import ROW, Chunk, Format
from chengxin.foundation.collection.readers.types import FAULT_SCHEMA


def chunk(sheet: str, first: int, height: int, faulty: bool) -> Chunk:
    numbers = list(range(first, first + height))
    frame = pl.DataFrame({"0": [f"{sheet}{n}" for n in numbers], ROW: numbers}, schema={"0": pl.String, ROW: pl.Int64})
    faults = [(n, 0, "R01") for n in numbers[:: 3 if faulty else height + 1]]
    return Chunk(sheet, Format.CSV, 1, ("名称",), frame, pl.DataFrame(faults, schema=FAULT_SCHEMA, orient="row"))


def chunks_of(heights: list[tuple[str, int, bool]]) -> list[Chunk]:
    made, first = [], {"甲": 2, "乙": 2}
    for sheet, height, faulty in sorted(heights, key=lambda each: each[0]):
        made.append(chunk(sheet, first[sheet], height, faulty))
        first[sheet] += height
    return made


@given(st.lists(st.tuples(st.sampled_from("甲乙"), st.integers(1, 30), st.booleans()), max_size=8), st.integers(1, 12))
def test_every_row_and_fault_once_and_only_the_last_piece_is_smaller(heights: list[tuple[str, int, bool]], rows: int) -> None:
    given_chunks = chunks_of(heights)
    pieces = list(cut_anew(given_chunks, rows))
    assert [value for piece in pieces for value in piece.frame["0"]] == [value for each in given_chunks for value in each.frame["0"]]
    for sheet, of_sheet in groupby(pieces, key=lambda piece: piece.sheet):
        sizes = [piece.frame.height for piece in of_sheet]
        assert all(size == rows for size in sizes[:-1]), sheet
        assert 0 < sizes[-1] <= rows, sheet
    told = [(piece.sheet, row) for piece in pieces for row in piece.faults[ROW]]
    assert told == [(each.sheet, row) for each in given_chunks for row in each.faults[ROW]]
    assert all(set(piece.faults[ROW]) <= set(piece.frame[ROW]) for piece in pieces)
