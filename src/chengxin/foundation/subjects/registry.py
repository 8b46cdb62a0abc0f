"""登记基本信息。What the registry says of subjects joins those that departments have opened before; former names and other numbers
become recorded equivalences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.engine import names
from chengxin.foundation.subjects import name_index
from chengxin.foundation.subjects.resolution import rows_asked
from chengxin.foundation.subjects.types import NUMBER_KINDS, IdentifierKind, Office, SubjectKind
from chengxin.kernel.instants import FOREVER, Instant
from chengxin.policy.types import CatalogueItem
from chengxin.storage import bulk
from chengxin.storage.temporary import temporary_join, temporary_rows

__all__ = ["LEGAL_REPRESENTATIVE_PERSON", "NOTHING_DOUBTFUL", "RegistryOutcome", "apply_registry_basics", "registry_rows"]

#: Column that the caller may add: blind index of the legal representative's ID number.
LEGAL_REPRESENTATIVE_PERSON: Final = "_legal_representative_person"

_BASICS: Final = ("division", "industry", "state")
_ROLE_OF: Final = {"division": "division", "industry": "industry", "state": "operating_state", "representative": "legal_representative"}


#: No subject whose name the registry tells differently.
NOTHING_DOUBTFUL: Final = pl.DataFrame(schema={"subject_id": pl.Int64, "reported": pl.String, "registered": pl.String})


@dataclass(frozen=True)
class RegistryOutcome:
    """登记信息的结果：``joined`` were opened by departments before; ``renamed`` bear another name now; ``doubtful`` (columns
    subject_id, reported, registered) were opened under a materially different name: their records deserve a second look."""

    joined: int
    renamed: int
    doubtful: pl.DataFrame


def registry_rows(frame: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """Rows of the registry item in this section's words: those of :func:`~.resolution.rows_asked`, the basics, the representative."""
    further = [
        (pl.col(code).fill_null("") if (code := item.roles.get(role)) in frame.columns else pl.lit("")).alias(column)
        for column, role in _ROLE_OF.items()
    ]
    person = LEGAL_REPRESENTATIVE_PERSON
    blind = (pl.col(person) if person in frame.columns else pl.lit(None, dtype=pl.Binary)).alias("representative_person")
    return pl.concat([rows_asked(frame, item), frame.select(*further, blind)], how="horizontal")


def apply_registry_basics(frame: pl.DataFrame, item: CatalogueItem, at: Instant, using: str = DEFAULT_DB_ALIAS) -> RegistryOutcome:
    """登记信息入档：one chunk of rows of the registry item, with ``subject_id`` and ``content_id``, inside the caller's transaction.

    The subjects exist (opened by the same rows where new). Where a subject comes twice its last row counts.
    """
    told = pl.concat([registry_rows(frame, item), frame.select(pl.col("subject_id").alias("id"), "content_id")], how="horizontal")
    told = told.filter(pl.col("id").is_not_null()).unique("id", keep="last", maintain_order=True)
    told = told.with_columns(names.search_key(pl.col("name")).alias("search_key"))
    before = _before(told, using)
    renamed = before.filter(pl.col("name") != pl.col("name_before"))
    _update_subjects(told, using)
    searchable = pl.col("kind") != SubjectKind.NATURAL_PERSON.value
    rekeyed = renamed.filter(searchable & (pl.col("search_key") != pl.col("key_before")))
    name_index.change_names(rekeyed.select("id", pl.col("key_before").alias("search_key")), rekeyed.select("id", "search_key"), using)
    _record_identifiers(_old_names(renamed), using)
    _record_identifiers(_numbers(told), using)
    _change_offices(told, at, using)
    newcomers = before.filter(~pl.col("registered_before") & (pl.col("opened_at") < at))
    doubtful = before.filter(~pl.col("registered_before") & ~names.agree(pl.col("name"), pl.col("name_before")))
    shown = doubtful.select(pl.col("id").alias("subject_id"), pl.col("name_before").alias("reported"), pl.col("name").alias("registered"))
    return RegistryOutcome(joined=newcomers.height, renamed=renamed.filter("registered_before").height, doubtful=shown)


