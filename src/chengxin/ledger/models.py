"""账本的表。The head is the only row that is ever rewritten; content can be erased, nothing else changes."""

from __future__ import annotations

from django.db import models

from chengxin.storage.fields import RowNumberField


class Head(models.Model):
    """账本的头：one row, locked last in every transaction that appends."""

    id = models.SmallIntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_is_one_row")]


class Content(models.Model):
    """条目的内容 beside its salt: erasable, while every proof stays valid."""

    id = RowNumberField(primary_key=True)  # sequence ledger_content
    event = models.CharField(max_length=64)  # section:subject:action
    salt = models.BinaryField(max_length=32, null=True)
    payload = models.BinaryField(null=True)  # RFC 8785 bytes
    erased_at = models.BigIntegerField(null=True)
    erased_because = models.CharField(max_length=200, default="", db_default="")


class Entry(models.Model):
    """账本条目：its place, and the commitment to its content. The leaf is SHA-256(0x00 ‖ header ‖ commitment)."""

    seq = RowNumberField(primary_key=True)  # 0-based
    commitment = models.BinaryField(max_length=32)
    content_id = models.BigIntegerField(unique=True)


class Tile(models.Model):
    """瓦片：at most 256 hashes of one level; only the right edge's rows grow, and only to the right."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()


class Checkpoint(models.Model):
    """检查点：a signed note over a size and a root. Further signature lines may be added, nothing else changes."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.BigIntegerField()
