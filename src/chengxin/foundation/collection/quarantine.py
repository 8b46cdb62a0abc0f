"""甄别。A person says whose a quarantined row is; the decision is appended, and the row becomes a record like any other.

The row goes the way every row goes (numbering, standing, entry), only its subject is given. It counts as handed in when it was.
"""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db.models import Q

from chengxin.access.models import Department, SealedIndex
from chengxin.foundation.collection import batch_frames as frames
from chengxin.foundation.collection.classification import classify
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.offices import offices_of
from chengxin.foundation.collection.ports import row_decided
from chengxin.foundation.collection.preparing import Basis
from chengxin.foundation.collection.readers import ROW
from chengxin.foundation.collection.registry_joining import join_closed_registry
from chengxin.foundation.collection.sealed_columns import BLIND, sealed_codes
from chengxin.foundation.collection.settling import business_keys, settled_columns
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import Outcome, QuarantineDecision
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.services import restate_swapped, swap_in_versions
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.opening import open_subjects
from chengxin.foundation.subjects.resolution import PERSON
from chengxin.foundation.subjects.types import Resolution
from chengxin.kernel.canonical import canonical_column
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.storage.bulk import insert_rows
from chengxin.storage.ids import allocate
from chengxin.storage.transactions import in_turn, writing

DECIDED: Final = "collection:row:decided"


def decide_quarantined(
    *, row_id: int, decision: QuarantineDecision, because: str, by: str, at: Instant, subject_id: int | None = None
) -> QuarantinedRow:
    """甄别一行：it belongs to ``subject_id``, opens a subject of its own, or goes back to the department.

    Refused without a reason, or linked without a subject; NotFound for an unknown row or subject; Conflict if it was decided already.
    """
    if not because.strip():
        raise Refused("no-reason-given", "甄别时必须写明理由。", "写明核对了什么材料。")
    row = QuarantinedRow.objects.filter(pk=row_id).select_related("submission").first()
    if row is None:
        raise NotFound("no-such-quarantined-row", f"没有编号为 {row_id} 的待甄别行。", "核对编号。")
    if decision is QuarantineDecision.LINKED and not Subject.objects.filter(pk=subject_id or 0).exists():
        raise NotFound("no-such-subject", "没有选中的主体。", "从候选中选一个，或者按名称查找。")
    with writing():
        in_turn()
        _take(row, decision, by, at)
        subject = subject_id if decision is QuarantineDecision.LINKED else None
        record_id = None if decision is QuarantineDecision.RETURNED else _record(row, subject)
        QuarantinedRow.objects.filter(pk=row.pk).update(record_id=record_id)
        row_decided(row.pk, at)
        said = {"_quarantined": str(row.pk), "_decision": decision, "_because": because.strip(), "_by": by, "_at": str(at)}
        ledger.record_event(DECIDED, {**said, "_record": str(record_id or ""), "_subject": str(subject or "")})
        if record_id and row.submission.state == SubmissionState.CLOSED:
            restate_swapped(swap_in_versions(submission_id=row.submission_id, at=at), submission_id=row.submission_id, at=at)
            join_closed_registry(row.submission_id, at, record_id=record_id)
    row.refresh_from_db()
    return row


def _take(row: QuarantinedRow, decision: QuarantineDecision, by: str, at: Instant) -> None:
    undecided = Q(pk=row.pk, decided_at=None)
    if not QuarantinedRow.objects.filter(undecided).update(decided_at=at, decided_by=by, decision=decision):
        raise Conflict("already-decided", "这一行已经甄别过。", "刷新后看结论。")


