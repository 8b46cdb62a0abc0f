"""部门、账户、密钥封存的表。"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q

from chengxin.access.models_of_agencies import AgencyPerson, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.types import MandateKind

__all__ = [
    "Account", "AgencyPerson", "Alarm", "Delegation", "Department", "DepartmentToken", "FailedSignIn", "LinkedIdentity", "Mandate",
    "PasswordSet", "Read", "ReadDelay", "ReadQuestion", "SealedIndex", "ServiceAgency", "VaultFile",
]  # fmt: skip


class Department(models.Model):
    """部门：an office of the government; a county's offices are parts of the same tree."""

    code = models.CharField(max_length=18, unique=True)  # its unified social credit code
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, default="")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="subordinates")
    division = models.CharField(max_length=6, default="")
    kind = models.CharField(max_length=40, default="")  # word used by policies/powers.yaml
    opened_at = models.BigIntegerField()
    closed_at = models.BigIntegerField(null=True)


class Delegation(models.Model):
    """委托：``delegate`` may hand in ``item`` on behalf of ``principal``."""

    principal = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="delegations_held")
    item = models.CharField(max_length=64)
    reference = models.CharField(max_length=200)  # document that delegates
    valid_from = models.BigIntegerField()
    valid_until = models.BigIntegerField()


class Account(AbstractUser):
    """账户：one person, one department, one role. A firm's account has no department: nobody is office and firm at once."""

    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="accounts")
    role = models.CharField(max_length=32)  # access.roles.Role
    revoked_at = models.BigIntegerField(null=True)

    class Meta(AbstractUser.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=~Q(role=Role.ENTERPRISE.value) | Q(department=None), name="access_firm_has_no_department")
        ]


class Mandate(models.Model):
    """授权：an account may act for a subject, within scope and term. ``subject_id`` belongs to a later section, which this one does not
    know. Ending is a new entry; what was done under it stays done."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="mandates")
    subject_id = models.BigIntegerField()
    kind = models.CharField(max_length=24)  # access.types.MandateKind
    agency = models.ForeignKey("access.ServiceAgency", null=True, on_delete=models.PROTECT, related_name="mandates")
    scopes = models.CharField(max_length=120)  # access.types.Scope, commas between, in the order of the enumeration
    reference = models.CharField(max_length=200)  # the document
    valid_from = models.BigIntegerField()
    valid_until = models.BigIntegerField()
    granted_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="mandates_granted")  # null: by command
    content_id = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    ended_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_until")), name="access_mandate_has_a_term"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in MandateKind]), name="access_mandate_kind"),
            models.CheckConstraint(
                condition=Q(kind=MandateKind.SERVICE_AGENCY.value, agency__isnull=False)
                | Q(agency=None) & ~Q(kind=MandateKind.SERVICE_AGENCY.value),
                name="access_mandate_of_agency",
            ),
        ]
        indexes = [models.Index(fields=["subject_id"], name="access_mandate_subject")]


class DepartmentToken(models.Model):
    """部门令牌：only its hash is kept."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    created_at = models.BigIntegerField()
    revoked_at = models.BigIntegerField(null=True)


class PasswordSet(models.Model):
    """用过的口令：the hash of each, to recognise it and to know its age."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="passwords_set")
    encoded = models.CharField(max_length=128)
    set_at = models.BigIntegerField()


class LinkedIdentity(models.Model):
    """统一身份的绑定：a person as the city's identity provider knows them, by keyed hash. Ending is a new entry."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identities")
    provider = models.CharField(max_length=60)
    blind = models.CharField(max_length=64)  # hexadecimal
    linked_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="identities_linked")  # null: by command
    linked_at = models.BigIntegerField()
    content_id = models.BigIntegerField()
    ended_at = models.BigIntegerField(null=True)
    ended_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "blind"], condition=Q(ended_at=None), name="access_identity_once"),
        ]


class FailedSignIn(models.Model):
    """登录失败，以及没有账户的人凭码查询失败、提交投诉的次数：keyed hashes of what was tried and of where (an address, or a device
    known), to slow down who guesses or floods."""

    who = models.BinaryField(max_length=32)
    where = models.BinaryField(max_length=32)
    at = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["who", "at"], name="access_failed_who"),
            models.Index(fields=["where", "at"], name="access_failed_where"),
        ]


