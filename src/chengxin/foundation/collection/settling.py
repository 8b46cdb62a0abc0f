"""归属与分类。Whose row it is, and whether it is new: all that a batch asks the database, in a handful of joins."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.collection.classification import classify
from chengxin.foundation.collection.in_flight import InFlight, MustWait
from chengxin.foundation.collection.keys import key_column
from chengxin.foundation.collection.preparing import Basis
from chengxin.foundation.collection.run_memory import RunMemory
from chengxin.foundation.collection.sealed_columns import BLIND
from chengxin.foundation.collection.types import Outcome, QuarantineDecision, QuarantineReason
from chengxin.foundation.subjects import resolution
from chengxin.foundation.subjects.types import NUMBER_KINDS, Resolution
from chengxin.policy.types import CatalogueItem
from chengxin.storage.temporary import read_frame, temporary_rows

_IDENTITY: Final = ("subject_name", "subject_kind", "subject_code", *(kind.value for kind in NUMBER_KINDS))
_TOLD: Final = ("outcome", "record_id", "version", "first_received_at", "elsewhere", "_repeats")
#: Characters that no way of writing a document's number changes. Most numbers hold no others.
_PLAIN_NUMBER: Final = r"^[0-9A-Z\x{4e00}-\x{9fff}〔〕\-]*$"
_ASK_DECIDED: Final = """
    SELECT g.key, q.decision, r.subject_id, q.decided_at
    FROM (SELECT DISTINCT key FROM {given}) g JOIN collection_quarantinedrow q ON q.business_key = g.key
    LEFT JOIN records_record r ON r.id = q.record_id
    WHERE q.decided_at IS NOT NULL
"""
_DECIDED: Final = {"key": pl.Binary, "decision": pl.String, "decided_subject": pl.Int64, "decided_at": pl.Int64}


def settle(good: pl.DataFrame, basis: Basis, memory: RunMemory | None = None, in_flight: InFlight | None = None) -> pl.DataFrame:
    """``good`` of a prepared batch with the subject, the key and what becomes of each row; order kept.

    Columns: ``subject_id``, ``resolution``, ``borne_subject_id`` (whose code a quarantined row bears), ``key``, ``outcome``, ``reason``
    (of quarantine, else null), ``record_id``, ``version``, ``first_received_at``, ``_repeats``. Ids of new subjects are set aside,
    nothing is written. ``in_flight``: the batch before this one, which is just being written; MustWait if this one depends on it.
    """
    resolved = _resolved(good, basis, in_flight)
    doubtful = resolved["reason"].count()
    certain = resolved.filter(pl.col("reason").is_null()) if doubtful else resolved
    item = basis.item
    certain = certain.with_columns(business_keys(certain, item))
    if in_flight:
        in_flight.must_not_touch(certain)
    asked = settled_columns(certain, item)
    told = classify(asked, item.number, basis.submission_id, memory).select(_TOLD)
    certain = pl.concat([certain, told], how="horizontal")
    twice = pl.col("elsewhere") & pl.col("record_id").is_null()
    certain = certain.with_columns(
        reason=pl.when(twice).then(pl.lit(str(QuarantineReason.DUPLICATE))),
        outcome=pl.when(twice).then(pl.lit(str(Outcome.QUARANTINED))).otherwise(pl.col("outcome")),
    )
    if not doubtful:
        return certain
    if in_flight and in_flight.quarantines:
        raise MustWait
    uncertain = resolved.filter(pl.col("reason").is_not_null()).with_columns(outcome=pl.lit(str(Outcome.QUARANTINED)))
    return pl.concat([certain, uncertain], how="diagonal_relaxed").sort("_index")


def business_keys(rows: pl.DataFrame, item: CatalogueItem) -> pl.Series:
    """业务主键 of rows with a subject, over the parts that the catalogue names. A document's number is one, however written."""
    spelt = {"subject": pl.col("subject_id"), item.roles.get("document_number", ""): one_spelling(document_number(item))}
    return key_column(rows, [pl.lit(str(item.number)), *(spelt.get(part, part) for part in item.business_key)])


