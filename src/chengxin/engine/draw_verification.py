"""抽取的核验. A second way to the same result, from the files alone and with none of the arithmetic of ``draw_sampling``.

Certainty is decided on the weights sorted once; a unit is drawn if a point of the grid lies in its own interval, counted by two
divisions; inspectors by sorting all; every hash is spelled out. What is published is then compared line by line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from math import comb
from pathlib import Path
from typing import Final

from chengxin.engine.draw_checks import check_inputs
from chengxin.engine.draw_files import (
    ASSIGNMENTS,
    DRAW,
    FIRMS,
    INPUT_FILES,
    OUTPUT_FILES,
    REVEALS,
    assignment_lines,
    draw_row,
    firm_lines,
    one_line,
)
from chengxin.engine.draw_reading import digests_of, read_inputs, read_reveals
from chengxin.engine.draw_types import Assignment, DrawnFirm, Firm, Inputs, Inspector, OfficeTask
from chengxin.kernel.refused import Refused

#: So many differences of one file are told; the rest is counted.
TOLD: Final = 5


def verify(folder: Path) -> Sequence[str]:
    """核验：what does not agree in a published folder, as Chinese sentences; none if the draw is what the files make it."""
    try:
        inputs = read_inputs(folder)
        check_inputs(inputs)
        reveals, public_value = read_reveals(folder, inputs.rule)
        digests = digests_of(folder, (*INPUT_FILES, REVEALS))
        digests_of(folder, OUTPUT_FILES)  # they are there
        commitment = _hash(
            b"chengxin/draw/commitment/v1", *(digests[name] for name in ("rule.json", "pool.jsonl", "excluded.jsonl", "inspectors.jsonl"))
        )
        seed = _hash(b"chengxin/draw/seed/v1", commitment, *(reveal or b"withheld" for reveal in reveals), public_value.encode())
        firms = list(_firms(seed, inputs))
        assignments = list(_assignments(seed, inputs, firms))
    except Refused as refused:
        return [str(refused)]
    made = {FIRMS: firm_lines(firms), ASSIGNMENTS: assignment_lines(assignments)}
    digests |= {name: sha256(content).digest() for name, content in made.items()}
    made[DRAW] = one_line(draw_row(inputs.rule.plan, digests, seed, len(firms), sum(firm.is_drawn for firm in firms)))
    return [difference for name, content in made.items() for difference in _differences(folder / name, content)]


def _hash(*parts: bytes) -> bytes:
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(4, "big"))
        digest.update(part)
    return digest.digest()


def _firms(seed: bytes, inputs: Inputs) -> Iterator[DrawnFirm]:
    for stratum in inputs.rule.strata:
        members = [firm for firm in inputs.pool.firms if firm.stratum == stratum.name]
        if members:
            yield from _stratum(seed, stratum.name, -(-len(members) * stratum.per_mille // 1000), members)


def _stratum(seed: bytes, name: str, size: int, members: Sequence[Firm]) -> Iterator[DrawnFirm]:
    left, total, heaviest = size, sum(firm.weight for firm in members), sorted(members, key=lambda firm: -firm.weight)
    certain = set()
    for firm in heaviest:
        if left * firm.weight < total:
            break
        certain.add(firm.code)
        left, total = left - 1, total - firm.weight
    start = _start(seed, name, total) if total else 0
    covered = points = 0
    ordered = sorted((_hash(seed, b"firm", name.encode(), firm.code.encode()), firm) for firm in members)
    for order, (_, firm) in enumerate(ordered, 1):
        if firm.code in certain:
            yield DrawnFirm(firm.code, name, order, True, 1, 1)
            continue
        before = points
        covered += left * firm.weight
        points = -((start - covered) // total)  # points start + k·total, k ≥ 0, below ``covered``
        yield DrawnFirm(firm.code, name, order, points > before, left * firm.weight, total)


def _start(seed: bytes, stratum: str, bound: int) -> int:
    turn = 0
    while True:
        number = int.from_bytes(_hash(seed, b"start", stratum.encode(), turn.to_bytes(8, "big")), "big")
        if number // bound < 2**256 // bound:  # a whole multiple of the bound lies above it
            return number % bound
        turn += 1


def _assignments(seed: bytes, inputs: Inputs, firms: Sequence[DrawnFirm]) -> Iterator[Assignment]:
    members = {firm.code: firm for firm in inputs.pool.firms}
    known: dict[tuple[str, str], list[Inspector]] = {}
    for firm in (members[firm.code] for firm in firms if firm.is_drawn):
        for task in inputs.rule.offices:
            if (task.office, firm.area) not in known:
                known[task.office, firm.area] = [one for one in inputs.inspectors if _may_go(one, task, firm.area)]
            yield _assignment(seed, firm, task, known[task.office, firm.area], inputs.rule.rotation)


def _may_go(inspector: Inspector, task: OfficeTask, area: str) -> bool:
    if inspector.office != task.office:
        return False
    if any(licence not in inspector.licences for licence in task.licences) or any(field not in inspector.fields for field in task.fields):
        return False
    return not area or not inspector.areas or any(area[: len(beginning)] == beginning for beginning in inspector.areas)


def _assignment(seed: bytes, firm: Firm, task: OfficeTask, known: Sequence[Inspector], rotation: bool) -> Assignment:
    names = {inspector.id for inspector in known if firm.code not in inspector.conflicts}
    size, last = task.inspectors, {inspector.id for inspector in known}.intersection(firm.last)
    is_barred = rotation and len(last) == size and last <= names
    sets = comb(len(names), size) - is_barred
    if sets <= 0:
        raise Refused(
            "draw-too-few-inspectors", f"{firm.code} 的检查：“{task.office}”的检查人员不够 {size} 人。", "公布的抽取不可能由这份名单得出。"
        )
    turn = 0
    while True:
        said = (b"inspector", task.office.encode(), firm.code.encode(), turn.to_bytes(8, "big"))
        chosen = [name for _, name in sorted((_hash(seed, *said, name.encode()), name) for name in names)][:size]
        if not (is_barred and set(chosen) == last):
            break
        turn += 1
    if not is_barred:
        return Assignment(firm.code, task.office, tuple(chosen), len(names), ((size, len(names)),) * size)
    with_one = comb(len(names) - 1, size - 1)
    return Assignment(firm.code, task.office, tuple(chosen), len(names), tuple((with_one - (name in last), sets) for name in chosen))


def _differences(path: Path, expected: bytes) -> list[str]:
    """Where the published file is not what it should be."""
    published = path.read_bytes()
    if published == expected:
        return []
    should, said = expected.decode().split("\n"), published.decode(errors="replace").split("\n")
    wrong = [place for place in range(max(len(should), len(said))) if should[place : place + 1] != said[place : place + 1]]
    told = [
        f"{path.name} 第 {place + 1} 行：公布的是“{_at(said, place)}”，按公布的材料应为“{_at(should, place)}”。" for place in wrong[:TOLD]
    ]
    return told if len(wrong) <= TOLD else [*told, f"{path.name} 共有 {len(wrong)} 行不符。"]


def _at(found: Sequence[str], place: int) -> str:
    return found[place] if place < len(found) else "（没有这一行）"
