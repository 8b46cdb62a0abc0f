"""A clerk registers a security key and signs in with it; the key is Chromium's virtual authenticator. An app, a recovery code too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.harness.installation import Server
from tests.harness.second_factor import code_of_app

pytestmark = pytest.mark.browser
CODE = "11370900000000182F"


@pytest.fixture(scope="module")
def people(live_server_process: Server) -> dict[str, str]:
    """Name → password."""
    live_server_process.run("department", "add", CODE, "--name", "泰安市示例局")
    made = {}
    for name, role in (("yaoshi", "clerk"), ("anquan", "security_admin")):
        told = json.loads(live_server_process.run("user", "add", name, "--department", CODE, "--role", role, "--json"))
        made[name] = str(told["password"])
    return made


@pytest.fixture
def page(chromium_browser: Browser, live_server_process: Server) -> Iterator[Page]:
    """Under a name, not a bare address: browsers bind keys to names."""
    context = chromium_browser.new_context(locale="zh-CN", base_url=named(live_server_process))
    yield context.new_page()
    context.close()


def named(server: Server) -> str:
    return server.url.replace("127.0.0.1", "localhost")


def put_in_a_key(context: BrowserContext, page: Page) -> Any:
    """A key in the machine: CTAP2, with a person who touches it."""
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    told = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    return devtools, told["authenticatorId"]


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(password)
    page.get_by_role("button", name="登录").click()


def test_a_key_is_registered_and_opens_the_door(page: Page, people: dict[str, str]) -> None:
    devtools, key = put_in_a_key(page.context, page)
    sign_in(page, "yaoshi", people["yaoshi"])
    page.wait_for_url("**/office/")
    page.goto("/account/second-factor")
    page.get_by_role("link", name="登记安全密钥").click()
    page.get_by_label("名称").fill("蓝色的那把")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/recovery-codes")
    codes = page.locator("ul.codes code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="已经抄下").click()
    expect(page.locator("main")).to_contain_text("蓝色的那把")
    page.locator("form[action='/logout'] button").first.click()

    sign_in(page, "yaoshi", people["yaoshi"])
    page.wait_for_url("**/login/second-factor")
    page.goto("/office/")
    assert "/login" in page.url, "the password alone opens nothing"
    page.goto("/login/second-factor")
    page.get_by_role("button", name="使用安全密钥").click()
    page.wait_for_url("**/office/")
    page.locator("form[action='/logout'] button").first.click()

    # another key in the machine: it does not know this account
    devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key})
    put_in_a_key(page.context, page)
    sign_in(page, "yaoshi", people["yaoshi"])
    page.wait_for_url("**/login/second-factor")
    page.get_by_role("button", name="使用安全密钥").click()
    expect(page.locator("[data-key-error]")).to_be_visible()
    page.get_by_label("备用码").fill(codes[0])
    page.get_by_role("button", name="继续").click()
    page.wait_for_url("**/office/")


def test_a_security_administrator_begins_with_an_app(page: Page, people: dict[str, str]) -> None:
    sign_in(page, "anquan", people["anquan"])
    page.wait_for_url("**/account/second-factor?**")
    expect(page.locator("main")).to_contain_text("您的岗位必须先登记第二因子")
    page.get_by_role("link", name="登记验证码应用").click()
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100, "the square is there to be scanned"
    secret = page.locator("code.secret").inner_text()
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    page.get_by_label("验证码").fill(code_of_app(secret))
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/recovery-codes")
    page.goto("/office/accounts")
    expect(page.get_by_role("heading", name="账户管理")).to_be_visible()
    expect(page.locator("main")).to_contain_text("yaoshi")
