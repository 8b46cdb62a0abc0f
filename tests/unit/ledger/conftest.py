from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import ports, services
from chengxin.storage import keyfile
from chengxin.storage.transactions import writing

EVENT = "records:record:collected"
AT = 1_790_000_000


@pytest.fixture(autouse=True, scope="session")
def _log_key() -> None:
    if not Path(settings.CHENGXIN_KEYS).exists():
        keyfile.create(Path(settings.CHENGXIN_KEYS), AT)


@pytest.fixture(autouse=True)
def _nothing_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger's own tests do without what later sections register."""
    for port in (ports.projections, ports.pending_leaves, ports.public_contents):
        monkeypatch.setattr(port, "_filled", {})


@pytest.fixture
def put(db: None) -> Callable[..., list[int]]:
    """Append ``n`` entries; returns their content ids."""

    def append(n: int, text: str = "甲") -> list[int]:
        with writing():
            ids = services.allocate_content_ids(n)
            payloads = [canonical_bytes({"_event": EVENT, "CF_WSH": f"{text}{i}", "_record": str(i)}) for i in ids]
            services.append(services.prepare(EVENT, payloads, ids))
        return list(ids)

    return append
