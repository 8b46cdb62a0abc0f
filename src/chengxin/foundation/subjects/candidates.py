"""提出候选。Proposes who a row without a usable code may be, and which two subjects may be one; a person judges every proposal."""

from __future__ import annotations

from typing import Any, Final

import msgspec
import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.engine import matching, names
from chengxin.foundation.subjects.matching import Described, as_objects, explain_pair
from chengxin.foundation.subjects.name_index import FUNCTION, TABLE, bigrams_on_postgresql
from chengxin.foundation.subjects.types import IdentifierKind, Office, SubjectKind
from chengxin.kernel.instants import FOREVER, Instant
from chengxin.storage.temporary import read_frame, read_frames, temporary_join, temporary_rows
from chengxin.storage.transactions import writing

__all__ = ["propose_for_rows", "propose_pairs"]

#: Names read for one part of a name, candidates kept for one row, and how alike (of 1000) a name must at least be.
_READ_PER_PART: Final = 30
_KEPT_PER_ROW: Final = 5
_LEAST_ALIKE: Final = 500
#: A bigram is crowded when this many of the first 5,000 subjects hold it.
_CROWD: Final = 20
_SAMPLE: Final = f"SELECT search_key FROM subjects_subject WHERE kind <> {SubjectKind.NATURAL_PERSON.value} ORDER BY id LIMIT 5000"  # noqa: S608
_LIST: Final = f"SELECT id, name FROM subjects_subject WHERE kind <> {SubjectKind.NATURAL_PERSON.value} AND canonical_id = id ORDER BY id"  # noqa: S608
_LISTED: Final = {"id": pl.Int64, "name": pl.String}
_PAIRS_AT_A_TIME: Final = 10_000


def propose_for_rows(rows: pl.DataFrame, at: Instant, using: str = DEFAULT_DB_ALIAS) -> int:
    """为待甄别行提出候选；returns how many pairs were proposed. Inside the caller's transaction.

    ``rows``: ``quarantined_row_id``, ``name`` and, where known, ``subject_id`` (the subject whose code the row bore), ``division``,
    ``legal_representative``, ``address``, ``code``. Never called for natural persons.
    """
    if not rows.height:
        return 0
    given = rows.with_columns(
        *(pl.lit("").alias(column) for column in ("division", "legal_representative", "address", "code") if column not in rows.columns),
        names.core(names.normal_form(pl.col("name"))).alias("core"),
        *([] if "subject_id" in rows.columns else [pl.lit(None, dtype=pl.Int64).alias("subject_id")]),
    )
    alike = _alike_names(given.select("quarantined_row_id", "name"), using)
    borne = given.filter(pl.col("subject_id").is_not_null()).select("quarantined_row_id", pl.col("subject_id").alias("right_id"))
    pairs = pl.concat([alike, borne]).unique(maintain_order=True)
    if not pairs.height:
        return 0
    rights = _described(pairs.get_column("right_id").unique(), using)
    lefts = {row["quarantined_row_id"]: row for row in given.iter_rows(named=True)}
    proposals = []
    for row_id, right_id in pairs.iter_rows():
        left = lefts[row_id]
        one = Described(left["name"], left["division"], left["legal_representative"], left["address"], left["code"], core=left["core"])
        score, features = explain_pair(one, rights[right_id])
        proposals.append((0, right_id, row_id, msgspec.json.encode(as_objects(features)).decode(), score, at))
    return _write(proposals, using)


def propose_pairs(at: Instant, blocking: matching.Blocking | None = None, using: str = DEFAULT_DB_ALIAS) -> int:
    """查找疑似重复主体：compares all names with each other; returns how many new pairs wait.

    Two subjects that both have a code of their own are only proposed where their names are the same. Names are compared outside of any
    transaction, so that nobody waits for it; the proposals are written in one.
    """
    everybody = pl.concat([pl.DataFrame(schema=_LISTED), *read_frames(_LIST, _LISTED, rows=50_000, using=using)])
    found = matching.match_names(everybody, everybody, blocking)
    pairs = found.select(
        pl.min_horizontal("left_id", "right_id").alias("left_id"), pl.max_horizontal("left_id", "right_id").alias("right_id"), "similarity"
    ).unique(["left_id", "right_id"], maintain_order=True)
    with writing(using):
        return sum(_propose(part, at, using) for part in pairs.iter_slices(_PAIRS_AT_A_TIME))


def _propose(pairs: pl.DataFrame, at: Instant, using: str) -> int:
    described = _described(pl.concat([pairs["left_id"], pairs["right_id"]]).unique(), using)
    proposals = []
    for left_id, right_id, similarity in pairs.iter_rows():
        left, right = described[left_id], described[right_id]
        if left.code and right.code and similarity < 1000:
            continue
        score, features = explain_pair(left, right)
        proposals.append((left_id, right_id, None, msgspec.json.encode(as_objects(features)).decode(), score, at))
    return _write(proposals, using)


