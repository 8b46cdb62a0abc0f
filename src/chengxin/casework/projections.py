"""账本如何推出案件的表。``fsck`` replays the steps, with what each said, and compares both tables."""

from __future__ import annotations

from typing import Final

import msgspec
import polars as pl

from chengxin.casework.services import STEP_TAKEN
from chengxin.ledger.ports import Projection

_KEYS: Final = (
    *(
        "_case",
        "_procedure",
        "_about",
        "_subject",
        "_office",
        "_second_office",
        "_place",
        "_verb",
        "_from",
        "_to",
        "_part",
        "_person",
        "_at",
    ),
    "_policy",
    "_agency",
)
_TEXTS: Final = ("verb", "part", "person")


def _number(key: str, name: str) -> pl.Expr:
    return pl.col(key).cast(pl.Int64, strict=False).alias(name)


def _text(key: str, name: str) -> pl.Expr:
    return pl.col(key).fill_null("").alias(name)


_SAID: Final = "said."


def _said(payload: bytes) -> str:
    """What a step said, as one JSON object."""
    content = msgspec.json.decode(payload)
    return msgspec.json.encode({key.removeprefix(_SAID): text for key, text in content.items() if key.startswith(_SAID)}).decode()


def _steps(entries: pl.DataFrame) -> pl.DataFrame:
    kept = entries.filter(~pl.col("erased"))
    return kept.select(
        "seq", _number("_case", "case_id"), _number("_place", "place"), *(_text(f"_{name}", name) for name in _TEXTS),
        _text("_from", "from_state"), _text("_to", "to_state"), _number("_at", "taken_at"), pl.col("content_id").cast(pl.Int64),
        _number("_agency", "agency_id"),
        pl.col("payload").map_elements(_said, return_dtype=pl.String).alias("said"),
    )  # fmt: skip


def _cases(entries: pl.DataFrame) -> pl.DataFrame:
    kept = entries.filter(~pl.col("erased"))
    return kept.select(
        "seq", _number("_case", "id"), _text("_procedure", "procedure"), _text("_about", "about"), _number("_subject", "subject_id"),
        _text("_to", "state"), _number("_place", "version"), _text("_policy", "policy"),
        _number("_office", "office_id"), _number("_second_office", "second_office_id"),
    )  # fmt: skip


def _documents(entries: pl.DataFrame) -> pl.DataFrame:
    kept = entries.filter(~pl.col("erased") & (pl.col("_documents").fill_null("") != ""))
    one = kept.with_columns(pl.col("_documents").str.split(",")).explode("_documents")
    parts = pl.col("_documents").str.splitn(":", 2)
    return one.select(
        "seq", _number("_case", "case_id"), _number("_place", "place"), parts.struct[0].alias("kind"), parts.struct[1].alias("sha256"),
    )  # fmt: skip


def _on_both_sides(statement: str) -> str:
    return "; ".join(statement.replace("{side}", side) for side in ("{expected}", "{current}"))


#: The databases keep the keys of a JSON object in different orders.
_IN_ORDER: Final = (
    "array_to_string(list_transform(list_sort(json_keys(said::JSON)), "
    "lambda each: each || '=' || (said::JSON ->> ('$.\"' || each || '\"'))), chr(10))"
)
STEPS: Final = Projection(
    table="casework_casestep",
    key=("case_id", "place"),
    columns={"case_id": pl.Int64, "place": pl.Int64}
    | dict.fromkeys((*_TEXTS, "from_state", "to_state"), pl.String)
    | {"taken_at": pl.Int64, "content_id": pl.Int64, "agency_id": pl.Int64, "said": pl.String},
    events=frozenset({STEP_TAKEN}),
    keys=_KEYS,
    payload=True,
    stage=_steps,
    content_column="content_id",
    forgive=_on_both_sides(f"UPDATE {{side}} SET said = {_IN_ORDER}"),  # noqa: S608
    current="SELECT case_id, place, verb, part, person, from_state, to_state, at AS taken_at, content_id, agency_id, "
    "CAST(said AS TEXT) AS said FROM casework_casestep",
    title="案件的步骤",
)
#: A case of which a step was erased is left out: its last state cannot be told from the others. The steps are compared first.
CASES: Final = Projection(
    table="casework_case",
    key=("id",),
    columns={"id": pl.Int64, "procedure": pl.String, "about": pl.String, "subject_id": pl.Int64, "state": pl.String, "version": pl.Int64}
    | {"policy": pl.String, "office_id": pl.Int64, "second_office_id": pl.Int64},
    events=frozenset({STEP_TAKEN}),
    keys=_KEYS,
    stage=_cases,
    forgive=_on_both_sides("CREATE OR REPLACE TABLE {side} AS FROM {side} WHERE id NOT IN (SELECT case_id FROM gone_casework_steps)"),
    current="SELECT id, procedure, about_kind || ':' || about_key AS about, subject_id, state, version, policy, office_id, "
    "second_office_id FROM casework_case",
    title="案件",
)
#: What was handed in, by content: a document that was put in, swapped or taken away behind the ledger is found.
DOCUMENTS: Final = Projection(
    table="casework_casedocument",
    key=("case_id", "place", "kind", "sha256"),
    columns={"case_id": pl.Int64, "place": pl.Int64, "kind": pl.String, "sha256": pl.String},
    events=frozenset({STEP_TAKEN}),
    keys=("_case", "_place", "_documents"),
    stage=_documents,
    forgive=_on_both_sides(
        "CREATE OR REPLACE TABLE {side} AS SELECT DISTINCT * FROM {side} "
        "WHERE (case_id, place) NOT IN (SELECT (case_id, place) FROM gone_casework_steps)"
    ),
    current="SELECT case_id, place, kind, sha256 FROM casework_casedocument",
    title="案卷材料",
)
