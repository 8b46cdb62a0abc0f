"""默克尔树 of RFC 6962, in the tiles of C2SP tlog-tiles. No database: appending, proving, checking.

A *tile* holds at most 256 hashes of tree level 8·L. The *right edge* is what must be known to append: the last, partial tile of
every level. Hashes in a row are one ``bytes``, 32 each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

HASH: Final = 32
TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 256
EMPTY_ROOT: Final = sha256(b"").digest()

TilePlace = tuple[int, int]  # level, number
TileSource = Callable[[Collection[TilePlace]], Mapping[TilePlace, bytes]]
Range = tuple[int, int]  # leaves from (inclusive) – until (exclusive)


def leaf_hash(entry: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 ‖ entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


def parents(hashes: bytes) -> bytes:
    """The level above an even number of hashes."""
    return b"".join([sha256(b"\x01" + hashes[i : i + 64]).digest() for i in range(0, len(hashes), 64)])


def perfect_root(hashes: bytes) -> bytes:
    """The root of a perfect subtree over 2^k hashes."""
    while len(hashes) > HASH:
        hashes = parents(hashes)
    return hashes


def fold(perfect: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees from left (large) to right (small); of nothing, the empty root."""
    if not perfect:
        return EMPTY_ROOT
    root = perfect[-1]
    for left in reversed(perfect[:-1]):
        root = node_hash(left, root)
    return root


@dataclass(frozen=True)
class GrownTile:
    """A tile after an append. ``was`` is its width before; 0: it is new."""

    level: int
    number: int
    hashes: bytes
    was: int


@dataclass
class RightEdge:
    """右缘：all that an append needs to know of the tree. ``tiles[L]``: the partial tile of level L; ``loose[h]``: the perfect subtree
    of height h that has no right sibling yet."""

    size: int = 0
    tiles: list[bytes] = field(default_factory=list)
    loose: dict[int, bytes] = field(default_factory=dict)

    @classmethod
    def from_tiles(cls, size: int, tiles: Mapping[int, bytes]) -> RightEdge:
        """The edge of a tree of ``size`` leaves from the last tile of every level (wider ones are cut). KeyError if one is missing."""
        edge = cls(size)
        level = 0
        while size >> (TILE_HEIGHT * level):
            width = (size >> (TILE_HEIGHT * level)) % TILE_WIDTH
            hashes = tiles[level][: width * HASH] if width else b""
            if len(hashes) != width * HASH:
                raise KeyError(level)
            edge.tiles.append(hashes)
            at = 0
            for bit in range(TILE_HEIGHT - 1, -1, -1):
                if width >> bit & 1:
                    edge.loose[TILE_HEIGHT * level + bit] = perfect_root(hashes[at * HASH : (at + (1 << bit)) * HASH])
                    at += 1 << bit
            level += 1
        return edge

    def root(self) -> bytes:
        """The root over all leaves."""
        return fold([self.loose[height] for height in sorted(self.loose, reverse=True)])

    def append(self, leaves: bytes) -> list[GrownTile]:
        """Add leaf hashes (32 bytes each); returns every tile that grew, level by level, left to right."""
        grown: list[GrownTile] = []
        hashes, height, before = leaves, 0, self.size
        self.size += len(leaves) // HASH
        while hashes:
            if height % TILE_HEIGHT == 0:
                grown += self._grow(height // TILE_HEIGHT, before, hashes)
            hashes = self.loose.pop(height, b"") + hashes
            if len(hashes) // HASH % 2:
                self.loose[height] = hashes[-HASH:]
                hashes = hashes[:-HASH]
            hashes, height, before = parents(hashes), height + 1, before >> 1
        return grown

    def _grow(self, level: int, before: int, hashes: bytes) -> list[GrownTile]:
        if level == len(self.tiles):
            self.tiles.append(b"")
        number, was = divmod(before, TILE_WIDTH)
        row = self.tiles[level] + hashes
        full = TILE_WIDTH * HASH
        grown = [GrownTile(level, number + i // full, row[i : i + full], was if i == 0 else 0) for i in range(0, len(row), full)]
        self.tiles[level] = row[len(row) // full * full :]
        return grown


def inclusion_path(index: int, size: int) -> list[Range]:
    """The ranges of leaves whose roots prove leaf ``index`` in a tree of ``size``, from the leaf upwards."""
    if not 0 <= index < size:
        raise IndexError(f"leaf {index} is not in a tree of {size}")
    path: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low = middle
    return path[::-1]


def consistency_path(old: int, size: int) -> list[Range]:
    """The ranges whose roots prove that a tree of ``old`` leaves is the beginning of one of ``size``."""
    if not 0 <= old <= size:
        raise IndexError(f"a tree of {size} has no beginning of {old}")
    if old in (0, size):
        return []
    path: list[Range] = []
    low, high, whole = 0, size, True
    while old != high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append((middle, high))
            high = middle
        else:
            path.append((low, middle))
            low, whole = middle, False
    if not whole:
        path.append((low, high))
    return path[::-1]


def roots_of(ranges: Sequence[Range], tiles: TileSource) -> list[bytes]:
    """The roots of ``ranges`` (as the paths above make them), all their tiles fetched in one question. KeyError if a tile is too short."""
    subtrees = [_perfect_subtrees(low, high) for low, high in ranges]
    found = tiles({_tile_of(start, height)[0] for parts in subtrees for start, height in parts})
    return [fold([_subtree_root(start, height, found) for start, height in parts]) for parts in subtrees]


def root_at(size: int, tiles: TileSource) -> bytes:
    """The root of the first ``size`` leaves."""
    return roots_of([(0, size)], tiles)[0] if size else EMPTY_ROOT


def _split(n: int) -> int:
    """The largest power of two below ``n`` (n ≥ 2)."""
    return 1 << ((n - 1).bit_length() - 1)


def _perfect_subtrees(low: int, high: int) -> list[tuple[int, int]]:
    parts = []
    while low < high:
        height = (high - low).bit_length() - 1
        parts.append((low, height))
        low += 1 << height
    return parts


def _tile_of(start: int, height: int) -> tuple[TilePlace, int, int]:
    """Where the subtree lies: tile, first hash in it, number of hashes."""
    level, inside = divmod(height, TILE_HEIGHT)
    number, first = divmod(start >> (TILE_HEIGHT * level), TILE_WIDTH)
    return (level, number), first, 1 << inside


def _subtree_root(start: int, height: int, tiles: Mapping[TilePlace, bytes]) -> bytes:
    place, first, count = _tile_of(start, height)
    hashes = tiles[place][first * HASH : (first + count) * HASH]
    if len(hashes) != count * HASH:
        raise KeyError(place)
    return perfect_root(hashes)
