"""任务进程办的事。What the web puts off: reading a large file, making the annotated workbook."""

from __future__ import annotations

from django_tasks import task

from chengxin.foundation.collection.annotating import make_annotated
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.processing import process_submission
from chengxin.foundation.collection.writing_batches import TakenOver
from chengxin.kernel import clock


@task()
def read_submission(submission_id: int) -> None:
    """核对一份报送, and make its workbook if rows came back."""
    try:
        submission = process_submission(submission_id)
    except TakenOver:
        return  # another process is at it: that is what was wanted
    if submission.rejected and not submission.workbook_sha256:
        make_annotated(submission, clock.now())


@task()
def annotate_submission(submission_id: int) -> None:
    """制作批注工作簿."""
    submission = Submission.objects.get(pk=submission_id)
    if submission.rejected and not submission.workbook_sha256:
        make_annotated(submission, clock.now())
