"""公开时限的统计表：counted when a submission closes, rebuilt from the records at any time."""

from __future__ import annotations

from django.db import models


class TimelinessCount(models.Model):
    """及时率：acts of one office, item and month (of the decision)."""

    authority_id = models.IntegerField()
    item = models.SmallIntegerField()
    month = models.CharField(max_length=7)  # 2026-04
    on_time = models.BigIntegerField(default=0)
    late = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority_id", "item", "month"], name="disclosure_count_once")]


class OutstandingAct(models.Model):
    """已知未在案的一件：an act that somebody handed in, that went back or waits, and that is not on record. Settled ones stay."""

    authority_id = models.IntegerField()
    item = models.SmallIntegerField()
    month = models.CharField(max_length=7)  # of the decision
    document_number = models.CharField(max_length=128)  # "" where the row had none
    number_key = models.CharField(max_length=128)  # its one spelling: width, spaces and brackets say nothing
    decided_on = models.DateField()
    due_on = models.DateField(null=True)  # null: no clock ran on the day of the decision
    due_provisional = models.BooleanField(default=False)
    reason = models.CharField(max_length=12)  # disclosure.types.OutstandingReason
    submission_id = models.BigIntegerField()
    sheet = models.CharField(max_length=100, default="")
    row = models.BigIntegerField()  # 0: a row of a submission that was returned as a whole
    quarantined_row_id = models.BigIntegerField(null=True, unique=True)
    settled_at = models.BigIntegerField(null=True)
    settled_by = models.CharField(max_length=8, default="")  # record | decided | closed | erased

    class Meta:
        constraints = [
            models.UniqueConstraint(  # sent twice, refused twice: one act
                fields=["item", "number_key", "authority_id"],
                condition=models.Q(settled_at__isnull=True, quarantined_row_id__isnull=True) & ~models.Q(number_key=""),
                name="disclosure_outstanding_once",
            )
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=models.Q(settled_at__isnull=True), name="disclosure_outstanding_due"),
            models.Index(
                fields=["authority_id", "due_on", "id"], condition=models.Q(settled_at__isnull=True), name="disclosure_outstanding_office"
            ),
            models.Index(
                fields=["authority_id", "item", "month", "due_on"],
                condition=models.Q(settled_at__isnull=True),
                name="disclosure_outstanding_counted",
            ),
            models.Index(fields=["item", "number_key"], condition=~models.Q(number_key=""), name="disclosure_outstanding_number"),
        ]


class OutstandingCount(models.Model):
    """未在案的计数：how many acts of an office, item and month with this last day are not on record. Counted anew whenever one changes."""

    authority_id = models.IntegerField()
    item = models.SmallIntegerField()
    month = models.CharField(max_length=7)
    due_on = models.DateField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority_id", "item", "month", "due_on"], name="disclosure_outstanding_count_once")
        ]


class OutstandingStep(models.Model):
    """结案的一步：somebody of the office asked to close an act that will not come back, with a reason; another one agreed or not."""

    outstanding = models.ForeignKey(OutstandingAct, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=8)  # disclosure.types.ClosingVerb
    because = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField(unique=True)

    class Meta:
        indexes = [models.Index(fields=["verb", "-at", "-id"], name="disclosure_step_newest")]
