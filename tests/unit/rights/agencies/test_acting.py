"""代办：an agency's person applies, supplements and follows in the firm's name; the firm sees it, is told, and stops it in one step."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.access.agency_people import untie_person
from chengxin.access.mandating import end_agency_mandates
from chengxin.access.models import Account, Read
from chengxin.access.subject_reads import reads_about
from chengxin.casework.documents import issuers_of
from chengxin.casework.models import Case, CaseDocument, CaseStep, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.during_event.evaluation.external_intake import take_in
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.ledger.services import fsck, read_contents, sign_checkpoint
from chengxin.policy.files import read_files
from chengxin.policy.policy_set import PolicySet
from chengxin.rights.agencies.conditions import end_registration
from tests.conftest import PROJECT
from tests.harness.agencies import registered
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning, pdf
from tests.harness.service_agencies import CODE, NAME, Helped, authorised, helped

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
DAY = date(2026, 7, 13)
NOW = morning(DAY)
SAID = {"performed": "罚款已经缴清", "promise": "yes"}


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    fine = {"CF_CFLB": "罚款;没收违法所得", "CF_NR_FK": "6", "CF_NR_WFFF": "1.2", "CF_NR": "罚款60000元，没收12000元"}
    return a_town(morning(date(2026, 4, 14)), decided_on=date(2026, 4, 10), **fine)


@pytest.fixture
def help_(town: Town) -> Helped:
    return helped(town, NOW - 60)


def apply(help_: Helped, by: Account | None = None, files: list[tuple[str, object]] | None = None, **said: str) -> Case:
    papers = [("performance_proof", pdf()), ("commitment_letter", pdf("承诺.pdf")), *(files or [])]
    return open_case(
        procedure="restoration", about=About("record", str(help_.town.record.pk)), actor=acting(by or help_.person, NOW), texts=SAID | said,
        files=papers, at=NOW,
    )  # fmt: skip


def step(case: Case, verb: str, by: Account, **said: str) -> CaseStep:
    case.refresh_from_db()
    return take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(by, NOW), texts=said, at=NOW)


def told(kind: str, key: object) -> list[str]:
    return [each.text for each in Notice.objects.filter(to_kind=kind, to_key=str(key)).order_by("pk")]


def test_every_step_of_an_agency_says_whose_it_is(help_: Helped) -> None:
    case = apply(help_)
    step(case, "ask_supplement", help_.town.clerk, needed="补收据")
    step(case, "supply", help_.person, supplied="收据")
    by_agency = {each.verb: each.agency_id for each in case.steps.all()}
    assert by_agency == {"open": help_.agency.pk, "ask_supplement": None, "supply": help_.agency.pk}
    first = case.steps.get(verb="open")
    assert read_contents([first.content_id])[first.content_id]["_agency"] == str(help_.agency.pk)
    for who in (help_.person, help_.town.owner, help_.town.clerk):
        assert f"由{NAME}代办" in browser_of(who).get(f"/cases/{case.pk}").content.decode()
    assert browser_of(help_.person).get(f"/api/v1/cases/{case.pk}").json()["steps"][0]["agency"] == CODE
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound
    CaseStep.objects.filter(verb="supply").update(agency_id=None)
    assert not fsck(at=NOW).sound


def test_the_firm_is_told_of_every_step_and_of_every_answer(help_: Helped) -> None:
    case = apply(help_)
    firm = help_.town.record.subject_id
    assert any(f"{NAME}代您办理了“申请信用修复”" in text and "撤回授权" in text for text in told("subject", firm))
    assert any("已收到您的申请" in text for text in told("subject", firm)), "what the agency is told, the firm is told too"
    step(case, "accept", help_.town.clerk)
    assert any("已受理" in text for text in told("subject", firm))
    assert any("已受理" in text for text in told("person", f"account:{help_.person.pk}"))


def test_what_the_firm_does_itself_is_nobodys_work(help_: Helped) -> None:
    case = apply(help_, by=help_.town.owner)
    assert case.steps.get().agency_id is None
    assert not any("代您办理" in text for text in told("subject", help_.town.record.subject_id))


def test_withdrawn_in_one_step_the_case_goes_on_with_the_firm(help_: Helped) -> None:
    case = apply(help_)
    step(case, "ask_supplement", help_.town.clerk, needed="补收据")
    firm, agency = browser_of(help_.town.owner), browser_of(help_.person)
    page = f"/centre/{code_of(1)}/agencies"
    assert agency.get(f"/cases/{case.pk}").status_code == 200
    assert NAME in firm.get(page).content.decode()
    assert firm.post(f"{page}/{help_.agency.pk}/end").status_code == 302
    assert agency.get(f"/cases/{case.pk}").status_code == 404, "from the next request on"
    with pytest.raises(Forbidden, match="授权已于"):
        step(case, "supply", help_.person, supplied="收据")
    assert firm.post(f"{page}/{help_.agency.pk}/end").status_code == 409
    step(case, "supply", help_.town.owner, supplied="自己补的")
    assert "已撤回" in firm.get(page).content.decode()


def test_only_the_representative_authorises_and_withdraws(help_: Helped) -> None:
    page = f"/centre/{code_of(1)}/agencies"
    agency = browser_of(help_.person)
    assert agency.post(f"{page}/{help_.agency.pk}/end").status_code == 403
    assert agency.post(f"{page}/new", {"agency": help_.agency.pk}).status_code == 403
    stranger = browser_of(help_.town.stranger)
    assert stranger.get(page).status_code == stranger.post(f"{page}/{help_.agency.pk}/end").status_code == 403
    assert browser_of(help_.town.clerk).get(page).status_code == 403


def test_the_form_keeps_what_was_chosen_and_names_what_is_wrong(help_: Helped) -> None:
    end_agency_mandates([help_.town.record.subject_id], help_.agency.pk, because="改期", at=NOW - 30, by=help_.town.owner)
    firm, page = browser_of(help_.town.owner), f"/centre/{code_of(1)}/agencies"
    assert "云台代办" in firm.get(f"{page}?agency={help_.agency.pk}").content.decode()
    form = {"agency": help_.agency.pk, "people": [help_.person.pk], "scopes": ["view", "restoration"], "reference": "委托书2号"}
    wrongs: list[tuple[dict[str, object], str]] = [
        ({"until_on": "明年"}, "不是日期"),
        ({"until_on": "2030-01-01"}, "最长到 2027-07-13"),
        ({"until_on": "2026-07-01"}, "截止时间"),
        ({"people": []}, "没有选择机构的哪些人"),
        ({"people": [help_.town.stranger.pk]}, "不是在册"),
        ({"scopes": ["authorise"]}, "不能转委托"),
        ({"agency": "x"}, "没有选择机构"),
        ({"reference": " "}, "依据文件"),
    ]
    for wrong, words in wrongs:
        answer = firm.post(f"{page}/new", form | {"until_on": "2026-12-31"} | wrong)
        assert answer.status_code in {404, 422}, wrong
        assert words in answer.content.decode(), (wrong, words)
    assert firm.post(f"{page}/new", form | {"until_on": "2026-12-31"}).status_code == 302
    assert "现在由 1 家机构代办" in firm.get(page).content.decode()
    (line,) = firm.get(f"/api/v1{page}").json()["agencies"]
    assert (line["code"], line["people"], line["scopes"], line["last_day"]) == (
        CODE,
        ["云台代办"],
        ["查看档案", "申请信用修复"],
        "2026-12-31",
    )
    assert firm.post(f"/api/v1{page}/{help_.agency.pk}/end").json() == {"ended": 1}


def test_what_the_agency_looks_at_the_firm_reads(help_: Helped) -> None:
    adopt_shipped_set(files=read_files([PROJECT / "policies"]), at=morning(date(2026, 4, 1)))
    case, code = apply(help_), code_of(1)
    agency, firm = browser_of(help_.person), browser_of(help_.town.owner)
    for page in (f"/centre/{code}", f"/centre/{code}/evaluation", f"/cases/{case.pk}", "/cases", "/centre/agency", f"/s/{code}"):
        assert agency.get(page).status_code == 200, page
    document = CaseDocument.objects.first()
    assert document is not None
    paper = agency.get(f"/cases/{case.pk}/documents/{document.pk}")
    assert b"".join(paper.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    lines = reads_about(help_.town.record.subject_id, NOW).page.rows
    assert {line.office for line in lines} == {NAME}
    assert {line.role for line in lines} == {"信用服务机构代理"}
    assert {(line.purpose, line.matter) for line in lines} == {(f"受托代办（{NAME}）", "委托书1号")}
    looked = " ".join(line.what for line in lines)
    for words in ("企业中心：档案", "企业中心：评价", "案件：", "案件列表：", "机构首页：", "主体页", "案卷材料第"):
        assert words in looked, words
    own = Read.objects.count()
    shown = firm.get(f"/centre/{code}/reads").content.decode()
    assert NAME in shown
    assert "受托的服务机构" in shown
    assert Read.objects.count() == own, "the firm's own looks are its own business"
    untie_person(help_.tie, because="离职", by=help_.town.credit, at=NOW + 1)
    assert {line.office for line in reads_about(help_.town.record.subject_id, NOW).page.rows} == {NAME}, "of then, not of today"


def test_an_answer_whose_look_cannot_be_written_does_not_leave(help_: Helped, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> list[int]:
        raise OSError("no space")

    monkeypatch.setattr("chengxin.site.reading.record_reads", broken)
    agency = browser_of(help_.person)
    with pytest.raises(OSError, match="no space"):
        agency.get(f"/centre/{code_of(1)}")


def test_documents_of_a_registered_agency_are_labelled_and_never_required(help_: Helped, policy_set: PolicySet) -> None:
    def refusal(files: list[tuple[str, object]], **said: str) -> Refused:
        with pytest.raises(Refused) as raised:
            apply(help_, help_.town.owner, files, **said)
        return raised.value

    assert refusal([("credit_report", pdf("报告.pdf"))]).slug == "said-missing"
    assert refusal([("credit_report", pdf("报告.pdf"))], report_by=code_of(999, "91370902MA")).slug == "agency-not-issuing"
    assert refusal([], report_by=CODE).slug == "documents-missing"
    case = apply(help_, help_.town.owner, [("credit_report", pdf("报告.pdf"))], report_by=CODE)
    assert CaseDocument.objects.get(kind="credit_report").agency_id == help_.agency.pk
    said = read_contents([case.steps.get().content_id])[case.steps.get().content_id]
    assert said["_made_by"] == f"credit_report:{help_.agency.pk}"
    assert f"{NAME}出具，交来当日登记有效" in browser_of(help_.town.clerk).get(f"/cases/{case.pk}").content.decode()
    rule = policy_set.procedure("restoration")
    with pytest.raises(Refused, match="不收“信用修复培训的证明”"):
        issuers_of(rule, rule.steps[0], [("training_certificate", pdf())], {}, NOW)
    assert not {"credit_report", "training_certificate"} & {kind for each in (rule.opening, *rule.steps) for kind in each.documents}


def test_an_ended_agency_issues_nothing(help_: Helped) -> None:
    end_registration(help_.agency.pk, because="来函退出", by=help_.town.credit, at=NOW)
    with pytest.raises(Refused, match="名录里今天没有"):
        apply(help_, help_.town.owner, [("credit_report", pdf())], report_by=CODE)
    assert any("登记已终止" in text for text in told("subject", help_.town.record.subject_id)), "firms are told"
    with pytest.raises(Forbidden, match="已于 2026-07-13 终止"):
        apply(help_)


def test_who_grades_a_firm_does_not_act_for_it_nor_the_other_way_round(help_: Helped) -> None:
    town = help_.town
    grader = registered(town.credit, help_.second, NOW - 50, CODE)
    name, code = Subject.objects.values_list("name", "code").get(pk=town.record.subject_id)
    row = {"code": code, "name": name, "grade": "AA", "evaluated_on": "2026-07-12", "valid_until": "2027-07-11", "withdrawn": ""}
    with pytest.raises(Refused, match="正在代办该企业的事，不能同时评价它"):
        take_in(grader.file([row], made_on=DAY), file_name="f", by="x", at=NOW)
    end_agency_mandates([town.record.subject_id], help_.agency.pk, because="改由其评价", at=NOW, by=town.owner)
    take_in(grader.file([row], made_on=DAY), file_name="f", by="x", at=NOW + 1)
    with pytest.raises(Refused, match="不能一边打分、一边代办") as raised:
        authorised(help_.person, town.record.subject_id, town.owner, NOW + 2)
    assert raised.value.slug == "agency-conflict"
    back = row | {"grade": "", "valid_until": "", "withdrawn": "yes"}
    take_in(grader.file([back], sequence=2, made_on=DAY), file_name="g", by="x", at=NOW + 3)
    assert authorised(help_.person, town.record.subject_id, town.owner, NOW + 4).agency == help_.agency


def test_an_agency_is_not_its_own_client(help_: Helped) -> None:
    Subject.objects.filter(pk=help_.town.record.subject_id).update(code=CODE)
    with pytest.raises(Refused, match="不能以服务机构的身份代办自己的事"):
        authorised(help_.person, help_.town.record.subject_id, help_.town.owner, NOW)


def test_the_home_of_the_agency_says_what_is_due(help_: Helped) -> None:
    agency = browser_of(help_.person)
    assert agency.get("/centre")["Location"] == "/centre/agency"
    assert "没有等您办的案件" in agency.get("/centre/agency").content.decode()
    case = apply(help_)
    step(case, "ask_supplement", help_.town.clerk, needed="补收据")
    page = agency.get("/centre/agency").content.decode()
    assert "有 1 件等您办" in page
    assert "补正" in page
    assert browser_of(help_.town.owner).get("/centre/agency")["Location"] == "/centre"
    end_registration(help_.agency.pk, because="来函退出", by=help_.town.credit, at=NOW)
    page = agency.get("/centre/agency").content.decode()
    assert "不能代办" in page
    assert "信用修复" not in page.partition("</h1>")[2].partition("收到的通知")[0].replace("信用修复培训", "").replace(
        "代办信用修复申请", ""
    )


def test_an_agency_of_many_firms_costs_no_query_a_firm(help_: Helped) -> None:
    agency = browser_of(help_.person)
    agency.get("/centre/agency")
    with CaptureQueriesContext(connection) as few:
        agency.get("/centre/agency")
    subject = Subject.objects.get(pk=help_.town.record.subject_id)
    for number in range(300, 312):
        subject.pk, subject.code, subject.canonical_id = 9_000 + number, code_of(number), 9_000 + number
        subject.save(force_insert=True)
        authorised(help_.person, subject.pk, help_.town.credit, NOW - 5)
    with CaptureQueriesContext(connection) as many:
        agency.get("/centre/agency")
    assert len(many) <= len(few) + 2, (len(few), len(many))


def test_an_account_password_is_never_shown(help_: Helped) -> None:
    assert PASSWORD not in browser_of(help_.town.credit).get(f"/office/agencies/{help_.agency.pk}").content.decode()