def _record(row: QuarantinedRow, subject_id: int | None) -> int:
    """Write the row as a record of ``subject_id`` (None: of a new subject); returns the record's id."""
    basis = _basis_of(row.submission)
    settled = _settled(_row_frame(row, basis), row, subject_id, basis)
    if settled["outcome"][0] == Outcome.UNCHANGED:
        return int(settled["record_id"][0])
    recorded = frames.recorded_rows(settled, basis)
    open_subjects(recorded, basis.item, basis.received_at)
    insert_rows("records_record", frames.RECORD_COLUMNS, frames.record_frame(recorded))
    insert_rows("records_recordversion", frames.PENDING_COLUMNS, frames.pending_frame(recorded))
    content_id = int(recorded["content_id"][0])
    list(Record.objects.select_for_update().filter(pk=int(recorded["id"][0])).values_list("pk"))  # before the head of the ledger
    SealedIndex.objects.bulk_create(
        SealedIndex(blind=each.blind, key_id=each.key_id, content_id=content_id, field=each.field, box=each.box)
        for each in SealedIndex.objects.filter(content_id=row.content_id)
    )
    ledger.append(ledger.prepare(recorded["_event"].to_list(), recorded["_payload"], [content_id]))
    return int(recorded["id"][0])


def _settled(frame: pl.DataFrame, row: QuarantinedRow, subject_id: int | None, basis: Basis) -> pl.DataFrame:
    opens = subject_id is None
    subject = allocate("subjects_subject", 1)[0] if subject_id is None else subject_id
    given = frame.with_columns(
        pl.lit(subject).alias("subject_id"), pl.lit(str(Resolution.OPENED if opens else Resolution.EXACT)).alias("resolution")
    )
    if opens:
        given = _without_borne_code(given, basis)
    keyed = given.with_columns(business_keys(given, basis.item))
    told = classify(settled_columns(keyed, basis.item), basis.item.number, basis.submission_id)
    return pl.concat([keyed, told.select("outcome", "record_id", "version", "first_received_at")], how="horizontal")


def _without_borne_code(frame: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """A new subject cannot take a code that somebody else has: it is opened without one. What the row said stays in its entry."""
    field = basis.item.roles.get("subject_code", "")
    if field and Subject.objects.filter(code=frame[field][0]).exists():
        return frame.with_columns(pl.lit(None, dtype=pl.String).alias(field))
    return frame


def _row_frame(row: QuarantinedRow, basis: Basis) -> pl.DataFrame:
    """The row as its entry has it, in the columns of a prepared batch."""
    content = ledger.read_contents([row.content_id]).get(row.content_id)
    if content is None:
        raise NotFound("content-erased", "这一行的内容已经依法删除，不能再甄别。", "请报送单位重新报送。")
    codes = [field.code for field in basis.item.fields]
    blinds = {each.field: bytes(each.blind) for each in SealedIndex.objects.filter(content_id=row.content_id)}
    facts = pl.DataFrame({code: pl.Series([content.get(code)], dtype=pl.String) for code in codes})
    person = blinds.get(basis.item.roles.get("person_id", ""))
    return facts.with_columns(
        pl.lit(0, dtype=pl.Int64).alias("_index"),
        pl.lit(row.sheet).alias("_sheet"),
        pl.lit(row.row, dtype=pl.Int64).alias(ROW),
        pl.lit(row.authority_id, dtype=pl.Int64).alias("_authority_id"),
        pl.lit(row.decided_on).alias("_decided_on"),
        pl.lit(row.due_on, dtype=pl.Date).alias("_due_on"),
        pl.lit(bytes(row.fingerprint), dtype=pl.Binary).alias("_fingerprint"),
        pl.lit(content.get("_blocked"), dtype=pl.String).alias("_blocked"),
        pl.lit(person, dtype=pl.Binary).alias(PERSON),
        *(pl.lit(blinds.get(code), dtype=pl.Binary).alias(BLIND + code) for code in sealed_codes(basis.item)),
        canonical_column(facts, codes).alias("_facts"),
    )


def _basis_of(submission: Submission) -> Basis:
    policy = active.policy_set()
    item = policy.item(submission.item)
    offices = offices_of(Department.objects.get(pk=submission.department_id), item, policy, submission.received_at)
    return Basis(item, policy, offices, submission.pk, submission.received_at)
