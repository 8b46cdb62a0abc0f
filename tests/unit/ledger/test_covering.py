"""``fsck`` notices that checkpoints were taken away, and that the log is not the continuation of one kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import services
from chengxin.ledger.commands import app
from chengxin.ledger.covering import LATE_AFTER
from chengxin.ledger.models import Checkpoint, Entry, Head
from chengxin.storage.transactions import writing

AT = 1_790_000_000
Put = Callable[..., list[int]]


def slugs(**asked: object) -> list[str]:
    return [fault.slug for fault in services.fsck(**asked).faults]  # type: ignore[arg-type]


def write_at(at: int) -> None:
    with writing():
        (content_id,) = services.allocate_content_ids(1)
        payload = canonical_bytes({"_event": "records:record:withdrawn", "_at": str(at)})
        services.append(services.prepare("records:record:withdrawn", [payload], [content_id]))


def test_entries_without_any_checkpoint_are_an_error(put: Put) -> None:
    put(3)
    services.sign_checkpoint(AT)
    assert slugs(at=AT) == []
    Checkpoint.objects.all().delete()
    assert slugs(at=AT) == ["checkpoints-missing"]
    assert CliRunner().invoke(app, ["fsck"]).exit_code == 1


def test_an_empty_ledger_needs_no_checkpoint(db: None) -> None:
    assert slugs(at=AT) == []


def test_entries_that_should_long_be_signed_are_an_error(put: Put) -> None:
    put(3)
    services.sign_checkpoint(AT)
    write_at(AT)
    assert slugs(at=AT + LATE_AFTER) == []
    report = services.fsck(at=AT + LATE_AFTER + 1)
    assert [(fault.slug, fault.seq) for fault in report.faults] == [("checkpoint-late", 3)]
    services.sign_checkpoint(AT + LATE_AFTER + 1)
    assert slugs(at=AT + LATE_AFTER + 1) == []


@pytest.fixture
def kept(put: Put, tmp_path: Path) -> Path:
    """The checkpoint of five entries, kept elsewhere; the log has grown since."""
    put(5)
    services.sign_checkpoint(AT)
    file = tmp_path / "checkpoint"
    file.write_text(Checkpoint.objects.get(size=5).note)
    put(2)
    services.sign_checkpoint(AT)
    return file


def fsck_against(file: Path) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, ["fsck", "--checkpoint", str(file), "--json"])
    return done.exit_code, [fault["slug"] for fault in json.loads(done.stdout)["faults"]]


def test_a_log_that_continues_the_kept_checkpoint_is_sound(kept: Path) -> None:
    assert fsck_against(kept) == (0, [])


def test_a_log_cut_short_is_betrayed_by_the_kept_checkpoint(kept: Path) -> None:
    Checkpoint.objects.all().delete()
    Entry.objects.filter(seq__gte=4).delete()
    from chengxin.ledger.merkle import root_at
    from chengxin.ledger.tiles import read_tiles

    Head.objects.update(size=4, root=root_at(4, read_tiles))
    services.sign_checkpoint(AT)
    assert fsck_against(kept) == (1, ["seen-beyond"])


def test_a_rewritten_log_is_betrayed_by_the_kept_checkpoint(kept: Path) -> None:
    from chengxin.ledger.entries import commitment_of, leaf_of
    from chengxin.ledger.merkle import RightEdge
    from chengxin.ledger.models import Content, Tile

    payload, salt = b'{"_event":"records:record:collected"}', bytes(32)
    entry = Entry.objects.get(seq=1)
    Content.objects.filter(id=entry.content_id).update(payload=payload, salt=salt)
    Entry.objects.filter(seq=1).update(commitment=commitment_of(salt, payload))
    leaves = b"".join(leaf_of(bytes(each.commitment)) for each in Entry.objects.order_by("seq"))
    edge = RightEdge()
    edge.append(leaves)
    Tile.objects.filter(level=0, number=0).update(hashes=leaves)
    Head.objects.update(root=edge.root())
    Checkpoint.objects.all().delete()
    services.sign_checkpoint(AT)
    assert services.fsck(at=AT).sound  # nothing inside betrays it
    assert fsck_against(kept) == (1, ["seen-differs"])


def test_a_checkpoint_that_is_not_ours_or_no_checkpoint_is_refused(kept: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from chengxin.ledger import note

    checkpoint = note.parse(kept.read_text()).checkpoint()
    own = kept.read_text()
    kept.write_text(note.sign(checkpoint, [note.Signer("stranger.example", Ed25519PrivateKey.generate())]))
    assert fsck_against(kept) == (1, ["seen-not-ours"])
    kept.write_text(own.replace("\n5\n", "\n6\n"))
    assert fsck_against(kept) == (1, ["seen-wrong"])
    kept.write_bytes(b"\xff\x00")
    assert fsck_against(kept) == (1, ["seen-wrong"])
