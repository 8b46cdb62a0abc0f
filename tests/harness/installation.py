"""One home with its keys and database; commands run in processes of their own, as an operator runs them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.harness.databases import empty_database

START_SECONDS = 90.0
REFUSED = 2
AnyServer = TypeVar("AnyServer", bound="Server")


@dataclass
class Installation:
    """A home, its key file and its database."""

    home: Path
    keys: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """What tells a process which installation it works on."""
        return os.environ | {"CHENGXIN_HOME": str(self.home), "CHENGXIN_KEYS": str(self.keys), "CHENGXIN_DATABASE": self.database}

    def run(self, *arguments: str, status: int | tuple[int, ...] = 0, stdin: str = "") -> str:
        """Run ``chengxin``; its stdout, or stderr where it is expected to refuse."""
        done = subprocess.run(
            command(*arguments), env=self.environment, input=stdin, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode in (status if isinstance(status, tuple) else (status,)), done.stdout + done.stderr
        return done.stderr if status == REFUSED else done.stdout

    def ask(self, *arguments: str, status: int | tuple[int, ...] = 0, stdin: str = "") -> dict[str, Any]:
        """Run ``chengxin … --json`` and read its answer."""
        answer: dict[str, Any] = json.loads(self.run(*arguments, "--json", status=status, stdin=stdin))
        return answer

    def python(self, code: str) -> str:
        """Run a piece of Python inside the installation; its stdout."""
        program = "import django; django.setup()\n" + code
        environment = self.environment | {"DJANGO_SETTINGS_MODULE": "chengxin.site.settings"}
        done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@dataclass
class Server(Installation):
    """An installation that is being served."""

    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """As of any installation, and where it is reached."""
        return super().environment | {"CHENGXIN_ORIGIN": self.url}

    @property
    def running(self) -> subprocess.Popen[str]:
        """The process of ``chengxin serve``."""
        assert self.process is not None, "not started"
        return self.process

    def start(self) -> None:
        """``chengxin serve``; returns when it answers."""
        log = (self.home.parent / "serve.log").open("a", encoding="utf-8")
        with log:
            self.process = subprocess.Popen(
                command("serve", "--port", str(self.port)), env=self.environment, stdout=log, stderr=log, text=True, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert self.running.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.1)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it; its exit status."""
        self.running.send_signal(number)
        return self.running.wait(timeout=60)

    def answers(self) -> bool:
        """Whether somebody answers at the address."""
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def log(self) -> str:
        """What it has logged so far."""
        return (self.home.parent / "serve.log").read_text(encoding="utf-8")


def command(*arguments: str) -> list[str]:
    """``chengxin`` with these arguments, by this Python."""
    return [sys.executable, "-m", "chengxin.site.command_line", *arguments]


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def installation_to_serve(kind: type[AnyServer]) -> Iterator[AnyServer]:
    """A fresh installation, initialised and not yet served; it is stopped and gone at the end."""
    with tempfile.TemporaryDirectory(prefix="chengxin-served-") as folder, empty_database("served") as database:
        server = kind(Path(folder) / "home", Path(folder) / "keys.json", database, port=free_port())
        server.run("init")
        try:
            yield server
        finally:
            if server.process is not None and server.process.poll() is None:
                server.stop()


@contextmanager
def served_installation() -> Iterator[Server]:
    """A fresh installation, initialised and served."""
    with installation_to_serve(Server) as server:
        server.start()
        yield server
