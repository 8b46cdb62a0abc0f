from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.ledger import merkle
from chengxin.ledger.merkle import EMPTY_ROOT, HASH, RightEdge, TilePlace
from chengxin.ledger.verification import ProofWrong, check_consistency, check_inclusion
from tests.unit.ledger.naive import naive_path, naive_proof, naive_root

LEAVES = [sha256(b"\x00%d" % i).digest() for i in range(70_000)]
#: Sizes where something changes: around powers of two, around tiles, around the second level of tiles.
EDGES = [1, 2, 3, 4, 5, 7, 8, 9, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_000]
sizes = st.one_of(st.integers(1, 700), st.sampled_from(EDGES))


class Tiles:
    """Tiles as a database would hold them, filled by appends of any length."""

    def __init__(self) -> None:
        self.edge = RightEdge()
        self.stored: dict[TilePlace, bytes] = {}

    def append(self, leaves: list[bytes]) -> None:
        for tile in self.edge.append(b"".join(leaves)):
            before = self.stored.get((tile.level, tile.number), b"")
            assert len(before) == tile.was * HASH
            assert tile.hashes.startswith(before)
            self.stored[tile.level, tile.number] = tile.hashes

    def read(self, places: Collection[TilePlace]) -> dict[TilePlace, bytes]:
        return {place: self.stored[place] for place in places if place in self.stored}


@pytest.fixture(scope="module")
def tiles() -> Tiles:
    made = Tiles()
    made.append(LEAVES)
    return made


def test_the_vectors_of_rfc_6962() -> None:
    # Inputs and root of the reference implementation of Certificate Transparency.
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    edge = RightEdge()
    edge.append(b"".join(merkle.leaf_hash(bytes.fromhex(text)) for text in inputs))
    assert edge.root().hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.lists(st.integers(0, 600), max_size=6))
def test_the_root_does_not_depend_on_how_leaves_were_batched(batches: list[int]) -> None:
    made, total = Tiles(), 0
    for batch in batches:
        made.append(LEAVES[total : total + batch])
        total += batch
        assert made.edge.size == total
        assert made.edge.root() == naive_root(LEAVES[:total])
    last = {level: made.stored.get((level, total >> (8 * (level + 1))), b"") for level in range(4)}
    assert RightEdge.from_tiles(total, last) == made.edge


