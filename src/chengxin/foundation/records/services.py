"""信用记录的门。"应归集尽归集、应公开尽公开"：what may be done about a record after it was recorded.

Every verb is one transaction with one entry in the ledger, and rewrites the standing at once: what ends is gone from every surface
when the call returns. Nothing is edited; a correction of the text is a new version, handed in by the authority.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from chengxin.foundation.records import ports
from chengxin.foundation.records.contents import record_batches, record_rows
from chengxin.foundation.records.models import Hold, Record, RecordAct, RecordVersion
from chengxin.foundation.records.rewriting import fresh_standings, standing_text, write_standings
from chengxin.foundation.records.swapping import exchange_versions, lock_returned, remove_returned
from chengxin.foundation.records.types import ActVerb, SeverityCode, Surface, WithdrawalReason
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.kernel.workdays import Deadline
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Severity
from chengxin.storage.transactions import in_turn, writing

__all__ = [
    "Recomputed",
    "end_hold",
    "erase_record_content",
    "lock_returned",
    "note_step",
    "place_hold",
    "recompute_standing",
    "remove_returned",
    "restate_swapped",
    "restore_record",
    "state_severity",
    "swap_in_versions",
    "withdraw_record",
    "withdrawal_due",
]

WITHDRAWAL_DEADLINE = "withdrawal_deadline"
ROWS_AT_A_TIME = 5_000
#: Acts that may follow one another on the same record.
#: Acts after which whoever received the record is told.
_FOLLOWED = {f"records:record:{verb}": str(verb) for verb in (ActVerb.WITHDRAWN, ActVerb.RESTORED, ActVerb.ERASED)}
_REPEATABLE = frozenset(verb for verb in ActVerb if verb.is_internal) | {ActVerb.SEVERITY_STATED}


def place_hold(
    *, record_id: int, surfaces: Collection[Surface], because: str, clause: str, until_at: Instant = FOREVER, by: str, at: Instant
) -> Hold:
    """暂停展示：from now until ``until_at`` (or until it is ended) the record is on none of ``surfaces``.

    Refused without a reason, a surface, or an end after the beginning; NotFound for an unknown record.
    """
    _must_say_why(because)
    if not surfaces or until_at <= at:
        raise Refused("hold-without-extent", "暂停须写明停止哪些展示面，终止时间须晚于现在。", "改正后重新办理。")
    with writing():
        _locked(record_id)
        content_id = ledger.allocate_content_ids(1)[0]
        named = ",".join(surface for surface in Surface if surface in surfaces)
        hold = Hold.objects.create(
            record_id=record_id, surfaces=named, because=because, clause=clause, placed_by=by, from_at=at, until_at=until_at,
            content_id=content_id,
        )  # fmt: skip
        said = {"_hold": str(hold.pk), "_surfaces": named, "_clause": clause, "_from_at": str(at), "_until_at": str(until_at)}
        _conclude("records:hold:placed", record_id, content_id, because=because, by=by, at=at, **said)
    return hold


def end_hold(*, hold_id: int, because: str, by: str, at: Instant) -> None:
    """结束暂停 before its time. Conflict if it was ended already, or is over."""
    _must_say_why(because)
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("no-such-hold", f"没有编号为 {hold_id} 的暂停。", "核对编号。")
    with writing():
        _locked(hold.record_id)
        content_id = ledger.allocate_content_ids(1)[0]
        live = Hold.objects.filter(pk=hold_id, ended_at=None, until_at__gt=at)
        if not live.update(ended_at=at, ended_content_id=content_id):
            raise Conflict("hold-is-over", "这项暂停已经结束。", "刷新页面，看现在的状态。")
        _conclude("records:hold:ended", hold.record_id, content_id, because=because, by=by, at=at, _hold=str(hold_id))


def withdraw_record(*, record_id: int, reason: WithdrawalReason, decided_on: date, because: str, by: str, at: Instant) -> RecordAct:
    """撤回：the document was changed, revoked, or found unlawful or void on ``decided_on``; the record is nowhere from now on.

    The act says by which working day it had to be withdrawn and whether that was late (V12). Conflict if it is withdrawn already.
    """
    _must_say_why(because)
    if decided_on > date_of(at):
        raise Refused("withdrawal-before-decision", "变更、撤销的决定日期不能晚于今天。", "核对决定文书上的日期。", "V12")
    due = withdrawal_due(decided_on)
    late = date_of(at) > due.on and not due.provisional
    data = {"reason": reason, "decided_on": decided_on.isoformat(), "due_on": due.on.isoformat(), "late": late}
    # Not "_due_on": that is a column of the record's standing, which an entry carries too.
    said = {"_reason": str(reason), "_decided_on": decided_on.isoformat(), "_withdraw_by": due.on.isoformat(), "_late": str(int(late))}
    return _act(ActVerb.WITHDRAWN, record_id, because, by, at, data=data, **said)


def withdrawal_due(decided_on: date) -> Deadline:
    """撤回的期限：the working day by which a record must be withdrawn whose document was undone on ``decided_on`` (V12)."""
    policy = active.policy_set()
    return policy.calendar.add_working_days(decided_on, int(policy.value_at(WITHDRAWAL_DEADLINE, decided_on).value))


def state_severity(*, record_id: int, severity: Severity, because: str, by: str, at: Instant) -> RecordAct:
    """认定失信程度：the authority that decided says which class the record has, with its reason. It is provisional no longer.

    Refused for a record whose item has no classes.
    """
    _must_say_why(because)
    record = Record.objects.filter(pk=record_id).first()
    if record is not None and not active.policy_set().item(record.item).severity:
        raise Refused("item-has-no-classes", "这类事项不分失信程度。", "核对记录编号。")
    code = SeverityCode.of(severity)
    return _act(ActVerb.SEVERITY_STATED, record_id, because, by, at, data={"severity": int(code)}, _stated_severity=str(int(code)))


def restore_record(*, record_id: int, document_number: str, because: str, by: str, at: Instant) -> RecordAct:
    """信用修复：publication, sharing and counting end now; the act itself goes on to hold. ``document_number``: of the decision to restore.

    Conflict if it was restored before. Who may decide it, and when, is the business of ``rights.restoration``.
    """
    _must_say_why(because)
    return _act(ActVerb.RESTORED, record_id, because, by, at, data={"document": document_number}, _document=document_number)


def note_step(*, verb: ActVerb, record_id: int, data: dict[str, Any], because: str, by: str, at: Instant, **said: str) -> RecordAct:
    """记下内部一步：somebody proposed, adopted or declined. It stands in the ledger and changes nothing by itself."""
    if not verb.is_internal:
        raise ValueError(f"{verb} acts on the record: it has a verb of its own")
    return _act(verb, record_id, because, by, at, data=data, **said)


def erase_record_content(*, record_id: int, because: str, by: str, at: Instant) -> RecordAct:
    """删除内容：what the record says, in all its versions, is gone for good; the proof that something was recorded stays."""
    _must_say_why(because)
    contents = list(RecordVersion.objects.filter(record_id=record_id).values_list("content_id", flat=True))
    with writing():
        record = _locked(record_id)
        act = _act(ActVerb.ERASED, record_id, because, by, at)
        ledger.erase([*contents, record.content_id], because, at)
    return act


@dataclass(frozen=True)
class Recomputed:
    """重算的结果：how many records were looked at and how many changed."""

    records: int
    changed: int
    content_id: int


def recompute_standing(*, because: str, by: str, at: Instant, item: int | None = None, policy: PolicySet | None = None) -> Recomputed:
    """重算状态 of all records (of one item) under ``policy`` (default: the set in force): a new order, a new calendar.

    Batch by batch, each a transaction of its own; running it again changes nothing more. Records about which something was
    done get an entry each with their new standing; the others follow from the set that the last entry names.
    """
    _must_say_why(because)
    policy = policy or active.policy_set()
    seen = changed = 0
    for rows in record_batches(item, ROWS_AT_A_TIME):
        with writing():
            moved = write_standings(fresh_standings(rows, policy), at)
            _restate(moved.filter("acted"), because, by, at)
        seen, changed = seen + rows.height, changed + moved.height
    said = {"_because": because, "_by": by, "_at": str(at), "_policy": policy.digest, "_item": str(item or "")}
    with writing():
        content_id = ledger.record_event("records:standing:recomputed", {**said, "_records": str(seen), "_changed": str(changed)})
    return Recomputed(seen, changed, content_id)


def swap_in_versions(*, submission_id: int, at: Instant) -> list[pl.DataFrame]:
    """更替：the pending versions of a submission become the current ones; inside the transaction that closes it.

    What was done about a record goes on to hold for its new version, whose standing is then worked out anew. Returns those
    standings, for :func:`restate_swapped`: their entries lock the head of the ledger, so the caller writes them last.
    """
    acted = exchange_versions(submission_id=submission_id, at=at)
    moved = []
    for start in range(0, len(acted), ROWS_AT_A_TIME):
        part = acted[start : start + ROWS_AT_A_TIME]
        moved.append(write_standings(fresh_standings(record_rows(part), active.policy_set()), at).filter("acted"))
    return moved


def restate_swapped(moved: list[pl.DataFrame], *, submission_id: int, at: Instant) -> None:
    """The entries about what :func:`swap_in_versions` worked out anew."""
    for part in moved:
        _restate(part, "更正后的版本沿用此前的办理结果", f"submission:{submission_id}", at)
    for _, each in ports.followers.items():
        each.swapped(submission_id, at)


def _restate(moved: pl.DataFrame, because: str, by: str, at: Instant) -> None:
    if moved.is_empty():
        return
    event = "records:standing:restated"
    said = {"_event": event, "_because": because, "_by": by, "_at": str(at)}
    payloads = [canonical_bytes({**said, "_record": str(row["id"]), **standing_text(row)}) for row in moved.iter_rows(named=True)]
    ledger.append(ledger.prepare(event, payloads, ledger.allocate_content_ids(len(payloads))))


def _act(
    verb: ActVerb, record_id: int, because: str, by: str, at: Instant, *, data: dict[str, Any] | None = None, **said: str
) -> RecordAct:
    with writing():
        if f"records:record:{verb}" in _FOLLOWED:
            in_turn()  # what follows touches cases and those who received the record
        _locked(record_id)
        once = {ActVerb.ERASED} if verb in _REPEATABLE else {ActVerb.ERASED, verb}
        if RecordAct.objects.filter(record_id=record_id, verb__in=once).exists():
            raise Conflict("already-done", f"这条记录已经办理过“{verb.label}”或者内容已删除。", "看记录页的办理经过。")
        content_id = ledger.allocate_content_ids(1)[0]
        act = RecordAct.objects.create(
            record_id=record_id, verb=verb, effective_at=at, at=at, by=by, because=because, data=data or {}, content_id=content_id
        )
        _conclude(f"records:record:{verb}", record_id, content_id, because=because, by=by, at=at, **said)
    return act


def _conclude(event: str, record_id: int, content_id: int, *, because: str, by: str, at: Instant, **said: str) -> None:
    """Rewrite the standing and write the entry, which carries it. The head of the ledger is locked last."""
    fresh = fresh_standings(record_rows([record_id]), active.policy_set())
    write_standings(fresh, at)
    if event in _FOLLOWED:
        for _, each in ports.followers.items():
            each.followed([record_id], _FOLLOWED[event], because, at)
        fresh = fresh_standings(record_rows([record_id]), active.policy_set())  # what followed may have ended a hold
    stands = standing_text(fresh.row(0, named=True)) if fresh.height else {}
    content = {"_event": event, "_record": str(record_id), "_because": because, "_by": by, "_at": str(at), **said, **stands}
    ledger.append(ledger.prepare(event, [canonical_bytes(content)], [content_id]))


def _locked(record_id: int) -> Record:
    record = Record.objects.select_for_update().filter(pk=record_id).first()
    if record is None:
        raise NotFound("no-such-record", f"没有编号为 {record_id} 的记录。", "核对记录编号。")
    return record


def _must_say_why(because: str) -> None:
    if not because.strip():
        raise Refused("no-reason-given", "办理时必须写明理由。", "写明事由和依据的文书。")
