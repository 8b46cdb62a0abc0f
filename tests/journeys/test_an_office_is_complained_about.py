"""Somebody complains about an office on a phone; another office decides; the office puts it right. And an incident, registered by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import PASSWORD, City, Visit
from tests.journeys.test_a_firm_is_restored import enter, keep, sound

pytestmark = pytest.mark.browser

OPEN_ACCOUNT = """
from chengxin.access.accounts import open_enterprise_account
from chengxin.kernel import clock
open_enterprise_account(username="路过的人", password="{password}", at=clock.now())
"""
NAME = "李如实"


def take(page: Page, case: str, button: str, **said: str) -> None:
    """Take one step on the page of a case; ``said``: id of the field → text."""
    page.goto(case)
    form = page.locator("details.move", has=page.get_by_role("button", name=button, exact=True, include_hidden=True))
    if form.get_attribute("open") is None:
        form.locator("summary").first.click()
    for name, text in said.items():
        field = form.locator(f"[name={name}]")
        field.select_option(text) if field.evaluate("each => each.tagName") == "SELECT" else field.fill(text)
    form.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


@pytest.mark.usefixtures("second_office")
def test_a_complaint_is_upheld_and_put_right(city: City, visit: Visit) -> None:
    city.python(OPEN_ACCOUNT.format(password=PASSWORD))
    phone, wide = visit(width=390), visit()
    form = f"/cases/open/complaint/office/{city.office}"
    enter(phone, "路过的人", "/cases")
    phone.get_by_role("link", name="投诉部门或者平台").click()
    sound(phone)
    keep(phone, "choose-office-390")
    phone.goto(form)
    sound(phone)
    keep(phone, "complain-390")
    phone.locator("[name=ground]").select_option("delay")
    phone.locator("[name=facts]").fill("三个月没有答复")
    phone.locator("[name=complainant_name]").fill(NAME)
    phone.get_by_role("button", name="投诉", exact=True).click()
    phone.wait_for_url("**/cases/*")
    case = phone.url.removeprefix(city.url)
    sound(phone)
    keep(phone, "complaint-own-390")
    assert NAME in phone.locator("main").inner_text()
    clerk = visit(role="clerk")
    clerk.goto(case)
    sound(clerk)
    keep(clerk, "complaint-office-1440")
    assert NAME not in clerk.content()
    enter(wide, "路过的人", form)
    keep(wide, "complain-1440")
    sound(wide)
    first, second = visit(), visit()
    enter(first, "信用办甲", case)
    assert NAME not in first.content(), "nobody has received it yet"
    take(first, case, "受理")
    keep(first, "complaint-received-1440")
    assert NAME in first.content()
    take(clerk, case, "说明情况", account="已经补办")
    enter(second, "信用办乙", case)
    take(
        second,
        case,
        "投诉成立，责令整改",
        finding="逾期属实",
        clause="方案二（五）",
        correct="当日答复",
        document_number="泰信改〔2026〕1号",
    )
    sound(second)
    assert "投诉成立" in second.locator("h1").inner_text()
    clerk.goto("/office/")
    keep(clerk, "desk-clerk-1440")
    clerk.locator("main").get_by_role("link", name="限期整改").first.click()
    sound(clerk)
    keep(clerk, "rectification-office-1440")
    take(clerk, clerk.url, "书面说明原因", reasons="人手不足", plan="当日答复", responsible="分管领导")
    phone.goto(case)
    sound(phone)
    keep(phone, "complaint-upheld-390")
    assert "投诉成立" in phone.locator("h1").inner_text()


def test_an_incident_is_registered_by_hand_and_contained(city: City, visit: Visit) -> None:
    audit, security = visit(role="audit_admin"), visit(role="security_admin", width=390)
    audit.goto("/cases")
    keep(audit, "cases-audit-1440")
    audit.get_by_role("link", name="登记安全事件").click()
    sound(audit)
    keep(audit, "incident-form-1440")
    audit.locator("[name=kind]").select_option("leak")
    audit.locator("[name=facts]").fill("打印件丢失")
    audit.get_by_role("button", name="登记安全事件").click()
    audit.wait_for_url("**/cases/*")
    case = audit.url.removeprefix(city.url)
    sound(audit)
    keep(audit, "incident-audit-1440")
    security.goto("/office/")
    sound(security)
    keep(security, "desk-security-390")
    take(security, case, "已控制", measures="停用打印机", extent="两家企业")
    sound(security)
    keep(security, "incident-security-390")
    assert "已控制，待告知" in security.locator("h1").inner_text()
    audit.goto("/office/reads")
    sound(audit)
    keep(audit, "reads-1440")
