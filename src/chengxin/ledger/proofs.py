"""证明。Inclusion and consistency, from the tiles, in the form that the API and the verifiers speak."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound
from chengxin.ledger import merkle, note
from chengxin.ledger.checkpoints import checkpoint_covering, latest_checkpoint
from chengxin.ledger.entries import commitment_of, entry_of
from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.ports import public_contents
from chengxin.ledger.tiles import read_tiles
from chengxin.ledger.verification import ProofWrong, check_inclusion

FORMAT: Final = "chengxin-proof/1"


@dataclass(frozen=True)
class InclusionProof:
    """存在证明：entry ``leaf_index`` is in the log that ``checkpoint`` (a signed note) describes."""

    leaf_index: int
    entry: bytes
    path: tuple[bytes, ...]
    checkpoint: str
    salt: bytes | None = None
    payload: bytes | None = None

    def document(self) -> dict[str, Any]:
        """As JSON carries it: bytes in Base64, the payload as the text that was hashed."""
        document: dict[str, Any] = {
            "format": FORMAT,
            "leaf_index": self.leaf_index,
            "entry": _text(self.entry),
            "path": [_text(sibling) for sibling in self.path],
            "checkpoint": self.checkpoint,
        }
        if self.salt is not None and self.payload is not None:
            document |= {"salt": _text(self.salt), "payload": self.payload.decode()}
        return document

    def tlog_proof(self) -> str:
        """As C2SP tlog-proof writes it."""
        lines = ["c2sp.org/tlog-proof@v1", f"index {self.leaf_index}", *(_text(sibling) for sibling in self.path), "", self.checkpoint]
        return "\n".join(lines)


def prove_content(content_id: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> InclusionProof:
    """The proof of the entry with this content, in the latest checkpoint; without salt and payload. NotFound if there is none (yet)."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT seq, commitment FROM {log.entry} WHERE content_id = %s", [content_id])  # noqa: S608
        row = cursor.fetchone()
    if row is None:
        raise NotFound("no-such-entry", "账本中没有这个编号的条目。", "请核对编号；回执上的编号以 c 开头。")
    seq, commitment = int(row[0]), bytes(row[1])
    checkpoint = checkpoint_covering(seq, using, log)
    path = merkle.roots_of(merkle.inclusion_path(seq, checkpoint.size), lambda places: read_tiles(places, using, log))
    return InclusionProof(seq, entry_of(commitment), tuple(path), checkpoint.note)


def provable(content_ids: Collection[int], using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> frozenset[int]:
    """Those of some contents whose entry the latest checkpoint covers: a proof can be had now. One query for a page of them."""
    checkpoint = latest_checkpoint(using, log) if content_ids else None
    if checkpoint is None:
        return frozenset()
    with connections[using].cursor() as cursor:
        places = ", ".join(["%s"] * len(content_ids))
        asked = f"SELECT content_id FROM {log.entry} WHERE content_id IN ({places}) AND seq < %s"  # noqa: S608
        cursor.execute(asked, [*content_ids, checkpoint.size])
        return frozenset(int(row[0]) for row in cursor.fetchall())


def prove_publicly(reference: str, at: Instant, using: str = DEFAULT_DB_ALIAS) -> InclusionProof:
    """The proof for a record (``123``) or a content (``c456``), with salt and payload only while a section says that it is public."""
    content_id = _content_of(reference)
    proof = prove_content(content_id, using)
    if not any(port.may_show(content_id, at) for _, port in public_contents.items()):
        return proof
    return with_content(proof, content_id, using)


def with_content(proof: InclusionProof, content_id: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> InclusionProof:
    """``proof`` with salt and payload, for whoever may see the content; without, once they are erased."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT salt, payload FROM {log.content} WHERE id = %s AND payload IS NOT NULL", [content_id])  # noqa: S608
        row = cursor.fetchone()
    if row is None:
        return proof
    return InclusionProof(proof.leaf_index, proof.entry, proof.path, proof.checkpoint, bytes(row[0]), bytes(row[1]))


def _content_of(reference: str) -> int:
    number = reference.removeprefix("c")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound("no-such-entry", f"“{reference}”不是记录编号或条目编号。", "记录编号是数字，条目编号以 c 开头，如 c456。")
    if reference.startswith("c"):
        return int(number)
    found = [content for _, port in public_contents.items() if (content := port.content_of(int(number))) is not None]
    if not found:
        raise NotFound("no-such-record", f"没有编号为 {number} 的记录。", "请核对编号。")
    return found[0]


def prove_consistency(old: int, size: int, using: str = DEFAULT_DB_ALIAS, log: Log = MAIN) -> list[bytes]:
    """一致性证明 between two sizes of this log. NotFound if a size is not one the log has had."""
    try:
        return merkle.roots_of(merkle.consistency_path(old, size), lambda places: read_tiles(places, using, log))
    except (IndexError, KeyError) as error:
        raise NotFound("no-such-size", f"{log.title}没有从 {old} 条到 {size} 条的一段。", "条数须从小到大，且不超过最新检查点。") from error


def check_document(document: Mapping[str, Any], verifiers: list[note.Verifier]) -> list[str]:
    """核验一份证明 as a third party would: signature, path, and (if it carries them) salt and payload. Returns what was found right,
    as sentences; raises ProofWrong with the sentence of the first thing that is wrong."""
    if document.get("format") != FORMAT:
        raise ProofWrong(f"不是本平台的证明文件：format 应为 {FORMAT}。")
    index, path, text = document.get("leaf_index"), document.get("path"), document.get("checkpoint")
    if type(index) is not int or not isinstance(path, list) or not isinstance(text, str):
        raise ProofWrong("证明文件缺少内容或格式不对。")
    entry, siblings = note.from_base64(document.get("entry")), [note.from_base64(sibling) for sibling in path]
    checkpoint = _opened_by_any(text, verifiers)
    found = [f"检查点由“{checkpoint.origin}”签署，签名有效，账本共 {checkpoint.size} 条。"]
    check_inclusion(merkle.leaf_hash(entry), index, checkpoint.size, siblings, checkpoint.root)
    found.append(f"条目在账本第 {index} 位（从 0 起），路径有效。")
    salt, payload = document.get("salt"), document.get("payload")
    if salt is not None and payload is not None:
        if not isinstance(payload, str) or entry != entry_of(commitment_of(note.from_base64(salt), payload.encode())):
            raise ProofWrong("内容与条目不符：内容或盐已被改动，或属于另一条目。")
        found.append("内容与条目的承诺值一致，未被改动。")
    return found


def _opened_by_any(text: str, verifiers: list[note.Verifier]) -> note.Checkpoint:
    signed = note.parse(text)
    for verifier in verifiers:
        if signed.signed_by(verifier):
            checkpoint = signed.checkpoint()
            if checkpoint.origin != verifier.name:
                raise ProofWrong(f"检查点属于日志“{checkpoint.origin}”，公钥却属于“{verifier.name}”。")
            return checkpoint
    raise ProofWrong("检查点上没有所给公钥的签名。")


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
