"""A member of the public runs a draw again in a real browser: the saved page from file://, the published files, no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from chengxin.during_event.inspection.aliases import alias_of
from chengxin.during_event.inspection.rerun import offline_page
from chengxin.engine import draw as d
from tests.harness.penalties import code_of
from tests.unit.engine.draws import open_and_draw, plain_inputs, plain_reveals

pytestmark = pytest.mark.browser
SECRET = bytes(range(32))
CODE = code_of(7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published draw of 2,000 firms, one of which the test knows by its code and its secret."""
    inputs = plain_inputs([1 + i % 7 for i in range(2_000)], 50)
    known = d.Firm(alias_of(inputs.rule.plan, CODE, SECRET).alias, "B", 3)
    inputs = replace(inputs, pool=d.Pool((*inputs.pool.firms, known)))
    open_and_draw(tmp_path / "draw", inputs, [*plain_reveals()[:2], None], "03 11 17 20 26 31 + 09")
    return tmp_path / "draw"


@pytest.fixture
def page(chromium_browser: Browser, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "rerun.html"
    file.write_text(offline_page(), encoding="utf-8")
    context = chromium_browser.new_context(offline=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(file.as_uri())
    yield page
    context.close()
    assert not faults


def rerun(page: Page, folder: Path) -> str:
    page.set_input_files("#rerun-files", sorted(folder.iterdir()))
    page.click("button[name=rerun]")
    page.wait_for_selector("#rerun-progress[hidden]", state="attached")
    return page.inner_text("#rerun-verdict")


def test_the_draw_comes_out_as_published(page: Page, folder: Path) -> None:
    said = rerun(page, folder)
    assert "✓ 重新抽取的结果与公布的逐字节相同" in said
    assert d.commitment(folder).hex() in said
    assert "没有开封（已记录，不影响抽取有效）" in said
    assert "2001\t101" in said  # firms of the stratum, drawn: 5 %, rounded up
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_firm_finds_itself(page: Page, folder: Path) -> None:
    rerun(page, folder)
    page.fill("#rerun-code", CODE)
    page.fill("#rerun-secret", SECRET.hex())
    page.press("#rerun-secret", "Enter")
    assert "在名单里，属于“B”层" in page.inner_text("#rerun-answer")
    page.fill("#rerun-secret", bytes(32).hex())
    page.click("button[name=find]")
    assert "没有由这个代码和密钥得出的化名" in page.inner_text("#rerun-answer")


def test_another_commitment_and_another_firm_stand_out(page: Page, folder: Path) -> None:
    page.fill("#rerun-commitment", bytes(32).hex())
    assert "✗ 与公布的不一致" in rerun(page, folder)
    assert "封存值不同" in page.inner_text("#rerun-verdict")
    page.fill("#rerun-commitment", d.commitment(folder).hex())
    assert "✓" in rerun(page, folder)
    path = folder / "firms.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"yes"', b'"no"', 1))
    assert "firms.jsonl 第" in rerun(page, folder)
    path.unlink()
    assert "缺少文件 firms.jsonl" in rerun(page, folder)
