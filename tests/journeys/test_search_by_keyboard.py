"""查询 with nothing but the keyboard: skip link, suggestions, the subject's page, and back again with what was typed."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.harness.penalties import code_of
from tests.journeys.conftest import Visit

pytestmark = pytest.mark.browser


def test_the_first_stop_is_the_skip_link(visit: Visit) -> None:
    page = visit()
    page.goto("/about")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1440])
def test_suggestions_by_arrow_keys(visit: Visit, width: int) -> None:
    page = visit(width=width)
    page.goto("/")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    page.keyboard.type("云杉00003")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("泰安云杉00003商贸有限公司")
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "?")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/s/{code_of(3)}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("泰安云杉00003商贸有限公司")


def test_escape_closes_and_enter_searches(visit: Visit) -> None:
    page = visit()
    page.goto("/")
    page.keyboard.type("云杉")
    expect(page.get_by_role("option")).to_have_count(8)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search"))
    expect(page.get_by_role("status")).to_contain_text("找到")


def test_the_back_button_returns_to_the_results(visit: Visit) -> None:
    page = visit()
    page.goto("/search?q=云杉")
    page.get_by_role("link", name="泰安云杉00003商贸有限公司").click()
    page.wait_for_url("**/s/**")
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("找到")
    expect(page.get_by_role("combobox")).to_have_value("云杉")


def test_everything_works_without_scripts(visit: Visit) -> None:
    page = visit()
    page.route("**/*.js", lambda route: route.abort())
    page.goto("/")
    page.get_by_role("combobox").fill("云杉00003")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="泰安云杉00003商贸有限公司").click()
    expect(page.get_by_text("条失信信息在公示")).to_be_visible()


def test_print_leaves_the_furniture_out(visit: Visit) -> None:
    page = visit()
    page.goto(f"/s/{code_of(3)}")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="主导航")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
