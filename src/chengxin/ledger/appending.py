"""追加。The one place where the tree grows: head lock, tiles, entries, head."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.ledger.entries import CONTENT_COLUMNS, Prepared
from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.merkle import EMPTY_ROOT, TILE_HEIGHT, TILE_WIDTH, GrownTile, RightEdge
from chengxin.ledger.tiles import read_tiles
from chengxin.storage import bulk
from chengxin.storage.transactions import require_transaction

#: The right edge after this process's last append, by database and log. Only the holder of the head lock touches it; whether it is still
#: true (another process may have appended, our own transaction may have been rolled back) the head's size *and root* decide.
_EDGES: Final[dict[tuple[str, str], RightEdge]] = {}


class LedgerBroken(RuntimeError):
    """账本的头与瓦片不符。Nothing may be appended until ``chengxin ledger fsck`` has said where the fault lies."""


def append_entries(prepared: Prepared, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> range:
    """Write contents, then (under the head lock, held until the caller's transaction ends) entries, tiles and head."""
    require_transaction(using)
    if not len(prepared):
        return range(0)
    _insert_contents(prepared, using, log)
    size, root = lock_head(using, log)
    edge = _right_edge(size, root, using, log)
    grown = edge.append(prepared.leaves)
    places = range(size, edge.size)
    _insert_entries(prepared, places, using, log)
    _write_tiles(grown, using, log)
    with connections[using].cursor() as cursor:
        cursor.execute(f"UPDATE {log.head} SET size = %s, root = %s WHERE id = 1", [edge.size, edge.root()])  # noqa: S608
    _EDGES[using, log.name] = edge
    return places


def lock_head(using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> tuple[int, bytes]:
    """Lock the head and return (size, root). On SQLite the write transaction already excludes others."""
    connection = connections[using]
    for_update = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT size, root FROM {log.head} WHERE id = 1{for_update}")  # noqa: S608
        row = cursor.fetchone()
        if row is None:
            cursor.execute(f"INSERT INTO {log.head} (id, size, root) VALUES (1, 0, %s) ON CONFLICT (id) DO NOTHING", [EMPTY_ROOT])  # noqa: S608
            cursor.execute(f"SELECT size, root FROM {log.head} WHERE id = 1{for_update}")  # noqa: S608
            row = cursor.fetchone()
    return int(row[0]), bytes(row[1])


def _right_edge(size: int, root: bytes, using: str, log: Log) -> RightEdge:
    edge = _EDGES.pop((using, log.name), None)
    if edge is not None and edge.size == size and edge.root() == root:
        return edge
    last: dict[int, tuple[int, int]] = {}
    level = 0
    while size >> (TILE_HEIGHT * level):
        if (size >> (TILE_HEIGHT * level)) % TILE_WIDTH:
            last[level] = (level, size >> (TILE_HEIGHT * (level + 1)))
        level += 1
    tiles = read_tiles(last.values(), using, log)
    try:
        edge = RightEdge.from_tiles(size, {level: tiles[place] for level, place in last.items()})
    except KeyError as missing:
        raise LedgerBroken(f"{log.title}的瓦片 {missing} 缺失或过短，已停止追加。请运行 chengxin ledger fsck。") from missing
    if edge.root() != root:
        raise LedgerBroken(f"{log.title}的头与瓦片算出的根不一致，已停止追加。请运行 chengxin ledger fsck。")
    return edge


def made_ready(prepared: Prepared, using: str = DEFAULT_DB_ALIAS) -> Prepared:
    """``prepared`` with its contents in the form of the database."""
    if isinstance(prepared.contents, bulk.ReadyRows):
        return prepared
    return replace(prepared, contents=bulk.ready_rows("ledger_content", CONTENT_COLUMNS, prepared.contents, using))


def _insert_contents(prepared: Prepared, using: str, log: Log) -> None:
    if isinstance(prepared.contents, bulk.ReadyRows):
        bulk.insert_ready(prepared.contents, using)
    else:
        bulk.insert_rows(log.content, CONTENT_COLUMNS, prepared.contents, using)


def _insert_entries(prepared: Prepared, places: range, using: str, log: Log) -> None:
    frame = pl.DataFrame(
        {
            "seq": pl.int_range(places.start, places.stop, eager=True),
            "commitment": pl.Series(prepared.commitments, dtype=pl.Binary),
            "content_id": pl.Series(prepared.content_ids, dtype=pl.Int64),
        }
    )
    bulk.insert_rows(log.entry, ["seq", "commitment", "content_id"], frame, using)


def _write_tiles(grown: list[GrownTile], using: str, log: Log) -> None:
    bulk.insert_rows(log.tile, ["level", "number", "hashes"], [(t.level, t.number, t.hashes) for t in grown if not t.was], using)
    with connections[using].cursor() as cursor:
        for tile in grown:
            if tile.was:
                cursor.execute(
                    f"UPDATE {log.tile} SET hashes = %s WHERE level = %s AND number = %s",  # noqa: S608
                    [tile.hashes, tile.level, tile.number],
                )
