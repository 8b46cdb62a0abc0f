from __future__ import annotations

import pytest

from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import services
from chengxin.ledger.merkle import EMPTY_ROOT, RightEdge
from chengxin.ledger.models import Content, Entry, Head
from chengxin.storage.transactions import NotInTransaction, writing

EVENT = "records:record:collected"


def put(n: int, text: str = "甲") -> range:
    payloads = [canonical_bytes({"_event": EVENT, "CF_WSH": f"{text}{i}"}) for i in range(n)]
    with writing():
        return services.append(services.prepare(EVENT, payloads, services.allocate_content_ids(n)))


def test_places_follow_each_other_without_gap(db: None) -> None:
    assert [put(1), put(300), put(0), put(256)] == [range(1), range(1, 301), range(0), range(301, 557)]
    assert list(Entry.objects.order_by("seq").values_list("seq", flat=True)) == list(range(557))
    assert Head.objects.get().size == 557


def test_contents_are_read_by_id(db: None) -> None:
    with writing():
        content_id = services.record_event("access:department:added", {"name": "泰安市市场监督管理局", "nothing": ""})
    assert services.read_contents([content_id, 10**9]) == {
        content_id: {"_event": "access:department:added", "name": "泰安市市场监督管理局"}
    }
    assert Content.objects.get(pk=content_id).erased_at is None


def test_the_head_says_the_root_of_all_leaves(db: None) -> None:
    edge = RightEdge()
    assert edge.root() == EMPTY_ROOT
    for n in (1, 2, 254, 300, 70_000, 1):
        payloads = [canonical_bytes({"_event": EVENT, "n": str(i)}) for i in range(n)]
        with writing():
            prepared = services.prepare(EVENT, payloads, services.allocate_content_ids(n))
            services.append(prepared)
        edge.append(prepared.leaves)
        assert bytes(Head.objects.get().root) == edge.root()


class Undone(Exception):
    pass


@pytest.mark.django_db(transaction=True)
def test_an_undone_transaction_leaves_no_trace_in_the_next_append() -> None:
    put(10)
    before = Head.objects.get()
    with pytest.raises(Undone), writing():
        put(5, "没有发生")
        raise Undone
    after = Head.objects.get()
    assert (after.size, bytes(after.root)) == (before.size, bytes(before.root))
    assert put(5) == range(10, 15)


def test_a_payload_that_hides_its_event_is_refused() -> None:
    with pytest.raises(ValueError, match="_event"):
        services.prepare(EVENT, [canonical_bytes({"CF_WSH": "甲"})], [1])
    with pytest.raises(ValueError, match="not an event"):
        services.prepare("records", [canonical_bytes({"_event": "records"})], [1])


@pytest.mark.django_db(transaction=True)
def test_appending_outside_a_transaction_is_refused() -> None:
    prepared = services.prepare(EVENT, [canonical_bytes({"_event": EVENT})], [1])
    with pytest.raises(NotInTransaction):
        services.append(prepared)
