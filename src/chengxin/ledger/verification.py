"""核验。Checks of proofs, as anyone may do them: nothing but hashes. Each check ends silently or says in a sentence what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chengxin.ledger.merkle import EMPTY_ROOT, HASH, node_hash


class ProofWrong(ValueError):
    """证明不成立。The sentence says why."""


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """存在证明：``leaf`` is leaf ``index`` of the tree of ``size`` leaves with this ``root`` (RFC 9162, 2.1.3.2). Raises ProofWrong."""
    _must_be_hashes([leaf, root, *path])
    if size < 1:
        raise ProofWrong("空的账本里没有任何条目。")
    if not 0 <= index < size:
        raise ProofWrong(f"条目序号 {index} 不在账本之内（账本共 {size} 条，序号从 0 起）。")
    found = leaf
    for sibling, is_left in zip(path, _sides(index, size - 1, len(path)), strict=True):
        found = node_hash(sibling, found) if is_left else node_hash(found, sibling)
    if found != root:
        raise ProofWrong("由条目和证明路径算出的根与检查点的根不一致：条目不在该账本中，或已被改动。")


def check_consistency(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    """一致性证明：the tree of ``old`` leaves is the beginning of the tree of ``size`` (RFC 9162, 2.1.4.2). Raises ProofWrong."""
    _must_be_hashes([old_root, root, *path])
    if old < 0 or size < 0:
        raise ProofWrong("账本的条数不能为负。")
    if old > size:
        raise ProofWrong(f"旧检查点（{old} 条）比新检查点（{size} 条）还长：账本只增不减。")
    if old in (0, size):
        _check_trivial(old, size, path, old_root, root)
        return
    hashes = list(path)
    if not hashes:
        raise ProofWrong("缺少证明路径。")
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)
    first, last = old - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    found_old = found = hashes[0]
    for sibling, is_left in zip(hashes[1:], _sides(first, last, len(hashes) - 1), strict=True):
        if is_left:
            found_old = node_hash(sibling, found_old)
        found = node_hash(sibling, found) if is_left else node_hash(found, sibling)
    if found_old != old_root:
        raise ProofWrong("算出的旧根与旧检查点不一致。")
    if found != root:
        raise ProofWrong("算出的新根与新检查点不一致：新账本不是旧账本的延续。")


def _sides(first: int, last: int, length: int) -> Iterator[bool]:
    """For each step up from node ``first`` of a level whose last node is ``last``: does the sibling stand on the left? ProofWrong if
    ``length`` steps are too many or too few to reach the root."""
    for _ in range(length):
        if last == 0:
            raise ProofWrong("证明路径过长。")
        is_left = bool(first & 1) or first == last
        while is_left and first and not first & 1:  # a last node without a sibling moves up unchanged
            first, last = first >> 1, last >> 1
        yield is_left
        first, last = first >> 1, last >> 1
    if last:
        raise ProofWrong("证明路径过短。")


def _check_trivial(old: int, size: int, path: Sequence[bytes], old_root: bytes, root: bytes) -> None:
    if path:
        raise ProofWrong("两个检查点条数相同或旧账本为空时，证明路径应为空。")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofWrong("空账本的根应为空串的 SHA-256。")
    if old == size and old_root != root:
        raise ProofWrong("条数相同而根不同：账本出现分叉。")


def _must_be_hashes(values: Sequence[bytes]) -> None:
    for value in values:
        if len(value) != HASH:
            raise ProofWrong(f"散列值应为 {HASH} 字节，实际为 {len(value)} 字节。")
