"""核对账本（fsck）。Every hash again from the contents, every tile, every checkpoint; then the current tables from the entries.

Runs in one read snapshot while others go on writing; memory does not grow with the log. The first bad entry is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import msgspec
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.kernel.instants import Instant
from chengxin.ledger import covering, keys, note
from chengxin.ledger.checkpoints import read_head
from chengxin.ledger.entries import leaf_of
from chengxin.ledger.erasing import EVENT as ERASED
from chengxin.ledger.logs import MAIN, Log
from chengxin.ledger.merkle import HASH, TILE_WIDTH, GrownTile, RightEdge
from chengxin.ledger.models import CHECKPOINTS, Binding, SignedCheckpoint
from chengxin.ledger.projecting import Comparison, Replay
from chengxin.ledger.tiles import read_level
from chengxin.ledger.verification import ProofWrong
from chengxin.storage.transactions import reading_snapshot

CHUNK: Final = 20_000
FAULTS_KEPT: Final = 20

Row = tuple[
    int, bytes, int, str | None, bytes | None, bytes | None, int | None
]  # seq, commitment, content id, event, salt, payload, erased_at
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Fault:
    """一处错误。It lies in entry ``seq``, or somewhere in ``seq`` … ``until`` - 1; ``seq`` None: it is not in an entry."""

    slug: str
    sentence: str
    seq: int | None = None
    until: int = 0

    @property
    def exact(self) -> bool:
        """Is it known which entry?"""
        return self.seq is not None and self.until <= self.seq + 1


@dataclass
class Report:
    """核对结果。``faults`` in the order of entries (the first 20; ``fault_count`` counts all)."""

    entries: int = 0
    erased: int = 0
    tiles: int = 0
    checkpoints: int = 0
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0
    comparisons: list[Comparison] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Is everything as it should be?"""
        return not self.fault_count and all(comparison.equal for comparison in self.comparisons)

    @property
    def first_bad(self) -> Fault | None:
        """The fault in the lowest entry. One that only names a range is passed over when an exact one in that range explains it."""
        exact = [fault.seq for fault in self.faults if fault.exact and fault.seq is not None]
        for fault in self.faults:
            if fault.exact or fault.seq is None or not any(fault.seq <= seq < fault.until for seq in exact):
                return fault
        return self._first_of_tables() if not self.faults else None

    def _first_of_tables(self) -> Fault | None:
        """The first row of a table that does not say what its entry says."""
        wrong = [comparison for comparison in self.comparisons if not comparison.equal]
        if not wrong:
            return None
        first = min(wrong, key=lambda comparison: (comparison.first_seq is None, comparison.first_seq or 0))
        example = f"（{first.examples[0]}）" if first.examples else ""
        place = f"第 {first.first_seq} 条" if first.first_seq is not None else "账本"
        sentence = f"{place}与表“{first.title or first.table}”不符{example}。"
        return Fault("table-differs", sentence, first.first_seq, (first.first_seq or 0) + 1)

    def add(self, slug: str, sentence: str, seq: int | None = None, until: int = 0) -> None:
        """Write down a fault."""
        self.fault_count += 1
        self.faults.append(Fault(slug, sentence, seq, until))
        self.faults.sort(key=lambda fault: (fault.seq is None, fault.seq or 0))
        del self.faults[FAULTS_KEPT:]


def check_ledger(
    using: str = DEFAULT_DB_ALIAS,
    progress: Progress | None = None,
    rebuild: bool = True,
    at: Instant | None = None,
    seen: str = "",
    *,
    log: Log = MAIN,
) -> Report:
    """核对账本。``progress(done, all)`` is called after each chunk; without ``rebuild`` the current tables are not compared. With
    ``at``, what is written must be signed by then; ``seen`` is a signed checkpoint from outside, which must still hold.
    """
    with reading_snapshot(using) as alias, Replay(alias, rebuild, log) as replay:
        checker = _Checker(alias, log)
        for rows in _chunks(alias, checker.size, log):
            whole = checker.check_rows(rows)
            replay.feed(rows)
            if progress:
                progress(checker.edge.size, checker.size)
            if not whole:
                break
        checker.finish()
        report = checker.report
        if at is not None:
            covering.check_covered(covering.Signed(checker.signed_upto, checker.edge.size), at, report.add, alias, log)
        if seen:
            covering.check_seen(seen, checker.edge.size, report.add, alias, log)
        report.comparisons = replay.compare()
    return report


