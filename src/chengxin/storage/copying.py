"""A frame → the bytes of PostgreSQL's binary ``COPY``, built column by column: no Python object per value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]

#: Types of PostgreSQL (their oids) of a fixed width → numpy's big-endian twin.
_FIXED: Final[dict[int, str]] = {16: "u1", 20: ">i8", 21: ">i2", 23: ">i4", 701: ">f8", 1082: ">i4", 1184: ">i8"}
_VARIABLE: Final = frozenset({17, 25, 1043})  # bytea, text, varchar
_JSONB: Final = 3802
_DATE: Final = 1082
_TIMESTAMP: Final = 1184
_EPOCH_DAYS: Final = 10_957  # PostgreSQL counts from 2000-01-01
_EPOCH_MICROSECONDS: Final = _EPOCH_DAYS * 86_400_000_000

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER: Final = b"\xff\xff"
ROWS_AT_A_TIME: Final = 50_000


class UnsupportedColumn(TypeError):
    """A type of column that the binary form does not cover."""


def copy_stream(frame: pl.DataFrame, oids: Sequence[int]) -> Iterator[bytes | memoryview]:
    """The bytes to send after ``COPY … FROM STDIN (FORMAT BINARY)``; ``oids`` are the types of the table's columns, in order."""
    yield HEADER
    for part in frame.iter_slices(ROWS_AT_A_TIME):
        yield _rows(part, oids)
    yield TRAILER


def _rows(frame: pl.DataFrame, oids: Sequence[int]) -> memoryview:
    pieces: list[pa.Array] = []
    fixed: list[tuple[str, np.ndarray[Any, Any]]] = [(">i2", np.full(frame.height, frame.width, dtype=">i2"))]
    for series, oid in zip(frame.get_columns(), oids, strict=True):
        values = _fixed_values(series, oid) if oid in _FIXED else None
        if values is not None and series.null_count() == 0:
            fixed.append((">i4", np.full(frame.height, values.dtype.itemsize, dtype=">i4")))
            fixed.append((values.dtype.str, values))
            continue
        lengths, array = _ragged(series, oid, values)
        fixed.append((">i4", lengths))
        pieces += [_interleaved(fixed, frame.height), array]
        fixed = []
    if fixed:
        pieces.append(_interleaved(fixed, frame.height))
    if len(pieces) == 1:
        return memoryview(pieces[0].buffers()[2])
    nothing = _large_binary(np.zeros(2, dtype=np.int64), b"")[0]  # ``pa.scalar`` would load pandas where there is one: 60 MB
    # Arrow's own allocator would keep what it once had; buffers of this size go back to the system at once.
    joined = pc.binary_join_element_wise(*pieces, nothing, memory_pool=pa.system_memory_pool())
    return memoryview(joined.buffers()[2])


def _fixed_values(series: pl.Series, oid: int) -> np.ndarray[Any, Any]:
    if oid == _DATE:
        return series.cast(pl.Int32).fill_null(0).to_numpy().astype(np.int32).__sub__(_EPOCH_DAYS).astype(">i4")
    if oid == _TIMESTAMP:
        microseconds = series.dt.cast_time_unit("us").to_physical().fill_null(0).to_numpy()
        return (microseconds - _EPOCH_MICROSECONDS).astype(">i8")
    filled = series.cast(pl.UInt8) if series.dtype == pl.Boolean else series
    return filled.fill_null(0).to_numpy().astype(_FIXED[oid])


def _ragged(series: pl.Series, oid: int, fixed: np.ndarray[Any, Any] | None) -> tuple[np.ndarray[Any, Any], pa.Array]:
    """Lengths (-1 where null) and the values themselves, for a column whose rows differ in length."""
    if fixed is not None:
        width = fixed.dtype.itemsize
        present = series.is_not_null().to_numpy()
        lengths = np.where(present, width, -1).astype(">i4")
        offsets = np.concatenate([[0], np.cumsum(np.where(present, width, 0))]).astype(np.int64)
        return lengths, _large_binary(offsets, fixed[present].tobytes())
    if oid not in _VARIABLE and oid != _JSONB:
        raise UnsupportedColumn(f"column {series.name!r}: type {oid} has no binary form here")
    if series.dtype == pl.Null:
        series = series.cast(pl.Binary)
    if oid == _JSONB:  # its binary form begins with a version byte
        series = (pl.Series(series.name, ["\x01"]) + series) if series.len() else series
    sizes = series.str.len_bytes() if series.dtype == pl.String else series.bin.size()
    lengths = sizes.cast(pl.Int64).fill_null(-1).to_numpy().astype(">i4")
    values = series.cast(pl.Binary).fill_null(b"").rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    return lengths, values.cast(pa.large_binary())


def _interleaved(columns: list[tuple[str, np.ndarray[Any, Any]]], height: int) -> pa.Array:
    record = np.empty(height, dtype=[(f"c{i}", kind) for i, (kind, _) in enumerate(columns)])
    for i, (_, values) in enumerate(columns):
        record[f"c{i}"] = values
    return _large_binary(np.arange(height + 1, dtype=np.int64) * record.dtype.itemsize, record.tobytes())


def _large_binary(offsets: np.ndarray[Any, Any], data: bytes) -> pa.Array:
    return pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(offsets) - 1, [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)]
    )
