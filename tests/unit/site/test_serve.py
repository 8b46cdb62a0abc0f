"""``chengxin serve``：starts and stops together, mends what dies, says which part is alive."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from tests.harness.installation import Server, served_installation


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with served_installation() as installation:
        yield installation


def health(server: Server) -> dict[str, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as problem:
        return dict(json.load(problem))


def eventually(holds: Callable[[], bool], seconds: float = 30.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def children(process: int, named: str = "") -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process), *(["-f", named] if named else [])], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def test_every_part_lives(server: Server) -> None:
    assert eventually(lambda: all(part["alive"] for part in health(server).values()))
    assert set(health(server)) == {"web", "worker", "scheduler", "database", "disk"}


def test_a_part_that_is_killed_is_started_again(server: Server) -> None:
    assert eventually(lambda: len(children(server.running.pid)) == 3)
    (worker,) = children(server.running.pid, "serve_part worker")
    os.kill(worker, signal.SIGKILL)
    assert eventually(lambda: children(server.running.pid, "serve_part worker") not in ([], [worker]))
    assert "worker 部分意外结束（信号 SIGKILL），重新启动" in server.log()


def test_when_the_web_part_is_killed_its_workers_do_not_stay_behind(server: Server) -> None:
    (web,) = children(server.running.pid, "granian")
    workers = [process for process in children(web) if _lives(process)]
    assert workers
    os.kill(web, signal.SIGKILL)
    assert eventually(lambda: not any(_lives(worker) for worker in workers))
    assert eventually(lambda: children(server.running.pid, "granian") not in ([], [web]))
    assert eventually(server.answers)


def test_metrics_count_over_all_workers(server: Server) -> None:
    for _ in range(6):
        health(server)
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert 'chengxin_requests_total{method="GET",status="' in text
    assert 'chengxin_part_alive{part="scheduler"} 1.0' in text
    assert "chengxin_ledger_entries" in text


def test_logs_are_json_and_name_no_address(server: Server) -> None:
    urllib.request.urlopen(f"{server.url}/about?q=37090219900307123X", timeout=10).close()
    assert eventually(lambda: '"view": "about"' in server.log())
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    assert {"view", "method", "status", "milliseconds", "request"} <= set(next(line for line in lines if line.get("view") == "about"))
    assert "37090219900307123X" not in server.log()


def test_a_taken_port_is_a_sentence(server: Server) -> None:
    assert "不能监听" in server.run("serve", "--port", str(server.port), status=2)


def test_a_home_without_init_is_a_sentence(server: Server, tmp_path: object) -> None:
    bare = Server(server.home.parent / "nothing", server.home.parent / "none.json", server.database)
    assert "chengxin init" in bare.run("serve", status=2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_good_order(number: signal.Signals) -> None:
    with served_installation() as installation:
        parts = children(installation.running.pid)
        assert installation.stop(number) == 0
        assert not any(_lives(part) for part in parts)
        assert "服务已停止" in installation.log()


def test_when_serve_itself_is_killed_its_parts_end() -> None:
    with served_installation() as installation:
        parts = children(installation.running.pid)
        workers = [worker for part in parts for worker in children(part)]
        installation.running.kill()
        installation.running.wait()
        assert eventually(lambda: not any(_lives(process) for process in [*parts, *workers]))
        installation.start()
        assert eventually(lambda: all(part["alive"] for part in health(installation).values()))


def _lives(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
