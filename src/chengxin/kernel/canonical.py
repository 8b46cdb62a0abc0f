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
_LOOKED_AT: Final = 500
_FEW: Final = 40
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
    # By place, not by name: to Polars, "*" and "^…$" are not names but patterns.
    columns = [(frame.get_column(key).alias(f"c{place}"), key) for place, key in enumerate(sorted(keys))]
    for column, key in columns:
        if column.dtype not in (pl.String, pl.Null):
            raise ValueError(f"{key}: every value of a content is text, not {column.dtype}")
    columns = [(column, key) for column, key in columns if column.null_count() < column.len()]
    if not columns:
        return pl.Series("content", [b"{}"] * frame.height, dtype=pl.Binary)
    whole = [not column.null_count() and bool((column != "").all()) for column, _ in columns]
    pieces = _pieces(columns, whole) if any(whole) else _when_any_may_be_absent(columns)
    written = pl.DataFrame([column for column, _ in columns]).select(pl.concat_str(pieces, ignore_nulls=True).alias("content"))
    return written.to_series().cast(pl.Binary)


def _pieces(columns: Sequence[tuple[pl.Series, str]], whole: Sequence[bool]) -> list[pl.Expr]:
    """The text of an object, piece by piece. A column that is always there stands between literals and is copied once; the members that
    may be absent bring their comma along, behind them as long as none is there for certain, before them after that."""
    pieces, text, certain = [], "{", False
    for (column, key), is_whole in zip(columns, whole, strict=True):
        if is_whole:
            pieces += [pl.lit(f'{text}{"," if certain else ""}{_name(key)}:"'), _value(column)]
            text, certain = '"', True
        else:
            before, after = (",", "") if certain else ("", ",")
            pieces += [pl.lit(text)] if text else []
            pieces.append(_member(column, key, before, after))
            text = ""
    return [*pieces, pl.lit(f"{text}}}")]


def _when_any_may_be_absent(columns: Sequence[tuple[pl.Series, str]]) -> list[pl.Expr]:
    inner = pl.concat_str([_member(column, key, "", "") for column, key in columns], separator=",", ignore_nulls=True)
    return [pl.lit("{"), inner, pl.lit("}")]


def _member(column: pl.Series, key: str, before: str, after: str) -> pl.Expr:
    said = pl.concat_str(pl.lit(f'{before}{_name(key)}:"'), _value(column), pl.lit(f'"{after}'))
    return pl.when(pl.col(column.name) != "").then(said)


def _value(column: pl.Series) -> pl.Expr:
    value = pl.col(column.name)
    looked_at = column.unique() if column.head(_LOOKED_AT).n_unique() <= _FEW else column  # most columns repeat a few values
    if looked_at.str.contains(_NEEDS_ESCAPE).any():
        value = value.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    return value


def _name(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _check_keys(keys: Sequence[str]) -> None:
    for key in keys:
        if not key.isascii():
            raise ValueError(f"the key {key!r} is not ASCII")
    if len(set(keys)) != len(keys):
        raise ValueError("a key of a content comes twice")
