"""账本如何推出部门、委托、令牌和账户的表。``fsck`` replays their entries and compares."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.access import services
from chengxin.ledger.ports import Projection


def _text(key: str, name: str) -> pl.Expr:
    return pl.col(key).fill_null("").alias(name)


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64).alias(name)


def _happened(event: str, name: str) -> pl.Expr:
    """The instant of the entry if it is of this kind, else null."""
    return pl.when(pl.col("event") == event).then(pl.col("_at").cast(pl.Int64)).alias(name)


def _departments(entries: pl.DataFrame) -> pl.DataFrame:
    words = ("department", "name", "short_name", "division", "kind", "parent")
    return entries.select("seq", *(_text(f"_{word}", word) for word in words), _number("_at", "opened_at"))


def _delegations(entries: pl.DataFrame) -> pl.DataFrame:
    words = ("principal", "delegate", "item", "reference")
    period = (_number("_from", "valid_from"), _number("_until", "valid_until"))
    return entries.select("seq", _number("_delegation", "id"), *(_text(f"_{word}", word) for word in words), *period)


def _tokens(entries: pl.DataFrame) -> pl.DataFrame:
    made, ended = _happened(services.TOKEN_ISSUED, "created_at"), _happened(services.TOKEN_REVOKED, "revoked_at")
    return entries.select("seq", _text("_token", "token"), _text("_department", "department"), made, ended)


def _accounts(entries: pl.DataFrame) -> pl.DataFrame:
    ended = _happened(services.ACCOUNT_REVOKED, "revoked_at")
    return entries.select("seq", _number("_account", "id"), pl.col("_department").alias("department"), pl.col("_role").alias("role"), ended)


DEPARTMENTS: Final = Projection(
    table="access_department",
    key=("department",),
    columns=dict.fromkeys(("department", "name", "short_name", "division", "kind", "parent"), pl.String) | {"opened_at": pl.Int64},
    events=frozenset({services.DEPARTMENT_ADDED}),
    keys=("_department", "_name", "_short_name", "_division", "_kind", "_parent", "_at"),
    stage=_departments,
    current="SELECT d.code AS department, d.name, d.short_name, d.division, d.kind, coalesce(p.code, '') AS parent, d.opened_at "
    "FROM access_department d LEFT JOIN access_department p ON p.id = d.parent_id",
    title="部门",
)
DELEGATIONS: Final = Projection(
    table="access_delegation",
    key=("id",),
    columns={"id": pl.Int64}
    | dict.fromkeys(("principal", "delegate", "item", "reference"), pl.String)
    | dict.fromkeys(("valid_from", "valid_until"), pl.Int64),
    events=frozenset({services.DELEGATION_ADDED}),
    keys=("_delegation", "_principal", "_delegate", "_item", "_reference", "_from", "_until"),
    stage=_delegations,
    current="SELECT g.id, p.code AS principal, d.code AS delegate, g.item, g.reference, g.valid_from, g.valid_until "
    "FROM access_delegation g JOIN access_department p ON p.id = g.principal_id JOIN access_department d ON d.id = g.delegate_id",
    title="委托",
)
TOKENS: Final = Projection(
    table="access_departmenttoken",
    key=("token",),
    columns={"token": pl.String, "department": pl.String, "created_at": pl.Int64, "revoked_at": pl.Int64},
    events=frozenset({services.TOKEN_ISSUED, services.TOKEN_REVOKED}),
    keys=("_token", "_department", "_at"),
    stage=_tokens,
    settle="SELECT token, max(department) AS department, max(created_at) AS created_at, max(revoked_at) AS revoked_at "
    "FROM staged_access_tokens GROUP BY token",
    current=f"SELECT substr(t.digest, 1, {services.TOKEN_NUMBER}) AS token, d.code AS department, t.created_at, t.revoked_at "  # noqa: S608
    "FROM access_departmenttoken t JOIN access_department d ON d.id = t.department_id",
    title="部门令牌",
)
ACCOUNTS: Final = Projection(
    table="access_account",
    key=("id",),
    columns={"id": pl.Int64, "department": pl.String, "role": pl.String, "revoked_at": pl.Int64},
    events=frozenset({services.ACCOUNT_ADDED, services.ACCOUNT_REVOKED}),
    keys=("_account", "_department", "_role", "_at"),
    stage=_accounts,
    settle="SELECT id, max(department) AS department, max(role) AS role, max(revoked_at) AS revoked_at "
    "FROM staged_access_accounts GROUP BY id",
    current="SELECT a.id, d.code AS department, a.role, a.revoked_at "
    "FROM access_account a JOIN access_department d ON d.id = a.department_id",
    title="账户",
)
