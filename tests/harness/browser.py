"""Chromium and a served installation, for journeys. Loaded by ``-p``."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.harness.installation import Server, served_installation

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str:
    """The system's Chromium; says how to install it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "Chromium was not found: apt-get install chromium fonts-noto-cjk"
    return found


@pytest.fixture(scope="session")
def chromium_browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    # Playwright keeps an event loop in this thread; Django takes that for asynchronous code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_context(chromium_browser: Browser) -> Iterator[BrowserContext]:
    """Cookies of its own, in Chinese."""
    context = chromium_browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", viewport=DESKTOP, accept_downloads=True)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext) -> Iterator[Page]:
    """A page on which an error of a script, or anything the content security policy stops, fails the test."""
    page = browser_context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    wrong = [fault for fault in faults if "the server responded with a status of" not in fault]
    assert not wrong, wrong


@pytest.fixture(scope="session")
def live_server_process() -> Iterator[Server]:
    """``chengxin serve`` in processes of its own, over a home of its own."""
    with served_installation() as server:
        yield server
