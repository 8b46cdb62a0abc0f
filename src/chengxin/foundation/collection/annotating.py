"""批注工作簿的制作与保管。Made once from the raw file and the remarks, kept in the vault: it holds what the raw file holds."""

from __future__ import annotations

import io
from typing import BinaryIO

from chengxin.access import vault
from chengxin.foundation.collection.explaining import rule_reader
from chengxin.foundation.collection.labels import header_finder
from chengxin.foundation.collection.models import RowRemark, Submission
from chengxin.foundation.collection.readers import Limits, read
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.foundation.collection.workbook import Remark, annotated_workbook
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound
from chengxin.policy import active


def annotated_file(submission: Submission, at: Instant) -> BinaryIO:
    """批注工作簿 of a submission that has been read: the rows that came back, every fault at its cell.

    Conflict while it is still being read; NotFound when nothing was rejected, or the raw file is no longer kept.
    """
    if submission.state == SubmissionState.READING:
        raise Conflict("still-reading", "文件还在核对，批注工作簿尚未做好。", "核对完再下载。")
    if not submission.rejected:
        raise NotFound("nothing-rejected", "这份报送没有退回的行，不需要批注工作簿。", "看报送结果即可。")
    if not submission.workbook_sha256:
        make_annotated(submission, at)
    return vault.open_file(submission.workbook_sha256)


def make_annotated(submission: Submission, at: Instant) -> None:
    """制作：read the raw file again, put the remarks at their cells, store the workbook."""
    policy = active.policy_set()
    item = policy.item(submission.item)
    remarks = [
        Remark(each.sheet, each.row, each.field, each.value, RemarkLevel(each.level), each.rule, each.detail)
        for each in RowRemark.objects.filter(submission=submission).order_by("id").iterator()
    ]
    limits = Limits.of(policy, date_of(submission.received_at))
    with vault.open_file(submission.file_sha256) as file:
        chunks = read(file, file_name=submission.file_name, limits=limits, find_header=header_finder(item))
        content = annotated_workbook(chunks, remarks, item=item, policy=policy, rule_of=rule_reader(submission))
    stored = vault.store(io.BytesIO(content), at)
    submission.workbook_sha256 = stored.sha256
    Submission.objects.filter(pk=submission.pk).update(workbook_sha256=stored.sha256)
