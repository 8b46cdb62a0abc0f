"""The JavaScript verifier and the Python one give the same answer, to the word, on random trees, changed proofs and odd files."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.ledger import note
from chengxin.ledger.entries import commitment_of, entry_of
from chengxin.ledger.merkle import leaf_hash
from chengxin.ledger.note import Checkpoint, Signer
from chengxin.ledger.proofs import InclusionProof, check_document
from chengxin.ledger.verification import ProofWrong, check_consistency, check_inclusion
from tests.unit.ledger.naive import naive_path, naive_proof, naive_root

PROJECT = Path(__file__).parents[3]
LEAVES = [sha256(b"\x00%d" % i).digest() for i in range(600)]
LOG = Signer("credit.example.cn/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
STRANGER = Signer("credit.example.cn/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def node(*arguments: str, given: str = "") -> str:
    assert shutil.which("node"), "node is needed to test the JavaScript verifier: apt-get install nodejs"
    done = subprocess.run(["node", *arguments], input=given, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def answers(cases: list[dict[str, Any]]) -> list[Any]:
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    return [json.loads(line) for line in node("tests/unit/ledger/run_cases.js", given=lines).splitlines()]


def changed(path: list[bytes], rng: random.Random) -> list[bytes]:
    """Half of the time as it is; else one step lost, added, cut, flipped or moved."""
    path = list(path)
    at = rng.randrange(len(path)) if path else 0
    match rng.randrange(10):
        case 0 if path:
            del path[at]
        case 1:
            path.insert(at, rng.choice(LEAVES))
        case 2 if path:
            path[at] = path[at][: rng.randrange(32)]
        case 3 if path:
            path[at] = bytes([path[at][0] ^ 0x80]) + path[at][1:]
        case 4:
            rng.shuffle(path)
    return path


def random_case(rng: random.Random) -> dict[str, Any]:
    size = rng.choice([1, 2, 3, 4, 7, 8, 255, 256, 257, rng.randrange(1, 600)])
    root = naive_root(LEAVES[:size])
    said = size + rng.choice([0, 0, 0, 0, 1, -1])
    if rng.random() < 0.5:
        index = rng.randrange(size)
        path = changed(naive_path(index, LEAVES[:size]), rng)
        index += rng.choice([0, 0, 0, 1, -1, size])
        return {"kind": "inclusion", "leaf": LEAVES[index % 600], "index": index, "size": said, "path": path, "root": root}
    old = rng.randrange(1, size + 1)
    path = changed(naive_proof(old, LEAVES[:size]), rng)
    old_root = naive_root(LEAVES[: rng.choice([old, old, old, old - 1])])
    return {
        "kind": "consistency",
        "old": old + rng.choice([0, 0, 0, 1, -1, -old]),
        "size": said,
        "path": path,
        "old_root": old_root,
        "root": root,
    }


def python_answer(case: dict[str, Any]) -> str | None:
    given = {key: value for key, value in case.items() if key != "kind"}
    try:
        (check_inclusion if case["kind"] == "inclusion" else check_consistency)(**given)
    except ProofWrong as wrong:
        return str(wrong)
    return None


def written(case: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value.hex() if isinstance(value, bytes) else [plain(each) for each in value] if isinstance(value, list) else value

    return {key: plain(value) for key, value in case.items()}


def test_the_same_answer_on_random_trees() -> None:
    rng = random.Random(20260401)
    cases = [random_case(rng) for _ in range(1_500)]
    expected = [python_answer(case) for case in cases]
    assert answers([written(case) for case in cases]) == expected
    assert 300 < expected.count(None) < 1_200  # both kinds of answer are among them
    assert len(set(expected)) >= 8


def proof_file(rng: random.Random) -> dict[str, Any]:
    size = rng.randrange(1, 40)
    index = rng.randrange(size)
    payload = f'{{"CF_WSH":"泰市监处罚〔2026〕{index}号 🏛\u2028","_event":"records:record:collected"}}'
    salt = rng.randbytes(32)
    entry = entry_of(commitment_of(salt, payload.encode()))
    leaves = [*LEAVES[:index], leaf_hash(entry), *LEAVES[index + 1 : size]]
    text = note.sign(Checkpoint(LOG.name, size, naive_root(leaves)), [LOG])
    return InclusionProof(index, entry, tuple(naive_path(index, leaves)), text, salt, payload.encode()).document()


def spoiled(proof: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    body = note.parse(proof["checkpoint"]).body
    others: list[dict[str, Any]] = [
        {},
        {"payload": proof["payload"].replace("泰", "济")},
        {"salt": base64.b64encode(bytes(32)).decode()},
        {"salt": "no base64"},
        {"salt": None, "payload": None},
        {"format": "other"},
        {"leaf_index": proof["leaf_index"] + 1},
        {"leaf_index": -1},
        {"entry": base64.b64encode(rng.randbytes(40)).decode()},
        {"entry": proof["entry"] + "="},
        {"path": [*proof["path"], proof["entry"]]},
        {"path": proof["path"][::-1]},
        {"checkpoint": proof["checkpoint"].replace(LOG.name, "other.example/log", 1)},
        {"checkpoint": body + "\n" + STRANGER.line(body) + "\n"},
        {"checkpoint": body + "\n" + STRANGER.line(body) + "\n" + LOG.line(body) + "\n"},
        {"checkpoint": body},
        {"checkpoint": proof["checkpoint"].rstrip("\n")},
        {"checkpoint": proof["checkpoint"].replace("— ", "- ")},
        {"checkpoint": "a\n01\nAA==\n\n" + LOG.line("a\n01\nAA==\n") + "\n"},
    ]
    return proof | rng.choice(others)


def test_the_same_sentences_on_proof_files() -> None:
    rng = random.Random(20250401)
    cases = [{"kind": "proof", "proof": spoiled(proof_file(rng), rng), "vkey": str(LOG.verifier)} for _ in range(400)]
    expected: list[Any] = []
    for case in cases:
        try:
            expected.append(check_document(case["proof"], [LOG.verifier]))
        except ProofWrong as wrong:
            expected.append(str(wrong))
    assert answers(cases) == expected
    assert len({str(answer) for answer in expected if isinstance(answer, str)}) >= 10


def test_a_proof_file_from_the_command_line(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    proof = proof_file(random.Random(1))
    file.write_text(json.dumps(proof), encoding="utf-8")
    assert node("verifiers/verify.js", str(file), str(LOG.verifier)).splitlines()[-1] == "证明成立。"
    file.write_text(json.dumps(proof | {"payload": "{}"}), encoding="utf-8")
    done = subprocess.run(
        ["node", "verifiers/verify.js", file, str(LOG.verifier)], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    assert (done.returncode, done.stdout.strip()) == (1, "不成立：内容与条目不符：内容或盐已被改动，或属于另一条目。")


def test_the_verifiers_own_tests() -> None:
    assert "# fail 0" in node("--test", "verifiers/")


def test_the_page_carries_the_same_verifier() -> None:
    served = PROJECT / "src/chengxin/ledger/static/ledger/verifier.js"
    assert served.read_bytes() == (PROJECT / "verifiers/verifier.js").read_bytes()


@pytest.mark.parametrize("text", ["", "x", "credit.example.cn/log+00000000+AQ==", str(LOG.verifier)[:-4], "a b" + str(LOG.verifier)])
def test_the_same_sentence_on_odd_keys(text: str) -> None:
    with pytest.raises(ProofWrong) as wrong:
        note.Verifier.parse(text)
    assert answers([{"kind": "proof", "proof": proof_file(random.Random(2)), "vkey": text}]) == [str(wrong.value)]