class _Checker:
    """One pass over the entries, from left to right."""

    def __init__(self, using: str, log: Log) -> None:
        self.using, self.log = using, log
        self.size, self.root = read_head(using, log)
        self.edge = RightEdge()
        self.report = Report()
        self.named_erased: set[int] = set()
        self.seen_erased: dict[int, int] = {}
        self.checkpoints: Iterator[SignedCheckpoint] = CHECKPOINTS[log].objects.using(using).order_by("size").iterator(chunk_size=2_000)
        self.next_checkpoint = next(self.checkpoints, None)
        self.bindings = Binding.objects.using(using).filter(log=log.name).order_by("size").iterator(chunk_size=2_000)
        self.next_binding = next(self.bindings, None)
        self.last_sound = 0  # size of the last checkpoint that agreed
        self.signed_upto: int | None = None  # size of the last checkpoint that there is
        self.verifiers: dict[str, list[note.Verifier]] = {}
        self._check_checkpoints_at_edge()

    def check_rows(self, rows: list[Row]) -> bool:
        """The next chunk. False: an entry is missing, without it no later hash can be computed."""
        leaves = []
        for expected, row in enumerate(rows, start=self.edge.size):
            seq, commitment, *content = row
            if seq != expected or len(commitment) != HASH:
                break
            leaves.append(leaf_of(commitment))
            self._check_content(seq, commitment, *content)
        self._grow(b"".join(leaves))
        return len(leaves) == len(rows)

    def _check_content(self, seq: int, commitment: bytes, *content: Any) -> None:
        content_id, event, salt, payload, erased_at = content
        if event is None:
            self.report.add("content-missing", f"第 {seq} 条的内容 c{content_id} 不见了（没有删除记录）。", seq)
        elif salt is None and payload is None and erased_at is not None:
            self.report.erased += 1
            self.seen_erased[content_id] = seq
        elif salt is None or payload is None or erased_at is not None:
            self.report.add("content-incomplete", f"第 {seq} 条（内容 c{content_id}）的盐、内容与删除标记不相配。", seq)
        elif sha256(salt + payload).digest() != commitment:
            self.report.add("content-changed", f"第 {seq} 条（内容 c{content_id}）的内容与承诺值不符：内容或盐已被改动。", seq)
        elif b'"_event":"%s"' % event.encode() not in payload:
            self.report.add("event-changed", f"第 {seq} 条（内容 c{content_id}）的事件标签与内容不符。", seq)
        elif event == ERASED:
            self.named_erased.update(int(named) for named in msgspec.json.decode(payload)["_contents"].split(","))

    def _grow(self, leaves: bytes) -> None:
        """Append the chunk in parts that end where checkpoints were signed, then look at tiles and roots."""
        at = 0
        while at < len(leaves):
            upto = len(leaves)
            for said in (self.next_checkpoint, self.next_binding):
                if said is not None and said.size > self.edge.size:
                    upto = min(upto, at + (said.size - self.edge.size) * HASH)
            self._compare_tiles([tile for tile in self.edge.append(leaves[at:upto]) if len(tile.hashes) == TILE_WIDTH * HASH])
            at = upto
            self._check_checkpoints_at_edge()
        self.report.entries = self.edge.size

    def _compare_tiles(self, tiles: list[GrownTile]) -> None:
        for level in {tile.level for tile in tiles}:
            wanted = [tile for tile in tiles if tile.level == level]
            stored = read_level(level, wanted[0].number, wanted[-1].number + 1, self.using, self.log)
            for tile in wanted:
                self.report.tiles += 1
                found = stored.get(tile.number, b"")
                if found[: len(tile.hashes)] != tile.hashes:
                    self._name_tile(tile, found)

    def _name_tile(self, tile: GrownTile, found: bytes) -> None:
        count = len(tile.hashes) // HASH
        wrong = next(i for i in range(count) if found[i * HASH : (i + 1) * HASH] != tile.hashes[i * HASH : (i + 1) * HASH])
        spread = 8 * tile.level
        seq = (tile.number * TILE_WIDTH + wrong) << spread
        where = f"第 {seq} 条" if tile.level == 0 else f"第 {seq} 条起的 {1 << spread} 条之一"
        self.report.add("tile-differs", f"{where}与瓦片 {tile.level}/{tile.number} 不符：条目或瓦片已被改动。", seq, seq + (1 << spread))

    def _check_checkpoints_at_edge(self) -> None:
        while self.next_checkpoint is not None and self.next_checkpoint.size <= self.edge.size:
            checkpoint, self.next_checkpoint = self.next_checkpoint, next(self.checkpoints, None)
            self.report.checkpoints += 1
            self.signed_upto = checkpoint.size
            self._check_checkpoint(checkpoint)
        while self.next_binding is not None and self.next_binding.size <= self.edge.size:
            bound, self.next_binding = self.next_binding, next(self.bindings, None)
            if bound.root != self.edge.root().hex():
                sentence = f"账本（内容 c{bound.content_id}）记下的{self.log.title}前 {bound.size} 条的根，与条目算出的不符：历史被改写。"
                self.report.add("binding-differs", sentence, self.last_sound, bound.size)

    def _check_checkpoint(self, checkpoint: SignedCheckpoint) -> None:
        place = f"{checkpoint.size} 条的检查点"
        try:
            said = note.parse(checkpoint.note)
            signed = said.checkpoint()
            known = self.verifiers.setdefault(signed.origin, keys.verifiers(signed.origin))
            if not any(said.signed_by(verifier) for verifier in known):
                self.report.add("checkpoint-not-ours", f"{place}没有本平台密钥的签名。")
        except ProofWrong as wrong:
            self.report.add("checkpoint-wrong", f"{place}：{wrong}")
            return
        if (signed.size, signed.root) != (checkpoint.size, bytes(checkpoint.root)):
            self.report.add("checkpoint-differs", f"{place}的签名文本与表中的条数或根不符。")
        elif signed.root != self.edge.root():
            start = self.last_sound
            self.report.add(
                "root-differs", f"{place}的根与条目算出的不符：第 {start} 至 {checkpoint.size - 1} 条之间有改动。", start, checkpoint.size
            )
        else:
            self.last_sound = checkpoint.size

    def finish(self) -> None:
        """The right edge, the head, what is signed beyond the end, and what was erased without an entry that says so."""
        edge = self.edge
        for level, hashes in enumerate(edge.tiles):
            if hashes:
                self._compare_tiles([GrownTile(level, edge.size >> (8 * (level + 1)), hashes, 0)])
        if edge.size < self.size:
            self.report.add(
                "entries-missing", f"{self.log.title}的头记为 {self.size} 条，实有 {edge.size} 条：第 {edge.size} 条起缺失。", edge.size
            )
        elif edge.root() != self.root:
            self.report.add("head-differs", f"{self.log.title}的头与条目算出的根不符。", self.last_sound, edge.size)
        while self.next_checkpoint is not None:
            beyond, self.next_checkpoint = self.next_checkpoint, next(self.checkpoints, None)
            self.report.add("checkpoint-beyond", f"已签署 {beyond.size} 条的检查点，{self.log.title}却只有 {edge.size} 条。", edge.size)
        if self.next_binding is not None:
            bound = self.next_binding
            sentence = f"账本（内容 c{bound.content_id}）记下{self.log.title}已有 {bound.size} 条，实有 {edge.size} 条：它被截短。"
            self.report.add("binding-beyond", sentence, edge.size)
        for content_id, seq in self.seen_erased.items():
            if content_id not in self.named_erased:
                self.report.add("erased-unsaid", f"第 {seq} 条（内容 c{content_id}）的内容已被删除，却没有说明此事的条目。", seq)


def _chunks(using: str, size: int, log: Log) -> Iterator[list[Row]]:
    sql = (
        f"SELECT e.seq, e.commitment, e.content_id, c.event, c.salt, c.payload, c.erased_at FROM {log.entry} e "  # noqa: S608
        f"LEFT JOIN {log.content} c ON c.id = e.content_id WHERE e.seq >= %s AND e.seq < %s ORDER BY e.seq"
    )
    for start in range(0, size, CHUNK):
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [start, min(start + CHUNK, size)])
            rows: list[Any] = cursor.fetchall()
        yield rows
        if len(rows) < min(CHUNK, size - start):
            return
