"""开立主体。Writes the subjects that a chunk's rows open; the row's own entry says so (``_opens_subject``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS

from chengxin.engine import names
from chengxin.foundation.subjects.name_index import add_names
from chengxin.foundation.subjects.resolution import rows_asked
from chengxin.foundation.subjects.types import Resolution, SubjectKind
from chengxin.kernel.instants import Instant
from chengxin.policy.types import CatalogueItem
from chengxin.storage import bulk

__all__ = [
    "OPENING_KEYS", "NewSubjects", "first_of_each_opening", "insert_openings", "open_subjects", "opening_payload", "ready_openings",
    "write_subjects",
]  # fmt: skip

#: Keys of an entry that opens a subject: kind, code ("" for natural persons) and name.
OPENING_KEYS: Final = ("_opens_subject", "_subject_code", "_subject_name")

_COLUMNS: Final = ("id", "code", "kind", "name", "search_key", "division", "industry", "state", "in_registry", "person", "canonical_id")
_UNKNOWN_AT_FIRST: Final = ("division", "industry", "state")


def first_of_each_opening(frame: pl.DataFrame) -> pl.Series:
    """Of the rows to be written, those whose entry opens a subject: the first of each new one. A Boolean series ``opens_subject``."""
    opened = pl.col("resolution") == Resolution.OPENED.value
    return frame.select((opened & pl.col("subject_id").is_first_distinct()).alias("opens_subject")).to_series()


def opening_payload(frame: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    """What the entry of an opening row says besides: the text columns :data:`OPENING_KEYS`, null for every other row.

    ``frame`` is the answer of :func:`~.resolution.resolve_chunk`, rows to be written only.
    """
    opens = first_of_each_opening(frame)
    kinds = {kind.value: kind.name.lower() for kind in SubjectKind}
    said = (pl.col("kind").replace_strict(kinds, return_dtype=pl.String), pl.col("code"), pl.col("name"))
    return rows_asked(frame, item).select(pl.when(opens).then(word).alias(key) for key, word in zip(OPENING_KEYS, said, strict=True))


@dataclass(frozen=True)
class NewSubjects:
    """待开立的主体：their rows as the database takes them, and ``id`` and ``search_key`` of those whose names are indexed."""

    rows: bulk.ReadyRows
    names: pl.DataFrame


def ready_openings(frame: pl.DataFrame, item: CatalogueItem, at: Instant, using: str = DEFAULT_DB_ALIAS) -> NewSubjects:
    """备好：the subjects that the rows of ``frame`` open, not yet in the registry. Needs no transaction.

    ``frame`` is the answer of :func:`~.resolution.resolve_chunk`, rows to be written only, with a column ``content_id``.
    """
    asked = rows_asked(frame, item).select("code", "name", "kind", "person")
    new = pl.concat([asked, frame.select(pl.col("subject_id").alias("id"), "content_id")], how="horizontal")
    return _ready(new.filter(first_of_each_opening(frame)).with_columns(in_registry=False), at, using)


def insert_openings(new: NewSubjects, using: str = DEFAULT_DB_ALIAS) -> None:
    """开立主体：write them, inside the caller's transaction. IntegrityError when somebody else has opened one meanwhile: resolve again."""
    bulk.insert_ready(new.rows, using)
    add_names(new.names, using)


def open_subjects(frame: pl.DataFrame, item: CatalogueItem, at: Instant, using: str = DEFAULT_DB_ALIAS) -> None:
    """Both at once: :func:`ready_openings`, :func:`insert_openings`."""
    insert_openings(ready_openings(frame, item, at, using), using)


def write_subjects(subjects: pl.DataFrame, at: Instant, using: str = DEFAULT_DB_ALIAS) -> None:
    """Write new subjects and index their names.

    Columns ``id, code, name, kind, person, in_registry, content_id`` and, where known, ``division, industry, state``.
    """
    insert_openings(_ready(subjects, at, using), using)


def _ready(subjects: pl.DataFrame, at: Instant, using: str) -> NewSubjects:
    natural = pl.col("kind") == SubjectKind.NATURAL_PERSON.value
    rows = subjects.with_columns(
        *(pl.lit("").alias(column) for column in _UNKNOWN_AT_FIRST if column not in subjects.columns),
        pl.when(pl.col("code") != "").then(pl.col("code")).alias("code"),
        pl.when(natural).then(pl.lit("")).otherwise(names.search_key(pl.col("name"))).alias("search_key"),
        pl.col("id").alias("canonical_id"),
        pl.lit(at, dtype=pl.Int64).alias("opened_at"),
    )
    ready = bulk.ready_rows("subjects_subject", [*_COLUMNS, "opened_at", "content_id"], rows, using)
    return NewSubjects(ready, rows.filter(~natural).select("id", "search_key"))
