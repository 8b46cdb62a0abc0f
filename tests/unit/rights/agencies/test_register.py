"""机构名录和移出：the public register, the desk that keeps it, and the case that suspends or ends one against its will."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.agencies import state_of
from chengxin.access.models import Account, AgencyPerson, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Case, CaseStep, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.policy_set import PolicySet
from tests.harness.penalties import code_of
from tests.harness.procedures import every_step_by_everybody, nobody_plays_two_parts
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning, pdf
from tests.harness.service_agencies import CODE, NAME, Helped, helped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
NOW = morning(date(2026, 7, 13))
RAISED = {"facts_raised": "替企业交了伪造的收据", "clause_raised": "待核定"}
ADVERSE = {
    "facts": "收据是伪造的", "document_number": "泰信决〔2026〕1号", "clause": "待核定", "hearing": "七月十三日听取，没有采纳",
    "remedy": "整改以后可以重新申请登记", "reconsideration_authority": "泰安市人民政府", "suit_court": "泰山区人民法院",
    "delivered_on": "2026-07-13", "delivery_method": "直接送达",
}  # fmt: skip
#: (state, verb) → the state after it and the part that may take it. Written by hand.
TABLE = {
    ("raised", "answer"): ("raised", "agency"),
    ("suspended", "answer_suspended"): ("suspended", "agency"),
    ("raised", "suspend"): ("suspended", "decider"),
    ("raised", "remove"): ("removed", "decider"),
    ("suspended", "remove"): ("removed", "decider"),
    ("raised", "keep"): ("kept", "decider"),
    ("suspended", "keep"): ("kept", "decider"),
}


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    fine = {"CF_CFLB": "罚款;没收违法所得", "CF_NR_FK": "6", "CF_NR_WFFF": "1.2", "CF_NR": "罚款60000元，没收12000元"}
    return a_town(morning(date(2026, 4, 14)), decided_on=date(2026, 4, 10), **fine)


@pytest.fixture
def help_(town: Town) -> Helped:
    return helped(town, NOW - 60)


def raised(help_: Helped, by: Account | None = None) -> Case:
    return open_case(
        procedure="agency_removal", about=About("service_agency", str(help_.agency.pk)), actor=acting(by or help_.town.credit, NOW),
        texts=RAISED, files=[("evidence", pdf())], at=NOW,
    )  # fmt: skip


def step(case: Case, verb: str, by: Account, files: tuple[str, ...] = (), **said: str) -> CaseStep:
    case.refresh_from_db()
    papers = [(kind, pdf()) for kind in files]
    return take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(by, NOW), texts=said, files=papers, at=NOW)


def state(help_: Helped) -> str:
    return state_of(ServiceAgency.objects.get(pk=help_.agency.pk), NOW)


def test_every_step_by_everybody(help_: Helped, policy_set: PolicySet) -> None:
    case, rule = raised(help_), policy_set.procedure("agency_removal")
    people = {
        "finder": help_.town.credit, "second": help_.second, "agency": help_.person, "owner": help_.town.owner, "clerk": help_.town.clerk,
        "stranger": help_.town.stranger,
    }  # fmt: skip
    may = {"agency": ["agency"], "decider": ["finder", "second"]}
    assert every_step_by_everybody(rule, case, TABLE, people, may, NOW) > 100
    assert nobody_plays_two_parts(rule, case, people, {"agency": ["agency"], "decider": ["second"]}, NOW) > 0


def test_suspended_then_kept_then_removed(help_: Helped) -> None:
    case = raised(help_)
    assert step(case, "answer", help_.person, statement="收据由企业提供，我们没有改动。").agency_id is None, "it answers for itself"
    with pytest.raises(Forbidden, match="不能再作为信用办决定人"):
        step(case, "suspend", help_.town.credit, ("delivery_proof",), **ADVERSE)
    with pytest.raises(Refused, match="听取"):
        step(case, "suspend", help_.second, ("delivery_proof",), **(ADVERSE | {"hearing": ""}))
    step(case, "suspend", help_.second, ("delivery_proof",), **ADVERSE)
    assert state(help_) == "自 2026-07-13 起暂停"
    told = Notice.objects.filter(to_kind="subject", to_key=str(help_.town.record.subject_id)).order_by("-pk").first()
    assert told is not None
    assert f"{NAME}的登记已被暂停" in told.text
    agency = browser_of(help_.person)
    assert agency.get(f"/centre/{code_of(1)}").status_code == 403
    assert agency.get(f"/cases/{case.pk}").status_code == 200, "the agency still answers for itself"
    assert "不能代办" in agency.get("/centre/agency").content.decode()
    step(case, "answer_suspended", help_.person, statement="请求恢复")
    step(case, "keep", help_.second, because="证据不足")
    assert state(help_) == ""
    assert agency.get(f"/centre/{code_of(1)}").status_code == 200
    again = raised(help_)
    step(again, "remove", help_.second, ("delivery_proof",), **ADVERSE)
    assert state(help_) == "已于 2026-07-13 终止"
    with pytest.raises(Conflict, match="没有可以暂停或者移出"):
        raised(help_)
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound


def test_nobody_else_raises_it(help_: Helped) -> None:
    for who in (help_.town.clerk, help_.town.owner, help_.person, help_.town.stranger):
        with pytest.raises(NotFound, match="没有第"):
            raised(help_, who)
    assert browser_of(help_.town.owner).get(f"/cases/open/agency_removal/service_agency/{help_.agency.pk}").status_code == 404
    page = browser_of(help_.town.credit).get(f"/cases/open/agency_removal/service_agency/{help_.agency.pk}")
    assert "提出暂停或者移出" in page.content.decode()


def test_false_material_it_handed_in_stands_on_its_registration(help_: Helped) -> None:
    papers = [("performance_proof", pdf()), ("commitment_letter", pdf("承诺.pdf"))]
    case = open_case(
        procedure="restoration", about=About("record", str(help_.town.record.pk)), actor=acting(help_.person, NOW),
        texts={"performed": "已缴清", "promise": "yes"}, files=papers, at=NOW,
    )  # fmt: skip
    credit = browser_of(help_.town.credit)
    assert "不实的认定" not in credit.get(f"/office/agencies/{help_.agency.pk}").content.decode()
    found = open_case(
        procedure="false_material", about=About("restoration_case", str(case.pk)), actor=acting(help_.town.clerk, NOW),
        texts={"facts_raised": "收据是伪造的"}, files=[("evidence", pdf())], at=NOW,
    )  # fmt: skip
    page = credit.get(f"/office/agencies/{help_.agency.pk}").content.decode()
    assert f"/cases/{found.pk}" in page
    assert "修复材料不实的认定" in page
    assert "不实" not in Client().get("/agencies").content.decode(), "what is not decided is not public"


def test_the_public_register_says_what_nobody_has_to_do(help_: Helped) -> None:
    page = Client().get("/agencies").content.decode()
    for words in (
        NAME,
        "泰信备〔2026〕3号",
        "信用修复免费，从不要求使用服务机构",
        "可以提供，从不要求",
        "怎样撤回",
        "2028",
        "待业务核定",
        "最长",
    ):
        assert words in page, words
    assert "云台代办" not in page, "people are named to nobody"
    assert "信用办" not in page.partition("<table")[2].partition("</table>")[0]
    (line,) = Client().get("/api/v1/agencies").json()["agencies"]
    assert (line["code"], line["services"][-1]) == (CODE, "acting")
    credit = browser_of(help_.town.credit)
    assert credit.post(f"/office/agencies/{help_.agency.pk}/end", {"because": "来函退出"}).status_code == 302
    assert NAME not in Client().get("/agencies").content.decode()
    assert "已于 2026-07-13 终止" in Client().get("/agencies?state=all").content.decode()
    assert Client().get("/api/v1/agencies").json()["agencies"] == []
    for wrong in ("?before=x", "?before=99999999999999999999", "?state=%00"):
        assert Client().get(f"/agencies{wrong}").status_code in {200, 400}, wrong


def test_the_desk_proposes_approves_and_ties(town: Town) -> None:
    second = add_account(username="信用办二", department=town.credit_office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=NOW)
    one, other = browser_of(town.credit), browser_of(second)
    form = {"code": CODE, "name": "云台", "services": ["acting", "report"], "basis": "备案1号", "until_on": "2027-07-01"}
    for wrong, words in (
        ({"code": "1"}, "不是统一社会信用代码"),
        ({"until_on": "x"}, "不是日期"),
        ({"services": []}, "没有写明"),
        ({"basis": ""}, "文号"),
    ):
        answer = one.post("/office/agencies/propose", form | wrong)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert 'value="云台"' in answer.content.decode(), "what was typed stays"
    place = one.post("/office/agencies/propose", form)["Location"]
    assert "提请的人自己不能核准" in one.get(place).content.decode()
    assert one.post(f"{place}/approve").status_code == 422
    assert "等待另一人核准" in one.get("/office/agencies").content.decode()
    assert "云台" not in Client().get("/agencies?state=all").content.decode(), "a proposal is nobody's business yet"
    assert other.post(f"{place}/approve").status_code == 302
    assert other.post(f"{place}/approve").status_code == 409
    assert other.post(f"{place}/sell").status_code == 404
    assert other.post(f"{place}/tie", {"username": "没有这人", "reference": "函"}).status_code == 422
    assert other.post(f"{place}/tie", {"username": "路人", "reference": "函"}).status_code == 302
    tie = AgencyPerson.objects.get()
    assert other.post(f"{place}/untie", {"tie": str(tie.pk), "because": ""}).status_code == 422
    assert other.post(f"{place}/untie", {"tie": str(tie.pk), "because": "离职"}).status_code == 302
    for who in (town.clerk, town.owner):
        assert browser_of(who).get(place).status_code == 403
        assert browser_of(who).post(f"{place}/end", {"because": "x"}).status_code == 403
