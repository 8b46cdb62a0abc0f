"""规范字节。The canonical bytes of a flat object: RFC 8785 for objects whose keys are ASCII and whose values are strings (ADR 0005).

Keys sorted, no white space, empty values absent. Only ``"``, ``\\`` and the control characters below U+0020 are escaped;
everything else, U+2028 and emoji included, stands as UTF-8.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

_SHORT: Final = {0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\"}
_ESCAPES: Final = {chr(n): _SHORT.get(n, f"\\u{n:04x}") for n in [*range(0x20), 0x22, 0x5C]}
_NEEDS_ESCAPE: Final = r'["\\\x00-\x1f]'


def canonical_bytes(content: Mapping[str, str]) -> bytes:
    """The canonical bytes of one object. ValueError for a key that is not ASCII or a value that is not text.

    >>> canonical_bytes({"b": "2", "a": "甲", "c": ""}).decode()
    '{"a":"甲","b":"2"}'
    """
    _check_keys(tuple(content))
    for key, value in content.items():
        if not isinstance(value, str):
            raise ValueError(f"{key}: every value of a content is a string, not {type(value).__name__}")
    kept = {key: value for key, value in content.items() if value}
    # json writes ASCII control characters as RFC 8785 does, DEL unescaped, and short forms for the five that have one.
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def canonical_column(frame: pl.DataFrame, keys: Sequence[str]) -> pl.Series:
    """The canonical bytes of each row over the text columns ``keys``: a Binary series named ``content``.

    Null and empty are absent. Only columns that hold a character to be escaped take the escaping path.
    """
    _check_keys(keys)
    ordered = sorted(keys)
    # By place, not by name: to Polars, "*" and "^…$" are not names but patterns.
    columns = pl.DataFrame([frame.get_column(key).alias(f"c{place}") for place, key in enumerate(ordered)])
    members = [_member(column, key) for column, key in zip(columns.get_columns(), ordered, strict=True)]
    if not members:
        return pl.Series("content", [b"{}"] * frame.height, dtype=pl.Binary)
    inner = pl.concat_str(members, separator=",", ignore_nulls=True)
    return columns.select(pl.concat_str(pl.lit("{"), inner, pl.lit("}")).alias("content")).to_series().cast(pl.Binary)


def _member(column: pl.Series, key: str) -> pl.Expr:
    if column.dtype == pl.Null:
        return pl.lit(None, dtype=pl.String)
    if column.dtype != pl.String:
        raise ValueError(f"{key}: every value of a content is text, not {column.dtype}")
    value = pl.col(column.name)
    if column.str.contains(_NEEDS_ESCAPE).any():
        value = value.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    name = json.dumps(key, ensure_ascii=False)
    return pl.when(pl.col(column.name) != "").then(pl.concat_str(pl.lit(f'{name}:"'), value, pl.lit('"')))


def _check_keys(keys: Sequence[str]) -> None:
    for key in keys:
        if not key.isascii():
            raise ValueError(f"the key {key!r} is not ASCII")
    if len(set(keys)) != len(keys):
        raise ValueError("a key of a content comes twice")
