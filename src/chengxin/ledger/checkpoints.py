"""检查点。What the log says about itself, signed: so many leaves, this root."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound
from chengxin.ledger import keys, note
from chengxin.ledger.appending import LedgerBroken
from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.merkle import EMPTY_ROOT, TilePlace, root_at
from chengxin.ledger.models import CHECKPOINTS, SignedCheckpoint
from chengxin.ledger.tiles import read_tiles


def read_head(using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> tuple[int, bytes]:
    """(size, root) as committed, without a lock."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT size, root FROM {log.head} WHERE id = 1")  # noqa: S608
        row = cursor.fetchone()
    return (int(row[0]), bytes(row[1])) if row else (0, EMPTY_ROOT)


def latest_checkpoint(using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> SignedCheckpoint | None:
    """最新的检查点。"""
    return CHECKPOINTS[log].objects.using(using).order_by("-size").first()


def checkpoint_covering(seq: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> SignedCheckpoint:
    """The latest checkpoint, if leaf ``seq`` is in it; NotFound otherwise: its proof exists from the next one."""
    checkpoint = latest_checkpoint(using, log)
    if checkpoint is None or checkpoint.size <= seq:
        raise NotFound("proof-not-yet", f"该条目已写入{log.title}，但还没有包含它的检查点。", "检查点每秒生成一次，请稍后再取证明。")
    return checkpoint


def log_name(using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> str:
    """日志名称, settled by the first checkpoint; before it, from the settings."""
    first = CHECKPOINTS[log].objects.using(using).order_by("size").values_list("note", flat=True).first()
    return str(first).split("\n", 1)[0] if first else keys.name_from_settings(log)


def sign_next(at: Instant, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> SignedCheckpoint | None:
    """签署检查点 if the log has grown since the last one (or has none); None if not.

    Before signing, the tree is computed from the tiles and compared with the head and with the last checkpoint: a fork is never
    signed. Raises :class:`LedgerBroken`.
    """
    size, root = read_head(using, log)
    last = latest_checkpoint(using, log)
    if last is not None and last.size == size and bytes(last.root) == root:
        return None
    _must_extend(size, root, last, using, log)
    name = log_name(using, log)
    text = note.sign(note.Checkpoint(name, size, root), [keys.signing_key(name)])
    made, _ = CHECKPOINTS[log].objects.using(using).get_or_create(size=size, defaults={"root": root, "note": text, "signed_at": at})
    return made


def _must_extend(size: int, root: bytes, last: SignedCheckpoint | None, using: str, log: Log) -> None:
    def tiles(places: Collection[TilePlace]) -> Mapping[TilePlace, bytes]:
        return read_tiles(places, using, log)

    if last is not None and last.size >= size:
        raise LedgerBroken(f"{log.title}只有 {size} 条，却已签署过 {last.size} 条的检查点：数据可能来自旧备份，或已分叉。已停止签署。")
    try:
        if root_at(size, tiles) != root:
            raise LedgerBroken(f"{log.title}的头与瓦片算出的根不一致，已停止签署。请运行 chengxin ledger fsck。")
        if last is not None and root_at(last.size, tiles) != bytes(last.root):
            raise LedgerBroken(f"{log.title}前 {last.size} 条已不是当时签署的内容，已停止签署。请运行 chengxin ledger fsck。")
    except KeyError as missing:
        raise LedgerBroken(f"{log.title}的瓦片 {missing} 缺失或过短，已停止签署。请运行 chengxin ledger fsck。") from missing


def add_signature(size: int, line: str, verifier: note.Verifier, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> str:
    """加签：one more signature line (a witness's) on the checkpoint of ``size``; returns the note. Raises ProofWrong, NotFound."""
    checkpoint = CHECKPOINTS[log].objects.using(using).filter(size=size).first()
    if checkpoint is None:
        raise NotFound("no-such-checkpoint", f"没有条数为 {size} 的检查点。", "请用 chengxin ledger checkpoint 查看最新的检查点。")
    if line.strip() not in checkpoint.note.split("\n"):
        checkpoint.note = note.with_signature(checkpoint.note, line, verifier)
        checkpoint.save(using=using, update_fields=["note"])
    return checkpoint.note
