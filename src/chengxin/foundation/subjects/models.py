"""信用主体的表。Judgements are added, never overwritten; ``canonical_id`` is derived from the live ones.

The index for search by name part is made by a migration, per database (see :mod:`.name_index`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from chengxin.storage.fields import RowNumberField


class Subject(models.Model):
    """信用主体。``code`` is empty for those not (yet) known by a unified social credit code."""

    id = RowNumberField(primary_key=True)  # sequence subjects_subject
    code = models.CharField(max_length=18, null=True)
    kind = models.SmallIntegerField()  # subjects.types.SubjectKind
    name = models.CharField(max_length=200)
    search_key = models.CharField(max_length=200, default="", db_default="")  # engine.names.search_key; "" for natural persons
    division = models.CharField(max_length=6, default="", db_default="")
    industry = models.CharField(max_length=6, default="", db_default="")
    state = models.CharField(max_length=8, default="", db_default="")  # operating state of the registry
    in_registry = models.BooleanField(default=False, db_default=False)
    person = models.BinaryField(max_length=32, null=True)  # blind index of a natural person's ID number
    canonical_id = models.BigIntegerField()  # itself, or the subject it was judged to be
    opened_at = models.BigIntegerField()
    content_id = models.BigIntegerField()  # entry that says what is known now (opening, registry basics)

    class Meta:
        constraints = [
            # The operator class lets PostgreSQL answer prefixes from the same index, whatever the collation; SQLite has no use for it.
            models.UniqueConstraint(fields=["code"], name="subjects_code_once", opclasses=["varchar_pattern_ops"]),
            models.UniqueConstraint(fields=["person"], name="subjects_person_once", condition=Q(person__isnull=False)),
            models.CheckConstraint(condition=Q(kind__gte=1, kind__lte=5), name="subjects_kind"),
        ]
        indexes = [models.Index(fields=["canonical_id"], name="subjects_merged", condition=~Q(canonical_id=F("id")))]


class SubjectIdentifier(models.Model):
    """其他号码：a number or name recorded as the same subject's, with the entry that says so."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="identifiers", db_constraint=False)
    kind = models.CharField(max_length=24)  # subjects.types.IdentifierKind
    value = models.CharField(max_length=200)
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value", "subject"],
                name="subjects_identifier_once",
                opclasses=["varchar_pattern_ops", "varchar_pattern_ops", "int8_ops"],
            )
        ]


class SubjectOffice(models.Model):
    """在任责任人：a person in an office of the subject. ID numbers are sealed."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="offices", db_constraint=False)
    office = models.CharField(max_length=40)  # subjects.types.Office
    name = models.CharField(max_length=60)
    person = models.BinaryField(max_length=32, null=True)  # blind index
    valid_from = models.BigIntegerField()
    valid_until = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="subjects_office_person", condition=Q(person__isnull=False))]


class CandidatePair(models.Model):
    """待判对：two things that may be the same subject, with explained features, for a person to judge."""

    left_id = models.BigIntegerField()  # subject; 0 when the left side is a quarantined row
    right_id = models.BigIntegerField()  # subject; left_id < right_id
    quarantined_row_id = models.BigIntegerField(null=True)  # null: two subjects
    features = models.JSONField()  # list of matching.Feature as objects
    score = models.IntegerField()  # 0–1000, sorts the queue, decides nothing
    proposed_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["left_id", "right_id"], name="subjects_pair_once", condition=Q(quarantined_row_id__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["quarantined_row_id", "right_id"], name="subjects_row_pair_once", condition=Q(quarantined_row_id__isnull=False)
            ),
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="subjects_pair_in_order"),
        ]
        indexes = [models.Index(fields=["-score", "id"], name="subjects_pair_queue")]


class Judgement(models.Model):
    """判定：same, different, unsure or retracted; a later one about the same pair replaces it in effect, never in the table."""

    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField(db_index=True)
    verdict = models.CharField(max_length=12)  # subjects.types.Verdict
    because = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="subjects_judgement_in_order"),
            models.CheckConstraint(condition=Q(verdict__in=["same", "different", "unsure", "retracted"]), name="subjects_verdict"),
        ]
        indexes = [models.Index(fields=["left_id", "right_id", "id"], name="subjects_judgement_pair")]
