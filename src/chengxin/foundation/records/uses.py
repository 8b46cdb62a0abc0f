"""使用的登记。Who received what, so that a correction reaches everybody who was told.

An answer to somebody known (an account, a department's system) is one row a record. A file or a run is one row: which records it held
follows from their standing at the instant of which it speaks. Nobody is known behind an anonymous answer: those mirrors follow the feed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Q

from chengxin.access.caller import Caller
from chengxin.foundation.records.models import BulkUse, Record, RecordUse, StandingHistory
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import Instant

ROWS_AT_A_TIME: Final = 2_000


class Channel(StrEnum):
    """渠道。"""

    ANSWER = "answer"  # an answer of the interface
    FEED = "feed"
    FILE = "file"  # a download of open data
    RUN = "run"  # an evaluation
    REPORT = "report"
    EXCHANGE = "exchange"
    ELIGIBILITY = "eligibility"  # whether an office may take part in honours

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {
            "answer": "接口查询", "feed": "增量订阅", "file": "数据下载", "run": "评价", "report": "信用报告", "exchange": "平台交换",
            "eligibility": "参评资格核查",
        }[self.value]  # fmt: skip


@dataclass(frozen=True)
class Recipient:
    """收到过的人：``recipient`` as stored, the channels, when first and last, and the versions."""

    recipient: str
    channels: frozenset[str]
    first_at: Instant
    last_at: Instant
    uses: int


def recipient_of(caller: Caller) -> str:
    """收件人 behind a request; "" for nobody known."""
    if caller.account is not None:
        return f"account:{caller.account.pk}"
    return f"department:{caller.department.code}" if caller.department is not None else ""


def note_uses(caller: Caller, records: Iterable[tuple[int, int]], channel: Channel, at: Instant) -> int:
    """登记使用 of (record, version) by whoever asked; nothing for anonymous answers. Committed before the answer leaves."""
    recipient = recipient_of(caller)
    if not recipient:
        return 0
    rows = [RecordUse(record_id=record, version=version, recipient=recipient, channel=channel, at=at) for record, version in records]
    RecordUse.objects.bulk_create(rows, batch_size=ROWS_AT_A_TIME)
    return len(rows)


def note_bulk_use(*, item: int, surface: Surface, known_at: Instant, recipient: str, channel: Channel, what: str, at: Instant) -> BulkUse:
    """登记成批的使用：a file or a run over everything of an item (0: of all items)."""
    return BulkUse.objects.create(
        item=item, surface=surface, known_at=known_at, recipient=recipient, channel=channel, what=what[:200], at=at
    )


def recipients_of(record_ids: Collection[int]) -> dict[int, list[Recipient]]:
    """谁收到过：record → recipients, each once, by both kinds of uses. Set-based: a query a batch, not a record's use."""
    found: dict[int, dict[str, Recipient]] = {}
    asked = sorted(set(record_ids))
    for start in range(0, len(asked), ROWS_AT_A_TIME):
        part = asked[start : start + ROWS_AT_A_TIME]
        rows = RecordUse.objects.filter(record_id__in=part).values_list("record_id", "recipient", "channel", "at")
        for record_id, recipient, channel, at in rows.iterator(ROWS_AT_A_TIME):
            _add(found.setdefault(record_id, {}), recipient, channel, at)
        for record in Record.objects.filter(pk__in=part):
            for use in _bulk_uses_of(record):
                _add(found.setdefault(record.pk, {}), use.recipient, use.channel, use.at)
    return {record_id: sorted(each.values(), key=lambda one: one.recipient) for record_id, each in found.items()}


def _add(known: dict[str, Recipient], recipient: str, channel: str, at: Instant) -> None:
    was = known.get(recipient)
    if was is None:
        known[recipient] = Recipient(recipient, frozenset({channel}), at, at, 1)
        return
    known[recipient] = Recipient(recipient, was.channels | {channel}, min(was.first_at, at), max(was.last_at, at), was.uses + 1)


def _bulk_uses_of(record: Record) -> list[BulkUse]:
    """The files and runs that held the record: those whose instant lies in a time for which it was known to be on the surface."""
    among = Q(pk__in=[])
    for surface in Surface:
        for first, last in _known_on(record, surface):
            among |= Q(surface=surface, known_at__gte=first, known_at__lt=last)
    return list(BulkUse.objects.filter(among, item__in=(0, record.item)))


def _known_on(record: Record, surface: Surface) -> list[tuple[Instant, Instant]]:
    """Half-open times k at which, by what was known at k, the record was on ``surface`` at k."""
    spans = []
    history = StandingHistory.objects.filter(record_id=record.pk, surface=surface).order_by("known_until")
    known_from = record.received_at
    for row in history:
        spans.append((max(row.known_from, row.from_at), min(row.known_until, row.until_at)))
        known_from = max(known_from, row.known_until)
    now = getattr(record, f"{surface}_from"), getattr(record, f"{surface}_until")
    spans.append((max(known_from, now[0]), now[1]))
    return [(first, last) for first, last in spans if first < last]
