"""账本的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

import polars as pl

from chengxin.kernel.instants import Instant
from chengxin.ledger.logs import MAIN, Log

T = TypeVar("T")


class Port(Generic[T]):
    """端口：who fills it, by name; filling it again under the same name replaces."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._filled: dict[str, T] = {}

    def register(self, name: str, implementation: T) -> None:
        """Fill the port."""
        self._filled[name] = implementation

    def forget(self, name: str) -> None:
        """Empty one place (tests)."""
        self._filled.pop(name, None)

    def items(self) -> Iterator[tuple[str, T]]:
        """Name and implementation, in the order of registration."""
        yield from list(self._filled.items())


class PendingLeaves(Protocol):
    """待入账的行：plain rows, committed with the request, that the sequencer turns into leaves each second."""

    event: str
    log: Log  # whose leaves they become

    def take(self, limit: int) -> tuple[Sequence[int], Sequence[bytes]]:
        """At most ``limit`` rows without a leaf, oldest first: their ids, and their canonical payloads with ``_event``. Inside a
        write transaction (on PostgreSQL lock them: FOR UPDATE)."""
        ...

    def mark(self, row_ids: Sequence[int], content_ids: Sequence[int]) -> None:
        """In the same transaction: write down which content each row became."""
        ...


class ErasedContents(Protocol):
    """删除的跟进：what else about an erased content must go, in the same transaction."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Called once for each part of what is erased: the contents can still be read, the entry that says so comes after."""
        ...


@dataclass(frozen=True)
class ErasedCopy:
    """删除的一份副本：``kind`` is ``version``, ``quarantined``, ``name``, ``file``, ``remark``, or ``unread`` for a file that nobody could
    read and ``alike`` for a rejected row that may be one too: these are not erased and must be looked at by hand. ``content`` and ``row`` 0
    and ``file`` "" where it is none."""

    kind: str
    what: str
    content: int = 0
    submission: int = 0
    file: str = ""
    row: int = 0


class WholeRecords(Protocol):
    """整条删除：everything that says what a record says, wherever a copy of it stands."""

    def erase(self, record_id: int, because: str, at: Instant) -> Sequence[ErasedCopy]:
        """Erase all copies; returns what was erased."""
        ...

    def erase_row(self, submission_id: int, row: int, because: str, at: Instant) -> Sequence[ErasedCopy]:
        """Erase a row that was sent back; returns what was erased."""
        ...


class PublicContents(Protocol):
    """可以公开的内容：which entries' content (with its salt) may be shown to anyone now."""

    def content_of(self, record_id: int) -> int | None:
        """The content of a record's current version; None if there is no such record."""
        ...

    def may_show(self, content_id: int, at: Instant) -> bool:
        """Is the whole payload public at ``at``? False too where a field of it is masked, sealed or not public."""
        ...


@dataclass(frozen=True)
class Projection:
    """投影：how the rows of one current table follow from entries; ``fsck`` replays it and compares both ways.

    ``stage`` gets a chunk of entries as a frame (``seq``, ``content_id``, ``event``, ``erased`` and each of ``keys`` as text, null
    where absent) and returns rows, ``seq`` among their columns. ``settle`` is DuckDB SQL over what was staged (tables
    ``staged_<name>`` of every projection, a dot in the name written ``_``) that yields ``columns``; empty: the last staged row of
    each key. Rows of the table whose ``content_column`` names an erased content are counted as erased and not compared. ``forgive``:
    DuckDB statements, run before comparing, that take over from ``{current}`` into ``{expected}`` what only an erased content could tell.
    """

    table: str
    key: tuple[str, ...]
    columns: Mapping[str, pl.DataType | type[pl.DataType]]  # of the table, those that are compared, ``key`` among them
    events: frozenset[str]
    keys: tuple[str, ...]  # keys of the payload
    stage: Callable[[pl.DataFrame], pl.DataFrame]
    settle: str = ""
    content_column: str = ""
    current: str = ""  # SQL that reads the table; empty: SELECT columns FROM table
    forgive: str = ""
    payload: bool = False  # ``stage`` also gets the whole ``payload`` (Binary, null where erased): its keys depend on what it says
    title: str = field(default="")
    log: Log = MAIN  # whose entries


class FaultsFound(Protocol):
    """核对发现的错误：who is told when ``fsck`` finds something wrong."""

    def found(self, log: Log, slug: str, sentence: str, at: Instant) -> None:
        """``slug`` and ``sentence`` of the first fault. The ledger itself may refuse to grow: the word must not depend on it."""
        ...


pending_leaves: Port[PendingLeaves] = Port("ledger.pending_leaves")
whole_records: Port[WholeRecords] = Port("ledger.whole_records")
erased_contents: Port[ErasedContents] = Port("ledger.erased_contents")
public_contents: Port[PublicContents] = Port("ledger.public_contents")
projections: Port[Projection] = Port("ledger.projections")
faults_found: Port[FaultsFound] = Port("ledger.faults_found")
