"""跟踪未在案的行为：what was handed in and is not on record is written down once, and struck when it comes.

Sets, not rows: a submission that was read, returned or refused moves with a handful of statements; the counts of the groups that
changed are counted anew. What comes back is known by its document's number, however it is written this time.
"""

# ruff: noqa: S608  (the SQL is put together from the constants below, never from input)

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.settling import one_spelling
from chengxin.foundation.collection.types import QuarantineDecision
from chengxin.foundation.disclosure.models import OutstandingAct, OutstandingCount
from chengxin.foundation.disclosure.number_spelling import spellings_sql
from chengxin.foundation.disclosure.types import OutstandingReason, SettledBy
from chengxin.foundation.records.contents import decoded
from chengxin.foundation.records.facts import due_of
from chengxin.kernel.instants import Instant
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem
from chengxin.storage.bulk import insert_rows
from chengxin.storage.temporary import read_frame, read_frames, temporary_rows

_ROWS_AT_A_TIME: Final = 10_000
_GROUP: Final = ("authority_id", "item", "month", "due_on")
_GROUPS: Final = {"authority_id": pl.Int64, "item": pl.Int64, "month": pl.String, "due_on": pl.Date}
_ACT: Final = (
    *("authority_id", "item", "month", "document_number", "number_key", "decided_on", "due_on", "due_provisional", "reason"),
    *("submission_id", "sheet", "row", "settled_by"),
)
#: "+ 0" and BETWEEN: neither an index of the item nor a hash join over it may be used, which would compare every document number
#: with every one of that kind; the document number must lead.
_ON_RECORD: Final = (
    "EXISTS (SELECT 1 FROM records_record k WHERE k.document_number IN {spellings} AND k.document_number <> '' "
    "AND k.item + 0 BETWEEN {row}.item AND {row}.item{but})"
)
_IS_NEW: Final = (
    f"INSERT INTO disclosure_outstandingact ({', '.join(_ACT)}) SELECT {', '.join(_ACT)} FROM {{given}} g WHERE NOT "
    + _ON_RECORD.format(spellings=spellings_sql("g.number_key", "g.document_number"), row="g", but=" AND k.submission_id <> %s")
    + " ORDER BY g.id ON CONFLICT DO NOTHING RETURNING authority_id, item, month, due_on"
)
_NOT_TAKEN: Final = (
    "SELECT id, authority_id, item, document_number, decided_on, sheet, row FROM collection_rejectedrow "
    "WHERE submission_id = %s AND decided_on IS NOT NULL AND id > %s ORDER BY id LIMIT %s"
)
#: New records of a submission that goes back as a whole, unless another submission has brought the same document.
_SENT_BACK: Final = (
    "SELECT r.id, r.authority_id, r.item, r.document_number, r.decided_on, '' AS sheet, 0 AS row FROM records_record r "
    "WHERE r.submission_id = %s AND NOT EXISTS (SELECT 1 FROM records_recordversion v WHERE v.record_id = r.id "
    "AND v.submission_id <> r.submission_id) AND r.id > %s ORDER BY r.id LIMIT %s"
)
_GONE: Final = {
    **dict.fromkeys(("id", "authority_id", "item"), pl.Int64),
    **{"document_number": pl.String, "decided_on": pl.Date, "sheet": pl.String, "row": pl.Int64},
}
_STRIKE: Final = (
    "UPDATE disclosure_outstandingact SET settled_at = %s, settled_by = %s WHERE {which} RETURNING authority_id, item, month, due_on"
)
_OPEN: Final = "settled_at IS NULL AND reason <> 'quarantined' AND number_key <> ''"
_THIS: Final = "disclosure_outstandingact"
_BY_ACT: Final = f"{_OPEN} AND item = %s AND " + _ON_RECORD.format(
    spellings=spellings_sql(f"{_THIS}.number_key", f"{_THIS}.document_number"), row=_THIS, but=""
)
_BY_NUMBER: Final = (
    "id IN (SELECT o.id FROM {given} g CROSS JOIN disclosure_outstandingact o WHERE o.item = %s AND o.number_key = g.number_key "
    "AND o.number_key <> '' AND o.settled_at IS NULL AND o.reason <> 'quarantined')"
)
_QUARANTINED: Final = """
    SELECT q.id, q.authority_id, q.item, q.decided_on, q.submission_id, q.sheet, q.row, c.payload
    FROM collection_quarantinedrow q JOIN ledger_content c ON c.id = q.content_id
    WHERE q.submission_id = %s AND q.decided_at IS NULL ORDER BY q.id
"""
_QUARANTINED_SCHEMA: Final = {
    **dict.fromkeys(("quarantined_row_id", "authority_id", "item"), pl.Int64),
    "decided_on": pl.Date,
    "submission_id": pl.Int64,
    "sheet": pl.String,
    "row": pl.Int64,
    "payload": pl.Binary,
}


