"""备好一批。Text as it stands in the file → rows that may be written, and remarks for those that may not.

Asks no database, so that one thread prepares the next batch while another writes this one. Column operations only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from chengxin.foundation.collection.cutting import cut_anew
from chengxin.foundation.collection.day_text import days_of
from chengxin.foundation.collection.footers import told_once
from chengxin.foundation.collection.labels import ColumnMap, map_columns
from chengxin.foundation.collection.offices import Offices
from chengxin.foundation.collection.personal_text import without_personal_numbers
from chengxin.foundation.collection.published_until import published_until_remarks
from chengxin.foundation.collection.readers import ROW, Chunk
from chengxin.foundation.collection.remarks import Broken, broken_rules, places_of, remarks_of
from chengxin.foundation.collection.rules import BLOCKING, COUNTED_ONLY, NEEDS_KEY, rows_rules
from chengxin.foundation.collection.sealed_columns import fingerprints, seal_fields
from chengxin.foundation.collection.standardising import standardised
from chengxin.foundation.collection.types import Counts, RemarkLevel
from chengxin.foundation.records.facts import due_of
from chengxin.foundation.records.standing_columns import standing_columns
from chengxin.kernel.canonical import canonical_column
from chengxin.kernel.codes.personal_numbers import masked_column
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.rules import RowRule
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

#: One transaction each. Smaller ones cost noticeably more processor time a row, larger ones memory.
ROWS_AT_A_TIME: Final = 11_000


@dataclass(frozen=True)
class Basis:
    """一份报送里各行相同的事实。"""

    item: CatalogueItem
    policy: PolicySet
    offices: Offices
    submission_id: int
    received_at: Instant

    @cached_property
    def received_on(self) -> date:
        """The day of the hand-in, in Asia/Shanghai."""
        return date_of(self.received_at)

    @cached_property
    def rules(self) -> tuple[RowRule, ...]:
        """All rules of this submission."""
        return rows_rules(self.item, self.policy, self.received_on, self.offices.competence)


@dataclass(frozen=True)
class PreparedBatch:
    """备好的一批。``counts`` has what is known before the database is asked: rows, rejected, mended, late, blocked.

    ``good``: the item's fields (sealed ones as ciphertext, ``_blind_<code>`` beside them), ``_sheet``, ``_row``, ``_index``,
    ``_authority_id``, ``_decided_on``, ``_due_on``, ``_facts`` (canonical bytes of the fields), ``_fingerprint``, ``_blocked`` (the
    rule that stops publication, or null), and the standing of a record received now. ``remarks``: lines with ``sheet`` and
    ``row``. ``rejected``: one line a row.
    """

    counts: Counts
    good: pl.DataFrame
    remarks: pl.DataFrame
    rejected: pl.DataFrame


def prepared_batches(chunks: Iterable[Chunk], basis: Basis, skip: int) -> Iterator[PreparedBatch]:
    """The batches of a file, from the row after the first ``skip`` rows on. Refused when a sheet's header does not fit the item."""
    passed = 0
    maps: dict[tuple[str, ...], ColumnMap] = {}
    for chunk in cut_anew(chunks, ROWS_AT_A_TIME):
        if chunk.columns not in maps:
            maps[chunk.columns] = map_columns(chunk.columns, basis.item, basis.policy)
        begin, passed = passed, passed + chunk.frame.height
        if passed > skip:
            yield prepare(chunk.frame.slice(max(skip - begin, 0)), chunk, maps[chunk.columns], basis)


