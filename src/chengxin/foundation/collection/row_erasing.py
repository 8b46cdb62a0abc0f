"""退回行的删除：a row that was sent back is no record and has no entry; what is left of it lies in the file, in remarks and in the list of
what is not on record. Found by its place, for its number may have been wrong.
"""

from __future__ import annotations

from typing import Final

from django.db import connections, transaction

from chengxin.foundation.collection.models import RejectedRow, RowRemark, Submission
from chengxin.foundation.collection.ports import row_erased
from chengxin.foundation.collection.retention import erase_raw_file
from chengxin.foundation.collection.states import SubmissionState
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Content
from chengxin.ledger.ports import ErasedCopy
from chengxin.storage.transactions import in_turn, writing

ERASED_ROW: Final = "collection:row:erased"


def erase_rejected_row(*, submission_id: int, row: int, because: str, at: Instant) -> list[ErasedCopy]:
    """删除退回的一行：the raw file and its annotated workbook, what remarks repeat of it, its number among what is not on record; also of
    other hand-ins of the same file. Returns what was erased.

    Refused without a reason, and for a row that was not sent back; NotFound for an unknown submission; Conflict while it is being read.
    """
    if not because.strip():
        raise Refused("erasure-without-reason", "删除内容必须写明理由。", "请说明依据，例如法院裁定或本人请求的文号。")
    submission = Submission.objects.filter(pk=submission_id).first()
    if submission is None:
        raise NotFound("no-such-submission", f"没有编号为 {submission_id} 的报送。", "核对编号。")
    carried = Submission.objects.filter(file_sha256=submission.file_sha256, item=submission.item).order_by("pk")
    if carried.filter(state=SubmissionState.READING).exists():
        raise Conflict("still-reading", "这份文件还在核对。", "等它核对完，再删除。")
    rejected = list(RejectedRow.objects.filter(submission__in=carried, row=row).order_by("pk"))
    if not any(each.submission_id == submission_id for each in rejected):
        raise Refused(
            "row-not-rejected",
            f"第 {submission_id} 号报送的第 {row} 行没有被退回。",
            "行号以文件中的行号为准（表头算第一行）；在案的用 --record 删除，待甄别的按条目编号删除。",
        )
    with writing():
        in_turn()
        for each in rejected:
            row_erased(each.pk, at)
        for hand_in in carried:
            erase_raw_file(hand_in, because, at)
        RowRemark.objects.filter(submission__in=carried, row=row).update(value="", detail="")
        RejectedRow.objects.filter(pk__in=[each.pk for each in rejected]).update(document_number="", decided_on=None)
        said = {"_submission": str(submission_id), "_row": str(row), "_because": because, "_at": str(at)}
        ledger.record_event(ERASED_ROW, {**said, "_submissions": ",".join(str(each.pk) for each in carried)})
        if connections["default"].vendor == "postgresql":
            transaction.on_commit(_forget)
    files = [ErasedCopy("file", "原始文件", submission=each.pk, file=each.file_sha256) for each in carried]
    return files + [ErasedCopy("remark", f"第 {each.row} 行的说明", submission=each.submission_id, row=each.row) for each in rejected]


def erased_rows() -> list[tuple[int, int, str, Instant]]:
    """已删除的退回行：(submission, row, because, at), for a restored older copy to erase them again."""
    contents = Content.objects.filter(event=ERASED_ROW).order_by("id").values_list("id", flat=True)
    said = ledger.read_contents(list(contents))
    return [(int(each["_submission"]), int(each["_row"]), each["_because"], int(each["_at"])) for _, each in sorted(said.items())]


def _forget() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("VACUUM collection_rowremark, collection_rejectedrow")
