"""A penalised firm is restored: its own account applies, two people of the office decide, and it is gone from the portal that day."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from chengxin.kernel.clock import today
from chengxin.kernel.periods import last_day
from tests.harness.penalties import code_of
from tests.journeys.conftest import PASSWORD, City, Visit
from tests.journeys.rows import serious_penalty

pytestmark = pytest.mark.browser

#: Opens a firm's account in the installation: as the credit office does against a document.
OPEN_ACCOUNT = """
from chengxin.access.accounts import open_enterprise_account
from chengxin.access.mandating import grant_mandate
from chengxin.access.models import Account
from chengxin.access.types import MandateKind
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER
at = clock.now()
owner = open_enterprise_account(username="{name}", password="{password}", at=at)
credit = Account.objects.get(username="credit_office-one")
grant_mandate(account=owner, subject_id=Subject.objects.get(code="{code}").pk, kind=MandateKind.LEGAL_REPRESENTATIVE,
              reference="营业执照", valid_from=at - 1, valid_until=FOREVER, at=at, by=credit)
"""
GENERAL = {"CF_CFLB": "罚款;没收违法所得", "CF_NR": "罚款60000元，没收违法所得12000元", "CF_NR_FK": "6", "CF_NR_WFFF": "1.2"}


def keep(page: Page, name: str) -> None:
    folder = os.environ.get("CHENGXIN_PICTURES", "")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sound(page: Page) -> None:
    """Nothing scrolls sideways, and axe finds nothing serious."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
    found = Axe().run(page)
    serious = [each for each in found.response["violations"] if each["impact"] in {"serious", "critical"}]
    assert not serious, serious


def enter(page: Page, name: str, path: str) -> None:
    """Sign in on the way to a page."""
    page.goto(f"/login?next={path}")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{path}")


def first_day_of(decided: date) -> date:
    """The first day on which a penalty of the general class may be restored: three months are over."""
    return last_day(decided, "P3M") + timedelta(days=1)


def first_day_is_today() -> tuple[date, date]:
    """Two days of decision in a row: of the first the first day of restoration has come (today, or with it the end of a short month); of
    the second it has not."""
    days = [today() - timedelta(days=before) for before in range(88, 95)]
    due = max(day for day in days if first_day_of(day) <= today())
    return due, due + timedelta(days=1)


def test_a_penalised_firm_is_restored_and_disappears_from_the_portal(city: City, visit: Visit, tmp_path: Path) -> None:
    number = "泰市监处罚〔2026〕修70号"
    due, not_yet = first_day_is_today()
    rows = [
        serious_penalty(70, city.office, CF_WSH=number, CF_JDRQ=due.isoformat(), **GENERAL),
        serious_penalty(70, city.office, CF_WSH="泰市监处罚〔2026〕修71号", CF_JDRQ=not_yet.isoformat(), **GENERAL),
    ]
    city.hand_in(rows, "administrative_penalty", "修复.csv")
    city.python(OPEN_ACCOUNT.format(name="雲杉七十", password=PASSWORD, code=code_of(70)))
    proof, promise = tmp_path / "收据.pdf", tmp_path / "承诺书.pdf"
    for path in (proof, promise):
        path.write_bytes(b"%PDF-1.7\n%%EOF\n")
    firm, phone, anybody = visit(), visit(width=390), visit()
    enter(firm, "雲杉七十", f"/s/{code_of(70)}")
    keep(firm, "subject-1440")
    sound(firm)
    routes = firm.locator("#restoration")
    assert routes.get_by_role("link", name="申请信用修复").count() == 1, "one has come to its day, the other has not"
    assert first_day_of(not_yet).isoformat() in routes.inner_text()
    routes.get_by_role("link", name="申请信用修复").click()
    keep(firm, "apply-1440")
    sound(firm)
    firm.get_by_label("怎样纠正了失信行为").fill("罚款已于上月缴清，已整改")
    firm.get_by_label("公开承诺").check()
    firm.get_by_label("法定责任和义务履行完毕的证明").first.set_input_files(proof)
    firm.get_by_label("信用承诺书").first.set_input_files(promise)
    firm.get_by_role("button", name="申请信用修复").click()
    firm.wait_for_url("**/cases/*")
    case = firm.url
    keep(firm, "case-firm-1440")
    sound(firm)
    enter(phone, "雲杉七十", case.removeprefix(city.url))
    keep(phone, "case-firm-390")
    sound(phone)
    for path, name in ((f"/s/{code_of(70)}", "subject-390"), ("/cases", "cases-firm-390")):
        phone.goto(path)
        keep(phone, name)
        sound(phone)
    clerk, reviewer = visit(role="clerk"), visit(role="reviewer", width=390)
    keep(clerk, "desk-clerk-1440")
    clerk.goto(case)
    keep(clerk, "case-clerk-1440")
    sound(clerk)
    clerk.get_by_role("button", name="受理", exact=True).click()
    clerk.get_by_label("意见", exact=True).select_option("approve")
    clerk.get_by_label("核查情况和理由").fill("收据已核对")
    clerk.get_by_role("button", name="提出办理意见").click()
    assert clerk.get_by_role("button", name="准予修复").count() == 0, "who proposed is not offered the decision"
    anybody.goto(f"/s/{code_of(70)}")
    assert number in anybody.locator("main").inner_text()
    reviewer.goto(case)
    keep(reviewer, "case-reviewer-390")
    sound(reviewer)
    assert not reviewer.get_by_role("button", name="不予修复").is_visible(), "folded until it is wanted"
    reviewer.get_by_label("决定文书号").first.fill("泰市监修〔2026〕7号")
    reviewer.get_by_role("button", name="准予修复").click()
    reviewer.wait_for_load_state()
    keep(reviewer, "case-decided-390")
    assert "准予修复" in reviewer.locator("h1").inner_text()
    anybody.goto(f"/s/{code_of(70)}")
    assert number not in anybody.locator("main").inner_text()
    assert "修71号" in anybody.locator("main").inner_text()
    firm.goto("/cases?state=all")
    keep(firm, "cases-firm-1440")
    sound(firm)
    assert "准予修复" in firm.locator("main").inner_text()
