"""办结、放行、退回、不予接收。One transaction each: the entry, the change of state, and what follows for the records.

Closing makes rows visible; until then nobody has seen a part. The ledger's head is locked last, so that batches of other submissions
go on while a large one closes. Only what a return takes away is deleted behind that lock: no batch updates a record meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chengxin.access.models import Account
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.ports import submission_closed, submission_leaves, submission_read
from chengxin.foundation.collection.receiving import RECEIVED
from chengxin.foundation.collection.states import STATE_TITLES, TRANSITIONS, VERB_TITLES, SubmissionState
from chengxin.foundation.collection.types import Channel, Counts, QuarantineDecision, Receipt
from chengxin.foundation.records.services import lock_returned, remove_returned, restate_swapped, swap_in_versions
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.codes.personal_numbers import masked_text
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.kernel.transitions import advance
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Entry
from chengxin.policy import active
from chengxin.policy.types import Polarity
from chengxin.storage.transactions import in_turn, writing

_LABELS: Mapping[str, str] = {**{str(state): title for state, title in STATE_TITLES.items()}, **VERB_TITLES}
_GONE = frozenset({SubmissionState.RETURNED, SubmissionState.REFUSED})
_COUNTED = ("rows", "accepted", "updated", "unchanged", "rejected", "quarantined", "mended", "late", "blocked")


def finish_submission(submission_id: int, *, at: Instant) -> Submission:
    """读完之后：closed, or waiting for a second person if an adverse item came by a channel that does not show who was asked."""
    submission = Submission.objects.get(pk=submission_id)
    item = active.policy_set().item(submission.item)
    second = item.second_person or item.polarity is Polarity.ADVERSE
    waits = second and Channel(submission.channel).needs_release and submission.accepted + submission.updated > submission.unchanged
    return _conclude(submission, "hold" if waits else "finish", at)


def release_submission(submission_id: int, *, by: Account, at: Instant) -> Submission:
    """复核放行 by a second, different person of the same department. Forbidden for anyone else."""
    submission = _of_department(submission_id, by)
    _second_person(submission, by)
    return _conclude(submission, "release", at, released_by=by.username)


def return_submission(submission_id: int, *, by: Account, because: str, at: Instant) -> Submission:
    """退回：the submission's rows leave the tables, its entries stay. By anyone of the department who did not hand it in."""
    if not because.strip():
        raise Refused("no-reason-given", "退回时必须写明理由。", "写明哪里不对、怎样改。")
    submission = _of_department(submission_id, by)
    _second_person(submission, by)
    return _conclude(submission, "return", at, released_by=by.username, because=because.strip())


def refuse_submission(submission_id: int, *, refused: Refused, at: Instant) -> Submission:
    """整份不予接收：the file cannot be read, or is not what it claims. Rows already written leave the tables."""
    problem = {name: getattr(refused, name) for name in ("slug", "sentence", "what_to_do", "clause", "where")}
    problem["sentence"] = masked_text(refused.sentence)  # it may quote what stands where a header should
    problem["where"] = {name: masked_text(place) for name, place in refused.where.items()}
    return _conclude(Submission.objects.get(pk=submission_id), "refuse", at, refusal=problem)


def receipt_of(submission: Submission) -> Receipt | None:
    """回执：the leaf of the entry that says what became of the submission; of its reception while it is still being read."""
    content_id = submission.content_id or submission.opened_content_id
    entry = Entry.objects.filter(content_id=content_id).values_list("seq", flat=True).first() if content_id else None
    if content_id is None or entry is None:
        return None
    event = _event_of(SubmissionState(submission.state)) if submission.content_id else RECEIVED
    return Receipt(submission=submission.pk, state=submission.state, event=event, content_id=content_id, leaf=entry)


def counts_of(submission: Submission) -> Counts:
    """计数 of a submission so far."""
    return Counts(**{name: getattr(submission, name) for name in _COUNTED})


def _conclude(submission: Submission, verb: str, at: Instant, *, because: str = "", **changes: Any) -> Submission:
    state = advance(TRANSITIONS, SubmissionState(submission.state), verb, _LABELS)
    with writing():
        in_turn()
        (content_id,) = ledger.allocate_content_ids(1)
        closed = {"closed_at": at} if state is SubmissionState.CLOSED else {}
        unchanged = Submission.objects.filter(pk=submission.pk, state=submission.state, version=submission.version, rows=submission.rows)
        moved = unchanged.update(state=state, version=submission.version + 1, content_id=content_id, progress_at=at, **closed, **changes)
        if not moved:
            raise Conflict("submission-changed", f"报送 {submission.pk} 的状态刚刚变了。", "刷新后看现在的状态。")
        if submission.state == SubmissionState.READING:
            submission_read(submission.pk, at)
        if state is SubmissionState.CLOSED:
            restated = swap_in_versions(submission_id=submission.pk, at=at)
            submission_closed(submission.pk, at)
            restate_swapped(restated, submission_id=submission.pk, at=at)
        elif state in _GONE:
            lock_returned(submission_id=submission.pk)
            submission_leaves(submission.pk, at)
        _append(_event_of(state), content_id, _said(submission, state, at, because, changes))
        if state in _GONE:
            _take_away(submission, at)
    submission.refresh_from_db()
    return submission


def _append(event: str, content_id: int, said: Mapping[str, str]) -> None:
    ledger.append(ledger.prepare(event, [canonical_bytes({**said, "_event": event})], [content_id]))


def _take_away(submission: Submission, at: Instant) -> None:
    """The rows of a returned or refused submission, behind the lock of the head."""
    remove_returned(submission_id=submission.pk)
    submission.quarantine.filter(decided_at=None).update(
        decided_at=at, decided_by=f"submission:{submission.pk}", decision=QuarantineDecision.RETURNED
    )


def _said(submission: Submission, state: SubmissionState, at: Instant, because: str, changes: dict[str, Any]) -> dict[str, str]:
    counts = {f"_{name}": str(getattr(submission, name)) for name in _COUNTED}
    refusal = changes.get("refusal", {})
    return {
        "_submission": str(submission.pk),
        "_department": str(submission.department_id),
        "_item": active.policy_set().item(submission.item).id,
        "_file_sha256": submission.file_sha256,
        "_state": state,
        "_at": str(at),
        "_by": str(changes.get("released_by", "")),
        "_because": because or str(refusal.get("sentence", "")),
        **counts,
    }


def _event_of(state: SubmissionState) -> str:
    return f"collection:submission:{state.removeprefix('awaiting_release') or 'read'}"


def _of_department(submission_id: int, by: Account) -> Submission:
    submission = Submission.objects.filter(pk=submission_id, department_id=by.department_id or 0).first()
    if submission is None:
        raise NotFound("no-such-submission", f"没有编号为 {submission_id} 的报送。", "核对编号；其他部门的报送看不到。")
    return submission


def _second_person(submission: Submission, by: Account) -> None:
    if by.revoked_at is not None or by.username == submission.submitted_by:
        raise Forbidden("second-person-needed", "不良信息须由本部门另一人复核，报送人自己不能复核。", "请本部门的另一位同事登录后办理。")
