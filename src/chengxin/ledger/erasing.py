"""删除内容。Salt and payload go, the commitment stays: every proof stays valid, and an entry says what was erased and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger import ports
from chengxin.ledger.appending import append_entries
from chengxin.ledger.entries import prepare_entries
from chengxin.storage import ids
from chengxin.storage.transactions import in_turn, writing

EVENT: Final = "ledger:content:erased"
IDS_PER_ENTRY: Final = 1_000


def erase_contents(content_ids: Collection[int], because: str, at: Instant, using: str = DEFAULT_DB_ALIAS) -> int:
    """Erase salt and payload of ``content_ids``; returns how many were still there. Erasing twice is erasing once.

    Refused without a reason or for an entry that says what was erased, NotFound for an id that was never recorded.
    """
    if not because.strip():
        raise Refused("erasure-without-reason", "删除账本内容必须写明理由。", "请说明依据，例如法院裁定或本人请求的文号。")
    asked = sorted(set(content_ids))
    with writing(using):
        in_turn(using)
        _overwrite_what_is_freed(using)
        live = [content_id for content_id, erased in _states(asked, using) if not erased]
        for part in _parts(live):
            for _, also in ports.erased_contents.items():
                also.erase(part, because, at, using)
            _wipe(part, because, at, using)
        if live:
            payloads = [
                canonical_bytes({"_event": EVENT, "_contents": ",".join(map(str, part)), "_because": because, "_at": str(at)})
                for part in _parts(live)
            ]
            append_entries(prepare_entries(EVENT, payloads, ids.allocate("ledger_content", len(payloads), using)), using)
        transaction.on_commit(lambda: _forget_pages(using), using=using)
    return len(live)


def erasures(using: str = DEFAULT_DB_ALIAS) -> Iterator[tuple[int, str, Instant]]:
    """已删除的内容：(content id, because, at) of everything erased so far. A restored older copy is made to forget it again by
    :func:`erase_contents`."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT id, erased_because, erased_at FROM ledger_content WHERE erased_at IS NOT NULL ORDER BY id")
        yield from cursor.fetchall()


def _states(content_ids: list[int], using: str) -> list[tuple[int, bool]]:
    found: list[tuple[int, bool]] = []
    for part in _parts(content_ids):
        with connections[using].cursor() as cursor:
            cursor.execute(f"SELECT id, erased_at, event FROM ledger_content WHERE id IN ({_marks(part)}) ORDER BY id", part)  # noqa: S608
            rows = cursor.fetchall()
        if any(event == EVENT for _, _, event in rows):
            raise Refused(
                "erasure-of-erasure", "说明删除的条目本身不得删除，否则无人知道删过什么。", "请从编号中去掉它；它不含被删的内容。"
            )
        found += [(content_id, erased_at is not None) for content_id, erased_at, _ in rows]
    unknown = sorted(set(content_ids) - {content_id for content_id, _ in found})
    if unknown:
        raise NotFound("no-such-entry", f"账本中没有编号为 {unknown[0]} 的内容，未删除任何内容。", "请核对编号后再试。")
    return found


def _wipe(content_ids: list[int], because: str, at: Instant, using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_content SET salt = NULL, payload = NULL, erased_at = %s, erased_because = %s "  # noqa: S608
            f"WHERE id IN ({_marks(content_ids)})",
            [at, because[:200], *content_ids],
        )


def _overwrite_what_is_freed(using: str) -> None:
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")  # not only unlinked


def _forget_pages(using: str) -> None:
    """The old bytes are still in the write-ahead log (SQLite) or in dead rows (PostgreSQL) until these are cleared."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ledger_content")


def _parts(content_ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(content_ids), IDS_PER_ENTRY):
        yield content_ids[start : start + IDS_PER_ENTRY]


def _marks(values: list[int]) -> str:
    return ", ".join(["%s"] * len(values))
