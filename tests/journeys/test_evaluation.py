"""From a run to a firm's grade with its reasons, to a person who looks again: at a desk and on a phone, accessible."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.harness.penalties import code_of
from tests.journeys.conftest import City, Visit

pytestmark = pytest.mark.browser
FIRM = code_of(3)
PAGE = f"/s/{FIRM}/evaluation"
WIDTHS = (1440, 390)


def look(page: Page, name: str, width: int) -> None:
    """A picture where ``CHENGXIN_PICTURES`` says; no serious fault of access, no sideways scrolling, every chart drawn."""
    page.wait_for_load_state("networkidle")
    folder = os.environ.get("CHENGXIN_PICTURES", "")
    if folder:
        page.screenshot(path=Path(folder) / f"evaluation-{name}-{width}.png", full_page=True)
    serious = [each["id"] for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}]
    assert serious == [], (name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert page.locator(".chart-canvas").count() == page.locator(".chart-canvas canvas").count()


def state_matter(page: Page) -> None:
    """Say for what purpose, as everybody must."""
    page.get_by_label("用途").fill("日常监管")
    page.get_by_label("事项").fill("泰市监〔2026〕9号核查")
    page.get_by_role("button", name="记下并查看").click()


@pytest.fixture(scope="module")
def graded(city: City) -> dict[str, int]:
    """The city's firms, graded once; how many have each grade."""
    return dict(city.ask("evaluate", "--json")["grades"])


def test_a_firm_sees_its_reasons_through_a_person(city: City, visit: Visit, graded: dict[str, int]) -> None:
    clerk = visit(role="clerk")
    clerk.goto(f"/s/{FIRM}")
    clerk.get_by_role("link", name="评价说明").click()
    assert not clerk.get_by_role("heading", name="逐项理由").count()
    state_matter(clerk)
    assert clerk.get_by_role("heading", name="逐项理由").is_visible()
    rows = clerk.locator("table.reasons td[data-label='分']").all_inner_texts()
    numbers = [round(float(each.replace("−", "-").replace("+", "").replace(",", "")) * 1000) for each in rows]
    assert sum(numbers[:-1]) + 1000 * int(clerk.locator("#reasons p").first.inner_text().split("起评 ")[1].split(" ")[0]) == numbers[-1]
    expect(clerk.locator("#outlook-changes table")).to_be_visible(timeout=20_000)
    look(clerk, "subject", 1440)
    clerk.get_by_label("理由", exact=True).fill("第 93 号处罚的罚款已经减半，决定书随附")
    clerk.get_by_role("button", name="请求人工复核").click()
    assert "有人请求复核，等待答复" in clerk.locator(".conclusion").inner_text()

    office = visit(role="credit_office")
    office.goto("/office/")
    office.locator("main").get_by_role("link", name="泰安云杉00003商贸有限公司").click()
    look(office, "review", 1440)
    office.get_by_label("答复").fill("决定书已核对，罚款没有减半")
    office.get_by_role("button", name="答复").click()
    assert "罚款没有减半" in office.locator("main").inner_text()
    office.get_by_role("link", name="看评价说明").click()
    assert office.get_by_label("事项").input_value().endswith("号复核请求")
    office.get_by_role("button", name="记下并查看").click()
    office.get_by_role("link", name="打印给主体的说明").click()
    assert "收到人签名" in office.locator("main").inner_text()
    look(office, "handover", 1440)

    phone = visit(width=390, scheme="dark", role="clerk")
    phone.goto(PAGE)
    look(phone, "matter", 390)
    state_matter(phone)
    expect(phone.locator("#outlook-changes table")).to_be_visible(timeout=20_000)
    assert "罚款没有减半" in phone.locator("#review").inner_text()
    look(phone, "subject", 390)


def test_a_number_of_the_report_leads_to_its_subjects(city: City, visit: Visit, graded: dict[str, int]) -> None:
    for width in WIDTHS:
        auditor = visit(width=width, scheme="dark" if width == 390 else "light", role="auditor")
        auditor.goto("/evaluation/runs")
        look(auditor, "runs", width)
        auditor.locator("main th a").first.click()
        auditor.wait_for_url("**/evaluation/runs/*")
        figures = [int(each.replace(",", "")) for each in auditor.locator(".figure dd").all_inner_texts()]
        assert sum(figures) == sum(graded.values())
        look(auditor, "run", width)
        auditor.locator("#by-size tbody td a").first.click()
        assert auditor.locator("tbody tr").count() >= 1
        look(auditor, "list", width)


def test_what_a_policy_would_do_is_seen_before(city: City, visit: Visit, tmp_path: Path) -> None:
    shipped = Path(__file__).parents[2] / "policies/national/during_event/evaluation"
    model = (shipped / "public_comprehensive.yaml").read_text(encoding="utf-8")
    (tmp_path / "public_comprehensive.yaml").write_text(model.replace("least: 850", "least: 900"), encoding="utf-8")
    (tmp_path / "few_observations.csv").write_bytes((shipped / "few_observations.csv").read_bytes())
    said = city.ask("simulate", "--policy", str(tmp_path), "--json")
    assert said["up"] == 0
    for width in WIDTHS:
        office = visit(width=width, scheme="dark" if width == 390 else "light", role="credit_office")
        office.goto("/evaluation/simulations")
        look(office, "simulations", width)
        office.locator("main tbody a").first.click()
        assert f"降 {said['down']}" in office.locator("p.lead").inner_text()
        assert office.locator("figure.chart").count() == 4
        look(office, "simulation", width)
