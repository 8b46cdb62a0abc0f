"""A party of a draw makes its number in its own browser, seals and opens it on its own page; before that the server sees only the hash."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.conftest import City, Visit

pytestmark = pytest.mark.browser
#: A plan whose parties have not sealed yet, with the page of one of them; run inside the installation.
PLAN = """
import json
from datetime import timedelta
from chengxin.access.models import Department
from chengxin.during_event.inspection import ceremony, party_links
from chengxin.during_event.inspection.inspectors import HEADER, load_inspectors
from chengxin.during_event.inspection.plans import PlanDraft, draft_plan
from chengxin.engine import draw as engine
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.policy import active
office, at = Department.objects.order_by("id").first(), clock.now()
with active.use(active.policy_set()) as policy:
    rows = [f"{office.code},见证检查员{n},鲁P{n:04},市场监管综合,,2099-12-31" for n in range(1, 5)]
    load_inspectors("\\n".join([",".join(HEADER), *rows]), policy=policy, by="测试", at=at)
    day = date_of(at)
    plan = draft_plan(PlanDraft("专页-01", "价格抽查", ["price_and_advertising"], [office.code], day, day + timedelta(days=20),
        ("市工商联", "乙方", "丙方"), "测试信标", at + 36_000, at + 72_000, outside_because="走查"), policy=policy, by="测试", at=at)
    for party in plan.parties[1:]:
        ceremony.seal_number(plan, party, engine.party_commitment(plan.number, party, party.encode().ljust(32)).hex(), by="测试", at=at)
    link = party_links.make_link(plan, plan.parties[0], by="甲", at=at)
    code = party_links.make_code(plan, plan.parties[0], by="乙", at=at)
print(json.dumps({"link": link, "code": code}))
"""
COMMIT = """
from chengxin.during_event.inspection import ceremony
from chengxin.during_event.inspection.plans import plan_by_number
from chengxin.kernel import clock
from chengxin.policy import active
with active.use(active.policy_set()):
    ceremony.commit_draw(plan_by_number("专页-01"), by="测试", at=clock.now())
"""


@pytest.fixture(scope="module")
def page_of_party(city: City) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(city.python(PLAN).splitlines()[-1])
    return found


def look(page: Page, name: str, width: int) -> None:
    """A picture where ``CHENGXIN_PICTURES`` says; no serious fault of access, no sideways scrolling."""
    page.wait_for_load_state("networkidle")
    if folder := os.environ.get("CHENGXIN_PICTURES", ""):
        page.screenshot(path=Path(folder) / f"party-{name}-{width}.png", full_page=True)
    serious = [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    assert serious == [], (name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)


def test_the_number_stays_with_the_party_until_it_opens(city: City, visit: Visit, page_of_party: dict[str, Any]) -> None:
    phone, desk = visit(width=390), visit(width=1440)
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(request.post_data or ""))
    address = f"/p/{page_of_party['link']}"
    for page, width in ((phone, 390), (desk, 1440)):
        page.goto(address)
        look(page, "seal", width)
    phone.get_by_role("button", name="生成随机数").click()
    number = phone.locator("#secret-number").inner_text()
    commitment = phone.locator("#commitment").input_value()
    assert re.fullmatch(r"[0-9a-f]{64}", number)
    look(phone, "made", 390)
    with phone.expect_download() as saved:
        phone.get_by_role("link", name="存成文件").click()
    kept = Path(saved.value.path()).read_text(encoding="utf-8")
    assert number in kept
    assert commitment in kept
    phone.get_by_label("开启码").fill(page_of_party["code"])
    phone.get_by_role("button", name="封存", exact=True).click()
    phone.wait_for_selector("text=已封存。名单封存以后，再来开封。")
    assert phone.locator("dl.facts code").first.inner_text() == commitment
    assert sent
    assert not [each for each in sent if number in each], "the number has not left the phone"
    look(phone, "sealed", 390)

    clerk = visit(role="clerk")
    clerk.goto("/office/inspections/专页-01")
    look(clerk, "plan", 1440)
    assert "本方在专页上" in clerk.locator("#parties").inner_text()

    city.python(COMMIT)
    phone.goto(address)
    look(phone, "open", 390)
    phone.get_by_label("随机数").fill(number)
    phone.get_by_role("button", name="开封").click()
    phone.wait_for_selector("text=已开封，没有别的事要办了。")
    for page, width in ((phone, 390), (desk, 1440)):
        page.goto("/draws/专页-01")
        assert "本方在专页上" in page.locator("main").inner_text()
        look(page, "draw", width)
