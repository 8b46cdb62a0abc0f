"""追加。The one place where the tree grows: head lock, tiles, entries, head."""

from __future__ import annotations

from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.ledger.entries import Prepared
from chengxin.ledger.merkle import EMPTY_ROOT, TILE_HEIGHT, TILE_WIDTH, GrownTile, RightEdge
from chengxin.ledger.tiles import read_tiles
from chengxin.storage import bulk
from chengxin.storage.transactions import require_transaction

#: The right edge after this process's last append, by database. Only the holder of the head lock touches it; whether it is still
#: true (another process may have appended, our own transaction may have been rolled back) the head's size *and root* decide.
_EDGES: Final[dict[str, RightEdge]] = {}


class LedgerBroken(RuntimeError):
    """账本的头与瓦片不符。Nothing may be appended until ``chengxin ledger fsck`` has said where the fault lies."""


def append_entries(prepared: Prepared, using: str = DEFAULT_DB_ALIAS) -> range:
    """Write contents, then (under the head lock, held until the caller's transaction ends) entries, tiles and head."""
    require_transaction(using)
    if not len(prepared):
        return range(0)
    _insert_contents(prepared, using)
    size, root = lock_head(using)
    edge = _right_edge(size, root, using)
    grown = edge.append(prepared.leaves)
    places = range(size, edge.size)
    _insert_entries(prepared, places, using)
    _write_tiles(grown, using)
    with connections[using].cursor() as cursor:
        cursor.execute("UPDATE ledger_head SET size = %s, root = %s WHERE id = 1", [edge.size, edge.root()])
    _EDGES[using] = edge
    return places


def lock_head(using: str = DEFAULT_DB_ALIAS) -> tuple[int, bytes]:
    """Lock the head and return (size, root). On SQLite the write transaction already excludes others."""
    connection = connections[using]
    for_update = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT size, root FROM ledger_head WHERE id = 1{for_update}")  # noqa: S608
        row = cursor.fetchone()
        if row is None:
            cursor.execute("INSERT INTO ledger_head (id, size, root) VALUES (1, 0, %s) ON CONFLICT (id) DO NOTHING", [EMPTY_ROOT])
            cursor.execute(f"SELECT size, root FROM ledger_head WHERE id = 1{for_update}")  # noqa: S608
            row = cursor.fetchone()
    return int(row[0]), bytes(row[1])


def _right_edge(size: int, root: bytes, using: str) -> RightEdge:
    edge = _EDGES.pop(using, None)
    if edge is not None and edge.size == size and edge.root() == root:
        return edge
    last: dict[int, tuple[int, int]] = {}
    level = 0
    while size >> (TILE_HEIGHT * level):
        if (size >> (TILE_HEIGHT * level)) % TILE_WIDTH:
            last[level] = (level, size >> (TILE_HEIGHT * (level + 1)))
        level += 1
    tiles = read_tiles(last.values(), using)
    try:
        edge = RightEdge.from_tiles(size, {level: tiles[place] for level, place in last.items()})
    except KeyError as missing:
        raise LedgerBroken(f"账本的瓦片 {missing} 缺失或过短，已停止追加。请运行 chengxin ledger fsck。") from missing
    if edge.root() != root:
        raise LedgerBroken("账本的头与瓦片算出的根不一致，已停止追加。请运行 chengxin ledger fsck。")
    return edge


def _insert_contents(prepared: Prepared, using: str) -> None:
    frame = pl.DataFrame(
        {
            "id": pl.Series(prepared.content_ids, dtype=pl.Int64),
            "salt": pl.Series(prepared.salts, dtype=pl.Binary),
            "payload": pl.Series(prepared.payloads, dtype=pl.Binary),
        }
    )
    events = pl.lit(prepared.events) if isinstance(prepared.events, str) else pl.Series(prepared.events, dtype=pl.String)
    bulk.insert_rows("ledger_content", ["id", "event", "salt", "payload"], frame.with_columns(event=events), using)


def _insert_entries(prepared: Prepared, places: range, using: str) -> None:
    frame = pl.DataFrame(
        {
            "seq": pl.int_range(places.start, places.stop, eager=True),
            "commitment": pl.Series(prepared.commitments, dtype=pl.Binary),
            "content_id": pl.Series(prepared.content_ids, dtype=pl.Int64),
        }
    )
    bulk.insert_rows("ledger_entry", ["seq", "commitment", "content_id"], frame, using)


def _write_tiles(grown: list[GrownTile], using: str) -> None:
    bulk.insert_rows("ledger_tile", ["level", "number", "hashes"], [(t.level, t.number, t.hashes) for t in grown if not t.was], using)
    with connections[using].cursor() as cursor:
        for tile in grown:
            if tile.was:
                cursor.execute(
                    "UPDATE ledger_tile SET hashes = %s WHERE level = %s AND number = %s", [tile.hashes, tile.level, tile.number]
                )
