"""A record about a person in office: handed in, confirmed, asked about, seen by the person on a phone, objected to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.officials import HUMAN_RESOURCES, ORGANISATION, SERVANT
from tests.harness.penalties import code_of, person_number
from tests.journeys.conftest import PASSWORD, City, Visit
from tests.journeys.test_a_firm_is_restored import enter, keep, sound

pytestmark = pytest.mark.browser
OFFICES = {"组织部": (code_of(401, "11370900MB"), ORGANISATION), "人社局": (code_of(402, "11370900MB"), HUMAN_RESOURCES)}
PEOPLE = {"组织部经办": ("组织部", "clerk"), "组织部复核": ("组织部", "reviewer"), "人社经办": ("人社局", "clerk")}
TIE = """
from chengxin.access.accounts import open_enterprise_account
from chengxin.access.models import Account
from chengxin.kernel import clock
from chengxin.rights.officials.identities import register_identity
open_enterprise_account(username="本人", password="{password}", at=clock.now())
for name, number in {numbers!r}.items():
    account = Account.objects.get(username=name)
    register_identity(account, number=number, name="某人", reference="居民身份证原件", by=None, at=clock.now())
"""
WORDS = {
    "#document": "泰云处〔2026〕7号", "#organ": "泰安市云杉管理局", "#clause": "公务员法（条款待核）", "#decided_on": "2026-10-12",
    "#delivered_on": "2026-10-13", "#delivery_method": "直接送达",
}  # fmt: skip


def test_one_record_from_the_hand_in_to_the_person(city: City, visit: Visit, tmp_path: Path) -> None:
    for code, name in OFFICES.values():
        city.run("department", "add", code, "--name", name)
    for name, (office, role) in PEOPLE.items():
        city.run("user", "add", name, "--department", OFFICES[office][0], "--role", role, "--password-stdin", stdin=f"{PASSWORD}\n")
    numbers = {name: person_number(340 + n) for n, name in enumerate(PEOPLE)} | {"本人": SERVANT[0]}
    city.python(TIE.format(password=PASSWORD, numbers=numbers))
    proof = tmp_path / "送达回证.pdf"
    proof.write_bytes(b"%PDF-1.7\n%%EOF\n")

    clerk, reviewer, judge, own = visit(), visit(), visit(), visit(width=390)
    enter(clerk, "组织部经办", "/office/officials")
    sound(clerk)
    keep(clerk, "officials-desk-empty-1440")
    clerk.get_by_role("link", name="报送一条记录").click()
    sound(clerk)
    keep(clerk, "officials-new-1440")
    clerk.set_viewport_size({"width": 390, "height": 900})
    sound(clerk)
    keep(clerk, "officials-new-390")
    clerk.set_viewport_size({"width": 1440, "height": 900})
    clerk.locator("#number").fill(SERVANT[0])
    clerk.locator("#name").fill(SERVANT[1])
    clerk.locator("#kind").select_option("demerit")
    for where, text in WORDS.items():
        clerk.locator(where).fill(text)
    clerk.locator("#delivery_proof").set_input_files(str(proof))
    clerk.get_by_role("button", name="报送，请同事复核").click()
    clerk.wait_for_url("**/officials/*")
    record = clerk.url.removeprefix(city.url)
    sound(clerk)
    keep(clerk, "officials-record-waiting-1440")
    assert SERVANT[1] not in clerk.content()

    enter(reviewer, "组织部复核", record)
    sound(reviewer)
    keep(reviewer, "officials-confirm-1440")
    reviewer.set_viewport_size({"width": 390, "height": 900})
    sound(reviewer)
    keep(reviewer, "officials-confirm-390")
    reviewer.locator("#number").fill(SERVANT[0])
    reviewer.locator("#name").fill(SERVANT[1])
    reviewer.locator("#document").fill(WORDS["#document"])
    reviewer.get_by_role("button", name="一致，确认").click()
    reviewer.wait_for_load_state()
    assert "在册" in reviewer.locator("main").inner_text()
    sound(reviewer)
    keep(reviewer, "officials-record-390")

    enter(judge, "人社经办", "/office/officials")
    judge.locator("#number").fill(SERVANT[0])
    judge.locator("#name").fill(SERVANT[1])
    judge.locator("#purpose").select_option("appointment")
    judge.locator("#matter").fill("泰组〔2026〕1号")
    judge.get_by_role("button", name="核查", exact=True).click()
    judge.wait_for_load_state()
    assert "有有效的失信记录" in judge.locator("main").inner_text()
    sound(judge)
    keep(judge, "officials-answer-1440")
    judge.set_viewport_size({"width": 390, "height": 900})
    sound(judge)
    keep(judge, "officials-answer-390")
    judge.goto("/office/officials")
    sound(judge)
    keep(judge, "officials-desk-390")

    enter(own, "本人", "/account/records")
    assert "有 1 条有效的失信记录" in own.locator("main").inner_text()
    sound(own)
    keep(own, "officials-own-390")
    own.set_viewport_size({"width": 1440, "height": 900})
    sound(own)
    keep(own, "officials-own-1440")
    own.get_by_role("link", name="提出异议").click()
    own.locator("[name=ground]").select_option("wrong_content")
    own.locator("[name=facts]").fill("日期写错")
    own.get_by_role("button", name="提出公务员记录异议").click()
    own.wait_for_url("**/cases/*")
    sound(own)
    keep(own, "officials-case-1440")

    security = visit(role="security_admin")
    security.goto("/office/accounts")
    security.get_by_role("link", name="组织部经办").click()
    security.get_by_role("link", name="本人登记").click()
    assert "已登记本人身份" in security.locator("main").inner_text()
    sound(security)
    keep(security, "officials-identity-1440")
    security.get_by_role("button", name="终止登记").click()
    security.wait_for_load_state()
    security.set_viewport_size({"width": 390, "height": 900})
    sound(security)
    keep(security, "officials-identity-390")
