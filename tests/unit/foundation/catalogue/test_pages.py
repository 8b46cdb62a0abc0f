"""``/policy`` and ``/policy/<id>``: anyone may read what the platform goes by."""

from __future__ import annotations

import pytest
from django.test import Client

from chengxin.foundation.catalogue import reading, services
from chengxin.foundation.catalogue.commands import files_at
from chengxin.foundation.catalogue.queries import policy_in_force
from chengxin.kernel.clock import today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def adopted() -> None:
    """The shipped set is in force."""
    services.adopt_shipped_set(files=files_at(None), at=1_780_000_000)


def test_the_index_lists_themes_values_and_adoptions(client: Client) -> None:
    page = client.get("/policy").content.decode()
    for words in ("政策依据", "行政处罚", "7 个工作日", "待业务核定", "本平台假定", "历次采纳", "首次安装"):
        assert words in page


def test_every_policy_has_a_page(client: Client) -> None:
    for theme in reading.policy_index(policy_in_force(), today()):
        for line in theme.lines:
            answer = client.get(f"/policy/{line.id}")
            assert answer.status_code == 200, line.id
            assert line.title in answer.content.decode()


def test_a_value_shows_its_quote_and_its_day(client: Client) -> None:
    page = client.get("/policy/disclosure_deadline?as_of=2019-05-01").content.decode()
    assert "在7个工作日内上网公开" in page
    assert "2018-12-01" in page


def test_a_clause_can_be_linked_to(client: Client) -> None:
    assert 'id="credit-regulation-2.1.1"' in client.get("/policy/clauses").content.decode()


def test_what_is_not_there_and_what_is_not_a_date_is_said(client: Client) -> None:
    assert client.get("/policy/dream").status_code == 404
    answer = client.get("/policy?as_of=soon")
    assert answer.status_code == 422
    assert "不是日期" in answer.content.decode()
