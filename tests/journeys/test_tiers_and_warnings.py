"""Tiers and the inbox of warnings at a desk and on a phone: accessible, answered with a reason, nothing of it in public."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from chengxin.kernel.clock import today
from tests.harness.penalties import code_of
from tests.journeys.conftest import City, Visit
from tests.journeys.rows import days_ago, serious_penalty

pytestmark = pytest.mark.browser
FIRM = 77


def look(page: Page, name: str, width: int) -> None:
    """A picture where ``CHENGXIN_PICTURES`` says; no serious fault of access, no sideways scrolling, every chart drawn."""
    page.wait_for_load_state("networkidle")
    folder = os.environ.get("CHENGXIN_PICTURES", "")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    serious = [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    assert serious == [], (name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert page.locator(".chart-canvas").count() == page.locator(".chart-canvas canvas").count()


def test_a_burst_of_penalties_is_looked_at_by_a_person(city: City, visit: Visit) -> None:
    burst = [serious_penalty(FIRM, city.office, CF_WSH=f"泰市监处罚〔{today().year}〕突{n}号", CF_JDRQ=days_ago(3 + n)) for n in range(3)]
    city.hand_in(burst, "administrative_penalty", "突增.csv")
    assert city.ask("warnings", "run", "--json")["found"] >= 1  # the server's own daily run may have raised it a moment ago
    assert city.ask("warnings", "run", "--json")["raised"] == 0
    clerk = visit(role="clerk")
    clerk.goto("/office/")
    clerk.get_by_role("link", name="风险预警").click()
    look(clerk, "warnings", 1440)
    clerk.locator("main").get_by_role("link", name=f"泰安云杉{FIRM:05d}商贸有限公司").first.click()
    here = clerk.url
    assert "近 90 日受到 3 件处罚" in clerk.locator("main").inner_text()
    look(clerk, "warning", 1440)
    clerk.get_by_label("结果").select_option("handled")
    clerk.get_by_label("理由").fill("已约谈，逐件核对，三日内整改")
    clerk.get_by_role("button", name="记下处理结果").click()
    assert "已约谈，逐件核对，三日内整改" in clerk.locator("main").inner_text()
    assert not clerk.get_by_role("button", name="记下处理结果").count()
    phone = visit(width=390, scheme="dark", role="clerk")
    for name, address in (("answered", here), ("warnings", "/office/warnings?state=every")):
        phone.goto(address)
        look(phone, name, 390)
    anyone = visit()
    for address in ("/office/warnings", "/tiering", here):
        assert anyone.request.get(address, max_redirects=0).status in (302, 403), address
    anyone.goto(f"/s/{code_of(FIRM)}")
    assert "预警" not in anyone.locator("main").inner_text()


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_an_office_sees_how_often_its_field_is_drawn(city: City, visit: Visit, width: int, scheme: str) -> None:
    city.ask("evaluate", "--json")
    clerk = visit(width=width, scheme=scheme, role="clerk")
    clerk.goto("/tiering")
    look(clerk, "tiering", width)
    clerk.get_by_role("link", name="登记、公示和一般经营行为").click()
    text = clerk.locator("main").inner_text()
    assert "没有一类可以免查" in text
    assert "云杉" not in text, "numbers, no list of firms"
    look(clerk, "tiering-group", width)
    assert city.ask("tiers", "--matter-group", "registration_and_publicity", "--json")["visits_in_a_year"] >= 1
