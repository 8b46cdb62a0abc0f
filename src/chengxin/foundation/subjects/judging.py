"""合并的推导。Which subjects are one, from the judgements in effect: pure, so that undoing one restores exactly what was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Pair = tuple[int, int]


def in_order(one: int, other: int) -> Pair:
    """A pair is written smaller id first."""
    return (one, other) if one < other else (other, one)


def component(start: int, same: Iterable[Pair]) -> frozenset[int]:
    """Everybody that ``start`` is, directly or through others."""
    neighbours: dict[int, set[int]] = {}
    for left, right in same:
        neighbours.setdefault(left, set()).add(right)
        neighbours.setdefault(right, set()).add(left)
    reached, frontier = {start}, [start]
    while frontier:
        new = neighbours.get(frontier.pop(), set()) - reached
        reached |= new
        frontier.extend(new)
    return frozenset(reached)


def canonical_of(members: Iterable[int], codes: Mapping[int, str]) -> int:
    """主记录：of one component the member with a code, of several the first opened. A function of what never changes."""
    return min(members, key=lambda member: (not codes.get(member), member))


def canonical_ids(members: Iterable[int], same: Iterable[Pair], codes: Mapping[int, str]) -> dict[int, int]:
    """Each of ``members`` with its canonical id; ``same`` are the pairs judged the same, ``codes`` those who have one."""
    pairs, result = list(same), dict[int, int]()
    for member in members:
        if member not in result:
            together = component(member, pairs)
            canonical = canonical_of(together, codes)
            result |= dict.fromkeys(together, canonical)
    return result
