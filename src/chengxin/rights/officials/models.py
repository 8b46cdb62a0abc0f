"""公务员记录的表。No name, no number and no document number stands here: sealed values lie beside their entries (access.SealedIndex)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chengxin.access.models import Account, Department
from chengxin.rights.officials.types import Ending


class OfficialRecord(models.Model):
    """一条公务员政务诚信记录：a decision that a competent organ has made. Handed in by one person, confirmed by another of the same
    authority; what ends it is a later entry."""

    id = models.BigAutoField(primary_key=True)
    authority = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)  # code table official_record_kind
    organ = models.CharField(max_length=200)
    clause = models.CharField(max_length=400)
    decided_on = models.DateField()
    delivered_on = models.DateField(null=True)
    delivery_method = models.CharField(max_length=100, default="")
    delivery_proof = models.CharField(max_length=64, default="")  # SHA-256 of a file in the vault
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="corrections")
    handed_in_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    handed_in_at = models.BigIntegerField()
    content_id = models.BigIntegerField(unique=True)
    settled_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.BigIntegerField(null=True)
    accepted = models.BooleanField(null=True)
    because = models.CharField(max_length=400, default="")  # of a record that was sent back
    settled_content_id = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)
    ending = models.CharField(max_length=12, default="")
    ended_because = models.CharField(max_length=500, default="")
    ended_content_id = models.BigIntegerField(null=True)
    forgotten_at = models.BigIntegerField(null=True)  # its content is erased

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(settled_by=None) | ~Q(settled_by=F("handed_in_by")), name="officials_two_people"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(accepted=True), name="officials_only_accepted_end"),
            models.CheckConstraint(condition=Q(ending="") | Q(ending__in=[each.value for each in Ending]), name="officials_ending"),
        ]
        indexes = [models.Index(fields=["authority", "-id"], name="officials_authority")]


class OwnIdentity(models.Model):
    """本人登记：an account is a person's own. Only a keyed hash of the number is kept; ending is a new entry."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=64)  # hexadecimal
    reference = models.CharField(max_length=200)  # the document that was seen
    registered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")  # null: by command
    registered_at = models.BigIntegerField()
    content_id = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    ended_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(ended_at=None), name="officials_account_once"),
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="officials_person_once"),
        ]


class Answered(models.Model):
    """答复过谁：one row for each record that stood in an answer, so that what becomes of it is told."""

    record = models.ForeignKey(OfficialRecord, on_delete=models.PROTECT, related_name="answers")
    recipient = models.CharField(max_length=160)  # account:<number>, department:<code>
    office = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=200)
    at = models.BigIntegerField()