def settled_columns(rows: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """What :func:`~.classification.classify` asks of rows with a key."""
    return rows.select(
        "key",
        "subject_id",
        pl.col("_index").cast(pl.Int64).alias("place"),
        pl.col("_fingerprint").alias("fingerprint"),
        document_number(item).alias("document_number"),
        pl.col("_decided_on").alias("decided_on"),
        pl.col("_authority_id").alias("authority_id"),
    )


def document_number(item: CatalogueItem) -> pl.Expr:
    """The number of the document, empty where the item's documents have none."""
    field = item.roles.get("document_number", "")
    return pl.col(field).fill_null("") if field else pl.lit("")


def one_spelling(number: pl.Expr) -> pl.Expr:
    """A document's number without what is only writing: width, spaces, which brackets stand around the year."""
    return number.map_batches(_spelt, return_dtype=pl.String)


def _spelt(numbers: pl.Series) -> pl.Series:
    unusual = numbers.filter(~numbers.str.contains(_PLAIN_NUMBER).fill_null(True)).unique()
    if not unusual.len():
        return numbers
    plain = unusual.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    plain = plain.str.replace_all(r"[\[(【〔{﹝〈《]", "〔").str.replace_all(r"[\])】〕}﹞〉》]", "〕")
    return numbers.replace(unusual, plain)


def identity_key(rows: pl.DataFrame, item: CatalogueItem) -> pl.Series:
    """A key for rows without a subject: everything the row says about whose it is."""
    person = item.roles.get("person_id", "")
    parts = [item.roles[role] for role in _IDENTITY if role in item.roles]
    blind = [pl.col(BLIND + person).bin.encode("hex")] if BLIND + person in rows.columns else []
    told = [part for part in item.business_key if part != "subject"]
    return key_column(rows, [pl.lit(f"quarantined {item.number}"), *told, *parts, *blind])


def _resolved(good: pl.DataFrame, basis: Basis, in_flight: InFlight | None) -> pl.DataFrame:
    """Subjects, and the reason why a person must look where the subject is not certain."""
    item = basis.item
    person = BLIND + item.roles.get("person_id", "")
    blind = pl.col(person) if person in good.columns else pl.lit(None, dtype=pl.Binary)
    told = [item.roles[role] for role in _IDENTITY if item.roles.get(role) in good.columns]
    asked = good.select("_index", *told, blind.alias(resolution.PERSON))  # a batch has some sixty columns more: they are not moved about
    known = asked.clear()
    if in_flight is not None:
        known, asked = in_flight.split(asked, item.roles.get("subject_code", ""), item.roles["subject_name"])
    answers = resolution.resolve_chunk(asked, item, basis.received_at)
    if known.height:
        known = known.with_columns(pl.lit(Resolution.EXACT.value).alias("resolution"), pl.lit(True).alias("name_agrees"))
        answers = pl.concat([answers, known], how="diagonal_relaxed").sort("_index")
    rows = good.hstack(answers.drop("_index", *told))
    reason = (
        pl.when(pl.col("resolution") == Resolution.CANDIDATE.value)
        .then(pl.lit(str(QuarantineReason.WHOSE)))
        .when(~pl.col("name_agrees"))
        .then(pl.lit(str(QuarantineReason.NAME_DISAGREES)))
    )
    rows = rows.with_columns(reason=reason)
    if not rows["reason"].count():
        return rows.with_columns(borne_subject_id=pl.lit(None, dtype=pl.Int64))
    return _with_decisions(rows.with_columns(borne_subject_id=pl.when(reason.is_not_null()).then("subject_id")), item)


def _with_decisions(rows: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """A person's earlier decision about the same identity and document holds for the row that is handed in again."""
    doubtful = rows.filter(pl.col("reason").is_not_null())
    keys = doubtful.select("_index", identity_key(doubtful, item))
    with temporary_rows(keys.select("key")) as given:
        decided = read_frame(_ASK_DECIDED.replace("{given}", given), _DECIDED)
    stands = decided.sort("decided_at").unique("key", keep="last").filter(pl.col("decision") != str(QuarantineDecision.RETURNED))
    joined = rows.join(keys.join(stands, on="key", how="left"), on="_index", how="left", maintain_order="left")
    has = pl.col("decided_subject").is_not_null()
    return joined.with_columns(
        subject_id=pl.when(has).then("decided_subject").when(pl.col("reason").is_null()).then("subject_id"),
        resolution=pl.when(has).then(pl.lit(Resolution.EXACT.value)).otherwise("resolution"),
        reason=pl.when(~has).then("reason"),
    ).drop("decision", "decided_subject", "decided_at", "key")
