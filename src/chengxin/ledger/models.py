"""账本的表, one set a log. The head is the only row that is ever rewritten; content can be erased, nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from django.db import models

from chengxin.ledger.logs import MAIN, READS, Log
from chengxin.storage.fields import RowNumberField


class _Head(models.Model):
    """One row, locked last in every transaction that appends."""

    id = models.SmallIntegerField(primary_key=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)

    class Meta:
        abstract = True


class _Content(models.Model):
    """The content of an entry beside its salt: erasable, while every proof stays valid."""

    id = RowNumberField(primary_key=True)  # sequence of the same name as the table
    event = models.CharField(max_length=64)  # section:subject:action
    salt = models.BinaryField(max_length=32, null=True)
    payload = models.BinaryField(null=True)  # RFC 8785 bytes
    erased_at = models.BigIntegerField(null=True)
    erased_because = models.CharField(max_length=200, default="", db_default="")

    class Meta:
        abstract = True


class _Entry(models.Model):
    """Its place, and the commitment to its content. The leaf is SHA-256(0x00 ‖ header ‖ commitment)."""

    seq = RowNumberField(primary_key=True)  # 0-based
    commitment = models.BinaryField(max_length=32)
    content_id = models.BigIntegerField(unique=True)

    class Meta:
        abstract = True


class _Tile(models.Model):
    """At most 256 hashes of one level; only the right edge's rows grow, and only to the right."""

    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        abstract = True


class _Checkpoint(models.Model):
    """A signed note over a size and a root. Further signature lines may be added, nothing else changes."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    signed_at = models.BigIntegerField()

    class Meta:
        abstract = True


class Head(_Head):
    """账本的头。"""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_head_is_one_row")]


class Content(_Content):
    """账本条目的内容。"""


class Entry(_Entry):
    """账本条目。"""


class Tile(_Tile):
    """账本的瓦片。"""

    pk = models.CompositePrimaryKey("level", "number")


class Checkpoint(_Checkpoint):
    """账本的检查点。"""


class ReadsHead(_Head):
    """查看日志的头。"""

    class Meta:
        db_table = READS.head
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="ledger_reads_head_is_one_row")]


class ReadsContent(_Content):
    """查看日志条目的内容。"""

    class Meta:
        db_table = READS.content


class ReadsEntry(_Entry):
    """查看日志条目。"""

    class Meta:
        db_table = READS.entry


class ReadsTile(_Tile):
    """查看日志的瓦片。"""

    pk = models.CompositePrimaryKey("level", "number")

    class Meta:
        db_table = READS.tile


class ReadsCheckpoint(_Checkpoint):
    """查看日志的检查点。"""

    class Meta:
        db_table = f"{READS.prefix}_checkpoint"


class Binding(models.Model):
    """入账的根：the root that another log had at a size, as an entry of the main log says it."""

    log = models.CharField(max_length=16)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)  # hex
    bound_at = models.BigIntegerField()
    content_id = models.BigIntegerField()  # of the main log

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="ledger_binding_once")]


SignedCheckpoint: TypeAlias = Checkpoint | ReadsCheckpoint
CHECKPOINTS: Final[Mapping[Log, type[Checkpoint] | type[ReadsCheckpoint]]] = MappingProxyType({MAIN: Checkpoint, READS: ReadsCheckpoint})
