"""A NUL in a request is refused in words, wherever it stands; PostgreSQL would break on it, SQLite would find nothing."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=%00a",
        "/search/suggest?q=%00ab",
        "/acts/administrative_penalty?number=%00",
        "/acts/administrative_penalty?department=%00",
        "/s/%00",
        "/offices/%00",
        "/search?%00=a",
    ],
)
def test_a_page_refuses_a_nul_in_words(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert "空字符" in answer.content.decode()


@pytest.mark.parametrize(
    "address", ["/api/v1/subjects?q=%00%00", "/api/v1/records?document_number=%00%00", "/api/v1/subjects/%00", "/api/v1/acts?since=%00"]
)
def test_the_interface_refuses_a_nul_as_a_problem(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["type"].endswith("/problems/nul-character")
    assert answer.json()["title"] == "请求里有空字符"


def test_a_form_and_a_cookie_are_looked_through_too(client: Client) -> None:
    answer = client.post("/login", {"username": "no\0body", "password": "quiet-harbour-41"})
    assert (answer.status_code, "空字符" in answer.content.decode()) == (400, True)
    answer = client.post("/login", {"username": "nobody", "password": "quiet\0harbour"})
    assert answer.status_code == 400
    client.cookies["sessionid"] = "\0aaaaaaaaaaaaaaa"
    assert client.get("/office").status_code == 400


@pytest.mark.parametrize(("body", "refused"), [(rb'{"because": "\u0000"}', True), (rb'{"because": "\\u0000"}', False)])
def test_json_is_refused_for_the_character_and_not_for_its_name(client: Client, body: bytes, refused: bool) -> None:
    answer = client.post("/login", body, content_type="application/json")
    assert ("空字符" in answer.content.decode()) == refused


def test_a_request_without_one_passes(client: Client) -> None:
    assert client.get("/search?q=a%01b").status_code == 200


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (rb'{"codes": ["\ud800"]}', True),
        (rb'{"codes": ["\uDC00\uD800"]}', True),
        (rb'{"codes": ["\ud83d\ude00\ude00"]}', True),
        (rb'{"codes": ["\\\ud800"]}', True),
        (rb'{"codes": ["\ud83d\ude00\\\uD83D\uDE00"]}', False),
        (rb'{"codes": ["\\ud800"]}', False),
        ('{"codes": ["😀"]}'.encode(), False),
    ],
)
def test_half_a_character_is_refused_before_anything_repeats_it(client: Client, body: bytes, refused: bool) -> None:
    answer = client.post("/login", body, content_type="application/json")
    assert ("代理字符" in answer.content.decode()) == refused


def test_what_is_no_utf_8_is_no_json(client: Client) -> None:
    answer = client.post("/login", b'{"codes": ["\xed\xa0\x80"]}', content_type="application/json", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (400, "malformed-request")
