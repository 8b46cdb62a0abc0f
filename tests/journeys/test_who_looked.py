"""A firm sees who looked at it: a clerk opens a sealed number for a stated purpose, the firm reads that, asks why, is answered, and
checks the line's proof in its own browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.harness.penalties import code_of, person_number
from tests.journeys.conftest import PASSWORD, City, Visit
from tests.journeys.rows import serious_penalty
from tests.journeys.test_a_firm_is_restored import OPEN_ACCOUNT, enter, keep, sound

pytestmark = pytest.mark.browser
NUMBER = "泰市监处罚〔2026〕看80号"
SEALED = person_number(80)


def opened_by_the_clerk(clerk: Page) -> None:
    """From finding the record to the value, once."""
    clerk.goto("/office/fields")
    clerk.get_by_label("文书号或记录编号").fill(NUMBER)
    clerk.get_by_label("文书号或记录编号").press("Enter")
    expect(clerk.get_by_role("link", name="泰安云杉00880商贸有限公司")).to_be_visible()
    keep(clerk, "find-fields-1440")
    sound(clerk)
    clerk.get_by_role("link", name="泰安云杉00880商贸有限公司").click()
    expect(clerk.locator("main")).not_to_contain_text(SEALED)
    clerk.get_by_text("打开一次").first.click()
    keep(clerk, "fields-1440")
    sound(clerk)
    clerk.get_by_label("用途").first.fill("核对法定代表人身份")
    clerk.get_by_label("事项").first.fill("泰市监〔2026〕80号")
    clerk.get_by_role("button", name="记下并打开").first.click()
    expect(clerk.locator("main")).to_contain_text(SEALED)
    for width in (390, 1440):
        clerk.set_viewport_size({"width": width, "height": 900})
        keep(clerk, f"sealed-{width}")
        sound(clerk)
    clerk.get_by_role("link", name="看完了").click()
    expect(clerk.locator("main")).not_to_contain_text(SEALED)
    clerk.set_viewport_size({"width": 390, "height": 900})
    keep(clerk, "fields-390")
    sound(clerk)


def test_a_firm_sees_who_looked_and_asks_why(city: City, visit: Visit, tmp_path: Path) -> None:
    rows = [serious_penalty(880, city.office, CF_WSH=NUMBER, CF_FR_ZJLX="身份证", CF_FR_ZJHM=SEALED)]
    city.hand_in(rows, "administrative_penalty", "谁看过.csv")
    city.python(OPEN_ACCOUNT.format(name="雲杉八十", password=PASSWORD, code=code_of(880)))
    opened_by_the_clerk(visit(role="clerk"))
    place = f"/centre/{code_of(880)}"
    firm = visit()
    enter(firm, "雲杉八十", place)
    firm.get_by_role("link", name="谁看过").click()
    line = firm.locator("tr", has=firm.get_by_text("泰市监〔2026〕80号"))
    expect(line).to_contain_text("核对法定代表人身份")
    expect(line).to_contain_text("法定代表人证件号码")
    keep(firm, "reads-1440")
    sound(firm)
    line.get_by_text("查问", exact=True).click()
    line.get_by_label("想问清什么").fill("我们没有在办的事项，为什么看？")
    keep(firm, "reads-asking-1440")
    line.get_by_role("button", name="查问第").click()
    expect(firm.locator("main")).to_contain_text("等待答复")
    audit = visit(role="audit_admin")
    audit.goto("/office/reads")
    audit.get_by_label("有", exact=True).check()
    audit.get_by_label("答复", exact=True).fill("办理年报抽查时核对身份。")
    audit.get_by_role("button", name="答复").click()
    firm.reload()
    expect(firm.locator("main")).to_contain_text("办理年报抽查时核对身份。")
    keep(firm, "reads-answered-1440")
    checked_by_the_firm(firm, tmp_path)
    phone = visit(width=390)
    enter(phone, "雲杉八十", f"{place}/reads")
    keep(phone, "reads-390")
    sound(phone)
    phone.get_by_text("查问", exact=True).first.click()
    keep(phone, "reads-asking-390")
    sound(phone)
    phone.goto("/office/retractions")
    expect(phone.locator("main")).to_contain_text("没有要回执的更正告知")
    keep(phone, "retractions-390")
    sound(phone)


def checked_by_the_firm(firm: Page, folder: Path) -> None:
    """The proof of the line, in the browser, with the key of the log of reads."""
    line = firm.locator("tr", has=firm.get_by_text("泰市监〔2026〕80号"))
    expect(line.get_by_role("link", name="下载证明")).to_be_visible()
    with firm.expect_download() as download:
        line.get_by_role("link", name="下载证明").click()
    proof = folder / "proof.json"
    download.value.save_as(proof)
    key = firm.request.get("/log/reads/vkey").text().strip()
    firm.goto("/verify")
    firm.set_input_files("#proof-file", proof)
    firm.wait_for_function("document.getElementById('proof-text').value !== ''")
    firm.fill("#vkey", key)
    firm.click("#verify-form button[type=submit]")
    firm.wait_for_selector("#verdict:not([hidden])")
    assert "✓ 证明成立" in firm.inner_text("#verdict")
