"""归属。Finds the subject of each row of a chunk: exact code, then other numbers on record; a name alone is only ever a candidate.

One question per kind of number to the database for a whole chunk. Nothing is written but the ids set aside for subjects to be
opened; :mod:`.opening` writes those, in the transaction of the records that need them.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS

from chengxin.engine import names
from chengxin.foundation.subjects.types import NAME_KINDS, NUMBER_KINDS, Resolution, SubjectKind
from chengxin.kernel.codes import credit_code
from chengxin.kernel.instants import Instant
from chengxin.policy.types import CatalogueItem
from chengxin.storage import ids
from chengxin.storage.temporary import temporary_join

__all__ = ["KIND_WORDS", "PERSON", "resolve_chunk", "rows_asked"]

#: Column that the caller may add to the fields of the item: blind index of a natural person's ID number.
PERSON: Final = "_person"

#: What offices call the kinds, as code table values and labels; another word, or none, leaves it to the code.
KIND_WORDS: Final = {word: kind for kind in SubjectKind for word in (kind.label, kind.name.lower())}

_OTHER_NAMES: Final = f"""SELECT g.row, g.name, i.value FROM {{given}} g
    JOIN subjects_subjectidentifier i ON i.subject_id = g.id AND i.kind IN ({", ".join(f"'{kind.value}'" for kind in NAME_KINDS)})"""  # noqa: S608
_FOUND: Final = {"row": pl.Int64, "id": pl.Int64, "name": pl.String}


def resolve_chunk(frame: pl.DataFrame, item: CatalogueItem, at: Instant, using: str = DEFAULT_DB_ALIAS) -> pl.DataFrame:
    """归属一批。``frame`` with four more columns.

    * ``subject_id`` Int64 — the subject itself, not the one it was judged to be; null for candidates.
    * ``resolution`` String — a :class:`~.types.Resolution`.
    * ``name_agrees`` Boolean — false where the subject is known by a materially different name; such a row is for a person to judge.
    * ``subject_kind`` Int16 — kind told by the row and the code.

    ``frame`` holds the item's fields as text and may hold :data:`PERSON`. Codes are mended and checked already. A mend is made only
    where it is certain: a mended code opens a subject like any other, and one on file must bear the row's name like any other. Rows of
    one new code share one new id. ``at`` is the moment the submission was received.
    """
    asked = rows_asked(frame, item)
    by_code = _by_code(asked, using)
    by_number = _by_number(asked.join(by_code, on="row", how="anti"), using)
    found = pl.concat(
        [
            by_code.with_columns(resolution=pl.lit(Resolution.EXACT.value)),
            by_number.with_columns(resolution=pl.lit(Resolution.NUMBER.value)),
        ]
    )
    resolved = asked.join(found, on="row", how="left", maintain_order="left")
    resolved = _with_openings(resolved, using)
    resolved = _with_name_agreement(resolved, using)
    answers = resolved.select(
        pl.col("id").alias("subject_id"),
        pl.col("resolution").fill_null(Resolution.CANDIDATE.value),
        "name_agrees",
        pl.col("kind").alias("subject_kind"),
    )
    return pl.concat([frame, answers], how="horizontal")


def rows_asked(frame: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """The chunk in this section's words: row, name, code, kind, person and one column per kind of number."""

    def field(role: str) -> pl.Expr:
        code = item.roles.get(role)
        return (pl.col(code).fill_null("") if code in frame.columns else pl.lit("")).alias(role)

    told = frame.with_row_index("row").select(
        pl.col("row").cast(pl.Int64),
        field("subject_name").alias("name"),
        field("subject_kind").alias("told_kind"),
        field("subject_code").alias("code"),
        *(field(kind.value) for kind in NUMBER_KINDS),
        (pl.col(PERSON) if PERSON in frame.columns else pl.lit(None, dtype=pl.Binary)).alias("person"),
    )
    of_code = (
        pl.when(pl.col("code").str.starts_with("92")).then(SubjectKind.INDIVIDUAL_BUSINESS.value).otherwise(SubjectKind.ORGANIZATION.value)
    )
    words = {word: kind.value for word, kind in KIND_WORDS.items()}
    kind = pl.col("told_kind").replace_strict(words, default=of_code, return_dtype=pl.Int16)
    natural = kind == SubjectKind.NATURAL_PERSON.value
    return told.with_columns(
        kind.alias("kind"),
        # The placeholder is nobody's code, and a natural person is known by the blind index alone.
        pl.when(natural | (pl.col("code") == credit_code.PLACEHOLDER)).then(pl.lit("")).otherwise(pl.col("code")).alias("code"),
        pl.when(natural).then(pl.col("person")).alias("person"),
    )


