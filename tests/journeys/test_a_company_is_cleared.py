"""A wrongly listed company is cleared and everyone is told: objection, mark, a second authority, retraction, receipts, notice."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest

from chengxin.policy import PolicySet
from tests.harness.penalties import code_of
from tests.harness.valid_rows import valid_row
from tests.journeys.conftest import PASSWORD, City, Visit, sign_in
from tests.journeys.rows import days_ago
from tests.journeys.test_a_firm_is_restored import OPEN_ACCOUNT, enter, keep, sound

pytestmark = pytest.mark.browser

FIRM = code_of(80)
RECIPIENT = code_of(82, "11370900MB")


def ask(city: City, token: str, path: str) -> dict[str, Any]:
    """What a department's own system gets."""
    request = urllib.request.Request(f"{city.url}{path}", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def open_recipient(city: City) -> str:
    """An office whose system takes what is published; its token."""
    city.run("department", "add", RECIPIENT, "--name", "泰安市公共资源交易中心")
    city.run("user", "add", "交易甲", "--department", RECIPIENT, "--role", "clerk", "--password-stdin", stdin=f"{PASSWORD}\n")
    return str(city.ask("department", "token", RECIPIENT)["token"])


def list_the_company(city: City, policy: PolicySet) -> None:
    """The market regulator enters the company in the list of abnormal operation."""
    item = policy.item("abnormal_operation")
    row = valid_row(item, policy, city.office, 80)
    row |= {item.roles["subject_code"]: FIRM, item.roles["subject_name"]: "泰安云杉八十商贸有限公司", item.roles["decided_on"]: days_ago(5)}
    row.pop(item.roles["exit_on"], None)
    city.hand_in([row], item.id, "异常名录.csv")
    city.python(OPEN_ACCOUNT.format(name="云杉八十", password=PASSWORD, code=FIRM))


@pytest.mark.usefixtures("second_office")
def test_a_wrongly_listed_company_is_cleared_and_everyone_is_told(city: City, visit: Visit, shipped_policy: PolicySet) -> None:
    token = open_recipient(city)
    list_the_company(city, shipped_policy)
    firm, anybody, clerk, judge, recipient = visit(), visit(width=390), visit(role="clerk"), visit(), visit(width=390)

    # what the world sees, and who took it
    anybody.goto(f"/s/{FIRM}")
    link = anybody.locator("main a[href^='/r/']").first.get_attribute("href")
    assert link is not None
    number = re.sub(r"\D", "", link)
    assert ask(city, token, f"/api/v1/records/{number}")["disputed"] == ""

    # the firm objects; the mark is there at once, and nothing is hidden by its word alone
    enter(firm, "云杉八十", f"/centre/{FIRM}")
    keep(firm, "centre-1440")
    sound(firm)
    firm.get_by_role("link", name="提出异议").first.click()
    firm.get_by_label("异议的类型").select_option("unlawful")
    firm.get_by_label("事实和理由").fill("年度报告已于三月公示，列入时登记住所也没有变动，列入没有依据")
    keep(firm, "object-1440")
    sound(firm)
    firm.get_by_role("button", name="提出异议").click()
    firm.wait_for_url("**/cases/*")
    case = firm.url.removeprefix(city.url)
    anybody.goto(link)
    assert re.search(r"异议〔\d+〕\d+号正在办理", anybody.locator("main").inner_text())
    keep(anybody, "record-disputed-390")
    sound(anybody)
    assert ask(city, token, f"/api/v1/records/{number}")["disputed"]

    # the source only verifies
    clerk.goto(case)
    assert clerk.get_by_role("button", name="异议成立，撤销").count() == 0, "the author does not decide"
    clerk.get_by_label("核实结果").select_option("wrong")
    clerk.get_by_label("核实的经过和依据").fill("核对年报公示系统，三月已公示")
    clerk.get_by_role("button", name="核实", exact=True).click()
    clerk.wait_for_load_state()
    assert clerk.get_by_role("button", name="异议成立，撤销").count() == 0

    # a second authority upholds, and the record is gone
    sign_in(judge, "裁决甲", city.codes)
    judge.goto(case)
    keep(judge, "case-judge-1440")
    sound(judge)
    upheld = judge.locator("details.move", has_text="异议成立，撤销").last
    if upheld.get_attribute("open") is None:
        upheld.locator("summary").first.click()
    upheld.get_by_label("裁决文书号").fill("泰发改异〔2026〕8号")
    upheld.get_by_label("理由").fill("年报已按期公示，列入决定没有依据")
    upheld.get_by_role("button", name="异议成立，撤销").click()
    judge.wait_for_load_state()
    assert "异议成立，已撤销" in judge.locator("main").inner_text()
    gone = anybody.goto(link)
    assert gone is not None
    assert gone.status == 404
    anybody.goto(f"/s/{FIRM}")
    assert anybody.locator(f"main a[href='{link}']").count() == 0
    with pytest.raises(urllib.error.HTTPError):
        ask(city, token, f"/api/v1/records/{number}")

    # everybody who had it is told, signed, and owes a receipt
    (told,) = [each for each in ask(city, token, "/api/v1/retractions")["retractions"] if each["record"] == int(number)]
    assert told["verb"] == "withdrawn"
    assert told["signature"].startswith("— ")
    assert told["confirmed_at"] is None
    firm.goto(f"{case}/reputation")
    assert "其中 0 方已经回执" in firm.locator("main").inner_text()
    sign_in(recipient, "交易甲", city.codes)
    recipient.goto("/office/retractions")
    keep(recipient, "retractions-390")
    sound(recipient)
    recipient.get_by_role("button", name="已停止使用，回执").click()
    recipient.wait_for_load_state()

    # the firm has it in writing
    firm.goto(case)
    firm.get_by_role("link", name="恢复信誉通知书").first.click()
    keep(firm, "reputation-1440")
    sound(firm)
    notice = firm.locator("main").inner_text()
    for words in ("恢复信誉通知书", "泰发改异〔2026〕8号", "泰安市公共资源交易中心", "其中 1 方已经回执"):
        assert words in notice, words
    firm.goto(f"/centre/{FIRM}")
    assert "不再公示：文书被变更、撤销" in firm.locator("#records").inner_text()