class VaultFile(models.Model):
    """原始文件：content-addressed, encrypted with a key of its own; destroying the key destroys the file, the hash stays."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    place = models.CharField(max_length=120)  # under CHENGXIN_HOME/vault
    wrapped_key = models.BinaryField(null=True)
    key_id = models.CharField(max_length=24)
    stored_at = models.BigIntegerField()
    destroyed_at = models.BigIntegerField(null=True)
    destroyed_because = models.CharField(max_length=200, default="")


class SealedIndex(models.Model):
    """盲索引和密文：finds the rows that hold a sealed value without opening any; the entry holds only the hash of the box."""

    blind = models.BinaryField(max_length=32, db_index=True)
    key_id = models.CharField(max_length=24)
    content_id = models.BigIntegerField(db_index=True)
    field = models.CharField(max_length=40)
    box = models.TextField(null=True)  # access.sealing; null once the content is erased


class Read(models.Model):
    """查看留痕：one row for every read of what is not public by anyone inside, committed before the answer; leaves follow by the
    sequencer. Appended only."""

    at = models.BigIntegerField()
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, db_index=False, related_name="reads")  # null: a token
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, db_index=False, related_name="reads")
    role = models.CharField(max_length=32)  # at that moment; "token" for a department's system
    purpose = models.CharField(max_length=200)
    matter = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)  # access.ports.kinds
    key = models.CharField(max_length=200)
    subject_id = models.BigIntegerField(null=True)  # of a later section
    what = models.CharField(max_length=200)
    leaf_content_id = models.BigIntegerField(null=True)  # in the reads log
    main_content_id = models.BigIntegerField(null=True)  # in the main log: reads of before there was a reads log

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(leaf_content_id=None, main_content_id=None), name="access_read_leafless"),
            models.Index(fields=["subject_id", "-id"], condition=Q(subject_id__isnull=False), name="access_read_subject"),
            models.Index(fields=["kind", "key"], condition=Q(subject_id=None), name="access_read_thing"),
            models.Index(fields=["account", "-id"], name="access_read_account"),
            models.Index(fields=["at"], name="access_read_at"),
        ]


class ReadDelay(models.Model):
    """暂缓告知：lines of one department about one subject in one matter are shown to the subject later. Asked by one person, granted by
    another; nothing is ever taken away, and the subject is told how many lines wait."""

    subject_id = models.BigIntegerField(db_index=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="read_delays")
    matter = models.CharField(max_length=200)
    basis = models.CharField(max_length=400)  # the clause that allows it
    authority = models.CharField(max_length=200)  # who ordered it, and by which document
    until_at = models.BigIntegerField()
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="delays_asked")
    asked_at = models.BigIntegerField()
    content_id = models.BigIntegerField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="delays_decided")
    decided_at = models.BigIntegerField(null=True)
    granted = models.BooleanField(null=True)
    because = models.CharField(max_length=400, default="")
    decided_content_id = models.BigIntegerField(null=True)
    ended_at = models.BigIntegerField(null=True)  # before its time
    ended_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="access_delay_two_people"),
            models.CheckConstraint(condition=Q(asked_at__lt=F("until_at")), name="access_delay_ends"),
        ]


class ReadQuestion(models.Model):
    """查问：the subject asks why somebody looked; one who did not look answers."""

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="questions")
    subject_id = models.BigIntegerField(db_index=True)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="read_questions")
    asked_at = models.BigIntegerField()
    because = models.CharField(max_length=1000)
    content_id = models.BigIntegerField()
    answered_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="read_answers")
    answered_at = models.BigIntegerField(null=True)
    justified = models.BooleanField(null=True)
    answer = models.CharField(max_length=1000, default="")
    answer_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["read", "subject_id"], condition=Q(answered_at=None), name="access_question_open_once"),
            models.CheckConstraint(condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="access_question_two_people"),
        ]


class Alarm(models.Model):
    """警报：something that a person must look at. ``key`` says what it is about; the same is told once."""

    kind = models.CharField(max_length=24)  # access.alarms.AlarmKind
    key = models.CharField(max_length=200, unique=True)
    at = models.BigIntegerField()
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="alarms")  # whose conduct it is about
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="alarms")
    sentence = models.CharField(max_length=600)
    content_id = models.BigIntegerField(null=True)  # null: the log refused to grow
    settled_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="alarms_settled")
    settled_at = models.BigIntegerField(null=True)
    words = models.CharField(max_length=1000, default="")
    settled_content_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_by=None) | Q(account=None) | ~Q(settled_by=F("account")), name="access_alarm_not_own"
            )
        ]
        indexes = [models.Index(fields=["id"], condition=Q(settled_at=None), name="access_alarm_open")]
