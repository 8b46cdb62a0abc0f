"""账本的门。"凡发生过的，只增不改。"

Append in batches, the head lock last: ``prepare`` outside any lock, ``append`` as the last thing of the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant
from chengxin.ledger import appending, ports
from chengxin.ledger.appending import append_entries
from chengxin.ledger.checking import Progress, Report, check_ledger
from chengxin.ledger.checkpoints import sign_next
from chengxin.ledger.entries import Prepared, prepare_entries
from chengxin.ledger.erasing import erase_contents, erasures
from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.models import SignedCheckpoint
from chengxin.ledger.proofs import InclusionProof, prove_consistency, prove_content
from chengxin.storage import ids

__all__ = [
    "allocate_content_ids",
    "append",
    "erase",
    "erasures",
    "fsck",
    "made_ready",
    "prepare",
    "prove",
    "prove_consistency",
    "read_contents",
    "record_event",
    "sign_checkpoint",
    "tell_of_fault",
]


def allocate_content_ids(n: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> range:
    """分配内容编号：``n`` ids for contents to come."""
    return ids.allocate(log.content, n, using)


def prepare(event: str | Sequence[str], payloads: Sequence[bytes] | pl.Series, content_ids: Sequence[int]) -> Prepared:
    """备好条目：draw salts, compute commitments and leaf hashes; touches no database.

    ``payloads`` are canonical bytes (RFC 8785, flat, strings only) that carry their event under the key ``_event``.
    """
    return prepare_entries(event, payloads, content_ids)


def made_ready(prepared: Prepared, using: str = DEFAULT_DB_ALIAS) -> Prepared:
    """备好待写：``prepared`` with its contents in the form in which the database takes them. Worth it for thousands of entries, where
    the transaction that appends them is waited for."""
    return appending.made_ready(prepared, using)


def append(prepared: Prepared, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> range:
    """追加：write the prepared entries; returns their places in the log. Inside ``transactions.writing()``, as its last act:
    the head stays locked until that transaction ends."""
    return append_entries(prepared, using, log)


def record_event(event: str, content: Mapping[str, str], using: str = DEFAULT_DB_ALIAS) -> int:
    """记一条：one small entry inside the caller's transaction; returns its content id. Call it late: it locks the head."""
    (content_id,) = allocate_content_ids(1, using)
    append(prepare(event, [canonical_bytes({**content, "_event": event})], [content_id]), using)
    return content_id


def read_contents(content_ids: Collection[int], using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> dict[int, dict[str, Any]]:
    """读内容：content id → the flat object that was recorded. Erased and unknown ids are absent."""
    asked = sorted(set(content_ids))
    found: dict[int, dict[str, Any]] = {}
    for at in range(0, len(asked), 10_000):
        part = asked[at : at + 10_000]
        with connections[using].cursor() as cursor:
            cursor.execute(
                f"SELECT id, payload FROM {log.content} WHERE payload IS NOT NULL AND id IN ({', '.join(['%s'] * len(part))})",  # noqa: S608
                part,
            )
            found.update((content_id, msgspec.json.decode(bytes(payload))) for content_id, payload in cursor.fetchall())
    return found


def prove(content_id: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> InclusionProof:
    """存在证明 of the entry with this content, in the latest checkpoint. NotFound until a checkpoint covers it."""
    return prove_content(content_id, using, log)


def sign_checkpoint(at: Instant, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> SignedCheckpoint | None:
    """签署检查点 if the log has grown; None if not. Raises LedgerBroken instead of signing a fork."""
    return sign_next(at, using, log)


def erase(content_ids: Collection[int], because: str, at: Instant, using: str = DEFAULT_DB_ALIAS) -> int:
    """删除内容：salt and payload go, an entry ``ledger:content:erased`` says which and why, all proofs stay valid; returns how many
    contents were still there. What other tables hold of them is their sections' duty."""
    return erase_contents(content_ids, because, at, using)


def fsck(
    using: str = DEFAULT_DB_ALIAS,
    progress: Progress | None = None,
    rebuild: bool = True,
    at: Instant | None = None,
    seen: str = "",
    *,
    log: Log = MAIN,
) -> Report:
    """核对账本：every hash, tile, checkpoint; then the current tables against the entries. With ``at``, everything written well before
    must be signed; ``seen``: a signed checkpoint (note) that was kept elsewhere, of which the log must be the continuation."""
    return check_ledger(using, progress, rebuild, at, seen, log=log)


def tell_of_fault(log: Log, report: Report, at: Instant) -> None:
    """Whoever has to know of what ``fsck`` found is told."""
    first = report.first_bad
    for _, heard in ports.faults_found.items():
        heard.found(log, first.slug if first else "unsound", first.sentence if first else "", at)
