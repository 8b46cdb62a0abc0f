"""A firm finds a credit service agency on the register, authorises it, sees what it did, and takes the authorisation back in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from chengxin.kernel.clock import today
from tests.harness.penalties import code_of
from tests.journeys.conftest import PASSWORD, City, Visit
from tests.journeys.rows import serious_penalty
from tests.journeys.test_a_firm_is_restored import GENERAL, OPEN_ACCOUNT, enter, first_day_is_today, keep, sound

pytestmark = pytest.mark.browser

NAME = "泰安云台信用服务有限公司"
OPEN_PERSON = """
from chengxin.access.accounts import open_enterprise_account
from chengxin.kernel import clock
open_enterprise_account(username="云台甲", password="{password}", at=clock.now())
"""


def test_a_firm_authorises_an_agency_and_takes_it_back(city: City, visit: Visit, second_office: str, tmp_path: Path) -> None:
    code, agency_code = code_of(75), code_of(905, "91370902MA")
    due, _ = first_day_is_today()
    row = serious_penalty(75, city.office, CF_WSH="泰市监处罚〔2026〕代75号", CF_JDRQ=due.isoformat(), **GENERAL)
    city.hand_in([row], "administrative_penalty", "代办.csv")
    city.python(OPEN_ACCOUNT.format(name="雲杉七五", password=PASSWORD, code=code))
    city.python(OPEN_PERSON.format(password=PASSWORD))
    until = today().replace(year=today().year + 1, day=1).isoformat()
    terms = ("--services", "acting,report", "--basis", "泰信备〔2026〕9号", "--until", until)
    made = city.ask("service-agency", "propose", agency_code, "--name", NAME, *terms, "--by", "信用办甲", "--json")
    number = str(made["number"])
    city.run("service-agency", "approve", number, "--by", "信用办乙")
    city.run("service-agency", "tie", number, "--user", "云台甲", "--reference", "任职证明1号", "--by", "信用办甲")

    for width in (1440, 390):
        anybody = visit(width=width)
        anybody.goto("/agencies")
        assert NAME in anybody.locator("main").inner_text()
        keep(anybody, f"agencies-{width}")
        sound(anybody)
    desk = visit()
    enter(desk, "信用办甲", "/office/agencies")
    keep(desk, "agencies-desk-1440")
    sound(desk)
    desk.get_by_role("link", name=NAME).click()
    keep(desk, "agency-desk-1440")
    sound(desk)

    firm = visit(width=390)
    enter(firm, "雲杉七五", f"/centre/{code}/agencies")
    sound(firm)
    firm.get_by_role("link", name=NAME).click()
    firm.get_by_label("云台甲").check()
    firm.get_by_label("查看档案").check()
    firm.get_by_label("申请信用修复").check()
    firm.get_by_label("授权的最后一日").fill(until)
    firm.get_by_label("委托书编号").fill("委托书75号")
    keep(firm, "authorise-agency-390")
    sound(firm)
    firm.get_by_role("button", name="授权", exact=True).click()
    firm.get_by_text("现在由 1 家机构代办").wait_for()

    agency = visit()
    enter(agency, "云台甲", "/centre/agency")
    keep(agency, "agency-home-1440")
    sound(agency)
    agency.goto(f"/centre/{code}")
    agency.get_by_role("link", name="申请信用修复").first.click()
    papers = [tmp_path / name for name in ("收据.pdf", "承诺书.pdf")]
    for path in papers:
        path.write_bytes(b"%PDF-1.7\n%%EOF\n")
    agency.get_by_label("怎样纠正了失信行为").fill("罚款已缴清")
    agency.get_by_label("公开承诺").check()
    agency.get_by_label("法定责任和义务履行完毕的证明").first.set_input_files(papers[0])
    agency.get_by_label("信用承诺书").first.set_input_files(papers[1])
    keep(agency, "apply-by-agency-1440")
    sound(agency)
    agency.get_by_role("button", name="申请信用修复").click()
    agency.wait_for_url("**/cases/*")
    case = agency.url
    assert f"由{NAME}代办" in agency.locator("main").inner_text()
    keep(agency, "case-by-agency-1440")
    sound(agency)

    firm.goto(f"/centre/{code}/reads")
    assert NAME in firm.locator("main").inner_text()
    keep(firm, "reads-by-agency-390")
    sound(firm)
    firm.goto(f"/centre/{code}/agencies")
    keep(firm, "own-agencies-390")
    sound(firm)
    firm.get_by_role("button", name="撤回全部授权").click()
    firm.get_by_text("没有授权给任何服务机构").wait_for()
    answer = agency.goto(case)
    assert answer is not None
    assert answer.status == 404, "from the next request on"
