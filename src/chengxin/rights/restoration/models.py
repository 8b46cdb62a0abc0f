"""信用修复的表。What was decided elsewhere, what came of it here, and what differs until somebody has worked it off."""

from __future__ import annotations

from django.db import models


class UpstreamResult(models.Model):
    """别处的修复决定 and what came of it here. ``outcome`` changes when a record arrives that it fits; each time is an entry."""

    id = models.BigAutoField(primary_key=True)
    result_record_id = models.BigIntegerField(unique=True)  # the record of the item restoration_result
    item = models.SmallIntegerField()  # of what is restored
    subject_id = models.BigIntegerField()  # canonical then
    document_number = models.CharField(max_length=128)  # of what is restored
    spelt = models.CharField(max_length=128)  # the same in one spelling
    authority_name = models.CharField(max_length=200)  # who had decided that, as the result says
    decision_number = models.CharField(max_length=128)
    decided_on = models.DateField()
    decided_by = models.CharField(max_length=200)
    source_id = models.IntegerField()  # access.Department that handed it in
    outcome = models.CharField(max_length=16)  # upstream.Outcome
    record_id = models.BigIntegerField(null=True)  # what it was found to be about
    at = models.BigIntegerField()  # when that was found
    content_id = models.BigIntegerField(unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "item"], condition=models.Q(record_id=None), name="restoration_unmatched"),
            models.Index(fields=["record_id"], name="restoration_result_record"),
        ]


class Difference(models.Model):
    """差异 between here and upstream. Open until it is settled; what it is about never changes."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=20)  # differences.Kind
    subject_id = models.BigIntegerField()
    record_id = models.BigIntegerField(null=True)
    result = models.ForeignKey(UpstreamResult, null=True, on_delete=models.PROTECT, related_name="differences")
    sentence = models.CharField(max_length=500)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField(unique=True)
    settled = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "result"], condition=models.Q(record_id=None), name="restoration_difference_of_result"),
            models.UniqueConstraint(
                fields=["kind", "record_id"], condition=models.Q(record_id__isnull=False), name="restoration_difference_of_record"
            ),
        ]
        indexes = [models.Index(fields=["settled", "-id"], name="restoration_open_differences")]


class DifferenceSettled(models.Model):
    """核对结果：by whom, why. One for each difference."""

    difference = models.OneToOneField(Difference, on_delete=models.PROTECT, related_name="settlement")
    because = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField(unique=True)
