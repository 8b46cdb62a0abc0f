"""An office puts nothing right: the breach goes on file and on its public page, and whoever awards an honour is told no."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.harness.penalties import code_of
from tests.journeys.conftest import City, Visit
from tests.journeys.test_a_firm_is_restored import enter, keep, sound
from tests.journeys.test_an_office_is_complained_about import take

pytestmark = pytest.mark.browser
OFFICE = code_of(85, "11370900MB")
PROOF = {"name": "送达回证.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"}
FINDING = {
    "facts": "承诺的奖补逾期没有兑现，两次催办仍不整改", "document_number": "泰信认〔2026〕9号", "clause": "方案二（二）4",
    "hearing": "已当面听取，理由不成立", "remedy": "兑现以后可以申请修复", "reconsideration_authority": "泰安市人民政府",
    "suit_court": "泰安市泰山区人民法院", "delivered_on": "2026-01-05", "delivery_method": "直接送达",
}  # fmt: skip


def check(page: Page, *codes: str) -> None:
    """Ask about these offices, on the form."""
    page.goto("/office/eligibility")
    page.locator("[name=codes]").fill("\n".join(codes))
    page.locator("[name=matter]").fill("2026年度文明单位评选〔2026〕3号")
    page.get_by_role("button", name="核查").click()
    page.wait_for_load_state()


def test_a_breach_is_on_file_and_bars_the_office(city: City, visit: Visit, second_office: str) -> None:
    city.run("department", "add", OFFICE, "--name", "泰安市云杉管理局", "--parent", second_office)
    wide, phone = visit(), visit(width=390)
    orderer, checker, finder = visit(), visit(), visit()
    enter(orderer, "信用办甲", f"/cases/open/rectification/office/{OFFICE}")
    for name, text in (
        ("facts", "奖补没有兑现"),
        ("clause", "方案二（二）4"),
        ("correct", "兑现奖补"),
        ("document_number", "泰信改〔2026〕9号"),
    ):
        orderer.locator(f"[name={name}]").fill(text)
    orderer.get_by_role("button", name="责令限期整改", exact=True).click()
    orderer.wait_for_url("**/cases/*")
    case = orderer.url.removeprefix(city.url)
    enter(checker, "裁决甲", case)
    take(checker, case, "没有按期说明或者整改", how="refused", because="书面答复不办")
    enter(finder, "信用办乙", case)
    form = finder.locator("details.move", has=finder.get_by_role("button", name="认定失信", exact=True, include_hidden=True))
    if form.get_attribute("open") is None:
        form.locator("summary").first.click()
    for name, text in FINDING.items():
        form.locator(f"[name={name}]").fill(text)
    form.locator("input[type=file]").first.set_input_files(PROOF)
    form.get_by_role("button", name="认定失信", exact=True).click()
    finder.wait_for_load_state()
    sound(finder)
    keep(finder, "breach-case-1440")
    record = finder.get_by_role("link", name="政务失信记录", exact=True).get_attribute("href") or ""

    for page, width in ((wide, 1440), (phone, 390)):
        page.goto(f"/offices/{OFFICE}")
        sound(page)
        keep(page, f"breach-office-{width}")
        page.goto(record)
        sound(page)
        keep(page, f"breach-record-{width}")

    asks = visit(role="reviewer")
    asks.goto("/office/eligibility")
    sound(asks)
    keep(asks, "eligibility-form-1440")
    check(asks, "泰安市云杉管理局")
    sound(asks)
    keep(asks, "eligibility-refused-1440")
    check(asks, OFFICE, city.office, code_of(86, "11370900MB"))
    sound(asks)
    keep(asks, "eligibility-answer-1440")
    said = asks.locator("main").inner_text()
    assert "不得参评 1 个，需人工核实 1 个，可以参评 1 个" in said
    assert "泰信认〔2026〕9号" in said
    asks.emulate_media(media="print")
    keep(asks, "eligibility-print")
    small = visit(width=390, scheme="dark", role="reviewer")
    small.goto("/office/eligibility")
    sound(small)
    keep(small, "eligibility-form-390")
    check(small, OFFICE, city.office, code_of(86, "11370900MB"))
    sound(small)
    keep(small, "eligibility-answer-390")