def track_read_submission(submission_id: int, at: Instant) -> None:
    """读完之后：what it brought strikes what was outstanding; what went back or waits becomes outstanding. Inside the caller's
    transaction, once for each submission."""
    submission = Submission.objects.get(pk=submission_id)
    item = active.policy_set().item(submission.item)
    touched = _strike_arrived(submission, at)
    if item.deadline:
        touched |= _add(_NOT_TAKEN, OutstandingReason.REJECTED, submission_id, item, but=0)
        touched |= _add_quarantined(submission_id, item)
    recount_groups(touched)


def track_leaving_submission(submission_id: int, at: Instant) -> None:
    """整份退回：its new records are outstanding again. Inside the transaction that takes them away, before they go."""
    submission = Submission.objects.get(pk=submission_id)
    item = active.policy_set().item(submission.item)
    touched = set()
    if item.deadline:
        touched = _add(_SENT_BACK, OutstandingReason.SENT_BACK, submission_id, item, but=submission_id)
    waiting = OutstandingAct.objects.filter(submission_id=submission_id, reason=OutstandingReason.QUARANTINED, settled_at=None)
    waiting.update(reason=OutstandingReason.RETURNED)
    recount_groups(touched)


def track_decided_row(row_id: int, at: Instant) -> None:
    """甄别之后：a row that became a record is outstanding no more; one that was sent back still is, and may come back."""
    row = QuarantinedRow.objects.get(pk=row_id)
    touched = set()
    if row.decision == QuarantineDecision.RETURNED:
        OutstandingAct.objects.filter(quarantined_row_id=row_id, settled_at=None).update(reason=OutstandingReason.RETURNED)
        touched = _strike(f"{_BY_ACT} AND quarantined_row_id = %s", SettledBy.RECORD, at, [row.item, row_id])
    else:
        touched = _strike("quarantined_row_id = %s AND settled_at IS NULL", SettledBy.DECIDED, at, [row_id])
        touched |= _strike_numbers("id", row.record_id or 0, row.item, at)
    recount_groups(touched)


def strike(outstanding_ids: Sequence[int], by: SettledBy, at: Instant) -> None:
    """了结 these acts."""
    touched: set[tuple[Any, ...]] = set()
    for outstanding_id in outstanding_ids:
        touched |= _strike("id = %s AND settled_at IS NULL", by, at, [outstanding_id])
    recount_groups(touched)


def renew_deadlines() -> None:
    """期限重算 after a calendar came or the deadline changed, and every count anew. One statement a day of decision."""
    policy = active.policy_set()
    live = OutstandingAct.objects.filter(settled_at=None)
    for number, decided_on in list(live.values_list("item", "decided_on").distinct().order_by("item", "decided_on")):
        due_on, provisional = due_of(decided_on, policy.item(number), policy)
        of_day = live.filter(item=number, decided_on=decided_on)
        of_day.exclude(due_on=due_on, due_provisional=provisional).update(due_on=due_on, due_provisional=provisional)
        shown = None if provisional else due_on
        QuarantinedRow.objects.filter(item=number, decided_on=decided_on, decided_at=None).exclude(due_on=shown).update(due_on=shown)
    OutstandingCount.objects.all().delete()
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(
            "INSERT INTO disclosure_outstandingcount (authority_id, item, month, due_on, n) SELECT authority_id, item, month, due_on, "
            "COUNT(*) FROM disclosure_outstandingact WHERE settled_at IS NULL AND due_on IS NOT NULL AND NOT due_provisional "
            "GROUP BY authority_id, item, month, due_on"
        )


def recount_groups(touched: set[tuple[Any, ...]]) -> None:
    """Count the groups (office, item, month, last day) anew in which something changed."""
    groups = pl.DataFrame(sorted(each for each in touched if each[3] is not None), schema=_GROUPS, orient="row")
    if groups.is_empty():
        return
    same = " AND ".join(f"g.{name} = c.{name}" for name in _GROUP)
    group = ", ".join(f"c.{name}" for name in _GROUP)
    with temporary_rows(groups) as given, connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(f"DELETE FROM disclosure_outstandingcount AS c WHERE EXISTS (SELECT 1 FROM {given} g WHERE {same})")
        cursor.execute(
            f"INSERT INTO disclosure_outstandingcount (authority_id, item, month, due_on, n) SELECT {group}, COUNT(*) "
            f"FROM {given} g CROSS JOIN disclosure_outstandingact c WHERE {same} AND c.settled_at IS NULL AND NOT c.due_provisional "
            f"GROUP BY {group}"
        )


