"""更正告知的表。A retraction says, signed, that a record must no longer be used; whoever had received it owes a receipt."""

from __future__ import annotations

from django.db import models


class Retraction(models.Model):
    """更正告知：what was changed about a record and why, signed by the log's key. Appended only."""

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField(db_index=True)
    version = models.SmallIntegerField()
    verb = models.CharField(max_length=16)  # records.types.ActVerb: withdrawn | restored | corrected | erased
    because = models.CharField(max_length=500)
    at = models.BigIntegerField()
    text = models.TextField()  # what is signed
    signature = models.CharField(max_length=400)  # a signature line of a signed note
    content_id = models.BigIntegerField(unique=True)


class RetractionReceipt(models.Model):
    """回执：one recipient of a retraction; ``confirmed_at`` when it said that it stopped using the record."""

    id = models.BigAutoField(primary_key=True)
    retraction = models.ForeignKey(Retraction, on_delete=models.PROTECT, related_name="receipts")
    recipient = models.CharField(max_length=80)
    channels = models.CharField(max_length=80)
    first_at = models.BigIntegerField()  # when it first received the record
    confirmed_at = models.BigIntegerField(null=True)
    confirmed_by = models.CharField(max_length=150, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["retraction", "recipient"], name="remedies_one_receipt")]
        indexes = [
            models.Index(fields=["recipient", "id"], name="remedies_recipient"),
            models.Index(fields=["id"], condition=models.Q(confirmed_at=None), name="remedies_unconfirmed"),
        ]
