"""Is everything that was acknowledged there, once, with its entry? What any state between two batches must satisfy."""

from __future__ import annotations

from django.db.models import Count, Max

from chengxin.foundation.collection.models import QuarantinedRow, RejectedRow, Submission
from chengxin.foundation.collection.services import counts_of
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import Instant
from chengxin.ledger.models import Content, Entry
from chengxin.ledger.services import fsck


def intake_faults(at: Instant) -> list[str]:
    """What is wrong, in words; empty when nothing is."""
    report = fsck()
    faults = [fault.sentence for fault in report.faults]
    faults += [f"{found}" for found in report.comparisons if found.missing or found.extra or found.different]
    entries = Entry.objects.aggregate(n=Count("seq"), last=Max("seq"))
    if entries["n"] and entries["last"] != entries["n"] - 1:
        faults.append(f"{entries['n']} entries, the last is {entries['last']}: a gap")
    if Content.objects.count() != entries["n"]:
        faults.append("contents without entries, or entries without contents")
    for submission in Submission.objects.all():
        faults += [f"submission {submission.pk}: {fault}" for fault in _submission_faults(submission)]
    seen = set(Record.objects.filter(visible(Surface.SHARED, at)).values_list("submission_id", flat=True))
    unseen = set(Submission.objects.exclude(state="closed").values_list("id", flat=True))
    if seen & unseen:
        faults.append(f"rows of open submissions are shown: {sorted(seen & unseen)}")
    return faults


def _submission_faults(submission: Submission) -> list[str]:
    counts = counts_of(submission)
    faults = [] if counts.add_up else [f"{counts} do not add up"]
    if submission.resume_point != counts.rows:
        faults.append(f"resumes at {submission.resume_point} after {counts.rows} rows")
    versions = sum(model.objects.filter(submission_id=submission.pk).count() for model in (Record, RecordVersion))
    written = counts.accepted + counts.updated - counts.unchanged
    decided = QuarantinedRow.objects.filter(submission=submission, record_id__isnull=False).count()  # became versions later
    if submission.state not in {"returned", "refused"} and not written <= versions <= written + decided:
        faults.append(f"{written} rows counted as written and {decided} decided, {versions} versions there")
    rejected = RejectedRow.objects.filter(submission=submission).count()
    if rejected != counts.rejected:
        faults.append(f"{counts.rejected} rows counted as rejected, {rejected} there")
    waiting = QuarantinedRow.objects.filter(submission=submission).count()
    if waiting > counts.quarantined:  # fewer: the same words wait already, from an earlier hand-in
        faults.append(f"{counts.quarantined} rows counted as quarantined, {waiting} there")
    return faults
