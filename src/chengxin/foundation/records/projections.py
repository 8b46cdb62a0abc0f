"""账本如何推出记录各表。``fsck`` replays collection and acts, works the standings out from scratch, and compares.

Records about which nothing was done follow from their entry and the policy in force; the others from the last entry about them,
which carries their standing. What was known before (``standing_history``) is knowledge about the tables, not rebuilt.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.records.contents import decoded, fact_fields
from chengxin.foundation.records.rewriting import standing_key
from chengxin.foundation.records.standing_columns import STANDING_SCHEMA, standing_columns
from chengxin.foundation.records.types import ActVerb, SourceClass
from chengxin.ledger.ports import Port, Projection
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

UPDATED: Final = "records:record:updated"
COLLECTED: Final = frozenset({"records:record:collected", UPDATED})
CLOSED: Final = "collection:submission:closed"
GONE: Final = frozenset({"collection:submission:returned", "collection:submission:refused"})
ACTS: Final = frozenset(f"records:record:{verb}" for verb in ActVerb)
HOLDS: Final = frozenset({"records:hold:placed", "records:hold:ended"})
RESTATED: Final = "records:standing:restated"

_OWN_KEYS: Final = (
    *("_record", "_version", "_item", "_subject", "_submission", "_source_class", "_received_at", "_authority", "_key"),
    "_fingerprint",
)
_STANDING: Final = tuple(STANDING_SCHEMA)
_VERSION: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "version": pl.Int64(),
    "item": pl.Int64(),
    "authority_id": pl.Int64(),
    "business_key": pl.Binary(),
    "subject_id": pl.Int64(),
    "document_number": pl.String(),
    "decided_on": pl.Date(),
    "received_at": pl.Int64(),
    "source_class": pl.Int64(),
    "content_id": pl.Int64(),
    "fingerprint": pl.Binary(),
    "submission_id": pl.Int64(),
}
_STAGED: Final = pl.Schema({"seq": pl.Int64(), "kind": pl.String(), **_VERSION, **STANDING_SCHEMA})
_OTHERS: Final = ("record_id", "version", "subject_id", "document_number", "decided_on", "content_id", "fingerprint", "submission_id")
_ACTED: Final = (
    "EXISTS (SELECT 1 FROM records_recordact a WHERE a.record_id = r.id) OR EXISTS (SELECT 1 FROM records_hold h WHERE h.record_id = r.id)"
)

#: The current version: the highest whose submission is closed; where none is, the first that is still there.
_RANKED: Final = """
    WITH closed AS (SELECT DISTINCT submission_id FROM staged_records_record WHERE kind = 'closed'),
         gone AS (SELECT DISTINCT submission_id FROM staged_records_record WHERE kind = 'gone'),
         acted AS (SELECT DISTINCT id FROM staged_records_record WHERE kind = 'acted'),
         versions AS (SELECT v.*, v.submission_id IN (SELECT submission_id FROM closed) AS is_closed,
                             v.id IN (SELECT id FROM acted) AS is_acted
                      FROM staged_records_record v WHERE v.kind = 'version' AND v.submission_id NOT IN (SELECT submission_id FROM gone)),
         ranked AS (SELECT *, row_number() OVER (PARTITION BY id ORDER BY is_closed DESC,
                           CASE WHEN is_closed THEN -version ELSE version END) AS place,
                           first_value(received_at) OVER (PARTITION BY id ORDER BY version) AS first_received FROM versions)
