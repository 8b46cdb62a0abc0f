"""账本如何推出信用服务机构的登记和人员的表。``fsck`` replays their entries and compares."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.access import agency_people, agency_register
from chengxin.ledger.ports import Projection

__all__ = ["AGENCIES", "PEOPLE"]


def _when(event: str, value: pl.Expr, name: str) -> pl.Expr:
    """The value on entries of this kind, else null."""
    return pl.when(pl.col("event") == event).then(value).alias(name)


_AT: Final = pl.col("_at").cast(pl.Int64)
_BY: Final = pl.col("_by").cast(pl.Int64, strict=False)
_WORDS: Final = ("code", "name", "services", "basis")


def _agencies(entries: pl.DataFrame) -> pl.DataFrame:
    of = agency_register
    return entries.select(
        "seq",
        "event",
        pl.col("_agency").cast(pl.Int64).alias("id"),
        *(pl.col(f"_{word}").alias(word) for word in _WORDS),
        pl.col("_until").cast(pl.Int64).alias("valid_until"),
        _when(of.PROPOSED, _BY, "proposed_by_id"),
        _when(of.PROPOSED, _AT, "proposed_at"),
        _when(of.PROPOSED, pl.col("content_id").cast(pl.Int64), "content_id"),
        _when(of.APPROVED, _BY, "approved_by_id"),
        _when(of.APPROVED, _AT, "approved_at"),
        _when(of.SUSPENDED, _AT, "suspended_at"),
        _when(of.ENDED, _AT, "ended_at"),
        _when(of.ENDED, pl.col("_because"), "ended_because"),
    )


_NUMBERS: Final = ("valid_until", "proposed_by_id", "proposed_at", "content_id", "approved_by_id", "approved_at", "ended_at")
#: A suspension stands while nothing later lifted it.
_SUSPENDED: Final = (
    f"CASE WHEN arg_max(event, seq) FILTER (WHERE event IN ('{agency_register.SUSPENDED}', '{agency_register.RESUMED}')) "
    f"= '{agency_register.SUSPENDED}' THEN max(suspended_at) END AS suspended_at"
)
AGENCIES: Final = Projection(
    table="access_serviceagency",
    key=("id",),
    columns={"id": pl.Int64}
    | dict.fromkeys(_WORDS, pl.String)
    | dict.fromkeys((*_NUMBERS, "suspended_at"), pl.Int64)
    | {"ended_because": pl.String},
    events=frozenset(
        {agency_register.PROPOSED, agency_register.APPROVED, agency_register.SUSPENDED, agency_register.RESUMED, agency_register.ENDED}
    ),
    keys=("_agency", *(f"_{word}" for word in _WORDS), "_until", "_by", "_at", "_because"),
    stage=_agencies,
    settle="SELECT id, "  # noqa: S608  names of columns
    + ", ".join(f"max({name}) AS {name}" for name in (*_WORDS, *_NUMBERS))
    + f", {_SUSPENDED}, coalesce(max(ended_because), '') AS ended_because FROM staged_access_agencies GROUP BY id",
    title="信用服务机构",
)


def _people(entries: pl.DataFrame) -> pl.DataFrame:
    tied = pl.col("event") == agency_people.TIED
    return entries.select(
        "seq",
        pl.col("_tie").cast(pl.Int64).alias("id"),
        pl.col("_agency").cast(pl.Int64).alias("agency_id"),
        pl.col("_account").cast(pl.Int64).alias("account_id"),
        pl.col("_reference").alias("reference"),
        _when(agency_people.TIED, _AT, "tied_at"),
        pl.when(tied).then(pl.col("content_id")).cast(pl.Int64).alias("content_id"),
        _when(agency_people.UNTIED, _AT, "ended_at"),
        pl.when(~tied).then(pl.col("content_id")).cast(pl.Int64).alias("ended_content_id"),
    )


_TIE: Final[dict[str, type[pl.DataType]]] = {
    "agency_id": pl.Int64,
    "account_id": pl.Int64,
    "reference": pl.String,
    "tied_at": pl.Int64,
    "content_id": pl.Int64,
    "ended_at": pl.Int64,
    "ended_content_id": pl.Int64,
}
PEOPLE: Final = Projection(
    table="access_agencyperson",
    key=("id",),
    columns={"id": pl.Int64, **_TIE},
    events=frozenset({agency_people.TIED, agency_people.UNTIED}),
    keys=("_tie", "_agency", "_account", "_reference", "_at"),
    stage=_people,
    settle="SELECT id, "  # noqa: S608  names of columns
    + ", ".join(f"max({name}) AS {name}" for name in _TIE)
    + " FROM staged_access_agency_people GROUP BY id",
    title="信用服务机构的人员",
)
