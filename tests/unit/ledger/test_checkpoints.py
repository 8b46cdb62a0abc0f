from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from chengxin.kernel.refused import NotFound
from chengxin.ledger import checkpoints, keys, note, services
from chengxin.ledger.appending import LedgerBroken
from chengxin.ledger.merkle import EMPTY_ROOT, leaf_hash
from chengxin.ledger.models import Checkpoint, Head, Tile
from chengxin.ledger.verification import check_consistency, check_inclusion

AT = 1_790_000_000
Put = Callable[..., list[int]]


def test_an_empty_log_has_a_checkpoint_too(db: None) -> None:
    made = services.sign_checkpoint(AT)
    assert made is not None
    assert (made.size, bytes(made.root)) == (0, EMPTY_ROOT)
    assert services.sign_checkpoint(AT + 1) is None


def test_a_checkpoint_only_when_the_log_has_grown(put: Put) -> None:
    put(3)
    first = services.sign_checkpoint(AT)
    assert first is not None
    assert services.sign_checkpoint(AT + 1) is None
    put(2)
    second = services.sign_checkpoint(AT + 2)
    assert second is not None
    assert (first.size, second.size, second.signed_at) == (3, 5, AT + 2)
    signed = note.opened(second.note, keys.verifiers(checkpoints.log_name())[-1])
    assert (signed.origin, signed.size, signed.root) == ("127.0.0.1:8000/log", 5, bytes(second.root))


def test_every_entry_has_a_proof_in_the_next_checkpoint_and_in_every_later_one(put: Put) -> None:
    ids = put(300)
    with pytest.raises(NotFound, match="还没有"):
        services.prove(ids[0])
    old = services.sign_checkpoint(AT)
    put(400)
    new = services.sign_checkpoint(AT + 1)
    assert old is not None
    assert new is not None
    for content_id in (ids[0], ids[255], ids[256], ids[-1]):
        proof = services.prove(content_id)
        check_inclusion(leaf_hash(proof.entry), proof.leaf_index, new.size, proof.path, bytes(new.root))
        assert proof.checkpoint == new.note
    check_consistency(old.size, new.size, services.prove_consistency(old.size, new.size), bytes(old.root), bytes(new.root))


def test_nothing_is_proven_that_is_not_there(put: Put) -> None:
    put(1)
    services.sign_checkpoint(AT)
    with pytest.raises(NotFound, match="没有这个编号"):
        services.prove(10**12)
    for old, size in ((2, 1), (-1, 1), (1, 9)):
        with pytest.raises(NotFound):
            services.prove_consistency(old, size)


def test_a_shorter_log_than_the_one_signed_is_never_signed(put: Put) -> None:
    put(5)
    services.sign_checkpoint(AT)
    Head.objects.update(size=4)
    with pytest.raises(LedgerBroken, match="旧备份"):
        services.sign_checkpoint(AT + 1)


def test_a_log_that_does_not_extend_the_one_signed_is_never_signed(put: Put) -> None:
    put(5)
    services.sign_checkpoint(AT)
    put(1)
    Checkpoint.objects.update(root=b"\x01" * 32)
    with pytest.raises(LedgerBroken, match="前 5 条"):
        services.sign_checkpoint(AT + 1)


def test_a_head_that_the_tiles_contradict_stops_signing_and_appending(put: Put) -> None:
    put(5)
    Head.objects.update(root=b"\x01" * 32)
    with pytest.raises(LedgerBroken, match="fsck"):
        services.sign_checkpoint(AT)
    with pytest.raises(LedgerBroken, match="fsck"):
        put(1)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_tile")
    with pytest.raises(LedgerBroken, match="瓦片"):
        put(1)
    assert not Tile.objects.exists()


def test_a_witness_may_sign_beside_us(put: Put) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    put(5)
    made = services.sign_checkpoint(AT)
    assert made is not None
    witness = note.Signer("witness.example.cn", Ed25519PrivateKey.generate())
    body = note.parse(made.note).body
    text = checkpoints.add_signature(5, witness.line(body), witness.verifier)
    assert checkpoints.add_signature(5, witness.line(body), witness.verifier) == text
    assert note.opened(text, witness.verifier).size == 5
    with pytest.raises(NotFound):
        checkpoints.add_signature(4, witness.line(body), witness.verifier)
