from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection

from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import ports, sequencer, services
from chengxin.ledger.logs import MAIN

AT = 1_790_000_000


class Reads:
    """A table of reads that wait for their leaves."""

    event = "access:field:read"
    log = MAIN

    def take(self, limit: int) -> tuple[Sequence[int], Sequence[bytes]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM reads WHERE content_id IS NULL ORDER BY id LIMIT %s", [limit])
            ids = [row[0] for row in cursor.fetchall()]
        return ids, [canonical_bytes({"_event": self.event, "row": str(i)}) for i in ids]

    def mark(self, row_ids: Sequence[int], content_ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE reads SET content_id = %s WHERE id = %s", list(zip(content_ids, row_ids, strict=True)))


@pytest.fixture
def reads(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE reads (id bigint PRIMARY KEY, content_id bigint)")
    ports.pending_leaves.register("reads", Reads())


def wait(*ids: int) -> None:
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO reads (id) VALUES (%s)", [(i,) for i in ids])


def test_rows_that_wait_become_leaves_and_are_signed(reads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "ROWS_AT_A_TIME", 3)
    wait(*range(1, 9))
    assert sequencer.run_once(AT) == sequencer.Round(leaves=8, signed=8)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, content_id FROM reads ORDER BY id")
        rows = cursor.fetchall()
    contents = services.read_contents([content_id for _, content_id in rows])
    assert [contents[content_id]["row"] for _, content_id in rows] == [str(i) for i in range(1, 9)]
    assert services.prove(rows[-1][1]).leaf_index == 7


def test_nothing_waits_nothing_new_nothing_signed(reads: None) -> None:
    assert sequencer.run_once(AT) == sequencer.Round(0, 0)  # the first checkpoint of an empty log
    assert sequencer.run_once(AT + 1) == sequencer.Round(0, None)
    wait(1)
    assert sequencer.run_once(AT + 2) == sequencer.Round(1, 1)
    assert sequencer.run_once(AT + 3) == sequencer.Round(0, None)
