"""定序。Once a second, by the scheduler: rows that wait become leaves of their log, what has grown is signed, the logs are bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.kernel.instants import Instant
from chengxin.ledger import checkpoints, services
from chengxin.ledger.appending import LedgerBroken
from chengxin.ledger.binding import bind_root
from chengxin.ledger.logs import LOGS, MAIN
from chengxin.ledger.ports import PendingLeaves, pending_leaves
from chengxin.storage.transactions import writing

ROWS_AT_A_TIME: Final = 5_000
ROUNDS: Final = 20  # a flood of reads must not keep the checkpoint waiting
_LOCK: Final = 0x6C6561766573  # "leaves": one sequencer at a time on PostgreSQL


@dataclass(frozen=True)
class Round:
    """What one round did: rows that became leaves, and the size of the main log that was signed (None: nothing new)."""

    leaves: int
    signed: int | None


def run_once(at: Instant, using: str = DEFAULT_DB_ALIAS) -> Round:
    """定序一轮, the main log last: it takes the others' roots. Raises LedgerBroken instead of signing a fork; a broken log does not
    keep the next one waiting."""
    leaves, signed, broken = 0, None, None
    for log in (*(each for each in LOGS if each is not MAIN), MAIN):
        try:
            if log is not MAIN and not checkpoints.read_head(using, log)[0]:
                checkpoints.sign_next(at, using, log)  # entries without any checkpoint would mean that it was taken away
            leaves += sum(_drain(source, using) for _, source in pending_leaves.items() if source.log is log)
            signed = checkpoints.sign_next(at, using, log)
            if log is not MAIN:
                bind_root(log, at, using)
        except LedgerBroken as error:
            broken = broken or error
    if broken is not None:
        raise broken
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
        content_ids = services.allocate_content_ids(len(row_ids), using, source.log)
        prepared = services.prepare(source.event, payloads, content_ids)
        source.mark(row_ids, content_ids)
        services.append(prepared, using, source.log)
    return len(row_ids)
