"""写入一批。Settle, number, hash — and then one transaction: counters, subjects, records, remarks, and the ledger's entries last.

What commits is handed in for good; what does not never was. The submission's resume point moves in the same transaction, by compare
and set, so that of two processes at one submission only one gets a batch in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Final

import polars as pl
from django.db import IntegrityError
from django.db.models import F

from chengxin.foundation.collection import batch_frames as frames
from chengxin.foundation.collection.in_flight import InFlight
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.preparing import Basis, PreparedBatch
from chengxin.foundation.collection.readers import ROW
from chengxin.foundation.collection.remarks import broken_rules, remarks_of
from chengxin.foundation.collection.rules import NEEDS_KEY
from chengxin.foundation.collection.run_memory import RunMemory
from chengxin.foundation.collection.settling import settle
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import Counts, Outcome
from chengxin.foundation.subjects.candidates import propose_for_rows
from chengxin.foundation.subjects.opening import NewSubjects, insert_openings, ready_openings
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict
from chengxin.ledger import services as ledger
from chengxin.ledger.entries import Prepared
from chengxin.storage import keyfile
from chengxin.storage.bulk import ReadyRows, insert_ready, ready_rows
from chengxin.storage.keyfile import Part
from chengxin.storage.temporary import read_frame, temporary_rows
from chengxin.storage.transactions import writing

_ATTEMPTS: Final = 5
_SEALED_COLUMNS: Final = ("blind", "key_id", "content_id", "field", "box")
_REMARK_COLUMNS: Final = ("submission_id", "level", "sheet", "row", "field", "value", "rule", "detail")
_REJECTED_COLUMNS: Final = ("submission_id", "item", "authority_id", "sheet", "row", "document_number", "decided_on", "due_on")


class TakenOver(Conflict):
    """另一进程在办：somebody else moved this submission's resume point; that one goes on, this one stops."""


class _Overtaken(Exception):
    """A record that this batch updates was taken away by the return of another submission: settle again."""


@dataclass(frozen=True)
class SettledBatch:
    """一批的全部内容, numbered and hashed, as one transaction will write it, and no more: frames are most of the memory of a run.

    ``asked``: what is known of whose the quarantined rows may be; ``updated``: records that get another version; ``in_flight``: what the
    next batch must know of this one while it is being written; ``accepted``: the keys of new records.
    """

    batch: PreparedBatch
    subjects: NewSubjects
    rows: tuple[ReadyRows, ...]
    entries: Prepared
    counts: Counts
    asked: pl.DataFrame
    updated: pl.DataFrame
    in_flight: InFlight
    accepted: pl.Series


def settle_batch(batch: PreparedBatch, basis: Basis, memory: RunMemory | None, in_flight: InFlight | None = None) -> SettledBatch:
    """归属、分类、编号、摘要：everything that can be done before the transaction. MustWait: only after the batch in flight."""
    settled = settle(batch.good, basis, memory, in_flight)
    recorded, quarantined = frames.recorded_rows(settled, basis), frames.quarantined_rows(settled, basis)
    entries = pl.concat([rows.select("_event", "_payload", "content_id") for rows in (recorded, quarantined)])
    prepared = ledger.prepare(_events(entries["_event"]), entries["_payload"], entries["content_id"].to_list())
    recorded, quarantined = recorded.drop("_payload"), quarantined.drop("_payload")
    roles, outcome = basis.item.roles, pl.col("outcome")
    return SettledBatch(
        batch,
        subjects=ready_openings(recorded, basis.item, basis.received_at),
        rows=tuple(_rows(batch, settled, recorded, quarantined, basis)),
        entries=ledger.made_ready(prepared),
        counts=_counts(batch.counts, settled),
        asked=frames.rows_without_subject(quarantined, basis),
        updated=recorded.filter(outcome == str(Outcome.UPDATED)).select("id").unique(),
        in_flight=InFlight.of(recorded, quarantined, roles.get("subject_code", ""), roles["subject_name"]),
        accepted=recorded.filter(outcome == str(Outcome.ACCEPTED))["key"],
    )