def _alike_names(rows: pl.DataFrame, using: str) -> pl.DataFrame:
    """Columns quarantined_row_id, right_id: subjects whose names share a part with the row's, and are alike enough."""
    cored = rows.with_columns(
        names.core(names.normal_form(pl.col("name"))).alias("core"), names.core(names.search_key(pl.col("name"))).alias("key")
    )
    parts = pl.concat(
        [cored.with_columns(part=pl.col("key")), cored.with_columns(part=names.bigrams(pl.col("key")).str.split(" ")).explode("part")]
    )
    parts = parts.filter(pl.col("part").str.len_chars() >= 2).select("quarantined_row_id", "core", "part").unique()
    parts = parts.join(_crowded_bigrams(using), on="part", how="anti")
    holders = _holders(parts.select("part").unique(), using)
    compared = parts.join(holders, on="part").select("quarantined_row_id", "core", "right_id", "right_name").unique()
    compared = compared.with_columns(names.core(names.normal_form(pl.col("right_name"))).alias("right_core"))
    alike = [names.similarity(left, right) for left, right in compared.select("core", "right_core").iter_rows()]
    ranked = compared.with_columns(pl.Series("alike", alike, dtype=pl.Int64)).filter(pl.col("alike") >= _LEAST_ALIKE)
    best = (
        ranked.sort("alike", "right_id", descending=[True, False]).group_by("quarantined_row_id", maintain_order=True).head(_KEPT_PER_ROW)
    )
    return best.select("quarantined_row_id", "right_id")


def _crowded_bigrams(using: str) -> pl.DataFrame:
    """Column part: bigrams that many of a sample of names hold (有限, the city's name). To ask for them is slow and finds anybody."""
    sample = read_frame(_SAMPLE, {"key": pl.String}, using=using)
    grams = sample.select(names.bigrams(pl.col("key")).str.split(" ").alias("part")).explode("part")
    return grams.group_by("part").len().filter(pl.col("len") >= _CROWD).select("part")


def _holders(parts: pl.DataFrame, using: str) -> pl.DataFrame:
    """Columns part, right_id, right_name: some subjects whose names hold each part. Of a part that many names hold they are few of
    many; a name that is alike shares a rarer part too."""
    schema = {"part": pl.String, "right_id": pl.Int64, "right_name": pl.String}
    if not parts.height:
        return pl.DataFrame(schema=schema)
    if connections[using].vendor == "postgresql":
        sql = f"""SELECT g.part, s.id, s.name FROM {{given}} g CROSS JOIN LATERAL (
            SELECT id, name FROM subjects_subject WHERE {bigrams_on_postgresql("search_key")} @> {FUNCTION}(g.part)
            AND kind <> {SubjectKind.NATURAL_PERSON.value} AND canonical_id = id LIMIT {_READ_PER_PART}) s"""  # noqa: S608
        return temporary_join(parts, sql, schema, using=using)
    asked = parts.with_columns(pl.col("part").map_elements(_as_query, return_dtype=pl.String).alias("query"))
    sql = f"""SELECT g.part, s.id, s.name FROM {{given}} g CROSS JOIN subjects_subject s
        WHERE s.id IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH g.query LIMIT {_READ_PER_PART}) AND s.canonical_id = s.id"""  # noqa: S608
    return temporary_join(asked, sql, schema, using=using)


def _as_query(part: str) -> str:
    return " AND ".join(f'"{bigram}"' for bigram in names.bigrams_of(part))


def _described(subject_ids: pl.Series, using: str) -> dict[int, Described]:
    """Subjects in words that can be compared: one question for all of them, one for their numbers and names."""
    asked = subject_ids.alias("id").to_frame()
    office = f"o.office = '{Office.LEGAL_REPRESENTATIVE.value}' AND o.valid_until = {FOREVER}"
    subjects = temporary_join(
        asked,
        f"""SELECT s.id, s.name, s.division, coalesce(s.code, ''), coalesce(o.name, '') FROM {{given}} g
        JOIN subjects_subject s ON s.id = g.id LEFT JOIN subjects_subjectoffice o ON o.subject_id = s.id AND {office}""",  # noqa: S608
        {"id": pl.Int64, "name": pl.String, "division": pl.String, "code": pl.String, "legal_representative": pl.String},
        using=using,
    )
    recorded = temporary_join(
        asked,
        "SELECT g.id, i.kind, i.value FROM {given} g JOIN subjects_subjectidentifier i ON i.subject_id = g.id",
        {"id": pl.Int64, "kind": pl.String, "value": pl.String},
        using=using,
    )
    cored = subjects.with_columns(names.core(names.normal_form(pl.col("name"))).alias("core"))
    numbers: dict[int, dict[str, str]] = {}
    former: dict[int, list[str]] = {}
    for subject_id, kind, value in recorded.iter_rows():
        if kind in (IdentifierKind.FORMER_NAME, IdentifierKind.KNOWN_NAME):
            former.setdefault(subject_id, []).append(value)
        elif kind != IdentifierKind.REPORTED_NAME:
            numbers.setdefault(subject_id, {})[kind] = value
    return {
        row["id"]: Described(
            name=row["name"],
            division=row["division"],
            legal_representative=row["legal_representative"],
            code=row["code"],
            numbers=numbers.get(row["id"]),
            former_names=former.get(row["id"], ()),
            core=row["core"],
        )
        for row in cored.iter_rows(named=True)
    }


def _write(proposals: list[tuple[Any, ...]], using: str) -> int:
    """New pairs; one that was proposed before stays as it was explained then."""
    columns = {
        "left_id": pl.Int64,
        "right_id": pl.Int64,
        "quarantined_row_id": pl.Int64,
        "features": pl.String,
        "score": pl.Int32,
        "proposed_at": pl.Int64,
    }
    frame = pl.DataFrame(proposals, schema=columns, orient="row").unique(["left_id", "right_id", "quarantined_row_id"], keep="first")
    features = "g.features::jsonb" if connections[using].vendor == "postgresql" else "g.features"
    with temporary_rows(frame, using) as given, connections[using].cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO subjects_candidatepair (left_id, right_id, quarantined_row_id, features, score, proposed_at)
            SELECT g.left_id, g.right_id, g.quarantined_row_id, {features}, g.score, g.proposed_at FROM {given} g WHERE true
            ON CONFLICT DO NOTHING"""  # noqa: S608
        )
        return int(cursor.rowcount)
