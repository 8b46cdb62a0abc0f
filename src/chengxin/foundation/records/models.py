"""信用记录的表。Thin: only what is queried; the rest is read from the ledger content.

A record's columns describe its current version and the standing known now. Every surface is a half-open period of instants;
never = both 0 (ADR 0002).
"""

from __future__ import annotations

from django.db import models

from chengxin.storage.fields import RowNumberField

SURFACES = ("public", "shared", "counted", "effective")


class VersionColumns(models.Model):
    """What the current version (in ``Record``) and the others (in ``RecordVersion``) have in common."""

    subject_id = models.BigIntegerField()
    document_number = models.CharField(max_length=128)
    decided_on = models.DateField()
    received_at = models.BigIntegerField()
    due_on = models.DateField(null=True)  # last working day for handing in; null: no clock
    due_provisional = models.BooleanField(default=False)
    severity = models.SmallIntegerField(default=0)  # records.types.SeverityCode; 0: the item has no classes
    severity_provisional = models.BooleanField(default=False)
    act_outcome = models.SmallIntegerField(default=0)  # policy.types.Outcome: how an inspection or a promise went; 0: the item has none
    source_class = models.SmallIntegerField()
    version = models.SmallIntegerField()
    content_id = models.BigIntegerField()
    fingerprint = models.BinaryField(max_length=16)  # keyed hash of the facts: an equal row is known without reading its content
    submission_id = models.BigIntegerField()
    public_from = models.BigIntegerField()
    public_until = models.BigIntegerField()
    shared_from = models.BigIntegerField()
    shared_until = models.BigIntegerField()
    counted_from = models.BigIntegerField()
    counted_until = models.BigIntegerField()
    effective_from = models.BigIntegerField()
    effective_until = models.BigIntegerField()
    because = models.SmallIntegerField()  # records.types.Because: reason of the public period

    class Meta:
        abstract = True


class Record(VersionColumns):
    """信用记录：what one document says of one subject under one catalogue item."""

    id = RowNumberField(primary_key=True)  # sequence records_record
    item = models.SmallIntegerField()  # CatalogueItem.number
    authority_id = models.IntegerField()  # access.Department that decided
    business_key = models.BinaryField(max_length=16, unique=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_id"], name="records_subject"),
            models.Index(fields=["item", "-decided_on", "-id"], name="records_item_decided"),
            models.Index(fields=["document_number"], name="records_document_number"),
            models.Index(fields=["authority_id", "item", "-decided_on", "-id"], name="records_authority_decided"),
            models.Index(fields=["submission_id", "id"], name="records_submission"),
            models.Index(fields=["public_until", "id"], name="records_public_until"),
        ]


class RecordVersion(VersionColumns):
    """其他版本：pending (its submission is not closed yet) or superseded."""

    record_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_id", "version"], name="records_version_once")]
        indexes = [models.Index(fields=["submission_id"], name="records_version_submission")]


class RecordAct(models.Model):
    """后续行为：what was later done about a record: withdrawn, severity stated, corrected, restored … Appended only."""

    record_id = models.BigIntegerField(db_index=True)
    verb = models.CharField(max_length=32)  # records.types.ActVerb
    effective_at = models.BigIntegerField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)
    because = models.CharField(max_length=500)
    data = models.JSONField(default=dict)
    content_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at", "id"], condition=models.Q(verb="withdrawn"), name="records_act_withdrawn")]


class Hold(models.Model):
    """暂停：a reason to stop showing or counting, with author and end."""

    record_id = models.BigIntegerField(db_index=True)
    surfaces = models.CharField(max_length=60)  # "public,shared"
    because = models.CharField(max_length=500)
    clause = models.CharField(max_length=100, default="")
    placed_by = models.CharField(max_length=150)
    from_at = models.BigIntegerField()
    until_at = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()
    ended_content_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["until_at"], name="records_hold_until")]


class StandingHistory(models.Model):
    """从前所知：what was known about a surface's period before it changed. Appended only."""

    record_id = models.BigIntegerField()
    surface = models.CharField(max_length=12)
    from_at = models.BigIntegerField()
    until_at = models.BigIntegerField()
    known_from = models.BigIntegerField()
    known_until = models.BigIntegerField()
    because = models.SmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["record_id", "surface", "known_until"], name="records_standing_known"),
            models.Index(fields=["known_until", "record_id"], name="records_standing_changed"),
        ]


class RecordUse(models.Model):
    """使用：who received which version of which record, by which channel, when. Appended only; a correction finds everybody here."""

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()
    version = models.SmallIntegerField()
    recipient = models.CharField(max_length=80)  # department:<code> | account:<id> | subject:<id> | run:<id>
    channel = models.CharField(max_length=12)  # records.uses.Channel
    at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["record_id", "id"], name="records_use_record")]


class BulkUse(models.Model):
    """成批的使用：everything of an item (0: of all) that was on ``surface`` at ``known_at`` went to somebody. Which records those were,
    their standing says: no row a record."""

    id = models.BigAutoField(primary_key=True)
    item = models.SmallIntegerField()
    surface = models.CharField(max_length=12)
    known_at = models.BigIntegerField()
    recipient = models.CharField(max_length=80)
    channel = models.CharField(max_length=12)
    what = models.CharField(max_length=200)  # the file, the run
    at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["surface", "known_at", "item"], name="records_bulk_use")]
