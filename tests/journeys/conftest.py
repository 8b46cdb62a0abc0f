"""A small city for the journeys: made by the commands that a city would use, served by ``chengxin serve``, visited in real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.harness.databases import empty_database
from tests.harness.penalties import as_csv, code_of
from tests.journeys.rows import sample_licences, sample_penalties, sample_registry

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "quiet-mountain-seven"
START_SECONDS = 90


@dataclass
class City:
    """一座小城：its address, its home, and the hand that types commands."""

    base: str
    home: Path
    environment: dict[str, str]
    office: str
    accounts: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str, stdin: str = "", expect: tuple[int, ...] = (0,)) -> dict[str, Any]:
        """Run ``chengxin`` with ``--json`` and read its answer."""
        done = subprocess.run(
            [sys.executable, "-m", "chengxin.site.command_line", *arguments, "--json"],
            env=self.environment, input=stdin, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode in expect, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def add_account(self, name: str, role: str) -> None:
        """Open an account with the common password."""
        self.command("user", "add", name, "--department", self.office, "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")
        self.accounts[role] = name

    def hand_in(self, rows: list[dict[str, str]], item: str, name: str) -> dict[str, Any]:
        """Hand in rows by command, as a department's own system would."""
        path = self.home.parent / name
        path.write_bytes(as_csv(rows))
        answer = self.command("collect", str(path), "--item", item, "--department", self.office, expect=(0, 1))
        assert answer["accepted"] >= len(rows) - 1, answer
        return answer


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_served(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for ``/healthz``; the log is the message when it does not come."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise AssertionError(f"chengxin serve did not come up:\n{log.read_text(errors='replace')[-4000:]}")


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city with one office, an account of every role, penalties, permits and registry data, being served."""
    folder = tmp_path_factory.mktemp("journey")
    base = f"http://127.0.0.1:{free_port()}"
    log = folder / "serve.log"
    with empty_database("journey") as database:
        environment = {
            **os.environ,
            "CHENGXIN_HOME": str(folder / "home"),
            "CHENGXIN_KEYS": str(folder / "keys.json"),
            "CHENGXIN_DATABASE": database,
            "CHENGXIN_ORIGIN": base,
        }
        made = City(base, folder / "home", environment, code_of(1, "11370900MB"))
        made.command("init")
        made.command("department", "add", made.office, "--name", "泰安市市场监督管理局")
        for role in ("clerk", "reviewer", "credit_office", "auditor", "security_admin", "system_admin", "audit_admin"):
            made.add_account(f"{role}-one", role)
        made.hand_in(sample_registry(made.office), "registry_basics", "登记.csv")
        made.hand_in(sample_penalties(made.office), "administrative_penalty", "处罚.csv")
        made.hand_in(sample_licences(made.office), "administrative_licence", "许可.csv")
        with log.open("wb") as output:
            command = [sys.executable, "-m", "chengxin.site.command_line", "serve", "--port", base.rpartition(":")[2], "--workers", "1"]
            server = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
            try:
                wait_until_served(base, server, log)
                yield made
            finally:
                server.send_signal(signal.SIGTERM)
                server.wait(timeout=60)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    assert path, "Chromium is needed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, city: City) -> Iterator[Visit]:
    """Open a browser window: ``visit(width=390, scheme="dark", role="clerk")``; faults of scripts fail the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_window(*, width: int = 1440, scheme: str = "light", role: str = "") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="zh-CN",
            base_url=city.base,
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
        if role:
            sign_in(page, city.accounts[role])
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert not faults


def sign_in(page: Page, name: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto("/login")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/office/")
