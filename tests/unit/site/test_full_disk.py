"""磁盘已满：who gives signs goes on, ``/healthz`` says it, and no part is given up for it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client, RequestFactory

from chengxin.site import health, serve


class Usage(NamedTuple):
    """What ``shutil.disk_usage`` answers."""

    total: int
    used: int
    free: int


@pytest.fixture
def no_room(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    health.beat("scheduler")

    def refuse(_path: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(1, 1, 0))
    yield
    monkeypatch.undo()
    health.beat("scheduler")
    health.beat("web")


@pytest.mark.usefixtures("no_room")
def test_a_sign_that_cannot_be_written_ends_nobody_and_still_shows_life() -> None:
    os.utime(health._file("scheduler"), (0, 0))
    assert health.beat("scheduler") is False
    assert health.parts()["scheduler"].alive
    assert not list(health._file("scheduler").parent.glob(f"*.{os.getpid()}"))


@pytest.mark.django_db
@pytest.mark.usefixtures("no_room")
def test_healthz_says_that_the_disk_is_full() -> None:
    answer = health.healthz(RequestFactory().get("/healthz"))
    document: dict[str, Any] = json.loads(answer.content)
    assert (answer.status_code, document["disk"]["alive"]) == (503, False)
    assert "磁盘已满" in document["disk"]["failing"]["disk"]


@pytest.mark.django_db
@pytest.mark.usefixtures("no_room", "policy_set")
def test_public_pages_are_still_served() -> None:
    assert Client().get("/").status_code == 200


@pytest.mark.usefixtures("no_room")
def test_a_part_that_ends_for_want_of_room_is_started_again_however_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "FULL_DISK_PAUSE_SECONDS", 0.0)
    part = EndsAtOnce("worker", [])
    supervisor = serve.Supervisor([part])
    part.start()
    while part.starts < 2 * serve.DEATHS_ALLOWED:
        assert part.process is None or part.process.wait() == 1
        assert supervisor._look() is None
    assert part.process is None or part.process.wait() == 1


class EndsAtOnce(serve.Part):
    """A part that cannot work."""

    starts = 0

    def start(self) -> None:
        self.starts += 1
        self.process = subprocess.Popen(["false"], start_new_session=True)