@given(sizes, st.data())
def test_inclusion_as_the_naive_reading_has_it(tiles: Tiles, size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = merkle.roots_of(merkle.inclusion_path(index, size), tiles.read)
    assert path == naive_path(index, LEAVES[:size])
    root = merkle.root_at(size, tiles.read)
    assert root == naive_root(LEAVES[:size])
    check_inclusion(LEAVES[index], index, size, path, root)


@given(sizes, st.data())
def test_consistency_as_the_naive_reading_has_it(tiles: Tiles, size: int, data: st.DataObject) -> None:
    old = data.draw(st.one_of(st.integers(1, size), st.sampled_from([edge for edge in EDGES if edge <= size])))
    path = merkle.roots_of(merkle.consistency_path(old, size), tiles.read)
    assert path == naive_proof(old, LEAVES[:size])
    check_consistency(old, size, path, naive_root(LEAVES[:old]), naive_root(LEAVES[:size]))


@given(st.integers(1, 300), st.data())
def test_no_changed_proof_of_inclusion_holds(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    path, root = naive_path(index, leaves), naive_root(leaves)
    for wrong in changed(path, data):
        with pytest.raises(ProofWrong):
            check_inclusion(LEAVES[index], index, size, wrong, root)
    with pytest.raises(ProofWrong, match="已被改动"):
        check_inclusion(LEAVES[69_999], index, size, path, root)
    if size > 1:
        with pytest.raises(ProofWrong):
            check_inclusion(LEAVES[index], (index + 1) % size, size, path, root)


@given(st.integers(2, 300), st.data())
def test_no_changed_proof_of_consistency_holds(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size - 1))
    path, old_root, root = naive_proof(old, LEAVES[:size]), naive_root(LEAVES[:old]), naive_root(LEAVES[:size])
    for wrong in changed(path, data):
        with pytest.raises(ProofWrong):
            check_consistency(old, size, wrong, old_root, root)
    with pytest.raises(ProofWrong):
        check_consistency(old, size, path, LEAVES[0] if old > 1 else LEAVES[1], root)
    with pytest.raises(ProofWrong):
        check_consistency(old, size, path, old_root, LEAVES[0])


def changed(path: list[bytes], data: st.DataObject) -> list[list[bytes]]:
    """The path with one bit, one step or the order changed."""
    wrong = [[*path, LEAVES[0]], [LEAVES[0], *path]]
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        flipped = bytes([path[at][0] ^ 1]) + path[at][1:]
        wrong += [path[:at] + path[at + 1 :], [*path[:at], flipped, *path[at + 1 :]], [*path[:at], path[at][:31], *path[at + 1 :]]]
    return wrong


ONE, TWO = naive_root(LEAVES[:1]), naive_root(LEAVES[:2])


@pytest.mark.parametrize(
    ("index", "size", "leaf", "path", "root"),
    [
        (0, 0, LEAVES[0], [], EMPTY_ROOT),
        (0, 0, EMPTY_ROOT, [], EMPTY_ROOT),
        (1, 1, LEAVES[0], [], ONE),
        (2, 2, LEAVES[0], [LEAVES[1]], TWO),
        (-1, 2, LEAVES[0], [LEAVES[1]], TWO),
        (0, -1, LEAVES[0], [], ONE),
        (0, 1, LEAVES[0], [LEAVES[0]], ONE),
        (0, 1, LEAVES[0][:31], [], ONE),
        (0, 1, LEAVES[0], [], ONE + b"\x00"),
        (0, 2, LEAVES[0], [b""], TWO),
        (0, 2, LEAVES[0], [], TWO),
        (1, 2, LEAVES[0], [LEAVES[1]], TWO),
    ],
)
def test_edges_of_inclusion(index: int, size: int, leaf: bytes, path: list[bytes], root: bytes) -> None:
    with pytest.raises(ProofWrong):
        check_inclusion(leaf, index, size, path, root)


@pytest.mark.parametrize(
    ("old", "size", "path", "old_root", "root"),
    [
        (2, 1, [], TWO, ONE),
        (2, 1, [LEAVES[1]], TWO, ONE),
        (-1, 1, [], EMPTY_ROOT, ONE),
        (0, 1, [ONE], EMPTY_ROOT, ONE),
        (0, 1, [], ONE, ONE),
        (0, 0, [], ONE, ONE),
        (1, 1, [], ONE, TWO),
        (1, 1, [ONE], ONE, ONE),
        (1, 2, [], ONE, TWO),
        (1, 2, [LEAVES[1][:20]], ONE, TWO),
        (1, 2, [LEAVES[1]], ONE[:31], TWO),
        (1, 2, [LEAVES[1]], ONE, b""),
        (1, 2, [LEAVES[0], LEAVES[1]], ONE, TWO),
        (1, 2, [LEAVES[1]], ONE, ONE),
        (1, 2, [LEAVES[1]], LEAVES[1], TWO),
    ],
)
def test_edges_of_consistency(old: int, size: int, path: list[bytes], old_root: bytes, root: bytes) -> None:
    with pytest.raises(ProofWrong):
        check_consistency(old, size, path, old_root, root)


def test_what_holds_at_the_edges() -> None:
    check_inclusion(LEAVES[0], 0, 1, [], ONE)
    check_inclusion(LEAVES[1], 1, 2, [LEAVES[0]], TWO)
    check_consistency(0, 0, [], EMPTY_ROOT, EMPTY_ROOT)
    check_consistency(0, 2, [], EMPTY_ROOT, TWO)
    check_consistency(2, 2, [], TWO, TWO)
    check_consistency(1, 2, [LEAVES[1]], ONE, TWO)


def test_no_path_outside_the_tree(tiles: Tiles) -> None:
    for index, size in ((0, 0), (5, 5), (-1, 5)):
        with pytest.raises(IndexError):
            merkle.inclusion_path(index, size)
    with pytest.raises(IndexError):
        merkle.consistency_path(6, 5)
    with pytest.raises(KeyError):
        merkle.root_at(80_000, tiles.read)
    assert merkle.root_at(0, tiles.read) == EMPTY_ROOT
