"""平台自己办结的一行。What a procedure of the platform ends in is handed in like everything that an office decides: same checks, clock,
entry of the ledger, standing and page. There is no second way for a record to come into being.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from chengxin.access.models import Department
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.processing import process_submission
from chengxin.foundation.collection.queries import remarks_page
from chengxin.foundation.collection.receiving import receive_submission
from chengxin.foundation.collection.types import QUARANTINE_SENTENCES, Channel, QuarantineReason, RemarkLevel
from chengxin.kernel.instants import Instant

__all__ = ["hand_in_row", "was_taken", "why_not_taken"]


def hand_in_row(
    *, department: Department, item: str, row: Mapping[str, str], channel: Channel, key: str, file_name: str, actor: str, at: Instant
) -> Submission:
    """报送一行 (field code → text) in the name of ``department``. Whether the house's own rules took it, :func:`was_taken` says; the
    refusals are those of ``receive_submission``. Inside a transaction of the caller it is part of that."""
    submission = receive_submission(
        department=department, item=item, stream=io.BytesIO(_file(row)), file_name=file_name, channel=channel, key=key, actor=actor, at=at
    )
    return process_submission(submission.pk, at=lambda: at)


def was_taken(submission: Submission) -> bool:
    """Whether the row is on record."""
    return submission.accepted + submission.updated == 1


def why_not_taken(submission: Submission) -> str:
    """为什么没有接收, in one sentence: of the file, of the rule that the row breaks, or of why a person must look at it."""
    if submission.refusal:
        return str(submission.refusal.get("sentence", ""))
    for remark in remarks_page(submission, level=RemarkLevel.ERROR, limit=1).rows:
        return f"“{remark.field_title or remark.field}”：{remark.sentence}"
    waiting = QuarantinedRow.objects.filter(submission=submission).first()
    return QUARANTINE_SENTENCES[QuarantineReason(waiting.reason)] if waiting is not None else "这一行没有入档。"


def _file(row: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, list(row))
    table.writeheader()
    table.writerow(row)
    return text.getvalue().encode()
