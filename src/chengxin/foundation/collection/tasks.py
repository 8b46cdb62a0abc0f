"""任务进程办的事。What the web does at once or puts off: reading a file, making the annotated workbook."""

from __future__ import annotations

from typing import Final

from django_tasks import task

from chengxin.foundation.collection.annotating import make_annotated
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.processing import process_submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.writing_batches import TakenOver
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict

#: Up to this size a file is read while the caller waits (a second or two); larger ones go to the task process.
READ_AT_ONCE_BYTES: Final = 2 << 20


def set_reading(submission: Submission) -> Submission:
    """开始核对 what was just received, at once or in the task process; the answer is the submission as it stands then.

    Only who opened the submission reads it. A repetition, however close behind, gets the present state: two readers of one file
    would take it from each other. A reader that died is followed by the task process (``site/unfinished.py``).
    """
    if not submission.is_new or submission.state != SubmissionState.READING:
        return submission
    if submission.file_size > READ_AT_ONCE_BYTES:
        read_submission.enqueue(submission.pk)
        return submission
    try:
        done = process_submission(submission.pk)
    except Conflict:  # the task process thought this one dead and went on with it: its state is the answer
        done = Submission.objects.get(pk=submission.pk)
    done.is_new = True
    return done


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
