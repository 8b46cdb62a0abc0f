"""风险预警的表。A warning is raised once for a rule, a subject and a cause; what was answered is added, never changed."""

from __future__ import annotations

from django.db import models


class WarningRun(models.Model):
    """一次预警：when the rules were held against the records, and what came of it. Appended only."""

    id = models.BigAutoField(primary_key=True)
    at = models.BigIntegerField()
    by = models.CharField(max_length=150)
    policy = models.CharField(max_length=64)  # digest of the adopted set
    found = models.BigIntegerField()  # what the rules point at, known before or not
    raised = models.BigIntegerField()  # of these new
    by_rule = models.JSONField()  # rule → raised
    root = models.CharField(max_length=64)  # RFC 6962 root over the raised warnings' lines
    content_id = models.BigIntegerField(unique=True)


class RiskWarning(models.Model):
    """一条预警。``cause`` names the records (or subjects) that are the reason: the same reason warns once."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(WarningRun, on_delete=models.PROTECT, related_name="warnings")
    rule = models.CharField(max_length=64)  # id of the policy file
    subject_id = models.BigIntegerField(db_index=True)  # canonical
    cause = models.CharField(max_length=200)
    because = models.CharField(max_length=500)  # the reason in words, without any person's name
    records = models.JSONField()  # record ids, newest first
    related = models.JSONField()  # other subjects that belong to the reason, canonical ids
    office_id = models.IntegerField()  # access.Department whose inbox it is in; 0: the credit office's
    raised_at = models.BigIntegerField()
    outcome = models.CharField(max_length=12, default="")  # warnings.types.WarningOutcome; "": open

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "subject_id", "cause"], name="warnings_once")]
        indexes = [
            models.Index(fields=["office_id", "outcome", "-id"], name="warnings_inbox"),
            models.Index(fields=["rule", "outcome", "-id"], name="warnings_by_rule"),
        ]


class WarningAnswer(models.Model):
    """一次签收处理：what a person found or did about a warning, and why. Appended only."""

    warning = models.ForeignKey(RiskWarning, on_delete=models.PROTECT, related_name="answers")
    outcome = models.CharField(max_length=12)
    because = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    office_id = models.IntegerField()  # of the person
    to_office_id = models.IntegerField(default=0)  # whose inbox it went to, where it was passed on
    at = models.BigIntegerField()
    content_id = models.BigIntegerField(unique=True)
