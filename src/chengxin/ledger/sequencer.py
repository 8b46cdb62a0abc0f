"""定序。Once a second, by the scheduler: rows that wait become leaves, and what has grown is signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.kernel.instants import Instant
from chengxin.ledger import checkpoints, services
from chengxin.ledger.ports import PendingLeaves, pending_leaves
from chengxin.storage.transactions import writing

ROWS_AT_A_TIME: Final = 5_000
ROUNDS: Final = 20  # a flood of reads must not keep the checkpoint waiting
_LOCK: Final = 0x6C6561766573  # "leaves": one sequencer at a time on PostgreSQL


@dataclass(frozen=True)
class Round:
    """What one round did: rows that became leaves, and the size that was signed (None: nothing new)."""

    leaves: int
    signed: int | None


def run_once(at: Instant, using: str = DEFAULT_DB_ALIAS) -> Round:
    """定序一轮。Raises LedgerBroken instead of signing a fork."""
    leaves = sum(_drain(source, using) for _, source in pending_leaves.items())
    signed = checkpoints.sign_next(at, using)
    return Round(leaves, signed.size if signed else None)


def _drain(source: PendingLeaves, using: str) -> int:
    total = 0
    for _ in range(ROUNDS):
        taken = _append_some(source, using)
        total += taken
        if taken < ROWS_AT_A_TIME:
            break
    return total


def _append_some(source: PendingLeaves, using: str) -> int:
    with writing(using):
        if connections[using].vendor == "postgresql":
            with connections[using].cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        row_ids, payloads = source.take(ROWS_AT_A_TIME)
        if not row_ids:
            return 0
        content_ids = services.allocate_content_ids(len(row_ids), using)
        prepared = services.prepare(source.event, payloads, content_ids)
        source.mark(row_ids, content_ids)
        services.append(prepared, using)
    return len(row_ids)
