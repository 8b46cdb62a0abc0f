"""从账本读事实：the facts of many records at once, read from the contents of their current versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS

from chengxin.foundation.records.facts import BLOCKED
from chengxin.policy.types import CatalogueItem
from chengxin.storage.temporary import read_frame, temporary_rows

#: What :func:`record_rows` reads besides the payload.
ROW_SCHEMA: Final = {"id": pl.Int64, "item": pl.Int64, "version": pl.Int64, "received_at": pl.Int64, "payload": pl.Binary}
_COLUMNS: Final = (
    "SELECT r.id, r.item, r.version, r.received_at, c.payload FROM records_record r JOIN ledger_content c ON c.id = r.content_id"
)


def record_rows(record_ids: Sequence[int], using: str = DEFAULT_DB_ALIAS) -> pl.DataFrame:
    """The records with these ids and the payloads of their current versions (null where erased), by id."""
    with temporary_rows(pl.DataFrame({"id": pl.Series(record_ids, dtype=pl.Int64)}), using) as given:
        return read_frame(f"{_COLUMNS} JOIN {given} g ON g.id = r.id ORDER BY r.id", ROW_SCHEMA, using=using)


def record_batches(item: int | None, size: int, using: str = DEFAULT_DB_ALIAS) -> Iterator[pl.DataFrame]:
    """All records (of one item), ``size`` at a time in the order of their ids: memory stays flat."""
    only, parameters = (" AND r.item = %s", [item]) if item is not None else ("", [])
    last = 0
    while True:
        sql = f"{_COLUMNS} WHERE r.id > %s{only} ORDER BY r.id LIMIT %s"
        rows = read_frame(sql, ROW_SCHEMA, parameters=[last, *parameters, size], using=using)
        if rows.is_empty():
            return
        last = int(rows["id"][-1])
        yield rows


def fact_fields(item: CatalogueItem) -> tuple[str, ...]:
    """The field codes from which the standing of a record of this item follows."""
    roles = ("decided_on", "subject_kind", "state", "valid_from", "penalty_kinds", "procedure", "fine", "severity")
    named = [item.roles[role] for role in roles if role in item.roles]
    named += [item.outcome_field] if item.outcome_field else []
    return tuple(dict.fromkeys([*named, *(term.field for term in item.terms.values() if term.field), BLOCKED]))


def decoded(payloads: pl.Series, keys: Iterable[str]) -> pl.DataFrame:
    """The text under each of ``keys`` in a column of payloads; null where absent or erased."""
    shape = pl.Struct(dict.fromkeys(keys, pl.String))
    return payloads.cast(pl.String).str.json_decode(shape).struct.unnest()
