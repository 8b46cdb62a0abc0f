"""原件的保存期。The raw file's key is destroyed at the end of the item's retention; the hash stays in the ledger for good."""

from __future__ import annotations

from chengxin.access import vault
from chengxin.access.models import VaultFile
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.periods import last_day
from chengxin.policy import active

#: Files whose owners are looked at in one go.
_AT_A_TIME = 1_000
_NOT_YET: Instant = 2**62


def apply_retention(at: Instant) -> int:
    """到期销毁：destroy the keys of raw files (and annotated workbooks) past their retention at ``at``; returns how many.

    A file handed in twice is kept until the last of its submissions has ended its term. Running it again does nothing more.
    """
    destroyed = 0
    kept = VaultFile.objects.filter(wrapped_key__isnull=False).order_by("sha256").values_list("sha256", flat=True)
    after = ""
    while digests := list(kept.filter(sha256__gt=after)[:_AT_A_TIME]):
        after = digests[-1]
        ends = _retention_ends(digests)
        for digest in digests:
            if digest in ends and ends[digest] <= at:
                vault.destroy(digest, "保存期满", at)
                destroyed += 1
    return destroyed


def erase_raw_file(submission: Submission, because: str, at: Instant) -> None:
    """依法删除：a row of the file must be erased, so the file goes, and its annotated workbook with it."""
    for digest in filter(None, (submission.file_sha256, submission.workbook_sha256)):
        vault.destroy(digest, because, at)


def _retention_ends(digests: list[str]) -> dict[str, Instant]:
    """When the last submission of each file ends its term. Files of submissions that are still open are not among them."""
    policy = active.policy_set()
    ends: dict[str, Instant] = {}
    for column in ("file_sha256", "workbook_sha256"):
        rows = Submission.objects.filter(**{f"{column}__in": digests}).values_list(column, "item", "state", "progress_at")
        for digest, item, state, since in rows:
            ends[digest] = max(ends.get(digest, 0), _end(policy.item(item).retention, state, since))
    return ends


def _end(parameter: str, state: str, since: Instant) -> Instant:
    if state in {SubmissionState.READING, SubmissionState.AWAITING_RELEASE} or not parameter:
        return _NOT_YET
    period = str(active.policy_set().value_at(parameter, date_of(since)).value)
    return end_of_day(last_day(date_of(since), period))
