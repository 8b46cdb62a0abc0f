"""瓦片的读取。"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.ledger.entries import ENTRY_SIZE, entry_of
from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.merkle import HASH, TILE_HEIGHT, TILE_WIDTH, TilePlace

_LENGTH: Final = ENTRY_SIZE.to_bytes(2)
_NUMBER: Final = re.compile(r"(x[0-9]{3}/)*[0-9]{3}")


def read_tiles(places: Collection[TilePlace], using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> dict[TilePlace, bytes]:
    """The stored tiles at ``places`` in one question; those that do not exist are absent. They may be wider than a checkpoint covers."""
    if not places:
        return {}
    asked = sorted(places)
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT level, number, hashes FROM {log.tile} WHERE {' OR '.join(['(level = %s AND number = %s)'] * len(asked))}",  # noqa: S608
            [value for place in asked for value in place],
        )
        return {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}


def read_level(level: int, start: int, until: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> dict[int, bytes]:
    """The stored tiles of one level from ``start`` (inclusive) to ``until`` (exclusive), by number."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT number, hashes FROM {log.tile} WHERE level = %s AND number >= %s AND number < %s",  # noqa: S608
            [level, start, until],
        )
        return {number: bytes(hashes) for number, hashes in cursor.fetchall()}


def published_tile(
    level: int, number: int, width: int | None, size: int, using: str = DEFAULT_DB_ALIAS, *, log: Log = MAIN
) -> bytes | None:
    """A tile as it is served under a checkpoint of ``size``: whole (``width`` None) or its first ``width`` hashes, cut from the stored,
    perhaps wider one. None if the checkpoint does not cover it."""
    wanted = TILE_WIDTH if width is None else width
    if not 1 <= wanted <= TILE_WIDTH or number * TILE_WIDTH + wanted > size >> (TILE_HEIGHT * level):
        return None
    return read_tiles([(level, number)], using, log)[level, number][: wanted * HASH]


def published_entries(number: int, width: int | None, size: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> bytes | None:
    """An entry bundle under a checkpoint of ``size``: each entry with its length before it (two bytes, big-endian)."""
    wanted = TILE_WIDTH if width is None else width
    start = number * TILE_WIDTH
    if not 1 <= wanted <= TILE_WIDTH or start + wanted > size:
        return None
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT commitment FROM {log.entry} WHERE seq >= %s AND seq < %s ORDER BY seq",  # noqa: S608
            [start, start + wanted],
        )
        return b"".join([_LENGTH + entry_of(bytes(commitment)) for (commitment,) in cursor.fetchall()])


def parse_number(text: str) -> int:
    """``x001/x234/067`` → 1234067, as tlog-tiles writes tile numbers. ValueError for every other spelling."""
    match = _NUMBER.fullmatch(text)
    if match is None or (len(text) > 3 and text.startswith("x000")):
        raise ValueError(text)
    return int(text.replace("x", "").replace("/", ""))


def write_number(number: int) -> str:
    """1234067 → ``x001/x234/067``."""
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03d}")
    return "/".join(reversed(groups))