def _before(told: pl.DataFrame, using: str) -> pl.DataFrame:
    sql = "SELECT g.id, s.name, s.search_key, s.in_registry, s.opened_at FROM {given} g JOIN subjects_subject s ON s.id = g.id"
    schema = {"id": pl.Int64, "name_before": pl.String, "key_before": pl.String, "registered_before": pl.Boolean, "opened_at": pl.Int64}
    return told.join(temporary_join(told.select("id"), sql, schema, using=using), on="id", how="inner", maintain_order="left")


def _update_subjects(told: pl.DataFrame, using: str) -> None:
    columns = ["kind", "name", "search_key", *_BASICS, "content_id"]
    assignments = ", ".join(f"{column} = g.{column}" for column in columns)
    with temporary_rows(told.select("id", *columns), using) as given, connections[using].cursor() as cursor:
        cursor.execute(f"UPDATE subjects_subject AS s SET {assignments}, in_registry = TRUE FROM {given} g WHERE s.id = g.id")  # noqa: S608


def _old_names(renamed: pl.DataFrame) -> pl.DataFrame:
    """The name before: a former name if it was the registry's, else a department's spelling."""
    kind = pl.when("registered_before").then(pl.lit(IdentifierKind.FORMER_NAME.value)).otherwise(pl.lit(IdentifierKind.REPORTED_NAME.value))
    return renamed.select("id", kind.alias("kind"), pl.col("name_before").alias("value"), "content_id")


def _numbers(told: pl.DataFrame) -> pl.DataFrame:
    numbers = told.select("id", "content_id", *(kind.value for kind in NUMBER_KINDS))
    long = numbers.unpivot(index=["id", "content_id"], variable_name="kind", value_name="value")
    return long.filter(pl.col("value") != "").select("id", "kind", "value", "content_id")


def _record_identifiers(identifiers: pl.DataFrame, using: str) -> None:
    if not identifiers.height:
        return
    with temporary_rows(identifiers, using) as given, connections[using].cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO subjects_subjectidentifier (subject_id, kind, value, content_id)
            SELECT g.id, g.kind, g.value, g.content_id FROM {given} g WHERE true ON CONFLICT (kind, value, subject_id) DO NOTHING"""  # noqa: S608
        )


def _change_offices(told: pl.DataFrame, at: Instant, using: str) -> None:
    """The legal representative in office: another one ends the office of the one before."""
    office = Office.LEGAL_REPRESENTATIVE.value
    given = told.filter(pl.col("representative") != "").select(
        "id", pl.col("representative").alias("name"), pl.col("representative_person").alias("person"), "content_id"
    )
    if not given.height:
        return
    # Blind indexes say who it is where both are known; else the name does.
    is_same = "(o.person = g.person OR ((o.person IS NULL OR g.person IS NULL) AND o.name = g.name))"
    in_office = f"o.subject_id = g.id AND o.office = '{office}' AND o.valid_until = {FOREVER}"
    with temporary_rows(given, using) as table, connections[using].cursor() as cursor:
        cursor.execute(
            f"UPDATE subjects_subjectoffice AS o SET valid_until = %s FROM {table} g WHERE {in_office} AND NOT {is_same}",  # noqa: S608
            [at],
        )
    sql = f"""SELECT g.id, g.name, g.person, g.content_id FROM {{given}} g
        WHERE NOT EXISTS (SELECT 1 FROM subjects_subjectoffice o WHERE {in_office})"""  # noqa: S608
    schema = {"subject_id": pl.Int64, "name": pl.String, "person": pl.Binary, "content_id": pl.Int64}
    new = temporary_join(given, sql, schema, using=using)
    rows = new.with_columns(office=pl.lit(office), valid_from=pl.lit(at, dtype=pl.Int64), valid_until=pl.lit(FOREVER, dtype=pl.Int64))
    bulk.insert_rows(
        "subjects_subjectoffice", ["subject_id", "office", "name", "person", "valid_from", "valid_until", "content_id"], rows, using
    )
