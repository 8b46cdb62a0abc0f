from __future__ import annotations

import threading

import pytest
from django.db import connection, connections

from chengxin.storage import ids
from chengxin.storage.transactions import writing


def test_blocks_follow_each_other_and_never_overlap(db: None) -> None:
    with writing():
        first, second, one = ids.allocate("ledger_content", 10), ids.allocate("ledger_content", 5), ids.allocate("ledger_content", 1)
    assert (len(first), len(second), len(one)) == (10, 5, 1)
    assert (first.stop, second.stop) == (second.start, one.start)


def test_nothing_asked_nothing_given(db: None) -> None:
    assert ids.allocate("ledger_content", 0) == range(0)
    with pytest.raises(ValueError, match="-1"):
        ids.allocate("ledger_content", -1)


def test_a_sequence_nobody_made_is_an_error(db: None) -> None:
    with pytest.raises(ids.UnknownSequence):
        ids.allocate("nobody_made_this", 1)


class Undone(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_ids_of_an_undone_transaction_do_no_harm() -> None:
    given: list[range] = []
    with pytest.raises(Undone), writing():
        given.append(ids.allocate("ledger_content", 3))
        raise Undone
    with writing():
        after = ids.allocate("ledger_content", 3)
    assert after.start >= given[0].start  # taken back with its rows (SQLite) or left as a gap (PostgreSQL)
    assert after == given[0] or after.start >= given[0].stop


@pytest.mark.django_db(transaction=True)
def test_two_writers_never_get_the_same_id() -> None:
    given: list[range] = []

    def take() -> None:
        for n in range(1, 40):
            with writing():
                given.append(ids.allocate("ledger_content", n))
        connections[connection.alias].close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = [i for block in given for i in block]
    assert len(taken) == len(set(taken)) == 2 * sum(range(1, 40))