def commit_batch(settled: SettledBatch, basis: Basis, resume_point: int, at: Instant) -> SettledBatch:
    """写入：the batch that follows the first ``resume_point`` rows; returns what was written. TakenOver: another process wrote it.

    When another submission wrote one of its keys, or opened one of its subjects, in the meantime, the batch is settled again, this
    time asking about every row.
    """
    for _ in range(_ATTEMPTS):
        try:
            with writing():
                _move_resume_point(basis.submission_id, resume_point, settled.counts, at)
                insert_openings(settled.subjects)
                for rows in settled.rows:
                    insert_ready(rows)
                propose_for_rows(settled.asked, basis.received_at)
                ledger.append(settled.entries)
                _check_updated_records(settled.updated)
            return settled
        except (IntegrityError, _Overtaken) as error:
            overtaken = error
            settled = settle_batch(settled.batch, basis, None)
    raise overtaken


def _events(events: pl.Series) -> str | list[str]:
    """One word for all where there is only one: it is checked and stored once."""
    return str(events[0]) if events.n_unique() == 1 else events.to_list()


def _counts(known: Counts, settled: pl.DataFrame) -> Counts:
    tally = dict(settled["outcome"].value_counts().iter_rows())
    unchanged = tally.get(Outcome.UNCHANGED, 0)
    return replace(
        known,
        accepted=tally.get(Outcome.ACCEPTED, 0),
        updated=tally.get(Outcome.UPDATED, 0) + unchanged,
        unchanged=unchanged,
        quarantined=tally.get(Outcome.QUARANTINED, 0),
    )


def _move_resume_point(submission_id: int, resume_point: int, counts: Counts, at: Instant) -> None:
    moved = Submission.objects.filter(pk=submission_id, state=SubmissionState.READING, resume_point=resume_point).update(
        resume_point=F("resume_point") + counts.rows, progress_at=at, **{name: F(name) + n for name, n in asdict(counts).items()}
    )
    if not moved:
        raise TakenOver("submission-taken-over", f"报送 {submission_id} 正由另一进程处理。", "稍后查看结果即可，不必重新报送。")


def _rows(
    batch: PreparedBatch, settled: pl.DataFrame, recorded: pl.DataFrame, quarantined: pl.DataFrame, basis: Basis
) -> Iterator[ReadyRows]:
    """What the transaction writes besides subjects and entries, in the form of the database: inside it others wait."""
    yield ready_rows("records_record", frames.RECORD_COLUMNS, frames.record_frame(recorded))
    yield ready_rows("records_recordversion", frames.PENDING_COLUMNS, frames.pending_frame(recorded))
    yield ready_rows("collection_quarantinedrow", frames.QUARANTINED_COLUMNS, frames.quarantine_frame(quarantined, basis))
    key_id = keyfile.in_use().current(Part.BLIND_INDEX).id
    for rows in (recorded, quarantined):
        yield ready_rows("access_sealedindex", _SEALED_COLUMNS, frames.sealed_index_frame(rows, basis, key_id))
    mine = {"submission_id": pl.lit(basis.submission_id), "item": pl.lit(basis.item.number)}
    remarks = pl.concat([batch.remarks, _remarks_about_keys(settled, basis)])
    yield ready_rows("collection_rowremark", _REMARK_COLUMNS, remarks.with_columns(**mine))
    yield ready_rows("collection_rejectedrow", _REJECTED_COLUMNS, batch.rejected.with_columns(**mine))


def _remarks_about_keys(settled: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    rules = [rule for rule in basis.rules if rule.id in NEEDS_KEY]
    remarks = remarks_of(settled, broken_rules(settled, rules), basis.item)
    rows = settled.select(pl.col("_sheet").alias("sheet"), pl.col(ROW).alias("row")).with_row_index("index").cast({"index": pl.Int64})
    return remarks.join(rows, on="index", how="inner", maintain_order="left")


def _check_updated_records(updated: pl.DataFrame) -> None:
    """Behind the head lock, behind which the return of a submission deletes: do the records that were updated still exist?"""
    if not updated.height:
        return
    with temporary_rows(updated) as given:
        found = read_frame(f"SELECT COUNT(*) FROM {given} g JOIN records_record r ON r.id = g.id", {"n": pl.Int64})  # noqa: S608
    if found["n"][0] != updated.height:
        raise _Overtaken
