"""查询：parts of names, whole codes, suggestions; never a natural person."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.kernel.instants import start_of_day
from chengxin.site.found import mark
from tests.harness.handing_in import hand_in, market_regulation
from tests.harness.penalties import code_of, penalty, person_penalty

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = start_of_day(date(2026, 11, 17)) + 36_000
SERIOUS = {"CF_NR": "罚款 1200000 元", "CF_NR_FK": "120"}


@pytest.fixture
def portal(monkeypatch: pytest.MonkeyPatch) -> Client:
    """Anybody, on the day after the sample hand-in."""
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))
    return Client()


def test_a_part_of_a_name_is_found_and_marked(portal: Client) -> None:
    office = market_regulation()
    hand_in(office, [penalty(n, office.code, **SERIOUS) for n in range(3)])
    shown = portal.get("/search", {"q": "云杉00001"}).content.decode()
    assert "泰安<mark>云杉00001</mark>商贸有限公司" in shown
    assert "找到 1 个主体" in shown


def test_a_whole_code_leads_to_its_page(portal: Client) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code, **SERIOUS)])
    answer = portal.get("/search", {"q": code_of(1).lower()})
    assert (answer.status_code, answer["Location"]) == (302, f"/s/{code_of(1)}")


def test_suggestions_are_options_that_lead_somewhere(portal: Client) -> None:
    office = market_regulation()
    hand_in(office, [penalty(n, office.code, **SERIOUS) for n in range(12)])
    shown = portal.get("/search/suggest", {"q": "云杉", "field": "q"}).content.decode()
    assert shown.count('role="option"') == 8
    assert f'data-href="/s/{code_of(1)}"' in shown


@pytest.mark.parametrize("query", ["", "云", " "])
def test_too_little_text_suggests_nothing(portal: Client, query: str) -> None:
    assert portal.get("/search/suggest", {"q": query}).content == b""


def test_a_person_is_not_found_by_name(portal: Client) -> None:
    office = market_regulation()
    hand_in(office, [person_penalty(1, office.code, **SERIOUS)])
    assert "没有符合的主体" in portal.get("/search", {"q": "乙某某"}).content.decode()


def test_the_result_page_is_not_for_indexes(portal: Client) -> None:
    assert portal.get("/search", {"q": "云杉"})["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("name", "asked", "shown"),
    [
        ("甲<乙>丙", "<乙", "甲<mark>&lt;乙</mark>&gt;丙"),
        ("泰安Ab公司", "aB", "泰安<mark>Ab</mark>公司"),
        ("泰安", "无", "泰安"),
        ("泰安", "", "泰安"),
    ],
)
def test_marking_escapes(name: str, asked: str, shown: str) -> None:
    assert mark(name, asked) == shown


def test_the_field_id_cannot_carry_markup(portal: Client) -> None:
    assert b"<b>" not in portal.get("/search/suggest", {"q": "云杉", "field": '"><b>'}).content
