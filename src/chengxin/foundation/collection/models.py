"""归集的表。"""

from __future__ import annotations

from django.db import models


class Submission(models.Model):
    """报送：one hand-in. States and verbs in ``states.py``; its rows are visible when it is closed."""

    id = models.BigAutoField(primary_key=True)
    department_id = models.IntegerField()
    key = models.CharField(max_length=200)  # idempotency key; without one, the hash of item and file
    item = models.SmallIntegerField()
    channel = models.CharField(max_length=12)  # types.Channel
    source_class = models.SmallIntegerField()
    file_sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=255)
    file_format = models.CharField(max_length=24, default="")
    file_size = models.BigIntegerField()
    state = models.CharField(max_length=20)  # collection.states.SubmissionState
    version = models.IntegerField(default=0)  # compare-and-set
    received_at = models.BigIntegerField()
    progress_at = models.BigIntegerField()  # last batch; one in ``reading`` that stands still was killed and is resumed
    closed_at = models.BigIntegerField(null=True)
    submitted_by = models.CharField(max_length=150, default="")
    released_by = models.CharField(max_length=150, default="")
    resume_point = models.BigIntegerField(default=0)  # rows written so far
    rows_expected = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    updated = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)  # part of updated
    rejected = models.BigIntegerField(default=0)
    quarantined = models.BigIntegerField(default=0)
    mended = models.BigIntegerField(default=0)  # rows with at least one mend
    late = models.BigIntegerField(default=0)  # rows handed in after their last working day (V07)
    blocked = models.BigIntegerField(default=0)  # rows recorded but not published (V11, V12)
    refusal = models.JSONField(null=True)  # the problem, when the whole file was refused
    content_id = models.BigIntegerField(null=True)  # entry of the receipt (closing)
    opened_content_id = models.BigIntegerField(null=True)
    workbook_sha256 = models.CharField(max_length=64, default="")  # annotated workbook in the vault

    #: Not stored: whether this very call opened it (an idempotent repetition finds it).
    is_new: bool = False

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department_id", "key"], name="collection_key_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["reading", "awaiting_release", "closed", "returned", "refused"]),
                name="collection_submission_state",
            ),
            models.CheckConstraint(
                condition=models.Q(rows=models.F("accepted") + models.F("updated") + models.F("rejected") + models.F("quarantined")),
                name="collection_every_row_has_one_outcome",
            ),
            models.CheckConstraint(condition=models.Q(unchanged__lte=models.F("updated")), name="collection_unchanged_is_updated"),
            models.CheckConstraint(condition=models.Q(rows=models.F("resume_point")), name="collection_resume_point_is_rows"),
        ]
        indexes = [
            models.Index(fields=["department_id", "-received_at"], name="collection_by_department"),
            models.Index(fields=["closed_at", "id"], name="collection_closed"),
            models.Index(fields=["id"], condition=~models.Q(state="closed"), name="collection_not_closed"),
        ]


class RowRemark(models.Model):
    """行内说明：a fault, a warning or a mend in one cell. Values of sealed fields are masked."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="remarks")
    level = models.CharField(max_length=8)  # error | warning | mended
    sheet = models.CharField(max_length=100)
    row = models.BigIntegerField()  # as in the file, 1-based, header included
    field = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    rule = models.CharField(max_length=60)  # id of the rule: its sentence, clause and mend are read from the rule
    detail = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [models.Index(fields=["submission", "row"], name="collection_remark_row")]


class RejectedRow(models.Model):
    """退回行：one line per rejected row, to count it against its office and to see whether it came back. Its faults are remarks."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="rejections")
    item = models.SmallIntegerField()
    authority_id = models.IntegerField()  # as far as it could be told, else the department that handed it in
    sheet = models.CharField(max_length=100)
    row = models.BigIntegerField()
    document_number = models.CharField(max_length=128, default="")
    decided_on = models.DateField(null=True)
    due_on = models.DateField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["submission", "row"], name="collection_rejected_row"),
            models.Index(fields=["authority_id", "item", "decided_on"], name="collection_rejected_office"),
        ]


class QuarantinedRow(models.Model):
    """待甄别行：every rule holds, but a person must say whose row it is. Kept, clock running, never shown."""

    id = models.BigIntegerField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="quarantine")
    item = models.SmallIntegerField()
    authority_id = models.IntegerField()
    sheet = models.CharField(max_length=100)
    row = models.BigIntegerField()
    reason = models.CharField(max_length=40)  # collection.types.QuarantineReason
    decided_on = models.DateField()
    due_on = models.DateField(null=True)
    business_key = models.BinaryField(max_length=16)  # over the identity as handed in: there is no subject yet
    fingerprint = models.BinaryField(max_length=16)
    content_id = models.BigIntegerField()
    decided_at = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=150, default="")
    decision = models.CharField(max_length=20, default="")  # linked | opened | returned
    record_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business_key", "fingerprint"], condition=models.Q(decided_at__isnull=True), name="collection_quarantined_once"
            ),
        ]
        indexes = [
            models.Index(fields=["authority_id", "item"], name="collection_quarantine_office"),
            models.Index(fields=["business_key"], name="collection_quarantine_key"),
        ]
