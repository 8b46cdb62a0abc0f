"""两批同时。While a batch is being written on a connection of its own, the next one is settled on this one.

Batches still commit one after the other, in the order of the file. Only on PostgreSQL: SQLite has one writer, and its work is done in
this very process. Inside a caller's transaction there is nothing to overlap either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection

from chengxin.foundation.collection.in_flight import MustWait
from chengxin.foundation.collection.preparing import Basis, PreparedBatch
from chengxin.foundation.collection.run_memory import RunMemory
from chengxin.foundation.collection.types import Counts
from chengxin.foundation.collection.writing_batches import SettledBatch, commit_batch, settle_batch
from chengxin.kernel.instants import Instant

Clock = Callable[[], Instant]


def written_batches(batches: Iterator[PreparedBatch], basis: Basis, resume_point: int, at: Clock) -> Iterator[Counts]:
    """写入 every batch; yields the counts of each when it has committed."""
    overlap = connection.vendor == "postgresql" and not connection.in_atomic_block
    write = _overlapping if overlap else _one_after_the_other
    yield from write(batches, basis, resume_point, at)


def _one_after_the_other(batches: Iterator[PreparedBatch], basis: Basis, resume_point: int, at: Clock) -> Iterator[Counts]:
    memory = RunMemory()
    for batch in batches:
        written = commit_batch(settle_batch(batch, basis, memory), basis, resume_point, at())
        _remember(memory, written)
        resume_point += written.counts.rows
        yield written.counts


def _overlapping(batches: Iterator[PreparedBatch], basis: Basis, resume_point: int, at: Clock) -> Iterator[Counts]:
    memory = RunMemory()
    flight: Future[SettledBatch] | None = None
    last: SettledBatch | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="write-batches") as writer:
        try:
            for batch in batches:
                settled = _settled_meanwhile(batch, basis, memory, last)
                if flight is not None:
                    written = flight.result()
                    _remember(memory, written)
                    yield written.counts
                    if settled is None or written is not last:  # it was settled again, so what this one took for granted is void
                        settled = settle_batch(batch, basis, memory)
                assert settled is not None
                flight, last = writer.submit(commit_batch, settled, basis, resume_point, at()), settled
                resume_point += settled.counts.rows
            if flight is not None:
                yield flight.result().counts
        finally:
            writer.submit(_close_connection)


def _close_connection() -> None:
    """Of the thread that calls: connections belong to threads."""
    connection.close()


def _settled_meanwhile(batch: PreparedBatch, basis: Basis, memory: RunMemory, last: SettledBatch | None) -> SettledBatch | None:
    """The batch, settled while the last one is being written; None if it depends on that one."""
    try:
        return settle_batch(batch, basis, memory, last.in_flight if last else None)
    except MustWait:
        return None


def _remember(memory: RunMemory, written: SettledBatch) -> None:
    memory.remember(written.accepted)
