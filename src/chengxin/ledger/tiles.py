"""瓦片的读取。"""

from __future__ import annotations

from collections.abc import Collection

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.ledger.merkle import TilePlace


def read_tiles(places: Collection[TilePlace], using: str = DEFAULT_DB_ALIAS) -> dict[TilePlace, bytes]:
    """The stored tiles at ``places`` in one question; those that do not exist are absent. They may be wider than a checkpoint covers."""
    if not places:
        return {}
    asked = sorted(places)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT level, number, hashes FROM ledger_tile WHERE {' OR '.join(['(level = %s AND number = %s)'] * len(asked))}",  # noqa: S608
            [value for place in asked for value in place],
        )
        return {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
