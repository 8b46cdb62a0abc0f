"""A citizen without an account complains on a phone, keeps number and code, follows the case, and reads that the complaint was upheld."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import City, Visit
from tests.journeys.test_a_firm_is_restored import enter, keep, sound
from tests.journeys.test_an_office_is_complained_about import take

pytestmark = pytest.mark.browser
NAME = "李如实"


def follow(page: Page, number: str, code: str) -> None:
    """Open a complaint by its number and code, as they are typed from paper."""
    page.goto("/complain/follow")
    page.get_by_label("受理号").fill(number)
    page.get_by_label("查询码").fill(code.replace("-", " ").lower())
    page.get_by_role("button", name="查进度").click()
    page.get_by_role("button", name="看完离开").wait_for()


@pytest.mark.usefixtures("second_office")
def test_a_citizen_complains_follows_and_is_told(city: City, visit: Visit, tmp_path: Path) -> None:
    phone, wide = visit(width=390), visit()
    for window, width in ((phone, 390), (wide, 1440)):
        window.goto("/")
        window.locator("footer").get_by_role("link", name="投诉").first.click()
        window.wait_for_url("**/complain")
        sound(window)
        keep(window, f"complain-offices-{width}")
        window.goto(f"/complain/{city.office}")
        sound(window)
        keep(window, f"complain-form-{width}")
        window.goto("/complain/follow")
        sound(window)
        keep(window, f"complain-ask-{width}")
    evidence = tmp_path / "回执.pdf"
    evidence.write_bytes(b"%PDF-1.7\n%%EOF\n")
    phone.goto("/complain")
    phone.get_by_label("部门名称").fill("市场监督")
    phone.get_by_role("button", name="筛选").click()
    phone.locator("main").get_by_role("link", name="泰安市市场监督管理局").click()
    phone.get_by_label("投诉什么").select_option(label="该办不办、超期")
    phone.get_by_label("事情的经过").fill("三个月没有答复")
    phone.get_by_label("姓名").fill(NAME)
    phone.get_by_text("附上材料").click()
    phone.get_by_label("证明材料").set_input_files(evidence)
    phone.get_by_role("button", name="提交投诉").click()
    phone.get_by_role("heading", name="投诉已收到").wait_for()
    sound(phone)
    keep(phone, "complain-receipt-390")
    phone.set_viewport_size({"width": 1440, "height": 900})
    keep(phone, "complain-receipt-1440")
    phone.set_viewport_size({"width": 390, "height": 900})
    number, code = phone.locator(".facts .code").all_inner_texts()
    assert code not in phone.url

    wide.goto("/complain/follow")
    wide.get_by_label("受理号").fill(number)
    wide.get_by_label("查询码").fill("00000-00000-00000-00000-00000")
    wide.get_by_role("button", name="查进度").click()
    assert "受理号或者查询码不对" in wide.locator("main").inner_text()
    keep(wide, "complain-wrong-1440")
    sound(wide)
    follow(phone, number, code)
    assert NAME in phone.locator("main").inner_text()
    assert "已提出，待受理" in phone.locator("h1").inner_text()
    sound(phone)
    keep(phone, "complain-follow-390")

    case = f"/cases/{''.join(each for each in number.partition('〕')[2] if each.isdigit())}"
    first, clerk, second = visit(), visit(role="clerk"), visit()
    enter(first, "信用办甲", case)
    take(first, case, "受理")
    clerk.goto(case)
    assert NAME not in clerk.content()
    take(clerk, case, "说明情况", account="已经补办")
    phone.reload()
    form = phone.locator("details.move", has=phone.get_by_role("button", name="补充", exact=True, include_hidden=True))
    form.locator("[name=more]").fill("又找到一份回执")
    form.get_by_role("button", name="补充", exact=True).click()
    phone.get_by_text("又找到一份回执").first.wait_for()
    enter(second, "信用办乙", case)
    take(
        second,
        case,
        "投诉成立，责令整改",
        finding="逾期属实",
        clause="方案二（五）",
        correct="当日答复",
        document_number="泰信改〔2026〕7号",
    )
    follow(wide, number, code)
    said = wide.locator("main").inner_text()
    assert "投诉成立，已责令整改" in wide.locator("h1").inner_text()
    assert "已责令限期整改：当日答复" in said
    assert code not in wide.url
    sound(wide)
    keep(wide, "complain-upheld-1440")
    phone.reload()
    keep(phone, "complain-upheld-390")
    phone.get_by_role("button", name="看完离开").click()
    phone.get_by_label("查询码").wait_for()
    phone.go_back()
    phone.reload()
    assert NAME not in phone.content(), "the next person at this machine sees nothing"
