"""办案的表。One set of tables for every procedure: a case, its steps, the people, the documents, the clocks, and what was told to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Case(models.Model):
    """案件。State changes are compare-and-set on (id, state, version); each is a step."""

    id = models.BigAutoField(primary_key=True)
    procedure = models.CharField(max_length=64)  # id of the policy file
    policy = models.CharField(max_length=64)  # digest of the set under which it was opened
    about_kind = models.CharField(max_length=24)
    about_key = models.CharField(max_length=64)
    title = models.CharField(max_length=300)  # of what it is about, as it was called then
    subject_id = models.BigIntegerField(null=True, db_index=True)
    office_id = models.IntegerField(null=True)  # access.Department that decided what the case is about
    second_office_id = models.IntegerField(null=True)  # one that had no hand in it
    alone = models.BooleanField()  # no second open case about the same thing
    state = models.CharField(max_length=32)
    version = models.IntegerField(default=0)
    opened_at = models.BigIntegerField()
    closed_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "about_kind", "about_key"], condition=Q(closed_at=None, alone=True), name="casework_one_open_case"
            )
        ]
        indexes = [
            models.Index(fields=["about_kind", "about_key"], name="casework_about"),
            models.Index(fields=["office_id", "-id"], name="casework_office"),
            models.Index(fields=["second_office_id", "-id"], name="casework_second_office"),
            models.Index(fields=["id"], condition=Q(closed_at=None), name="casework_open"),
        ]


class CaseStep(models.Model):
    """一步：what was done, by whom, in which part. Appended only; each is one entry of the ledger."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    place = models.IntegerField()  # 0: the opening
    verb = models.CharField(max_length=32)
    from_state = models.CharField(max_length=32, default="")
    to_state = models.CharField(max_length=32)
    part = models.CharField(max_length=32)
    person = models.CharField(max_length=160)
    by = models.CharField(max_length=150)
    office_id = models.IntegerField(null=True)
    agency_id = models.BigIntegerField(null=True)  # access.ServiceAgency in whose name it was taken for the subject
    at = models.BigIntegerField()
    said = models.JSONField(default=dict)
    content_id = models.BigIntegerField(unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "place"], name="casework_one_step_a_place")]
        indexes = [models.Index(fields=["agency_id"], condition=Q(agency_id__isnull=False), name="casework_step_by_agency")]


class CasePerson(models.Model):
    """办案的人：one person plays one part in a case. The database says so, whatever the code does."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="people")
    person = models.CharField(max_length=160)
    part = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="casework_one_part_a_person")]
        indexes = [models.Index(fields=["person", "-case"], name="casework_person")]


class CaseDocument(models.Model):
    """案卷材料, by content; the bytes lie encrypted in the vault."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="documents")
    place = models.IntegerField()  # of the step it came with
    kind = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    person = models.CharField(max_length=160)
    at = models.BigIntegerField()
    agency_id = models.BigIntegerField(null=True)  # access.ServiceAgency that made it, registered for it on the day it came


class CaseDeadline(models.Model):
    """期限 as it is known now. Follows from the steps, the policy and the calendar; a change of the calendar is an entry."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    clock = models.CharField(max_length=40)
    start_place = models.IntegerField()
    start_on = models.DateField()
    due_on = models.DateField()
    provisional = models.BooleanField()
    paused = models.BooleanField(default=False)
    ended_on = models.DateField(null=True)
    level = models.CharField(max_length=8, default="")  # what was last told: "", yellow, red

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "clock", "start_place"], name="casework_one_deadline")]
        indexes = [models.Index(fields=["due_on", "case"], condition=Q(ended_on=None), name="casework_due")]


class Notice(models.Model):
    """通知：what was told to whom. Written with the step it is about, so that a crash loses none; ``sent_at``: handed to the sender."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="notices")
    place = models.IntegerField(default=0)
    to_kind = models.CharField(max_length=16)  # person | subject | office | service_agency | a role of notices.ROLES_TOLD | recipient
    to_key = models.CharField(max_length=160)
    title = models.CharField(max_length=200)
    text = models.CharField(max_length=2000)
    href = models.CharField(max_length=200, default="")
    at = models.BigIntegerField()
    read_at = models.BigIntegerField(null=True)
    read_by = models.CharField(max_length=150, default="")
    sent_at = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["to_kind", "to_key", "-id"], name="casework_notice_inbox"),
            models.Index(fields=["id"], condition=Q(sent_at=None), name="casework_notice_unsent"),
        ]
