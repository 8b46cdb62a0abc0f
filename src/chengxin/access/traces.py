"""查看留痕入账。Rows of reads become leaves of the reads log, once a second, by the ledger's one sequencer; ``fsck`` compares them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from chengxin.access.models import Read
from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger.logs import READS
from chengxin.ledger.ports import Projection

EVENT: Final = "access:data:read"
_WORDS: Final = ("role", "department", "purpose", "matter", "kind", "key", "what")
_NUMBERS: Final = {"id": "_read", "at": "_at", "account": "_account", "subject_id": "_subject"}


class ReadLeaves:
    """Fills ``ledger.ports.pending_leaves``."""

    event = EVENT
    log = READS

    def take(self, limit: int) -> tuple[Sequence[int], Sequence[bytes]]:
        """The oldest reads without a leaf. What was seen is named, its value is nowhere."""
        rows = Read.objects.filter(leaf_content_id=None, main_content_id=None).select_related("department").order_by("id")
        taken = list(rows.select_for_update(of=("self",))[:limit])
        return [row.pk for row in taken], [canonical_bytes(_content(row)) for row in taken]

    def mark(self, row_ids: Sequence[int], content_ids: Sequence[int]) -> None:
        """Which content each read became."""
        rows = [Read(pk=row, leaf_content_id=content) for row, content in zip(row_ids, content_ids, strict=True)]
        Read.objects.bulk_update(rows, ["leaf_content_id"], batch_size=1000)


def _content(row: Read) -> dict[str, str]:
    said = {
        "_read": str(row.pk),
        "_at": str(row.at),
        "_account": str(row.account_id or ""),
        "_role": row.role,
        "_department": row.department.code if row.department else "",
        "_purpose": row.purpose,
        "_matter": row.matter,
        "_kind": row.kind,
        "_key": row.key,
        "_subject": str(row.subject_id or ""),
        "_what": row.what,
    }
    return {"_event": EVENT} | {key: value for key, value in said.items() if value}


def _reads(entries: pl.DataFrame) -> pl.DataFrame:
    numbers = [pl.col(key).cast(pl.Int64).alias(f"{name}_" if name == "at" else name) for name, key in _NUMBERS.items()]
    words = [pl.col(f"_{word}").fill_null("").alias(word) for word in _WORDS]
    return entries.select("seq", pl.col("content_id").alias("leaf_content_id"), *numbers, *words)


READ_ROWS: Final = Projection(
    table="access_read",
    key=("id",),
    columns=dict.fromkeys(("id", "at_", "account", "subject_id", "leaf_content_id"), pl.Int64) | dict.fromkeys(_WORDS, pl.String),
    events=frozenset({EVENT}),
    keys=(*_NUMBERS.values(), *(f"_{word}" for word in _WORDS)),
    stage=_reads,
    current="SELECT r.id, r.at AS at_, r.account_id AS account, r.subject_id, r.leaf_content_id, r.role, "
    "coalesce(d.code, '') AS department, r.purpose, r.matter, r.kind, r.key, r.what "
    "FROM access_read r LEFT JOIN access_department d ON d.id = r.department_id WHERE r.leaf_content_id IS NOT NULL",
    content_column="leaf_content_id",
    title="查看留痕",
    log=READS,
)
