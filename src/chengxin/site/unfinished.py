"""未办结的报送。A submission whose process died goes on where its last batch committed; two at it do no harm, one gives way."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.services import process_submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict

#: A batch takes seconds, opening a big workbook perhaps a minute.
SILENT_AFTER_SECONDS: Final = 90


@task()
def resume_submission(submission_id: int) -> None:
    """接着办 one submission."""
    try:
        process_submission(submission_id)
    except Conflict:
        return  # another process is at it: that is what was wanted


def silent_submissions(at: Instant) -> list[int]:
    """Submissions that are being read and have not moved for a while."""
    since = at - SILENT_AFTER_SECONDS
    silent = Q(progress_at__lt=since) | Q(progress_at=None, received_at__lt=since)
    return list(Submission.objects.filter(silent, state=SubmissionState.READING).values_list("id", flat=True))


def enqueue_unfinished() -> None:
    """Put a task for each silent submission that has none waiting."""
    silent = silent_submissions(clock.now())
    if not silent:
        return
    waiting = DBTaskResult.objects.ready().filter(task_path=resume_submission.module_path).values_list("args_kwargs", flat=True)
    already = {told["args"][0] for told in waiting}
    for submission_id in silent:
        if submission_id not in already:
            resume_submission.enqueue(submission_id)