def _by_code(asked: pl.DataFrame, using: str) -> pl.DataFrame:
    """Columns row, id, known_name for rows whose code, or whose person, is on file."""
    coded = asked.filter(pl.col("code") != "").select("row", "code")
    people = asked.filter(pl.col("person").is_not_null()).select("row", "person")
    parts = [pl.DataFrame(schema=_FOUND)]
    for given, column in ((coded, "code"), (people, "person")):
        if given.height:
            parts.append(_holders(given.rename({column: "value"}), column, using))
    return pl.concat(parts).rename({"name": "known_name"})


def _holders(given: pl.DataFrame, column: str, using: str) -> pl.DataFrame:
    """Columns row, id, name: whose ``value`` each is. A value is asked once, in the order of the index: its pages are then met together."""
    sql = f"SELECT g.value, s.id, s.name FROM {{given}} g JOIN subjects_subject s ON s.{column} = g.value"  # noqa: S608
    schema = {"value": given.schema["value"], "id": pl.Int64, "name": pl.String}
    found = temporary_join(given.select("value").unique().sort("value"), sql, schema, using=using, by_index=True)
    return given.join(found, on="value", how="inner").select(*_FOUND)


def _by_number(asked: pl.DataFrame, using: str) -> pl.DataFrame:
    """The same for rows without a code whose other numbers on record all lead to one subject."""
    uncoded = asked.filter((pl.col("code") == "") & (pl.col("kind") != SubjectKind.NATURAL_PERSON.value))
    numbers = (
        uncoded.select("row", *NUMBER_KINDS).unpivot(index="row", variable_name="kind", value_name="value").filter(pl.col("value") != "")
    )
    if not numbers.height:
        return pl.DataFrame(schema=_FOUND).rename({"name": "known_name"})
    join = "JOIN subjects_subjectidentifier i ON i.kind = g.kind AND i.value = g.value JOIN subjects_subject s ON s.id = i.subject_id"
    found = _looked_up(numbers, join, using).unique()
    sole = found.group_by("row").agg(
        pl.col("id").n_unique().alias("subjects"), pl.col("id").first(), pl.col("name").first().alias("known_name")
    )
    return sole.filter(pl.col("subjects") == 1).drop("subjects")


def _looked_up(given: pl.DataFrame, join: str, using: str) -> pl.DataFrame:
    return temporary_join(given, f"SELECT g.row, s.id, s.name FROM {{given}} g {join}", _FOUND, using=using, by_index=True)  # noqa: S608


def _with_openings(resolved: pl.DataFrame, using: str) -> pl.DataFrame:
    """Ids for the subjects to be opened: valid codes and persons that are on file nowhere. They bear the name of their first row."""
    unknown = resolved.filter(pl.col("id").is_null() & ((pl.col("code") != "") | pl.col("person").is_not_null()))
    unknown = unknown.filter((pl.col("code") == "") | credit_code.valid_column(unknown["code"]))
    new = unknown.unique(["code", "person"], keep="first", maintain_order=True).select("code", "person", pl.col("name").alias("new_name"))
    new = new.with_columns(pl.Series("new_id", ids.allocate("subjects_subject", new.height, using), dtype=pl.Int64))
    joined = resolved.join(new, on=["code", "person"], how="left", nulls_equal=True, maintain_order="left")
    opens = pl.col("id").is_null() & pl.col("new_id").is_not_null()
    return joined.with_columns(
        pl.when(opens).then(pl.col("new_id")).otherwise(pl.col("id")).alias("id"),
        pl.when(opens).then(pl.lit(Resolution.OPENED.value)).otherwise(pl.col("resolution")).alias("resolution"),
        pl.when(opens).then(pl.col("new_name")).otherwise(pl.col("known_name")).alias("known_name"),
    )


def _with_name_agreement(resolved: pl.DataFrame, using: str) -> pl.DataFrame:
    """Column name_agrees: the row bears the subject's name, or one that is recorded as its own. A row without a name agrees with none."""
    told, known = pl.col("name"), pl.col("known_name")
    agreed = resolved.with_columns((told == known).fill_null(False).alias("name_agrees"))
    differing = agreed.filter(~pl.col("name_agrees") & pl.col("id").is_not_null())
    if not differing.height:
        return agreed
    spelt = differing.select("row", "id", "name", names.agree(told, known).fill_null(False).alias("agrees_in_form"))
    agreeing = spelt.filter(pl.col("agrees_in_form")).get_column("row").to_list()
    others = spelt.filter(~pl.col("agrees_in_form")).select("row", "id", "name")
    if others.height:
        recorded = temporary_join(others, _OTHER_NAMES, {"row": pl.Int64, "told": pl.String, "recorded": pl.String}, using=using)
        agreeing += recorded.filter(names.agree(pl.col("told"), pl.col("recorded"))).get_column("row").to_list()
    return agreed.with_columns((pl.col("name_agrees") | pl.col("row").is_in(agreeing)).alias("name_agrees"))
