from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger import services
from chengxin.ledger.models import Content, Entry

AT = 1_790_000_000
Put = Callable[..., list[int]]


def test_content_and_salt_go_the_proof_stays(put: Put) -> None:
    ids = put(4)
    services.sign_checkpoint(AT)
    before = services.prove(ids[1])
    assert services.erase([ids[1]], "依申请删除", AT) == 1
    assert services.prove(ids[1]) == before
    gone = Content.objects.get(id=ids[1])
    assert (gone.salt, gone.payload, gone.erased_at, gone.erased_because) == (None, None, AT, "依申请删除")
    assert ids[1] not in services.read_contents(ids)
    assert set(services.read_contents(ids)) == set(ids) - {ids[1]}


def test_an_entry_says_what_was_erased_and_why(put: Put) -> None:
    ids = put(1005)
    services.erase(ids[:1001], "法院裁定", AT)
    said = Content.objects.filter(event="ledger:content:erased").order_by("id").values_list("id", flat=True)
    contents = services.read_contents(said)
    named = [int(i) for content in contents.values() for i in content["_contents"].split(",")]
    assert len(said) == 2
    assert named == ids[:1001]
    assert {content["_because"] for content in contents.values()} == {"法院裁定"}
    assert Entry.objects.count() == 1007
    assert [i for i, _, _ in services.erasures()] == ids[:1001]


def test_erasing_twice_is_erasing_once(put: Put) -> None:
    ids = put(3)
    assert (services.erase(ids[:2], "一", AT), services.erase(ids, "二", AT + 1), services.erase([], "三", AT)) == (2, 1, 0)
    assert [because for _, because, _ in services.erasures()] == ["一", "一", "二"]


def test_without_a_reason_or_for_an_unknown_id_nothing_is_erased(put: Put) -> None:
    ids = put(2)
    with pytest.raises(Refused, match="理由"):
        services.erase(ids, "  ", AT)
    with pytest.raises(NotFound, match="999999999"):
        services.erase([*ids, 999_999_999], "理由", AT)
    assert Content.objects.filter(payload=None).count() == 0


def test_what_says_that_something_was_erased_is_never_erased(put: Put) -> None:
    ids = put(2)
    services.erase(ids[:1], "依申请删除", AT)
    saying = Content.objects.get(event="ledger:content:erased").pk
    with pytest.raises(Refused, match="说明删除"):
        services.erase([ids[1], saying], "再删", AT)
    assert Content.objects.filter(payload=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_bytes_are_gone_from_the_files(put: Put) -> None:
    word = "绝无仅有的内容"
    (only,) = put(1, word)
    services.erase([only], "依申请删除", AT)
    if connection.vendor == "sqlite":
        from pathlib import Path

        path = Path(str(connection.settings_dict["NAME"]))
        files = list(path.parent.glob(path.name + "*"))
        assert files
        assert not [file for file in files if word.encode() in file.read_bytes()]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT n_dead_tup FROM pg_stat_all_tables WHERE relname = 'ledger_content'")
            assert cursor.fetchone()[0] == 0