def _add(sql: str, reason: OutstandingReason, submission_id: int, item: CatalogueItem, *, but: int) -> set[tuple[Any, ...]]:
    """What ``sql`` finds becomes outstanding unless it is on record; ``but``: by this submission alone is not on record."""
    touched: set[tuple[Any, ...]] = set()
    for rows in _pages(sql, _GONE, submission_id):
        acts = rows.with_columns(
            number_key=one_spelling(pl.col("document_number")), reason=pl.lit(str(reason)), settled_by=pl.lit(""),
            submission_id=pl.lit(submission_id, dtype=pl.Int64),
        ).join(_due(rows["decided_on"].unique(), item), on="decided_on", maintain_order="left")  # fmt: skip
        with temporary_rows(acts) as given, connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(_IS_NEW.replace("{given}", given), [but])
            touched |= _groups(cursor)
    return touched


def _pages(sql: str, schema: Mapping[str, Any], value: int) -> Iterator[pl.DataFrame]:
    """Page by page in the order of ``id``: while a statement is open, SQLite drops no temporary table."""
    last = 0
    while (rows := read_frame(sql, schema, parameters=[value, last, _ROWS_AT_A_TIME])).height:
        last = int(rows["id"][-1])
        yield rows


def _add_quarantined(submission_id: int, item: CatalogueItem) -> set[tuple[Any, ...]]:
    role = item.roles.get("document_number", "")
    columns = [*_ACT, "quarantined_row_id"]
    touched: set[tuple[Any, ...]] = set()
    for rows in read_frames(_QUARANTINED, _QUARANTINED_SCHEMA, rows=_ROWS_AT_A_TIME, parameters=[submission_id]):
        number = decoded(rows["payload"], [role])[role].fill_null("").str.slice(0, 128) if role else pl.lit("")
        acts = rows.with_columns(document_number=number, reason=pl.lit(str(OutstandingReason.QUARANTINED)), settled_by=pl.lit(""))
        acts = acts.with_columns(number_key=one_spelling(pl.col("document_number")))
        acts = acts.join(_due(rows["decided_on"].unique(), item), on="decided_on", maintain_order="left")
        insert_rows("disclosure_outstandingact", columns, acts)
        touched |= set(acts.select(_GROUP).unique().iter_rows())
    return touched


def _due(days: pl.Series, item: CatalogueItem) -> pl.DataFrame:
    policy = active.policy_set()
    due = [(day, f"{day:%Y-%m}", *due_of(day, item, policy)) for day in days]
    schema = {"decided_on": pl.Date, "month": pl.String, "due_on": pl.Date, "due_provisional": pl.Boolean}
    return pl.DataFrame(due, schema=schema, orient="row")


def _strike_arrived(submission: Submission, at: Instant) -> set[tuple[Any, ...]]:
    """What came, by the one spelling of its numbers."""
    waiting = OutstandingAct.objects.filter(item=submission.item, settled_at=None).exclude(number_key="")
    if not submission.accepted or not waiting.exists():
        return set()
    return _strike_numbers("submission_id", submission.pk, submission.item, at)


def _strike_numbers(of: str, value: int, item: int, at: Instant) -> set[tuple[Any, ...]]:
    """What is outstanding under the numbers of the records whose ``of`` is ``value``."""
    touched: set[tuple[Any, ...]] = set()
    asked = f"SELECT id, document_number FROM records_record WHERE {of} = %s AND document_number <> '' AND id > %s ORDER BY id LIMIT %s"
    for rows in _pages(asked, {"id": pl.Int64, "document_number": pl.String}, value):
        numbers = rows.select(one_spelling(pl.col("document_number")).alias("number_key")).unique()
        with temporary_rows(numbers) as given:
            touched |= _strike(_BY_NUMBER.replace("{given}", given), SettledBy.RECORD, at, [item])
    return touched


def _strike(which: str, by: SettledBy, at: Instant, parameters: Sequence[Any]) -> set[tuple[Any, ...]]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(_STRIKE.format(which=which), [at, str(by), *parameters])
        return _groups(cursor)


def _groups(cursor: Any) -> set[tuple[Any, ...]]:
    """The groups that a statement touched; SQLite hands dates out as text where Django did not ask."""
    return {(*row[:3], date.fromisoformat(row[3]) if isinstance(row[3], str) else row[3]) for row in cursor}
