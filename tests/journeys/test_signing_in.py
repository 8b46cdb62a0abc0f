"""A clerk logs in, works, and leaves; what the role may not see is not offered and not opened."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, expect

from tests.harness.installation import Server

pytestmark = pytest.mark.browser
CODE = "11370900000000182F"


@pytest.fixture(scope="module")
def password(live_server_process: Server) -> str:
    live_server_process.run("department", "add", CODE, "--name", "泰安市示例局")
    made = json.loads(live_server_process.run("user", "add", "jingban", "--department", CODE, "--role", "clerk", "--json"))
    return str(made["password"])


def sign_in(page: Page, server: Server, password: str) -> None:
    page.goto(f"{server.url}/office/")
    page.fill("input[name=username]", "jingban")
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")


def test_a_clerk_comes_and_goes(browser_page: Page, live_server_process: Server, password: str) -> None:
    sign_in(browser_page, live_server_process, password)
    browser_page.wait_for_url(f"{live_server_process.url}/office/")
    expect(browser_page.locator("body")).to_contain_text("泰安市示例局")
    answer = browser_page.goto(f"{live_server_process.url}/office/matching")
    assert answer is not None
    assert answer.status == 403
    browser_page.goto(f"{live_server_process.url}/office/")
    browser_page.locator("form[action='/logout'] button").first.click()
    browser_page.wait_for_url(f"{live_server_process.url}/")
    browser_page.goto(f"{live_server_process.url}/office/")
    assert "/login" in browser_page.url


def test_a_wrong_password_is_a_sentence_and_keeps_the_name(browser_page: Page, live_server_process: Server, password: str) -> None:
    sign_in(browser_page, live_server_process, password + "x")
    expect(browser_page.locator("main")).to_contain_text("账号或口令不对")
    expect(browser_page.locator("input[name=username]")).to_have_value("jingban")
