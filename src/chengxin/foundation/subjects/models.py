"""信用主体的表。Judgements are added, never overwritten; ``canonical_id`` is derived from the live ones."""

from __future__ import annotations

from django.db import models


class Subject(models.Model):
    """信用主体。``code`` is empty for those not (yet) known by a unified social credit code."""

    id = models.BigIntegerField(primary_key=True)
    code = models.CharField(max_length=18, unique=True, null=True)
    kind = models.SmallIntegerField()  # subjects.types.SubjectKind
    name = models.CharField(max_length=200)
    division = models.CharField(max_length=6, default="")
    industry = models.CharField(max_length=6, default="")
    state = models.CharField(max_length=8, default="")  # operating state of the registry
    in_registry = models.BooleanField(default=False)
    person = models.BinaryField(max_length=32, null=True, unique=True)  # blind index of a natural person's ID number
    canonical_id = models.BigIntegerField(db_index=True)  # itself, or the subject it was judged to be
    opened_at = models.BigIntegerField()
    content_id = models.BigIntegerField()  # entry that says what is known now (opening, registry basics)


class SubjectIdentifier(models.Model):
    """其他号码：a number recorded as the same subject's, with the entry that says so."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="identifiers", db_constraint=False)
    kind = models.CharField(max_length=24)  # registration_number | organization_code | tax_number | institution_number | society_number | former_name
    value = models.CharField(max_length=64)
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value", "subject"], name="subjects_identifier_once")]


class SubjectOffice(models.Model):
    """在任责任人：a person in an office of the subject. ID numbers are sealed."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="offices", db_constraint=False)
    office = models.CharField(max_length=40)  # legal_representative | principal | actual_controller
    name = models.CharField(max_length=60)
    person = models.BinaryField(max_length=32, null=True, db_index=True)  # blind index
    valid_from = models.BigIntegerField()
    valid_until = models.BigIntegerField()
    content_id = models.BigIntegerField()


class CandidatePair(models.Model):
    """待判对：two things that may be the same subject, with explained features, for a person to judge."""

    left_id = models.BigIntegerField()  # subject
    right_id = models.BigIntegerField()  # subject
    quarantined_row_id = models.BigIntegerField(null=True, db_index=True)  # when the left side is a quarantined row: left_id = 0
    features = models.JSONField()
    score = models.IntegerField()  # 0–1000, sorts the queue, decides nothing
    proposed_at = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["left_id", "right_id", "quarantined_row_id"], name="subjects_pair_once")]


class Judgement(models.Model):
    """判定：same, different or unsure; a later one about the same pair replaces it in effect, never in the table."""

    left_id = models.BigIntegerField(db_index=True)
    right_id = models.BigIntegerField(db_index=True)
    verdict = models.CharField(max_length=12)  # same | different | unsure
    because = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    at = models.BigIntegerField()
    content_id = models.BigIntegerField()
