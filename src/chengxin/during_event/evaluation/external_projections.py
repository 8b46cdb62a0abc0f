"""账本如何推出评价机构、公钥、评价文件和外来的结果。``fsck`` replays their entries and compares."""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.during_event.evaluation import agencies, external_intake
from chengxin.ledger.ports import Projection


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64).alias(name)


def _happened(event: str, name: str) -> pl.Expr:
    """The instant of the entry if it is of this kind, else null."""
    return pl.when(pl.col("event") == event).then(pl.col("_at").cast(pl.Int64)).alias(name)


def _agencies(entries: pl.DataFrame) -> pl.DataFrame:
    proposed = pl.col("event") == agencies.PROPOSED
    words = [pl.when(proposed).then(pl.col(f"_{word}")).alias(word) for word in ("name", "kind", "basis")]
    by = pl.when(proposed).then(pl.col("_by")).alias("proposed_by")
    registered, ended = _happened(agencies.REGISTERED, "registered_at"), _happened(agencies.ENDED, "ended_at")
    return entries.select("seq", pl.col("_agency").alias("code"), *words, by, registered, ended)


def _keys(entries: pl.DataFrame) -> pl.DataFrame:
    """A key comes with its agency or alone, and begins when either is approved."""
    begins = pl.col("event").is_in([agencies.REGISTERED, agencies.KEY_APPROVED])
    return entries.select(
        "seq",
        pl.col("_agency").alias("agency"),
        pl.col("_public_key").alias("public_key"),
        pl.when(begins).then(pl.col("_at").cast(pl.Int64)).alias("valid_from"),
        _happened(agencies.KEY_ENDED, "valid_until"),
    )


def _files(entries: pl.DataFrame) -> pl.DataFrame:
    numbers = [_number("_file", "id"), _number("_rows", "rows"), _number("_accepted", "accepted"), _number("_at", "taken_at")]
    return entries.select("seq", "content_id", pl.col("_sha256").alias("sha256"), *numbers)


def _results(entries: pl.DataFrame) -> pl.DataFrame:
    days = [pl.col(f"_{name}").str.to_date("%Y-%m-%d", strict=False).alias(name) for name in ("evaluated_on", "valid_until")]
    named = {"_agency_id": "agency_id", "_subject": "subject_id", "_at": "received_at", "_file": "file_id"}
    numbers = [_number(key, name) for key, name in named.items()]
    grade = pl.col("_grade").fill_null("").alias("grade")
    return entries.filter(~pl.col("erased")).select("seq", "content_id", *numbers, grade, *days)


EXTERNAL: Final = {
    "evaluation.agencies": Projection(
        table="evaluation_registeredagency",
        key=("code",),
        columns=dict.fromkeys(("code", "name", "kind", "basis", "proposed_by"), pl.String)
        | dict.fromkeys(("registered_at", "ended_at"), pl.Int64),
        events=frozenset({agencies.PROPOSED, agencies.REGISTERED, agencies.ENDED}),
        keys=("_agency", "_name", "_kind", "_basis", "_by", "_at"),
        stage=_agencies,
        settle="SELECT code, max(name) AS name, max(kind) AS kind, max(basis) AS basis, max(proposed_by) AS proposed_by, "
        "max(registered_at) AS registered_at, max(ended_at) AS ended_at FROM staged_evaluation_agencies GROUP BY code",
        title="评价机构",
    ),
    "evaluation.agency_keys": Projection(
        table="evaluation_agencykey",
        key=("public_key",),
        columns={"public_key": pl.String, "agency": pl.String, "valid_from": pl.Int64, "valid_until": pl.Int64},
        events=frozenset({agencies.PROPOSED, agencies.REGISTERED, agencies.KEY_PROPOSED, agencies.KEY_APPROVED, agencies.KEY_ENDED}),
        keys=("_agency", "_public_key", "_at"),
        stage=_keys,
        settle="""SELECT k.public_key, max(k.agency) AS agency, max(coalesce(k.valid_from, r.valid_from)) AS valid_from,
                  max(k.valid_until) AS valid_until
                  FROM staged_evaluation_agency_keys k LEFT JOIN staged_evaluation_agency_keys r
                  ON r.agency = k.agency AND r.public_key IS NULL AND k.seq = (
                      SELECT min(f.seq) FROM staged_evaluation_agency_keys f WHERE f.agency = k.agency AND f.public_key IS NOT NULL)
                  WHERE k.public_key IS NOT NULL GROUP BY k.public_key""",
        current="SELECT k.public_key, a.code AS agency, k.valid_from, k.valid_until FROM evaluation_agencykey k "
        "JOIN evaluation_registeredagency a ON a.id = k.agency_id",
        title="评价机构的公钥",
    ),
    "evaluation.external_files": Projection(
        table="evaluation_externalfile",
        key=("id",),
        columns={"id": pl.Int64, "sha256": pl.String, **dict.fromkeys(("rows", "accepted", "taken_at", "content_id"), pl.Int64)},
        events=frozenset({external_intake.FILE_TAKEN}),
        keys=("_file", "_sha256", "_rows", "_accepted", "_at"),
        stage=_files,
        content_column="content_id",
        current='SELECT id, sha256, "rows", accepted, taken_at, content_id FROM evaluation_externalfile WHERE taken_at IS NOT NULL',
        title="接收的评价文件",
    ),
    "evaluation.external_results": Projection(
        table="evaluation_externalevaluation",
        key=("content_id",),
        columns=dict.fromkeys(("content_id", "agency_id", "subject_id", "received_at", "file_id"), pl.Int64)
        | {"grade": pl.String, "evaluated_on": pl.Date, "valid_until": pl.Date},
        events=frozenset({external_intake.RECEIVED}),
        keys=("_file", "_agency_id", "_subject", "_grade", "_evaluated_on", "_valid_until", "_at"),
        stage=_results,
        content_column="content_id",
        title="外来的评价结果",
    ),
}
