"""报送结果的一种写法：what the command, the interface and the result file beside a watched file all say."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.queries import RemarkShown
from chengxin.foundation.collection.services import counts_of, receipt_of
from chengxin.foundation.collection.states import STATE_TITLES, SubmissionState
from chengxin.kernel.instants import utc_text
from chengxin.policy import active


def answer_of(submission: Submission) -> dict[str, Any]:
    """One flat object: state, counts, receipt (null while there is none), refusal (null unless the whole file was refused)."""
    receipt = receipt_of(submission)
    state = SubmissionState(submission.state)
    return {
        "submission": submission.pk,
        "state": str(state),
        "state_title": STATE_TITLES[state],
        "item": active.policy_set().item(submission.item).id,
        "key": submission.key,
        "file_name": submission.file_name,
        "file_sha256": submission.file_sha256,
        "received_at": utc_text(submission.received_at),
        "closed_at": utc_text(submission.closed_at) if submission.closed_at is not None else None,
        **asdict(counts_of(submission)),
        "receipt": asdict(receipt) if receipt else None,
        "refusal": submission.refusal,
    }


def fault_sentence(fault: RemarkShown) -> str:
    """One fault: where, what stands there, which rule, what to do."""
    place = f"工作表“{fault.sheet}”第 {fault.row} 行" if fault.sheet else f"第 {fault.row} 行"
    field = f"，{fault.field_title}（{fault.field}）" if fault.field_title else ""
    value = f"“{fault.value}”" if fault.value else ""
    clause = f"（{fault.rule}，{fault.clause}）" if fault.clause else f"（{fault.rule}）"
    return f"{place}{field}{value}：{fault.sentence}{clause}{fault.mend}"


def sentence_of(submission: Submission) -> str:
    """The same in one Chinese sentence."""
    if submission.refusal:
        return f"报送 {submission.pk} 整份不予接收：{submission.refusal['sentence']}{submission.refusal['what_to_do']}"
    state = STATE_TITLES[SubmissionState(submission.state)]
    return (
        f"报送 {submission.pk} {state}：共 {submission.rows} 行，新增 {submission.accepted}，更新 {submission.updated}"
        f"（其中无变化 {submission.unchanged}），退回 {submission.rejected}，待甄别 {submission.quarantined}；"
        f"迟报 {submission.late} 行，修补 {submission.mended} 行。"
    )