def prepare(part: pl.DataFrame, chunk: Chunk, columns: ColumnMap, basis: Basis) -> PreparedBatch:
    """One batch: standard form, rules, and for the rows that stand them sealing, canonical bytes and fingerprint."""
    item = basis.item
    standard, notes = standardised(part, chunk, columns, item, basis.policy)
    frame = standard.with_columns(_dates(standard, basis))
    broken = broken_rules(frame, [rule for rule in basis.rules if rule.id not in NEEDS_KEY])
    remarks = told_once(frame, pl.concat([notes, _about_other_cells(remarks_of(frame, broken, item), notes)]), item)
    is_bad = _flags(remarks.filter(pl.col("level") == RemarkLevel.ERROR)["index"].to_numpy(), frame.height)
    frame = frame.with_row_index("_index").with_columns(
        pl.lit(chunk.sheet).alias("_sheet"),
        _authority(basis).alias("_authority_id"),
        _blocking_rule(broken, frame.height),
    )
    good = frame.filter(~is_bad)
    good = without_personal_numbers(good, item, good["_blocked"].is_not_null())
    mended = _flags(remarks.filter(pl.col("level") == RemarkLevel.MENDED)["index"].to_numpy(), frame.height)
    late = _flags(places_of(broken, COUNTED_ONLY), frame.height)
    counts = Counts(
        rows=frame.height,
        rejected=frame.height - good.height,
        mended=int((mended & ~is_bad).sum()),
        late=int((late & ~is_bad).sum()),
        blocked=int(good["_blocked"].count()),
    )
    ready = _ready(good, basis)
    remarks = pl.concat([remarks, published_until_remarks(ready, item)])
    return PreparedBatch(counts, ready, _placed(remarks, frame), _rejected(frame.filter(is_bad), item))


def _ready(good: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Sealed, canonical, fingerprinted, and with the standing that a record has which is handed in now."""
    codes = [field.code for field in basis.item.fields]
    sealed = seal_fields(good, basis.item)
    facts = canonical_column(sealed, codes)
    ready = sealed.with_columns(facts.alias("_facts"), fingerprints(sealed, basis.item, facts))
    return standing_columns(ready, basis.item, basis.policy, basis.received_at)


def _dates(frame: pl.DataFrame, basis: Basis) -> list[pl.Series]:
    """``_received_on``, ``_decided_on`` and ``_due_on`` (null while it is provisional: nobody is late by a calendar not on file)."""
    field = basis.item.roles["decided_on"]
    decided = days_of(frame[field]).alias("_decided_on")
    days = decided.drop_nulls().unique()
    due = [due_of(day, basis.item, basis.policy) for day in days]
    firm = pl.Series([None if provisional else on for on, provisional in due], dtype=pl.Date)
    due_on = decided.replace_strict(days, firm, default=None, return_dtype=pl.Date).alias("_due_on")
    return [decided, due_on, pl.repeat(basis.received_on, frame.height, dtype=pl.Date, eager=True).alias("_received_on")]


def _authority(basis: Basis) -> pl.Expr:
    """The office that decided; the department itself where the item names none, or where it may not hand in for it (a rejected row)."""
    field, ids = basis.item.roles.get("authority_code", ""), basis.offices.ids
    own = pl.lit(basis.offices.department_id, dtype=pl.Int64)
    if not field or not ids:
        return own
    return pl.col(field).replace_strict(list(ids), list(ids.values()), default=None, return_dtype=pl.Int64).fill_null(own)


def _blocking_rule(broken: Sequence[Broken], height: int) -> pl.Series:
    """Per row the first rule that stops publication, null where there is none."""
    found = np.full(height, None, dtype=object)
    for rule, places in reversed(broken):
        if rule.id.startswith(BLOCKING):
            found[places] = rule.id.partition(".")[0]
    return pl.Series("_blocked", found.tolist(), dtype=pl.String)


def _about_other_cells(remarks: pl.DataFrame, notes: pl.DataFrame) -> pl.DataFrame:
    """``remarks`` without those about cells that could not be read: their fault is told, and what is missing is not missing."""
    unread = notes.filter(pl.col("level") == RemarkLevel.ERROR).select("index", "field")
    return remarks.join(unread, on=["index", "field"], how="anti", maintain_order="left") if unread.height else remarks


def _flags(places: np.ndarray[Any, Any], height: int) -> pl.Series:
    flags = np.zeros(height, dtype=bool)
    flags[places] = True
    return pl.Series(flags)


def _placed(remarks: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    rows = frame.select(pl.col("_index").cast(pl.Int64).alias("index"), pl.col("_sheet").alias("sheet"), pl.col(ROW).alias("row"))
    return remarks.join(rows, on="index", how="inner", maintain_order="left")


def _rejected(bad: pl.DataFrame, item: CatalogueItem) -> pl.DataFrame:
    number = item.roles.get("document_number", "")
    said = masked_column(bad[number]).str.slice(0, 128).fill_null("") if number else pl.lit("")
    return bad.select(
        sheet="_sheet", row=ROW, authority_id="_authority_id", document_number=said, decided_on="_decided_on", due_on="_due_on"
    )
