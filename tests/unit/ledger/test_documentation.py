"""The program printed in docs/ledger.md does what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from chengxin.ledger import services
from chengxin.ledger.models import Entry

PAGE = Path(__file__).parents[3] / "docs" / "ledger.md"


@pytest.mark.django_db(transaction=True)
def test_the_printed_program_computes_the_root(live_server: LiveServer, put: Callable[..., list[int]]) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    def run() -> str:
        command = [sys.executable, "-c", program, f"{live_server.url}/log"]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout

    put(700)
    services.sign_checkpoint(1_790_000_000)
    assert run() == "127.0.0.1:8000/log 700 root agrees\n"
    Entry.objects.filter(seq=300).update(commitment=bytes(32))
    assert run() == "127.0.0.1:8000/log 700 ROOT DIFFERS\n"
