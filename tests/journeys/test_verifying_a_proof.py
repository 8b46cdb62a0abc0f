"""A member of the public verifies a proof in a real browser: on the page, and with the saved page from file:// without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from chengxin.kernel.canonical import canonical_bytes
from chengxin.ledger import ports, services
from chengxin.ledger.proofs import prove_publicly
from chengxin.storage import keyfile
from chengxin.storage.transactions import writing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
EVENT = "records:record:collected"
AT = 1_790_000_000


class Public:
    """Every content is public; record 1 has the first."""

    def __init__(self, content_id: int) -> None:
        self.content_id = content_id

    def content_of(self, record_id: int) -> int | None:
        return self.content_id if record_id == 1 else None

    def may_show(self, content_id: int, at: int) -> bool:
        return True


@pytest.fixture
def content_id(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> int:
    if not Path(settings.CHENGXIN_KEYS).exists():
        keyfile.create(Path(settings.CHENGXIN_KEYS), AT)
    with writing():
        ids = services.allocate_content_ids(5)
        payloads = [canonical_bytes({"_event": EVENT, "CF_WSH": f"泰市监处罚〔2026〕{i}号"}) for i in ids]
        services.append(services.prepare(EVENT, payloads, ids))
    services.sign_checkpoint(AT)
    monkeypatch.setattr(ports.public_contents, "_filled", {"test": Public(ids[2])})
    return ids[2]


def verdict(page: Page) -> str:
    page.wait_for_selector("#verdict:not([hidden])")
    return page.inner_text("#verdict")


def test_on_the_page(chromium_browser: Browser, live_server: LiveServer, content_id: int) -> None:
    page = chromium_browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{live_server.url}/verify?record=1")
    said = verdict(page)
    assert "✓ 证明成立" in said
    assert f"泰市监处罚〔2026〕{content_id}号" in said
    proof = json.loads(page.input_value("#proof-text"))
    page.fill("#proof-text", json.dumps(proof | {"payload": proof["payload"].replace("处罚", "表彰")}))
    page.click("#verify-form button[type=submit]")
    page.wait_for_selector("#verdict.fails")
    assert "内容与条目不符" in verdict(page)
    assert not faults


def test_from_a_file_without_a_network(chromium_browser: Browser, live_server: LiveServer, content_id: int, tmp_path: Path) -> None:
    online = chromium_browser.new_page()
    with online.expect_download() as download:
        online.goto(f"{live_server.url}/verify")
        online.click("text=下载本页")
    file = tmp_path / "verify.html"
    download.value.save_as(file)
    proof = tmp_path / "proof.json"
    proof.write_text(json.dumps(prove_publicly(f"c{content_id}", AT).document()), encoding="utf-8")
    context = chromium_browser.new_context(offline=True)
    page = context.new_page()
    page.goto(file.as_uri())
    page.set_input_files("#proof-file", proof)
    page.wait_for_function("document.getElementById('proof-text').value !== ''")
    page.click("#verify-form button[type=submit]")
    assert "✓ 证明成立" in verdict(page)
    page.fill("#vkey", "x")
    page.click("#verify-form button[type=submit]")
    page.wait_for_selector("#verdict.fails")
    assert "公钥格式不对" in verdict(page) or "Base64" in verdict(page)
    context.close()
