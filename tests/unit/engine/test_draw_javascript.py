"""The JavaScript verifier makes the same draws, byte for byte, and finds fault with the same folders."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

from chengxin.engine import draw as d
from chengxin.engine.draw_files import ASSIGNMENTS, DRAW, FIRMS, write_inputs
from chengxin.kernel.refused import Refused
from tests.conftest import FULL_COUNTS
from tests.unit.engine.draws import nonce, open_and_draw, random_inputs
from tests.unit.engine.tampering import tampered

PROJECT = Path(__file__).parents[3]
DRAWS = 10_000 if FULL_COUNTS else 300
TAMPERED = 10_000 if FULL_COUNTS else 400


def in_node(folder: Path, cases: list[dict[str, bytes]]) -> list[str]:
    """One process for all of them."""
    assert shutil.which("node"), "node is needed to test the JavaScript verifier: apt-get install nodejs"
    given = folder / "cases.jsonl"
    with given.open("w") as file:
        for case in cases:
            file.write(json.dumps({name: base64.b64encode(content).decode() for name, content in case.items()}) + "\n")
    command = ["node", "tests/unit/engine/run_draws.mjs", str(given)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def random_draw(folder: Path, rng: random.Random) -> bool:
    """Whether there was one: inspectors may be too few."""
    shutil.rmtree(folder, ignore_errors=True)
    nonces = [nonce(rng) for _ in range(3)]
    inputs = random_inputs(rng, nonces)
    reveals = [None if rng.random() < 0.2 else own for own in nonces]
    try:
        open_and_draw(folder, inputs, reveals, rng.choice(["03 11 17 20 26 31 + 09", "公开 7", "c3b1"]))
    except Refused as refused:
        if refused.slug not in {"draw-too-few-inspectors", "draw-inspector-in-conflict"}:
            raise
        write_inputs(folder, inputs)  # as somebody might who does not check
        d.write_reveals(folder, reveals, "7", "https://example.cn")
        return False
    return True


def test_the_same_draws_byte_for_byte(tmp_path: Path) -> None:
    rng = random.Random(20261123)
    cases, drawn = [], []
    for _ in range(DRAWS):
        drawn.append(random_draw(tmp_path / "draw", rng))
        cases.append(files_in(tmp_path / "draw"))
    assert sum(drawn) > DRAWS * 0.5
    answers: list[dict[str, Any]] = [json.loads(line) for line in in_node(tmp_path, cases)]
    for case, is_drawn, answer in zip(cases, drawn, answers, strict=True):
        if is_drawn:
            assert answer["found"] == []
            assert {name: answer["made"][name].encode() for name in (FIRMS, ASSIGNMENTS, DRAW)} == {
                name: case[name] for name in (FIRMS, ASSIGNMENTS, DRAW)
            }
        else:
            assert "的检查：" in answer["made"]["refused"]


def test_fault_is_found_with_the_same_folders(tmp_path: Path) -> None:
    rng = random.Random(7)
    cases, found, touched = [], [], []
    folder = tmp_path / "draw"
    while len(cases) < TAMPERED:
        if not random_draw(folder, rng):
            continue
        for _ in range(10):
            published = files_in(folder)
            case = tampered(published, rng)
            changed = tmp_path / "changed"
            shutil.rmtree(changed, ignore_errors=True)
            changed.mkdir()
            for name, content in case.items():
                (changed / name).write_bytes(content)
            cases.append(case)
            touched.append(case != published)
            found.append(bool(d.verify(changed)))
    answers = [bool(json.loads(line)["found"]) for line in in_node(tmp_path, cases)]
    assert answers == found == touched


def test_sha256_agrees_at_every_length_around_a_block(tmp_path: Path) -> None:
    messages = [bytes((i * 7 + n) % 256 for i in range(n)) for n in range(1, 200)] + [b"a" * 1_000_003]
    assert in_node(tmp_path, [{"message": message} for message in messages]) == [sha256(message).hexdigest() for message in messages]


def test_the_command(tmp_path: Path) -> None:
    rng = random.Random(1)
    while not random_draw(tmp_path / "draw", rng):
        pass
    command = ["node", "verifiers/draw.mjs", str(tmp_path / "draw")]
    good = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert (good.returncode, good.stdout[:3]) == (0, "一致：")
    path = tmp_path / "draw" / FIRMS
    path.write_bytes(path.read_bytes().replace(b'"drawn":"yes"', b'"drawn":"no"', 1))
    bad = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert bad.returncode == 1
    assert "firms.jsonl 第" in bad.stdout
