from __future__ import annotations

from collections.abc import Callable
from threading import Thread

import polars as pl
import pytest
from django.db import DatabaseError, connection, connections

from chengxin.ledger.models import Content
from chengxin.storage.temporary import read_frame, read_frames, temporary_rows
from chengxin.storage.transactions import one_view, reading_snapshot, writing

COUNT = "SELECT count(*) FROM ledger_content"


def count(using: str) -> int:
    return int(read_frame(COUNT, {"n": pl.Int64}, using=using).item())


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_does_not_see_what_others_write_meanwhile() -> None:
    Content.objects.create(id=1, event="a:b:c")
    with reading_snapshot() as alias:
        assert count(alias) == 1
        Content.objects.create(id=2, event="a:b:c")  # and nobody waits
        assert (count(alias), count("default")) == (1, 2)
    assert alias not in [each.alias for each in connections.all(initialized_only=True)]
    with reading_snapshot() as alias:
        assert count(alias) == 2


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_through_a_snapshot() -> None:
    with reading_snapshot() as alias, pytest.raises(DatabaseError):
        Content.objects.using(alias).create(id=1, event="a:b:c")


def test_inside_a_transaction_its_own_view_is_used(db: None) -> None:
    with writing():
        Content.objects.create(id=1, event="a:b:c")
        with reading_snapshot() as alias:
            assert (alias, count(alias)) == (connection.alias, 1)


def test_a_long_answer_comes_in_parts(db: None) -> None:
    Content.objects.bulk_create(Content(id=i, event="a:b:c") for i in range(1, 26))
    with reading_snapshot() as alias:
        parts = list(read_frames("SELECT id FROM ledger_content ORDER BY id", {"id": pl.Int64}, rows=10, using=alias))
    assert [part.height for part in parts] == [10, 10, 5]
    assert pl.concat(parts).get_column("id").to_list() == list(range(1, 26))


def by_another(write: Callable[[], object]) -> None:
    """Somebody else writes, on a connection of their own."""

    def written() -> None:
        write()
        connection.close()

    other = Thread(target=written)
    other.start()
    other.join(20)
    assert not other.is_alive(), "the writer waits for the reader"


@pytest.mark.django_db(transaction=True)
def test_one_view_for_whatever_is_read() -> None:
    Content.objects.create(id=1, event="a:b:c")
    with one_view():
        assert count("default") == 1
        by_another(lambda: Content.objects.create(id=2, event="a:b:c"))
        assert (count("default"), Content.objects.count()) == (1, 1)
        with temporary_rows(pl.DataFrame({"id": [1, 2]})) as given:  # tables of its own it may have
            joined = read_frame(f"SELECT count(*) FROM {given} g JOIN ledger_content c ON c.id = g.id", {"n": pl.Int64})
        assert joined.item() == 1
    assert count("default") == 2
    with writing():
        Content.objects.create(id=3, event="a:b:c")
    assert count("default") == 3
