"""``chengxin serve``：web workers, one task worker and the scheduler, started and stopped together.

Each part is a process of its own. One that dies is started again, after a growing pause; one that keeps dying stops the whole, with
a sentence. SIGTERM and Ctrl-C end every part in good order: requests and the task at hand are finished first. If this process itself is
killed, the kernel ends the parts.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import FrameType
from typing import Final

from django.conf import settings
from django.db import OperationalError

from chengxin.kernel.refused import Refused
from chengxin.site import health, installing
from chengxin.site.health import PARTS
from chengxin.storage import keyfile

DEATHS_ALLOWED: Final = 5
DEATHS_WITHIN_SECONDS: Final = 60.0
GRACE_SECONDS: Final = 30.0
START_SECONDS: Final = 60.0
FULL_DISK_PAUSE_SECONDS: Final = 5.0
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108  only counts of requests, nothing of anybody


@dataclass
class Part:
    """一个部分：its arguments to ``serve_part``, its process, and when it died lately."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: deque[float] = field(default_factory=lambda: deque(maxlen=DEATHS_ALLOWED))
    start_at: float = 0.0

    def start(self) -> None:
        """Start the process."""
        self.process = subprocess.Popen([sys.executable, "-m", "chengxin.site.serve_part", *self.command], start_new_session=True)

    def died(self, now: float) -> bool:
        """Note a death, end what it left behind and plan the next start; True when it died too often."""
        self.end_group()
        self.process = None
        self.deaths.append(now)
        self.start_at = now + 2.0 ** (len(self.deaths) - 1) - 1
        return len(self.deaths) == DEATHS_ALLOWED and now - self.deaths[0] < DEATHS_WITHIN_SECONDS

    def pause(self, now: float) -> None:
        """It ended because the disk is full: it is no fault of its own and does not count, the next start may find room."""
        self.end_group()
        self.process = None
        self.start_at = now + FULL_DISK_PAUSE_SECONDS

    def end_group(self) -> None:
        """Kill whatever the process started and left behind: an orphan keeps the port and answers with what it has in memory."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the process, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def serve(*, host: str, port: int, workers: int, only: str = "") -> int:
    """Run until told to stop; returns the exit status."""
    if only and only not in PARTS:
        raise Refused("no-such-part", f"没有“{only}”这个部分。", f"可用：{'、'.join(PARTS)}。")
    _check_before_start()
    if only in {"", "web"}:
        _check_port(host, port)
        _prepare_metrics()
    commands = {
        "web": ["web", *_granian_options(host, port, workers)],
        "worker": ["worker"],
        "scheduler": ["scheduler"],
    }
    supervisor = Supervisor([Part(name, command) for name, command in commands.items() if only in {"", name}])
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}" if only in {"", "web"} else ""
    if address:
        os.environ.setdefault("CHENGXIN_ORIGIN", address)  # for the parts: without a proxy the public comes here
    return supervisor.run(address)


class Supervisor:
    """Starts, watches and ends the parts."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.stopping = False

    def run(self, address: str = "") -> int:
        """Until told to stop (0), or until a part keeps dying (1)."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for part in self.parts:
            part.start()
        if address:
            self._announce(address)
        try:
            while not self.stopping:
                failed = self._look()
                if failed is not None:
                    _say(f"{failed.name} 部分在 {DEATHS_WITHIN_SECONDS:.0f} 秒内结束了 {DEATHS_ALLOWED} 次，已停止服务。请看上面的日志。")
                    return 1
                time.sleep(0.2)
            return 0
        finally:
            self._end()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _look(self) -> Part | None:
        now = time.monotonic()
        for part in self.parts:
            if part.process is None:
                if now >= part.start_at:
                    part.start()
            elif part.process.poll() is not None:
                _say(f"{part.name} 部分意外结束（{_ending(part.process.returncode)}），重新启动。")
                if not health.has_room():
                    _say(f"磁盘已满，{part.name} 部分暂停；公开页面仍可查看。请腾出空间，之后自动接着办。")
                    part.pause(now)
                elif part.died(now):
                    return part
        return None

    def _announce(self, address: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.stopping and time.monotonic() < deadline:
            if _answers(address):
                _say(f"服务已启动：{address}　按 Ctrl-C 停止。")
                return
            if self._look() is not None:
                return
            time.sleep(0.1)

    def _end(self) -> None:
        for part in self.parts:
            part.tell(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for part in self.parts:
            if part.process is None:
                continue
            try:
                part.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _say(f"{part.name} 部分 {GRACE_SECONDS:.0f} 秒内没有结束，强行结束；没有办完的下次启动后接着办。")
                part.process.kill()
                part.process.wait()
            part.end_group()
        _say("服务已停止。")


def _check_before_start() -> None:
    keyfile.in_use()
    try:
        missing = installing.unapplied_migrations()
    except OperationalError:
        raise Refused("database-unreachable", "连不上数据库。", "请先运行 chengxin init，并核对 CHENGXIN_DATABASE。") from None
    if missing:
        raise Refused("not-initialised", "数据库还没有建好，或者需要升级。", "请先运行 chengxin init。")


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                "port-taken", f"不能监听 {host}:{port}：{error.strerror}。", "请停掉占用它的程序，或用 --port 换一个端口。"
            ) from None


def _prepare_metrics() -> None:
    """Where the web workers count together. The files are mapped into memory: on a full disk the first new page of one kills the worker
    (SIGBUS), so they lie in memory where there is such a place."""
    home = Path(settings.CHENGXIN_HOME)
    in_memory = SHARED_MEMORY / f"chengxin-{os.getuid()}-{sha256(os.fsencode(home)).hexdigest()[:16]}"
    for folder in (in_memory, home / "run" / "metrics"):
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # no such place here, or somebody else's
            folder.mkdir(parents=folder is not in_memory, mode=0o700)
            break
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _granian_options(host: str, port: int, workers: int) -> list[str]:
    options = {"--interface": "wsgi", "--host": host, "--port": str(port), "--workers": str(workers), "--blocking-threads": "1"}
    flags = ["--respawn-failed-workers", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", f"{GRACE_SECONDS:.0f}"]
    words = [word for pair in options.items() for word in pair]
    return [*words, *flags, "chengxin.site.wsgi:application"]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:  # noqa: S310  our own address
            return bool(answer.status)
    except urllib.error.HTTPError:
        return True  # it answers; the other parts may still be starting
    except OSError:
        return False


def _ending(status: int) -> str:
    return f"信号 {signal.Signals(-status).name}" if status < 0 else f"退出码 {status}"


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()
