from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.ledger import note
from chengxin.ledger.note import Checkpoint, Signer, Verifier
from chengxin.ledger.verification import ProofWrong

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = Signer("credit.example.cn/log", KEY)
WITNESS = Signer("witness.example.cn", Ed25519PrivateKey.from_private_bytes(bytes(32)))
CHECKPOINT = Checkpoint("credit.example.cn/log", 1234, sha256(b"root").digest())


def test_the_form_of_a_signed_checkpoint() -> None:
    text = note.sign(CHECKPOINT, [LOG])
    lines = text.split("\n")
    assert lines[:4] == ["credit.example.cn/log", "1234", base64.b64encode(sha256(b"root").digest()).decode(), ""]
    name, material = lines[4].removeprefix("— ").split(" ")
    assert (name, lines[5:]) == ("credit.example.cn/log", [""])
    public = KEY.public_key().public_bytes_raw()
    assert base64.b64decode(material)[:4] == sha256(b"credit.example.cn/log\n\x01" + public).digest()[:4]
    assert base64.b64decode(material)[4:] == KEY.sign("\n".join(lines[:3]).encode() + b"\n")


def test_the_example_of_the_signed_note_specification() -> None:
    # The vkey and note that Go's golang.org/x/mod/sumdb/note documents and tests with.
    verifier = Verifier.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert note.parse(text).signed_by(verifier)
    with pytest.raises(ProofWrong, match="PeterNeumann"):
        note.parse(text.replace("answer", "Answer")).signed_by(verifier)


def test_a_public_key_comes_back_as_written() -> None:
    assert Verifier.parse(str(LOG.verifier)) == LOG.verifier


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+", "a b+12345678+AQ==", str(LOG.verifier).replace("+", "+0", 1), str(LOG.verifier)[:-8]]
)
def test_a_public_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ProofWrong):
        Verifier.parse(text)


def test_several_signatures_stand_side_by_side() -> None:
    text = note.sign(CHECKPOINT, [LOG])
    both = note.with_signature(text, WITNESS.line(CHECKPOINT.body()), WITNESS.verifier)
    assert note.opened(both, LOG.verifier) == note.opened(both, WITNESS.verifier) == CHECKPOINT
    with pytest.raises(ProofWrong, match="没有"):
        note.opened(text, WITNESS.verifier)


def test_a_witness_signs_with_the_time() -> None:
    key, time = Ed25519PrivateKey.from_private_bytes(bytes(32)), 1_790_000_000
    witness = Verifier("witness.example.cn", b"\x04", key.public_key().public_bytes_raw())
    signature = key.sign(f"cosignature/v1\ntime {time}\n{CHECKPOINT.body()}".encode())
    line = f"— witness.example.cn {base64.b64encode(witness.tag + time.to_bytes(8) + signature).decode()}"
    both = note.with_signature(note.sign(CHECKPOINT, [LOG]), line, witness)
    assert note.opened(both, witness) == CHECKPOINT
    with pytest.raises(ProofWrong):
        note.opened(both.replace(line, line.replace("AAAA", "AAAB", 1)), witness)


def test_a_signature_over_other_words_is_refused() -> None:
    forged = note.sign(CHECKPOINT, [LOG]).replace("\n1234\n", "\n1235\n")
    with pytest.raises(ProofWrong, match="签名无效"):
        note.opened(forged, LOG.verifier)
    with pytest.raises(ProofWrong):
        note.with_signature(note.sign(CHECKPOINT, [LOG]), WITNESS.line("other\n"), WITNESS.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\nAA==\n",
        "a\n1\n\n— name AAAAAA==",
        "a\n1\nAA==\n\n- name AAAAAAAA\n",
        "a\n1\nAA==\n\n— na+me AAAAAAAA\n",
        "a\n1\nAA==\n\n— name AAAA\n",
        "a\n1\nAA==\n\n— name ?\n",
    ],
)
def test_a_note_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ProofWrong):
        note.parse(text)


@pytest.mark.parametrize("size", ["-1", "01", "1.0", "", "１", "1 "])
def test_a_size_of_another_form_is_refused(size: str) -> None:
    body = f"name\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"
    with pytest.raises(ProofWrong, match="格式"):
        note.parse(f"{body}\n{LOG.line(body)}\n").checkpoint()


def test_a_root_of_another_length_is_refused() -> None:
    body = f"name\n5\n{base64.b64encode(bytes(31)).decode()}\n"
    with pytest.raises(ProofWrong, match="32"):
        note.parse(f"{body}\n{LOG.line(body)}\n").checkpoint()
