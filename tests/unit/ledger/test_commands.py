from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner, Result

from chengxin.ledger import checkpoints, keys, note, services
from chengxin.ledger.commands import app
from chengxin.ledger.models import Content

Put = Callable[..., list[int]]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_checkpoint_is_signed_and_shown(put: Put) -> None:
    put(3)
    shown = json.loads(run("checkpoint", "--json").stdout)
    assert shown["size"] == 3
    assert note.opened(shown["note"], note.Verifier.parse(shown["vkey"])).root.hex() == shown["root"]
    assert shown["vkey"] in run("checkpoint").stdout


def test_a_witness_signs_by_command(put: Put, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    put(3)
    body = note.parse(json.loads(run("checkpoint", "--json").stdout)["note"]).body
    witness = note.Signer("witness.example.cn", Ed25519PrivateKey.generate())
    line = tmp_path / "line"
    line.write_text(witness.line(body) + "\n")
    assert witness.line(body) in run("checkpoint", "--cosign", str(line), "--vkey", str(witness.verifier)).stdout
    line.write_text(witness.line("other\n"))
    refused = run("checkpoint", "--cosign", str(line), "--vkey", str(witness.verifier))
    assert (refused.exit_code, "签名无效" in refused.stdout) == (1, True)


def test_a_proof_is_written_and_verified(put: Put, tmp_path: Path) -> None:
    ids = put(5)
    services.sign_checkpoint(1)
    file = tmp_path / "proof.json"
    assert run("proof", f"c{ids[3]}", "--output", str(file)).exit_code == 0
    assert json.loads(run("proof", f"c{ids[3]}").stdout) == json.loads(file.read_text())
    held = run("verify", str(file))
    assert (held.exit_code, held.stdout.split()[-1]) == (0, "证明成立。")
    vkey = str(keys.verifiers(checkpoints.log_name())[-1])
    assert json.loads(run("verify", str(file), "--vkey", vkey, "--json").stdout)["holds"]
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"leaf_index": 2}))
    broken = run("verify", str(file), "--json")
    assert broken.exit_code == 1
    assert "根不一致" in json.loads(broken.stdout)["sentence"]
    for text in ("[]", "{}", "no json", ""):
        file.write_text(text)
        assert run("verify", str(file)).exit_code == 1


def test_fsck_by_command(put: Put) -> None:
    ids = put(5)
    services.sign_checkpoint(1)
    sound = run("fsck", "--json")
    assert (sound.exit_code, json.loads(sound.stdout)["sound"], json.loads(sound.stdout)["entries"]) == (0, True, 5)
    assert "账本没有问题" in run("fsck").stdout
    Content.objects.filter(id=ids[2]).update(salt=bytes(32))
    broken = run("fsck", "--json")
    assert (broken.exit_code, json.loads(broken.stdout)["first_bad"]["seq"]) == (1, 2)
    assert "第一处错误：第 2 条" in run("fsck").stdout


def test_erasing_by_command(put: Put) -> None:
    ids = put(5)
    asked = run("erase", f"c{ids[0]}", "--because", "泰安市中级人民法院（2026）鲁09行终1号")
    assert asked.exit_code == 1  # nobody said yes
    assert Content.objects.filter(payload=None).count() == 0
    done = run("erase", f"c{ids[0]}", f"c{ids[1]}", "--because", "泰安市中级人民法院（2026）鲁09行终1号", "--yes", "--json")
    assert json.loads(done.stdout) == {"erased": 2}
    assert run("erase", str(ids[2]), "--because", "x", "--yes").exit_code == 2
    assert json.loads(run("fsck", "--json").stdout)["erased"] == 2
