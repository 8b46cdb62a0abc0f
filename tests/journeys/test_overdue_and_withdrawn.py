"""A row without a number that will not come back is closed by two people; a record withdrawn too late is on the board."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import City, Visit
from tests.journeys.rows import days_ago, serious_penalty

pytestmark = pytest.mark.browser


def keep(page: Page, name: str) -> None:
    """A picture for who looks at pages, where ``CHENGXIN_PICTURES`` says."""
    folder = os.environ.get("CHENGXIN_PICTURES", "")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page) -> bool:
    """Nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_two_people_close_what_will_not_come_back(city: City, visit: Visit) -> None:
    city.hand_in(
        [serious_penalty(60, city.office), serious_penalty(61, city.office, CF_WSH="", CF_JDRQ=days_ago(90))],
        "administrative_penalty",
        "迟到.csv",
    )
    clerk, reviewer, phone = visit(role="clerk"), visit(role="reviewer"), visit(width=390, role="clerk")
    clerk.goto("/office/overdue")
    clerk.get_by_role("row", name=days_ago(90)).get_by_role("link", name="说明结案").click()
    clerk.get_by_label("理由").fill("与另一行重复录入，该处罚已按文书号在案")
    keep(clerk, "closing")
    clerk.get_by_role("button", name="提请结案").click()
    page = clerk.url
    assert clerk.get_by_role("heading", name="等待复核").is_visible()
    reviewer.goto(page)
    reviewer.get_by_role("button", name="同意，不再计为未报").click()
    assert "已说明结案" in reviewer.locator("main").inner_text()
    phone.goto("/office/overdue")
    assert "与另一行重复录入" in phone.locator("main").inner_text()
    assert fits(phone)
    clerk.goto("/office/overdue")
    keep(clerk, "overdue-1440")
    keep(phone, "overdue-390")


def test_a_late_withdrawal_is_on_the_board(city: City, visit: Visit) -> None:
    city.hand_in(
        [serious_penalty(62, city.office, CF_WSH="泰市监处罚〔2026〕撤62号", CF_JDRQ=days_ago(60))], "administrative_penalty", "撤.csv"
    )
    clerk, phone = visit(role="clerk"), visit(width=390, role="clerk")
    clerk.goto("/office/records?q=泰市监处罚〔2026〕撤62号")
    keep(clerk, "own-records")
    clerk.locator("main a[href^='/office/records/']").first.click()
    clerk.get_by_label("变更、撤销等决定的日期").fill(days_ago(30))
    clerk.locator("#withdraw-because").fill("复议决定撤销")
    clerk.get_by_role("button", name="撤回，即刻撤下").click()
    for window, width in ((clerk, 1440), (phone, 390)):
        window.goto("/office/withdrawals")
        assert "泰市监处罚〔2026〕撤62号" in window.locator("main").inner_text()
        assert "个工作日" in window.locator("main").inner_text()
        assert fits(window)
        keep(window, f"withdrawals-{width}")
    clerk.goto(f"/offices/{city.office}")
    assert clerk.locator(".figure", has_text="逾期撤回").inner_text().split() == ["逾期撤回", "1"]
    keep(clerk, "office")
    record = visit()
    record.goto("/acts/administrative_penalty")
    record.locator("ul.records h3 a").first.click()
    assert "公示期限依据" in record.locator("main").inner_text()
    keep(record, "record")
