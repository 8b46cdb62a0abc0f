"""评价的表。A run is its manifest; the grades of the newest run of a model are kept beside, for lists and tiers. Results lie in files."""

from __future__ import annotations

from django.db import models


class EvaluationRun(models.Model):
    """一次评价：who was graded by which method, from which facts, with which result. Appended only."""

    id = models.BigAutoField(primary_key=True)
    model = models.CharField(max_length=64)
    as_of = models.DateField()
    known_at = models.BigIntegerField()
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)
    policy = models.CharField(max_length=64)  # digest of the adopted set
    engine = models.CharField(max_length=100)
    root = models.CharField(max_length=64)  # RFC 6962 root over the subjects' lines
    manifest = models.JSONField()
    content_id = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["model", "-id"], name="evaluation_run_newest")]


class EvaluationGrade(models.Model):
    """当前等级：of the newest run of a model. Derived: another run replaces them."""

    model = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    grade = models.CharField(max_length=1)
    score = models.IntegerField()  # milli-points
    run_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "subject_id"], name="evaluation_grade_once")]
        indexes = [models.Index(fields=["model", "grade", "subject_id"], name="evaluation_grade_list")]


class RegisteredAgency(models.Model):
    """登记的评价机构：whose signed results are taken in. Proposed by one person, approved by another."""

    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)  # types.EvaluationKind: industry | market
    scale = models.JSONField()  # [grade, title], best first
    basis = models.CharField(max_length=200, default="")  # the filing or the contract by which it may hand in
    proposed_by = models.CharField(max_length=150, default="")
    proposed_at = models.BigIntegerField(default=0)
    registered_by = models.CharField(max_length=150, default="")
    registered_at = models.BigIntegerField(null=True)  # null: waits for the second person
    ended_at = models.BigIntegerField(null=True)
    ended_because = models.CharField(max_length=200, default="")
    content_id = models.BigIntegerField()


class AgencyKey(models.Model):
    """评价机构的公钥 (Ed25519). In force from the second person's approval until it is ended."""

    agency_id = models.BigIntegerField(db_index=True)
    public_key = models.CharField(max_length=64, unique=True)  # hex
    proposed_by = models.CharField(max_length=150)
    proposed_at = models.BigIntegerField()
    valid_from = models.BigIntegerField(null=True)
    valid_until = models.BigIntegerField(null=True)
    content_id = models.BigIntegerField()


class ExternalFile(models.Model):
    """接收的评价文件。``agency_id`` 0: the national result, which has no signature and waits for a second person."""

    agency_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)  # of the file, which lies in the vault
    file_name = models.CharField(max_length=255)
    made_on = models.DateField()
    method = models.CharField(max_length=200)
    key_id = models.BigIntegerField(null=True)
    rows = models.IntegerField()
    accepted = models.IntegerField()
    faults = models.JSONField()  # external_checks.Fault, the first thousand
    received_at = models.BigIntegerField()
    received_by = models.CharField(max_length=150)
    taken_at = models.BigIntegerField(null=True)  # null: waits, or was sent back
    settled_by = models.CharField(max_length=150, default="")
    returned_because = models.CharField(max_length=500, default="")
    content_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency_id", "sequence"], name="evaluation_external_file_once")]


class ExternalEvaluation(models.Model):
    """外来的评价结果, as it came: never mixed with the city's own. A later one of the same agency replaces it in effect."""

    agency_id = models.BigIntegerField()  # 0: the national result
    subject_id = models.BigIntegerField()
    grade = models.CharField(max_length=16)  # "" for one that the agency took back
    method = models.CharField(max_length=200)
    evaluated_on = models.DateField()
    valid_until = models.DateField(null=True)  # null: the file says none
    received_at = models.BigIntegerField()
    file_id = models.BigIntegerField(default=0)
    content_id = models.BigIntegerField()  # its own entry

    class Meta:
        indexes = [models.Index(fields=["subject_id", "agency_id", "-id"], name="evaluation_external_subject")]


class ReviewRequest(models.Model):
    """请求人工复核：a subject asks that a person look at its grade again; the credit office answers. No machine decides."""

    subject_id = models.BigIntegerField(db_index=True)
    model = models.CharField(max_length=64)
    run_id = models.BigIntegerField(null=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.BigIntegerField()
    because = models.CharField(max_length=1000)
    content_id = models.BigIntegerField()
    answered_by = models.CharField(max_length=150, default="")
    answered_at = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=1000, default="")
    answer_content_id = models.BigIntegerField(null=True)
