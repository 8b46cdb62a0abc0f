"""未办结的报送。A submission whose process died goes on where its last batch committed; two at it do no harm, one gives way."""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django_tasks_db.models import DBTaskResult

from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.tasks import read_submission
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant

#: A batch takes seconds, opening a big workbook perhaps a minute.
SILENT_AFTER_SECONDS: Final = 90


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
    waiting = DBTaskResult.objects.ready().filter(task_path=read_submission.module_path).values_list("args_kwargs", flat=True)
    already = {told["args"][0] for told in waiting}
    for submission_id in silent:
        if submission_id not in already:
            read_submission.enqueue(submission_id)
