"""核对。A submission's file, batch by batch: one thread prepares the next while this one writes.

Resumable at any moment: what a killed run had committed is passed over, and the rest follows. A file that turns out to be unreadable
or not to fit the item is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from queue import Queue
from threading import Event, Semaphore, Thread

from chengxin.access import vault
from chengxin.access.models import Department
from chengxin.foundation.collection.closing import finish_submission, refuse_submission
from chengxin.foundation.collection.labels import header_finder
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.offices import offices_of
from chengxin.foundation.collection.overlapping import written_batches
from chengxin.foundation.collection.preparing import Basis, PreparedBatch, prepared_batches
from chengxin.foundation.collection.readers import Limits, read
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.collection.types import Counts
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import active

#: Told after every batch: the counts of that batch, and how much of the file has been read (0–1).
Progress = Callable[[Counts, float], None]


def process_submission(submission_id: int, *, at: Callable[[], Instant] = clock.now, progress: Progress | None = None) -> Submission:
    """核对并办结。Does nothing to a submission that is past reading. ``at`` is asked at each batch, since a file may take minutes.

    TakenOver: another process is at it. Refusals of the file are told by the submission's state and ``refusal``, not raised.
    """
    submission = Submission.objects.filter(pk=submission_id).first()
    if submission is None:
        raise NotFound("no-such-submission", f"没有编号为 {submission_id} 的报送。", "核对编号。")
    if submission.state != SubmissionState.READING:
        return submission
    basis = _basis_of(submission)
    try:
        _write_all(submission, basis, at, progress)
    except Refused as refused:
        if isinstance(refused, Conflict):
            raise
        return refuse_submission(submission_id, refused=refused, at=at())
    return finish_submission(submission_id, at=at())


def _write_all(submission: Submission, basis: Basis, at: Callable[[], Instant], progress: Progress | None) -> None:
    with vault.open_file(submission.file_sha256) as file:
        limits = Limits.of(basis.policy, basis.received_on)
        chunks = read(file, file_name=submission.file_name, limits=limits, find_header=header_finder(basis.item))
        with closing(_prepared_ahead(prepared_batches(chunks, basis, submission.resume_point))) as batches:
            for counts in written_batches(batches, basis, submission.resume_point, at):
                if progress:
                    progress(counts, min(file.tell() / max(submission.file_size, 1), 1.0))


def _basis_of(submission: Submission) -> Basis:
    policy = active.policy_set()
    item = policy.item(submission.item)
    department = Department.objects.get(pk=submission.department_id)
    offices = offices_of(department, item, policy, submission.received_at)
    return Basis(item, policy, offices, submission.pk, submission.received_at)


def _prepared_ahead(batches: Iterator[PreparedBatch]) -> Generator[PreparedBatch]:
    """``batches``, made one ahead in a thread of their own. The thread touches no database; it ends when the reader of this does."""
    ready: Queue[PreparedBatch | BaseException | None] = Queue(maxsize=1)
    taken, stopped = Semaphore(0), Event()

    def make() -> None:
        end: BaseException | None = None
        try:
            for batch in batches:
                ready.put(batch)
                del batch
                taken.acquire()  # one is being made, none lies about: batches are most of the memory of a run
                if stopped.is_set():
                    break
        except BaseException as error:  # handed to the one who waits for the batch
            end = error
        finally:
            close = getattr(batches, "close", None)
            if close:
                close()
        ready.put(end)

    thread = Thread(target=make, name="prepare-batches", daemon=True)
    thread.start()
    try:
        while True:
            made = ready.get()
            taken.release()
            if made is None:
                return
            if isinstance(made, BaseException):
                raise made
            yield made
    finally:
        stopped.set()
        taken.release()
        while thread.is_alive():
            if not ready.empty():
                ready.get()
            thread.join(0.02)
