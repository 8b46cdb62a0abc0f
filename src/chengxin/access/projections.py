"""账本如何推出部门、委托、令牌、账户和授权的表。``fsck`` replays their entries and compares."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.access import accounts, identities, mandating, services
from chengxin.ledger.ports import Projection


def _text(key: str, name: str) -> pl.Expr:
    return pl.col(key).fill_null("").alias(name)


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64).alias(name)


def _happened(event: str, name: str) -> pl.Expr:
    """The instant of the entry if it is of this kind, else null."""
    return pl.when(pl.col("event") == event).then(pl.col("_at").cast(pl.Int64)).alias(name)


def _departments(entries: pl.DataFrame) -> pl.DataFrame:
    words = ("name", "short_name", "division", "kind")
    added = pl.col("event") == services.DEPARTMENT_ADDED
    kept = (pl.when(added).then(pl.col(f"_{word}").fill_null("")).alias(word) for word in words)  # a move says nothing about these
    opened = _happened(services.DEPARTMENT_ADDED, "opened_at")
    return entries.select("seq", _text("_department", "department"), *kept, _text("_parent", "parent"), opened)


def _delegations(entries: pl.DataFrame) -> pl.DataFrame:
    words = ("principal", "delegate", "item", "reference")
    period = (_number("_from", "valid_from"), _number("_until", "valid_until"))
    return entries.select("seq", _number("_delegation", "id"), *(_text(f"_{word}", word) for word in words), *period)


def _tokens(entries: pl.DataFrame) -> pl.DataFrame:
    made, ended = _happened(services.TOKEN_ISSUED, "created_at"), _happened(services.TOKEN_REVOKED, "revoked_at")
    return entries.select("seq", _text("_token", "token"), _text("_department", "department"), made, ended)


def _accounts(entries: pl.DataFrame) -> pl.DataFrame:
    ended = _happened(accounts.ACCOUNT_REVOKED, "revoked_at")
    opened = pl.when(pl.col("event") == accounts.ACCOUNT_ADDED).then(pl.col("_department").fill_null("")).alias("department")
    return entries.select("seq", _number("_account", "id"), opened, pl.col("_role").alias("role"), ended)


def _mandates(entries: pl.DataFrame) -> pl.DataFrame:
    granted = pl.col("event") == mandating.MANDATE_GRANTED
    return entries.select(
        "seq",
        _number("_mandate", "id"),
        *(_number(f"_{word}", name) for word, name in _MANDATE_NUMBERS.items()),
        *(pl.col(f"_{word}").alias(word) for word in _MANDATE_WORDS),
        pl.when(granted).then(pl.col("content_id")).cast(pl.Int64).alias("content_id"),
        _happened(mandating.MANDATE_ENDED, "ended_at"),
        pl.when(~granted).then(pl.col("content_id")).cast(pl.Int64).alias("ended_content_id"),
    )


_MANDATE_WORDS: Final = ("kind", "scopes", "reference")
_MANDATE_NUMBERS: Final = {
    "account": "account_id",
    "subject": "subject_id",
    "from": "valid_from",
    "until": "valid_until",
    "granted_by": "granted_by_id",
    "agency": "agency_id",
}
_MANDATE_ENTRIES: Final = ("content_id", "ended_at", "ended_content_id")


def _identities(entries: pl.DataFrame) -> pl.DataFrame:
    linked = pl.col("event") == identities.IDENTITY_LINKED
    return entries.select(
        "seq",
        _number("_link", "id"),
        _number("_account", "account_id"),
        pl.col("_provider").alias("provider"),
        pl.col("_identity").alias("blind"),
        _happened(identities.IDENTITY_LINKED, "linked_at"),
        pl.when(linked).then(pl.col("content_id")).cast(pl.Int64).alias("content_id"),
        _happened(identities.IDENTITY_UNLINKED, "ended_at"),
        pl.when(~linked).then(pl.col("content_id")).cast(pl.Int64).alias("ended_content_id"),
    )


_IDENTITY_COLUMNS: Final = {
    "account_id": pl.Int64,
    "provider": pl.String,
    "blind": pl.String,
    "linked_at": pl.Int64,
    "content_id": pl.Int64,
    "ended_at": pl.Int64,
    "ended_content_id": pl.Int64,
}
DEPARTMENTS: Final = Projection(
    table="access_department",
    key=("department",),
    columns=dict.fromkeys(("department", "name", "short_name", "division", "kind", "parent"), pl.String) | {"opened_at": pl.Int64},
    events=frozenset({services.DEPARTMENT_ADDED, services.DEPARTMENT_MOVED}),
    keys=("_department", "_name", "_short_name", "_division", "_kind", "_parent", "_at"),
    stage=_departments,
    settle="SELECT department, max(name) AS name, max(short_name) AS short_name, max(division) AS division, max(kind) AS kind, "
    "arg_max(parent, seq) AS parent, max(opened_at) AS opened_at FROM staged_access_departments GROUP BY department",
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
    events=frozenset({accounts.ACCOUNT_ADDED, accounts.ROLE_CHANGED, accounts.ACCOUNT_REVOKED}),
    keys=("_account", "_department", "_role", "_at"),
    stage=_accounts,
    settle="SELECT id, max(department) AS department, arg_max(role, seq) AS role, max(revoked_at) AS revoked_at "
    "FROM staged_access_accounts GROUP BY id",
    current="SELECT a.id, coalesce(d.code, '') AS department, a.role, a.revoked_at "
    "FROM access_account a LEFT JOIN access_department d ON d.id = a.department_id",
    title="账户",
)
MANDATES: Final = Projection(
    table="access_mandate",
    key=("id",),
    columns={"id": pl.Int64}
    | dict.fromkeys(_MANDATE_NUMBERS.values(), pl.Int64)
    | dict.fromkeys(_MANDATE_WORDS, pl.String)
    | dict.fromkeys(_MANDATE_ENTRIES, pl.Int64),
    events=frozenset({mandating.MANDATE_GRANTED, mandating.MANDATE_ENDED}),
    keys=("_mandate", *(f"_{word}" for word in (*_MANDATE_NUMBERS, *_MANDATE_WORDS)), "_at"),
    stage=_mandates,
    settle="SELECT id, "  # noqa: S608  names of columns
    + ", ".join(f"max({name}) AS {name}" for name in (*_MANDATE_NUMBERS.values(), *_MANDATE_WORDS, *_MANDATE_ENTRIES))
    + " FROM staged_access_mandates GROUP BY id",
    title="授权",
)
IDENTITIES: Final = Projection(
    table="access_linkedidentity",
    key=("id",),
    columns={"id": pl.Int64, **_IDENTITY_COLUMNS},
    events=frozenset({identities.IDENTITY_LINKED, identities.IDENTITY_UNLINKED}),
    keys=("_link", "_account", "_provider", "_identity", "_at"),
    stage=_identities,
    settle="SELECT id, "  # noqa: S608  names of columns
    + ", ".join(f"max({name}) AS {name}" for name in _IDENTITY_COLUMNS)
    + " FROM staged_access_identities GROUP BY id",
    title="身份绑定",
)
