"""双随机抽取。A draw from published files, with nothing else: whoever has the folder gets the same firms and the same inspectors.

Whole numbers and SHA-256 only; docs/draws.md says what is computed and why nobody can steer it. Sealing: ``write_inputs``, then
``commitment`` goes into the ledger. Opening: ``write_reveals``, ``seed_of``. Drawing: ``draw``. Anybody, afterwards: ``verify``.
"""

from __future__ import annotations

from pathlib import Path

from chengxin.engine.draw_checks import check_inputs, check_no_conflict
from chengxin.engine.draw_files import DRAW, INPUT_FILES, write_drawn, write_inputs, write_reveals
from chengxin.engine.draw_hashes import commitment_of, party_commitment, seed
from chengxin.engine.draw_reading import checked_public_value, digests_of, opened, read_inputs, read_reveals
from chengxin.engine.draw_sampling import InspectorDraw, sample_firms
from chengxin.engine.draw_types import (
    Assignment,
    Drawn,
    DrawnFirm,
    Excluded,
    Firm,
    Inputs,
    Inspector,
    OfficeTask,
    Party,
    Pool,
    Rule,
    Stratum,
)
from chengxin.engine.draw_verification import verify
from chengxin.kernel.refused import Refused

__all__ = [
    "Assignment",
    "Drawn",
    "DrawnFirm",
    "Excluded",
    "Firm",
    "Inputs",
    "Inspector",
    "OfficeTask",
    "Party",
    "Pool",
    "Rule",
    "Stratum",
    "check_inputs",
    "check_no_conflict",
    "checked_public_value",
    "commitment",
    "draw",
    "drawn_from",
    "opened",
    "party_commitment",
    "read_inputs",
    "seal",
    "seed",
    "seed_of",
    "verify",
    "write_reveals",
]


def seal(folder: Path, inputs: Inputs) -> bytes:
    """封存：check the inputs, write them as files and say their commitment. Refused if a draw from them would not be valid."""
    check_inputs(inputs)
    write_inputs(folder, inputs)
    return commitment(folder)


def commitment(folder: Path) -> bytes:
    """封存值 of the four input files as they lie there, 32 bytes."""
    return commitment_of(digests_of(folder, INPUT_FILES), INPUT_FILES)


def seed_of(folder: Path) -> bytes:
    """种子 from the input files and ``reveals.json``. Refused for an opened number that is not the sealed one."""
    return _seed_of(folder, read_inputs(folder).rule)


def _seed_of(folder: Path, rule: Rule) -> bytes:
    reveals, public_value = read_reveals(folder, rule)
    return seed(commitment(folder), reveals, public_value)


def drawn_from(inputs: Inputs, seed: bytes) -> Drawn:
    """抽取 without files. Refused where the inputs are not valid."""
    check_inputs(inputs)
    firms = sample_firms(seed, inputs)
    by_code = {firm.code: firm for firm in inputs.pool.firms}
    lots = InspectorDraw(seed, inputs)
    visits = (by_code[firm.code] for firm in firms if firm.is_drawn)
    return Drawn(tuple(firms), tuple(lots.assign(firm, task) for firm in visits for task in inputs.rule.offices))


def draw(folder: Path, seed: bytes) -> Drawn:
    """抽取：from the files of the folder; writes ``firms.jsonl``, ``assignments.jsonl``, ``draw.json`` there, the same bytes each time.

    Refused if the seed is not the one that follows from the folder, if the folder holds another draw, or for what ``drawn_from`` refuses.
    """
    inputs = read_inputs(folder)
    if seed != _seed_of(folder, inputs.rule):
        raise Refused("draw-seed", "种子与封存的名单、各方开封的随机数和公开随机数不符。", "用本文件夹里的材料重新计算种子。")
    drawn = drawn_from(inputs, seed)
    said = f'"seed":"{seed.hex()}"'.encode()
    if (folder / DRAW).exists() and said not in (folder / DRAW).read_bytes():
        raise Refused(
            "draw-already-made",
            "这个计划已经抽取过，一个计划只有一次有效的抽取。",
            "要重新抽取，先中止原来的抽取并写明理由，再立新的计划。",
        )
    write_drawn(folder, seed, drawn, inputs)
    return drawn