"""
_SETTLED_STANDING: Final = ", ".join(f"CASE WHEN is_acted THEN NULL ELSE {name} END AS {name}" for name in _STANDING)
_CURRENT_STANDING: Final = ", ".join(f"CASE WHEN {_ACTED} THEN NULL ELSE r.{name} END AS {name}" for name in _STANDING)
_VERSION_COLUMNS: Final = ", ".join(name for name in _VERSION if name != "received_at")


def stage_records(entries: pl.DataFrame) -> pl.DataFrame:
    """A chunk of entries about records and submissions → one row each: versions with their standing, and what became of submissions."""
    policy = active.policy_set()
    parts = [pl.DataFrame(schema=_STAGED), _marks(entries)]  # a chunk may hold no version at all
    versions = entries.filter(pl.col("event").is_in(list(COLLECTED)) & ~pl.col("erased"))
    for (item_id,), group in versions.group_by("_item", maintain_order=True):
        parts.append(_versions(group, policy.item(str(item_id)), policy))
    return pl.concat(parts, how="diagonal_relaxed").select(_STAGED.names()).cast(_STAGED)


def _versions(group: pl.DataFrame, item: CatalogueItem, policy: PolicySet) -> pl.DataFrame:
    said = decoded(group["payload"], dict.fromkeys((*fact_fields(item), item.roles["document_number"])))
    facts = group.drop("payload").hstack(said).with_columns(pl.col("_received_at").cast(pl.Int64).alias("received_at"))
    stood = standing_columns(facts, item, policy, "received_at")
    numbers = {
        "id": "_record",
        "version": "_version",
        "authority_id": "_authority",
        "subject_id": "_subject",
        "submission_id": "_submission",
    }
    return stood.with_columns(
        *(pl.col(source).cast(pl.Int64).alias(name) for name, source in numbers.items()),
        pl.lit("version").alias("kind"),
        pl.lit(item.number).cast(pl.Int64).alias("item"),
        pl.col("_key").str.decode("hex").alias("business_key"),
        pl.col("_fingerprint").str.decode("hex").alias("fingerprint"),
        pl.col(item.roles["document_number"]).alias("document_number"),
        pl.col(item.roles["decided_on"]).str.to_date("%Y-%m-%d").alias("decided_on"),
        pl.col("_source_class").replace_strict({each.name.lower(): int(each) for each in SourceClass}).cast(pl.Int64).alias("source_class"),
    ).select(_STAGED.names())


def _marks(entries: pl.DataFrame) -> pl.DataFrame:
    """What became of submissions, and which records something was done about."""
    event = pl.col("event")
    kind = (
        pl.when(event == CLOSED)
        .then(pl.lit("closed"))
        .when(event.is_in(list(GONE)))
        .then(pl.lit("gone"))
        .when(event.is_in(list(ACTS | HOLDS)))
        .then(pl.lit("acted"))
    )
    rows = entries.select(
        "seq", kind.alias("kind"), pl.col("_submission").cast(pl.Int64).alias("submission_id"), pl.col("_record").cast(pl.Int64).alias("id")
    )
    return rows.filter(pl.col("kind").is_not_null())


def _stage_acted(entries: pl.DataFrame) -> pl.DataFrame:
    said = entries.filter(pl.col("_public_until").is_not_null() & ~pl.col("erased"))
    texts = [pl.col(standing_key(name)) for name in _STANDING]
    cast = [
        (text.str.to_date("%Y-%m-%d") if dtype == pl.Date else (text == "1") if dtype == pl.Boolean else text.cast(dtype)).alias(name)
        for text, (name, dtype) in zip(texts, STANDING_SCHEMA.items(), strict=True)
    ]
    return said.select("seq", pl.col("_record").cast(pl.Int64).alias("id"), *cast)


def _stage_acts(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        "content_id",
        pl.col("_record").cast(pl.Int64).alias("record_id"),
        pl.col("event").str.split(":").list.get(2).alias("verb"),
        pl.col("_at").cast(pl.Int64).alias("done_at"),
        pl.col("_by").alias("done_by"),
        pl.col("_because").alias("reason"),
    )


RECORDS: Final = Projection(
    table="records_record",
    key=("id",),
    columns={**_VERSION, **STANDING_SCHEMA},
    events=COLLECTED | GONE | ACTS | HOLDS | {CLOSED},
    keys=_OWN_KEYS,
    payload=True,
    stage=stage_records,
    settle=f"{_RANKED} SELECT {_VERSION_COLUMNS}, first_received AS received_at, {_SETTLED_STANDING} FROM ranked WHERE place = 1",  # noqa: S608
    content_column="content_id",
    current=f"SELECT {', '.join(f'r.{name}' for name in _VERSION)}, {_CURRENT_STANDING} FROM records_record r",  # noqa: S608
    title="信用记录",
)

ACTED: Final = Projection(
    table="records_record",
    key=("id",),
    columns={"id": pl.Int64, **STANDING_SCHEMA},
    events=ACTS | HOLDS | {RESTATED},
    keys=("_record", *(standing_key(name) for name in _STANDING)),
    stage=_stage_acted,
    current=f"SELECT r.id, {', '.join(f'r.{name}' for name in _STANDING)} FROM records_record r WHERE {_ACTED}",  # noqa: S608
    title="办理过的记录的状态",
)
VERSIONS: Final = Projection(
    table="records_recordversion",
    key=("record_id", "version"),
    columns={"record_id": pl.Int64, **{name: _VERSION[name] for name in _OTHERS if name != "record_id"}},
    events=frozenset({UPDATED}),  # without an update there is no other version
    keys=(),
    stage=lambda entries: entries.select("seq"),
    settle=f"{_RANKED} SELECT id AS record_id, {', '.join(name for name in _OTHERS if name != 'record_id')} FROM ranked WHERE place > 1",  # noqa: S608
    content_column="content_id",
    title="其他版本",
)
DONE: Final = Projection(
    table="records_recordact",
    key=("content_id",),
    columns={
        "content_id": pl.Int64,
        "record_id": pl.Int64,
        "verb": pl.String,
        "done_at": pl.Int64,
        "done_by": pl.String,
        "reason": pl.String,
    },
    events=ACTS,
    keys=("_record", "_at", "_by", "_because"),
    stage=_stage_acts,
    content_column="content_id",
    current='SELECT content_id, record_id, verb, "at", "by", because FROM records_recordact',
    title="后续行为",
)


def register_projections(port: Port[Projection]) -> None:
    """Fill the ledger's port."""
    found = {"records_record": RECORDS, "records_acted": ACTED, "records_recordversion": VERSIONS, "records_recordact": DONE}
    for name, projection in found.items():
        port.register(name, projection)
