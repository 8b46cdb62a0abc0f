"""检查点是否盖住账本。What is signed must reach as far as what is written; and what others have seen must still be its beginning."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec
from django.db import connections

from chengxin.kernel.instants import Instant
from chengxin.ledger import keys, note
from chengxin.ledger.logs import Log
from chengxin.ledger.merkle import root_at
from chengxin.ledger.tiles import read_tiles
from chengxin.ledger.verification import ProofWrong

#: The sequencer signs within 2 s; a minute leaves room for a busy machine and for a restart.
LATE_AFTER: Final = 60
#: How many entries after the last checkpoint are asked when they were made; not every event says.
_LOOKED_AT: Final = 100

Tell = Callable[[str, str, int | None, int], None]  # slug, sentence, first entry concerned, the one after the last


@dataclass(frozen=True)
class Signed:
    """What the log has signed, and how far it goes: ``upto`` None: there is no checkpoint at all."""

    upto: int | None
    size: int


def check_covered(signed: Signed, at: Instant, tell: Tell, using: str, log: Log) -> None:
    """盖住：entries that no checkpoint covers although they are older than the sequencer's promise at ``at`` are told."""
    if signed.size == 0 or (signed.upto is not None and signed.upto >= signed.size):
        return
    if signed.upto is None:
        # ``init`` signs the first one: where entries are and no checkpoint is, somebody took them away.
        tell("checkpoints-missing", f"{log.title}有 {signed.size} 条，却一个检查点也没有：签署过的检查点已被删除。", 0, signed.size)
        return
    written_at = _first_told_time(signed.upto, using, log)
    if written_at is not None and at - written_at > LATE_AFTER:
        tell(
            "checkpoint-late",
            f"第 {signed.upto} 条起没有检查点盖住，写入已超过 {at - written_at} 秒：检查点已被删除，或者平台没有运行、没有签署。",
            signed.upto,
            signed.size,
        )


def check_seen(text: str, size: int, tell: Tell, using: str, log: Log) -> None:
    """外来的检查点：a note that somebody kept elsewhere. The log must have signed it, and be its continuation."""
    try:
        said = note.parse(text)
        seen = said.checkpoint()
        if not any(said.signed_by(verifier) for verifier in keys.verifiers(seen.origin)):
            tell("seen-not-ours", "外来的检查点没有本平台密钥的签名。", None, 0)
            return
    except ProofWrong as wrong:
        tell("seen-wrong", f"外来的检查点：{wrong}", None, 0)
        return
    if seen.size > size:
        tell("seen-beyond", f"外来的检查点已签署 {seen.size} 条，{log.title}却只有 {size} 条：它被截短，或者来自旧备份。", size, seen.size)
        return
    try:
        agrees = root_at(seen.size, lambda places: read_tiles(places, using, log)) == seen.root
    except KeyError:
        agrees = False
    if not agrees:
        tell("seen-differs", f"{log.title}前 {seen.size} 条已不是外来的检查点所签的内容：历史被改写，或已分叉。", 0, seen.size)


def _first_told_time(seq: int, using: str, log: Log) -> Instant | None:
    """When the first entry from ``seq`` on that says so was made."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT c.payload FROM {log.entry} e JOIN {log.content} c ON c.id = e.content_id "  # noqa: S608
            "WHERE e.seq >= %s AND e.seq < %s AND c.payload IS NOT NULL ORDER BY e.seq",
            [seq, seq + _LOOKED_AT],
        )
        payloads = [bytes(row[0]) for row in cursor.fetchall()]
    for payload in payloads:
        said = msgspec.json.decode(payload)
        for text in (said.get("_at", ""), said.get("_received_at", "")):
            if text.isdigit():
                return int(text)
    return None
