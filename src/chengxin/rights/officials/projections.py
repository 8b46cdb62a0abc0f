"""账本如何推出公务员记录的表。``fsck`` replays the entries and compares; sealed values stand in no table."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.ledger.ports import Projection
from chengxin.rights.officials import identities, services

_WORDS: Final = ("kind", "organ", "clause", "delivery_method", "delivery_proof")
_STEPS: Final = {"settled": frozenset({services.CONFIRMED, services.DECLINED}), "ended": frozenset({services.ENDED})}


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64, strict=False).alias(name)


def _of(events: frozenset[str], value: pl.Expr, name: str) -> pl.Expr:
    """The value where the entry is one of these, else null."""
    return pl.when(pl.col("event").is_in(list(events))).then(value).alias(name)


def _records(entries: pl.DataFrame) -> pl.DataFrame:
    first = frozenset({services.HANDED_IN})
    at, by, content = pl.col("_at").cast(pl.Int64), pl.col("_by").cast(pl.Int64, strict=False), pl.col("content_id").cast(pl.Int64)
    return entries.select(
        "seq",
        _number("_record", "id"),
        *(_of(first, pl.col(f"_{word}").fill_null(""), word) for word in _WORDS),
        _of(first, pl.col("_decided_on"), "decided_on"),
        _of(first, by, "handed_in_by_id"),
        _of(first, at, "handed_in_at"),
        _of(first, content, "content_id"),
        _of(_STEPS["settled"], by, "settled_by_id"),
        _of(_STEPS["settled"], at, "settled_at"),
        _of(_STEPS["settled"], (pl.col("event") == services.CONFIRMED).cast(pl.Int64), "accepted"),
        _of(_STEPS["settled"], content, "settled_content_id"),
        _of(_STEPS["ended"], at, "ended_at"),
        _of(_STEPS["ended"], pl.col("_ending"), "ending"),
        _of(_STEPS["ended"], content, "ended_content_id"),
    )


_COLUMNS: Final = (
    dict.fromkeys((*_WORDS, "decided_on"), pl.String)
    | dict.fromkeys(("handed_in_by_id", "handed_in_at", "content_id"), pl.Int64)
    | dict.fromkeys(("settled_by_id", "settled_at", "accepted", "settled_content_id", "ended_at"), pl.Int64)
    | {"ending": pl.String, "ended_content_id": pl.Int64}
)
RECORDS: Final = Projection(
    table="officials_officialrecord",
    key=("id",),
    columns={"id": pl.Int64, **_COLUMNS},
    events=frozenset({services.HANDED_IN, services.CONFIRMED, services.DECLINED, services.ENDED}),
    keys=("_record", *(f"_{word}" for word in _WORDS), "_decided_on", "_by", "_at", "_ending"),
    stage=_records,
    content_column="content_id",
    settle="SELECT id, "  # noqa: S608  names of columns
    + ", ".join(f"max({name}) AS {name}" for name in _COLUMNS)
    + " FROM staged_officials_records WHERE id IS NOT NULL GROUP BY id",
    current="SELECT id, kind, organ, clause, delivery_method, delivery_proof, CAST(decided_on AS TEXT) AS decided_on, handed_in_by_id, "
    "handed_in_at, content_id, settled_by_id, settled_at, CASE WHEN accepted THEN 1 WHEN NOT accepted THEN 0 END AS accepted, "
    "settled_content_id, ended_at, NULLIF(ending, '') AS ending, ended_content_id FROM officials_officialrecord",
    title="公务员记录",
)


def _identities(entries: pl.DataFrame) -> pl.DataFrame:
    first, last = frozenset({identities.REGISTERED}), frozenset({identities.ENDED})
    at, content = pl.col("_at").cast(pl.Int64), pl.col("content_id").cast(pl.Int64)
    return entries.select(
        "seq",
        _number("_identity", "id"),
        _of(first, pl.col("_account").cast(pl.Int64, strict=False), "account_id"),
        _of(first, pl.col("_person"), "person"),
        _of(first, pl.col("_reference"), "reference"),
        _of(first, at, "registered_at"),
        _of(first, content, "content_id"),
        _of(last, at, "ended_at"),
        _of(last, content, "ended_content_id"),
    )


_IDENTITY: Final = {
    "account_id": pl.Int64,
    "person": pl.String,
    "reference": pl.String,
    "registered_at": pl.Int64,
    "content_id": pl.Int64,
    "ended_at": pl.Int64,
    "ended_content_id": pl.Int64,
}
IDENTITIES: Final = Projection(
    table="officials_ownidentity",
    key=("id",),
    columns={"id": pl.Int64, **_IDENTITY},
    events=frozenset({identities.REGISTERED, identities.ENDED}),
    keys=("_identity", "_account", "_person", "_reference", "_at"),
    stage=_identities,
    content_column="content_id",
    settle="SELECT id, "  # noqa: S608  names of columns
    + ", ".join(f"max({name}) AS {name}" for name in _IDENTITY)
    + " FROM staged_officials_identities WHERE id IS NOT NULL GROUP BY id",
    title="本人登记",
)
