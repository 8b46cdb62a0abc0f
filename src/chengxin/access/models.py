"""部门、账户、密钥封存的表。"""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models


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
    """账户：one person, one department, one role."""

    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT, related_name="accounts")
    role = models.CharField(max_length=32)  # access.roles.Role
    revoked_at = models.BigIntegerField(null=True)


class DepartmentToken(models.Model):
    """部门令牌：only its hash is kept."""

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    created_at = models.BigIntegerField()
    revoked_at = models.BigIntegerField(null=True)


class FailedSignIn(models.Model):
    """登录失败：keyed hashes of the account's name and the address, to slow down who guesses."""

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


class SealedRead(models.Model):
    """查看留痕：one row for every read of a sealed field, written before the answer; leaves follow by the sequencer."""

    at = models.BigIntegerField()
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT)
    department = models.ForeignKey(Department, null=True, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=200)
    matter = models.CharField(max_length=200)
    content_id = models.BigIntegerField()
    field = models.CharField(max_length=40)
    leaf_content_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(leaf_content_id=None), name="access_read_without_leaf")]
