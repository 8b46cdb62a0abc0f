"""What docs/draws.md says is true: its program runs, its example of a pair that is out of reach is one."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations, permutations
from pathlib import Path

import pytest

from chengxin.engine.draw_sampling import systematic
from tests.unit.engine.draws import nonce, open_and_draw, plain_inputs, plain_reveals, random_inputs

DOCUMENT = Path(__file__).parents[3] / "docs" / "draws.md"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (found,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "again.py"
    path.write_text(found, encoding="utf-8")
    return path


def test_the_program_gets_the_firms_as_published(program: Path, tmp_path: Path) -> None:
    for number in (1, 4, 6):
        rng = random.Random(number)
        nonces = [nonce(rng) for _ in range(3)]
        folder = tmp_path / str(number)
        drawn = open_and_draw(folder, random_inputs(rng, nonces), [nonces[0], None, nonces[2]], "03 11 17")
        done = subprocess.run([sys.executable, "-I", str(program), str(folder)], capture_output=True, text=True, check=False)
        assert done.stdout == f"{len(drawn.codes)} firms, as published\n", done.stderr


def test_the_program_notices_another_firm(program: Path, tmp_path: Path) -> None:
    open_and_draw(tmp_path / "draw", plain_inputs([1] * 9, 300), plain_reveals(), "7")
    path = tmp_path / "draw" / "firms.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"no"', b'"yes"', 1))
    done = subprocess.run([sys.executable, "-I", str(program), str(tmp_path / "draw")], capture_output=True, text=True, check=False)
    assert "AssertionError" in done.stderr


def test_pairs() -> None:
    """Over all orders and all starts."""

    def pairs(weights: list[int], size: int) -> Counter[tuple[int, int]]:
        counts: Counter[tuple[int, int]] = Counter()
        for order in permutations(range(len(weights))):
            for start in range(sum(weights)):
                drawn = systematic([weights[place] for place in order], size, start)
                counts.update(combinations(sorted(order[place] for place in drawn), 2))
        return counts

    light = pairs([48, 25, 25, 1, 1], 2)
    assert light[3, 4] == 0
    assert all(light[pair] > 0 for pair in combinations(range(5), 2) if pair != (3, 4))
    equal = pairs([3] * 5, 3)
    assert len(set(equal.values())) == 1
    assert len(equal) == 10
