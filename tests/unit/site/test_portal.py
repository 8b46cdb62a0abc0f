"""首页、说明、导览、爬虫文件、办不了的页面。"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils.html import strip_tags

from chengxin.access.caller import Caller
from chengxin.access.roles import OFFICE_ROLES, Role
from chengxin.foundation.disclosure.services import recount_timeliness
from chengxin.kernel.instants import start_of_day
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.site import errors, home, layout, robots
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty

NOW = start_of_day(date(2026, 12, 2)) + 36_000


@pytest.fixture
def portal(db: None, policy_set: object, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Anybody, in the month after the sample hand-in."""
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))
    cache.clear()
    return Client()


def test_the_home_counts_what_was_handed_in(portal: Client) -> None:
    office = market_regulation()
    rows = [penalty(n, office.code) for n in range(3)] + [penalty(9, office.code, CF_JDRQ="2026-10-09")]
    hand_in(office, rows, at=HANDED_IN)
    recount_timeliness()
    page = portal.get("/").content.decode()
    assert ">4</a>" in page
    assert "2026-11 为 100.0%" in page
    assert "2026-10" in page


def test_an_empty_platform_has_a_home_too(portal: Client) -> None:
    page = portal.get("/")
    assert page.status_code == 200
    assert "还没有可统计的月份" in page.content.decode()


def test_without_a_policy_the_home_still_answers(db: None) -> None:
    cache.clear()
    assert "目录尚未采纳" in Client().get("/").content.decode()


def test_the_twelve_months_before_this_one_are_shown() -> None:
    scope = home._scope(date(2026, 1, 31))
    assert (scope.from_month, scope.until_month) == ("2025-01", "2025-12")


def test_every_act_of_the_catalogue_has_its_door(portal: Client) -> None:
    page = portal.get("/").content.decode()
    assert page.count('href="/acts/') == 10
    assert 'href="/lists/judgment_defaulters"' in page


def test_the_place_one_is_at_is_marked_and_only_that(portal: Client) -> None:
    page = portal.get("/about").content.decode()
    assert page.count('aria-current="page">') == 2  # navigation and trail
    assert '<a href="/about" aria-current="page">' in page


@pytest.mark.parametrize(("path", "place"), [("/", "/"), ("/policy/x", "/policy"), ("/policyx", ""), ("/s/1", "")])
def test_a_place_covers_what_lies_under_it(path: str, place: str) -> None:
    marked = [one.href for one in layout.places("portal", RequestFactory().get(path)) if one.here]
    assert marked == ([place] if place else [])


def test_the_method_texts_carry_no_number_of_the_law(portal: Client) -> None:
    """Numbers stand on the policy pages, where they have a source and a date."""
    text = portal.get("/about").content.decode().partition('class="prose"')[2].partition("<aside")[0]
    assert len(text) > 1000
    assert not any(letter.isdigit() for letter in strip_tags(text))


def test_crawlers_are_told_of_lasting_pages_only() -> None:
    listed = robots.sitemap(RequestFactory().get("/sitemap.xml")).content.decode()
    assert "/policy</loc>" in listed
    assert "/s/" not in listed
    assert "/r/" not in listed
    assert "Disallow: /office/" in robots.robots(RequestFactory().get("/robots.txt")).content.decode()


def test_the_tour_shows_the_stories_of_the_demo_city(portal: Client, settings: object, tmp_path: Path) -> None:
    settings.CHENGXIN_HOME = tmp_path  # type: ignore[attr-defined]
    assert "这里没有示范数据" in portal.get("/tour").content.decode()
    story = {"title": "字母 O", "happened": "代码里写了字母 O。", "did": "改正并注明。", "checks": [{"label": "看记录", "href": "/r/1"}]}
    (tmp_path / "tour.json").write_text(json.dumps([story], ensure_ascii=False), encoding="utf-8")
    page = portal.get("/tour").content.decode()
    assert "导览：1 件事" in page
    assert '<a href="/r/1">看记录</a>' in page


@pytest.mark.parametrize(
    ("refused", "status"),
    [(NotFound("x", "没有。"), 404), (Forbidden("x", "不行。"), 403), (Refused("x", "办不了。", "改一改。", "甲法第一条"), 422)],
)
def test_a_refusal_is_a_page_in_words(portal: Client, refused: Refused, status: int) -> None:
    request = RequestFactory().get("/x")
    request.user = type("Nobody", (), {"is_authenticated": False})()  # type: ignore[assignment]
    page = errors.refused_page(request, refused)
    assert page.status_code == status
    for words in (refused.sentence, refused.what_to_do, refused.clause):
        assert words in page.content.decode()


def test_an_unknown_address_is_answered_in_words(portal: Client) -> None:
    page = portal.get("/nosuch")
    assert page.status_code == 404
    assert "没有这个地址，或者信息已经不在公示期内。" in page.content.decode()


def test_the_page_for_a_failure_needs_nothing_that_may_be_broken() -> None:
    page = errors.server_error(RequestFactory().get("/"))
    assert page.status_code == 500
    assert "已收到回执的报送不会丢失" in page.content.decode()


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES))
def test_the_workbench_offers_what_the_access_matrix_admits(role: Role) -> None:
    request = RequestFactory().get("/office/")
    request.caller = Caller(role=role)  # type: ignore[attr-defined]
    offered = {place.href for place in layout.places("office", request)}
    assert {"/office/", "/account"} <= offered
    assert ("/office/pieces" in offered) == (role is Role.SYSTEM_ADMIN)
    assert "/office/officials" not in offered  # no department, so nothing to ask there
    assert ("/office/matching" in offered) == (role is Role.CREDIT_OFFICE)
    assert ("/office/submissions/new" in offered) == (role in {Role.CLERK, Role.CREDIT_OFFICE})
