"""根入账。The root of every other log becomes an entry of the main one at intervals: who rewrites one must rewrite both."""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS

from chengxin.kernel.instants import Instant
from chengxin.ledger.checkpoints import latest_checkpoint
from chengxin.ledger.logs import Log
from chengxin.ledger.models import Binding
from chengxin.ledger.ports import Projection
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import in_turn, writing

EVENT: Final = "ledger:checkpoint:bound"
#: Seconds between two entries; a choice of this platform, not of the law.
EVERY: Final = 60


def bind_root(log: Log, at: Instant, using: str = DEFAULT_DB_ALIAS) -> Binding | None:
    """根入账 of the latest signed root of ``log``; None where it says nothing new or the last one is less than a minute old."""
    latest = latest_checkpoint(using, log)
    if latest is None or not latest.size or not _is_due(log, latest.size, at, using):
        return None
    root = bytes(latest.root).hex()
    with writing(using):
        in_turn(using)
        if not _is_due(log, latest.size, at, using):  # another process was faster
            return None
        content_id = record_event(EVENT, {"_log": log.name, "_size": str(latest.size), "_root": root, "_at": str(at)}, using)
        return Binding.objects.using(using).create(log=log.name, size=latest.size, root=root, bound_at=at, content_id=content_id)


def _is_due(log: Log, size: int, at: Instant, using: str) -> bool:
    last = Binding.objects.using(using).filter(log=log.name).order_by("-size").first()
    return last is None or (last.size < size and at - last.bound_at >= EVERY)


def _bindings(entries: pl.DataFrame) -> pl.DataFrame:
    numbers = [pl.col(key).cast(pl.Int64).alias(name) for key, name in (("_size", "size"), ("_at", "bound_at"))]
    return entries.select("seq", "content_id", *(pl.col(f"_{name}").alias(name) for name in ("log", "root")), *numbers)


BINDINGS: Final = Projection(
    table="ledger_binding",
    key=("log", "size"),
    columns={"log": pl.String, "size": pl.Int64, "root": pl.String, "bound_at": pl.Int64, "content_id": pl.Int64},
    events=frozenset({EVENT}),
    keys=("_log", "_size", "_root", "_at"),
    stage=_bindings,
    content_column="content_id",
    title="根入账",
)
