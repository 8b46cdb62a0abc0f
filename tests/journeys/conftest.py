"""A small city for the journeys: made by the commands that a city would use, served by ``chengxin serve``, visited in real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from chengxin.access.roles import OFFICE_ROLES
from tests.harness.installation import Server, installation_to_serve
from tests.harness.penalties import as_csv, code_of
from tests.harness.second_factor import code_of_app
from tests.journeys.rows import sample_licences, sample_penalties, sample_registry

PASSWORD = "quiet-mountain-seven"


@dataclass
class City(Server):
    """一座小城：an installation with an office, its accounts and what it has handed in."""

    office: str = ""
    accounts: dict[str, str] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)  # recovery codes of who must have a second factor

    def add_account(self, name: str, role: str) -> None:
        """Open an account with the common password."""
        self.run("user", "add", name, "--department", self.office, "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")
        self.accounts[role] = name

    def hand_in(self, rows: list[dict[str, str]], item: str, name: str) -> dict[str, Any]:
        """Hand in rows by command, as a department's own system would."""
        path = self.home.parent / name
        path.write_bytes(as_csv(rows))
        answer = self.ask("collect", str(path), "--item", item, "--department", self.office, status=(0, 1))
        assert answer["accepted"] >= len(rows) - 1, answer
        return answer


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    """A city with one office, an account of every role, penalties, permits and registry data, being served."""
    with installation_to_serve(City) as made:
        made.office = code_of(1, "11370900MB")
        made.run("department", "add", made.office, "--name", "泰安市市场监督管理局")
        for role in sorted(OFFICE_ROLES):
            made.add_account(f"{role}-one", role)
        made.hand_in(sample_registry(made.office), "registry_basics", "登记.csv")
        made.hand_in(sample_penalties(made.office), "administrative_penalty", "处罚.csv")
        made.hand_in(sample_licences(made.office), "administrative_licence", "许可.csv")
        made.start()
        yield made


@pytest.fixture(scope="session")
def second_office(city: City) -> str:
    """The office that decides what the city's first one may not; its code. One for all journeys: which of two would decide is not theirs
    to say. Its people: 信用办甲 and 信用办乙 (credit office), 裁决甲 (clerk)."""
    code = code_of(81, "11370900MB")
    city.run("department", "add", code, "--name", "泰安市发展和改革委员会")
    for name, role in (("信用办甲", "credit_office"), ("信用办乙", "credit_office"), ("裁决甲", "clerk")):
        city.run("user", "add", name, "--department", code, "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")
    return code


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium_browser: Browser, city: City) -> Iterator[Visit]:
    """Open a browser window: ``visit(width=390, scheme="dark", role="clerk")``; faults of scripts fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(*, width: int = 1440, scheme: str = "light", role: str = "") -> Page:
        context = chromium_browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
            base_url=city.url,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
        if role:
            sign_in(page, city.accounts[role], city.codes)
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not faults


def sign_in(page: Page, name: str, codes: dict[str, list[str]] | None = None) -> None:
    """Sign in by the form, as a person does; who must have a second factor registers one first, and shows a recovery code later."""
    page.goto("/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(re.compile("/office/|/centre|/second-factor"))
    if "/login/second-factor" in page.url and codes is not None:
        page.get_by_label("验证码").fill(codes[name].pop())
        page.get_by_role("button", name="继续").click()
    elif "/account/second-factor" in page.url and codes is not None:
        codes[name] = register_app(page)
        page.goto("/office/")
    page.wait_for_url("**/office/")


def register_app(page: Page) -> list[str]:
    """Register an app on a phone; the recovery codes."""
    page.goto("/account/second-factor/app")
    page.get_by_label("验证码").fill(code_of_app(page.locator("code.secret").inner_text()))
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/recovery-codes")
    return page.locator("ul.codes code").all_inner_texts()
