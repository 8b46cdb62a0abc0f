"""投诉：anybody affected about an office; another office receives and decides; names are for those on the case; upheld is put right."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Case, CaseDeadline, CaseDocument, CasePerson, Notice
from chengxin.casework.seeing import NOT_SHOWN
from chengxin.casework.services import open_case
from chengxin.casework.types import About
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet, load_files
from chengxin.policy.errors import PolicyRefused
from chengxin.policy.files import read_files
from chengxin.policy.types_procedures import Procedure
from tests.conftest import PROJECT
from tests.harness.procedures import Table, at_once, attempt, every_step_by_everybody, follow, nobody_plays_two_parts
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
DAY = 86_400
NAME, PHONE = "李如实", "139-0000-1111"

TABLE: Table = {
    ("filed", "accept"): ("accepted", "registrar"),
    ("filed", "decline"): ("not_accepted", "registrar"),
    ("accepted", "answer"): ("answered", "office"),
    ("accepted", "go_on"): ("answered", "registrar"),
    ("answered", "extend"): ("answered", "decider"),
    ("answered", "ask_again"): ("accepted", "decider"),
    ("answered", "uphold"): ("upheld", "decider"),
    ("answered", "reject"): ("unfounded", "decider"),
    **{(state, "withdraw"): ("withdrawn", "complainant") for state in ("filed", "accepted", "answered")},
    **{(state, "supply"): (state, "complainant") for state in ("filed", "accepted", "answered")},
}
MAY = {"registrar": ("credit", "second"), "decider": ("credit", "second"), "office": ("clerk", "reviewer"), "complainant": ()}


@pytest.fixture
def rule(policy_set: PolicySet) -> Procedure:
    return policy_set.procedure("complaint")


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10))


@pytest.fixture
def people(town: Town) -> dict[str, Account]:
    second = add_account(username="信用办二", department=town.credit_office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=HANDED_IN)
    auditor = add_account(username="审计", department=town.credit_office, role=Role.AUDITOR, password=PASSWORD, at=HANDED_IN)
    return {
        "owner": town.owner, "stranger": town.stranger, "clerk": town.clerk, "reviewer": town.reviewer, "credit": town.credit,
        "second": second, "auditor": auditor,
    }  # fmt: skip


def complain(town: Town, by: Account | None = None, **changes: str) -> Case:
    texts = {"ground": "delay", "facts": "三个月没有答复", "complainant_name": NAME, "contact": PHONE} | changes
    return open_case(
        procedure="complaint", about=About("office", town.office.code), actor=acting(by or town.stranger, NOW), texts=texts,
        files=[("evidence", pdf("身份证.pdf"))], at=NOW,
    )  # fmt: skip


def test_every_step_is_taken_by_whom_the_table_names_and_by_nobody_else(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = complain(town)
    del people["stranger"]  # who complained: see the next tests
    later = NOW + 60 * DAY  # the answer is overdue
    follow(case, rule, [("accept", people["credit"])], NOW)
    assert every_step_by_everybody(rule, case, TABLE, people, MAY, later) == 7 * 10 * 6


def test_nobody_plays_two_parts(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = follow(complain(town), rule, [("accept", people["credit"])], NOW)
    assert nobody_plays_two_parts(rule, case, people, MAY, NOW + 60 * DAY) == (7 * 2 + 2) * 3


def test_who_received_it_does_not_decide_and_who_complained_does_neither(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = complain(town, by=people["second"])
    accept, uphold = rule.step("accept", "filed"), rule.step("uphold", "answered")
    assert accept is not None
    assert uphold is not None
    assert attempt(case, accept, people["second"], NOW) == "forbidden"
    follow(case, rule, [("accept", people["credit"]), ("answer", people["clerk"])], NOW)
    assert attempt(case, uphold, people["credit"], NOW) == "forbidden"
    assert attempt(case, uphold, people["second"], NOW) == "forbidden"


def test_an_upheld_complaint_orders_the_rectification_and_names_nobody(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = complain(town)
    follow(case, rule, [("accept", people["credit"]), ("answer", people["clerk"]), ("uphold", people["second"])], NOW, correct="当日答复")
    assert case.state == "upheld"
    following = Case.objects.get(procedure="rectification")
    assert (following.about_kind, following.about_key, following.office_id) == ("complaint", str(case.pk), town.office.pk)
    said = following.steps.get().said
    assert said["correct"] == "当日答复"
    assert NAME not in json.dumps([said, following.title], ensure_ascii=False)
    assert {each.clock for each in CaseDeadline.objects.filter(case=following)} == {"explanation", "rectification"}
    assert any("投诉成立" in each for each in Notice.objects.filter(to_key=f"account:{town.stranger.pk}").values_list("text", flat=True))
    sign_checkpoint(NOW)
    assert not fsck(at=NOW).fault_count


def test_a_decision_that_fails_half_way_leaves_neither_case(
    town: Town, people: dict[str, Account], rule: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = follow(complain(town), rule, [("accept", people["credit"]), ("answer", people["clerk"])], NOW)
    monkeypatch.setattr("chengxin.casework.notices.tell", _die)
    uphold = rule.step("uphold", "answered")
    assert uphold is not None
    with pytest.raises(MemoryError):
        attempt(case, uphold, people["second"], NOW)
    case.refresh_from_db()
    assert (case.state, Case.objects.count()) == ("answered", 1)


def _die(*_given: object) -> None:
    raise MemoryError


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case, step = complain(town), rule.step("accept", "filed")
    assert step is not None
    assert at_once(case, step, [people["credit"], people["second"]], NOW) == ["conflict", "taken"]
    assert CasePerson.objects.filter(case=case, part="registrar").count() == 1


def test_the_name_is_for_those_on_the_case(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = follow(complain(town), rule, [("accept", people["credit"]), ("answer", people["clerk"])], NOW)
    document = CaseDocument.objects.get(kind="evidence")
    expected = {"stranger": True, "credit": True, "clerk": False, "reviewer": False, "auditor": False, "second": False}
    for name, shown in expected.items():
        client = browser_of(people[name])
        page, said = client.get(f"/cases/{case.pk}"), client.get(f"/api/v1/cases/{case.pk}")
        assert (page.status_code, said.status_code) == (200, 200), name
        for text in (page.content.decode(), said.content.decode()):
            assert (NAME in text, PHONE in text) == (shown, shown), name
            assert "三个月没有答复" in text, name
        assert (NOT_SHOWN in page.content.decode()) is not shown, name
        assert ("身份证.pdf" in page.content.decode()) is shown, name
        found = client.get(f"/cases/{case.pk}/documents/{document.pk}")
        assert found.status_code == (200 if shown else 404), name
        assert found.getvalue().startswith(b"%PDF") is shown, name
    assert browser_of(people["owner"]).get(f"/cases/{case.pk}").status_code == 404
    told = json.dumps(list(Notice.objects.values("title", "text")), ensure_ascii=False)
    assert NAME not in told
    assert PHONE not in told
    follow(case, rule, [("extend", people["second"])], NOW)
    assert NAME in browser_of(people["second"]).get(f"/cases/{case.pk}").content.decode(), "who decides is on the case now"


def test_an_insider_who_complains_is_not_told_by_their_office(town: Town, people: dict[str, Account]) -> None:
    case = complain(town, by=town.clerk, complainant_name="", contact="")
    page = browser_of(town.reviewer).get(f"/cases/{case.pk}").content.decode()
    assert "投诉人" in page
    assert f"投诉人 {town.office.name}" not in page


def test_many_may_complain_about_one_office_and_none_about_one_that_nobody_can_judge(town: Town, people: dict[str, Account]) -> None:
    assert complain(town).pk != complain(town, by=town.owner).pk
    texts = {"ground": "platform", "facts": "查询总是出错"}
    with pytest.raises(Refused, match="第二个机关"):
        open_case(
            procedure="complaint", about=About("office", town.credit_office.code), actor=acting(town.stranger, NOW), texts=texts, at=NOW
        )
    with pytest.raises(Forbidden):
        complain(town, by=people["auditor"])
    for key in ("9" * 18, "", "\0", "²", f"{town.office.code}0"):
        with pytest.raises(NotFound):
            open_case(procedure="complaint", about=About("office", key), actor=acting(town.stranger, NOW), texts=texts, at=NOW)
    assert browser_of(town.stranger).get("/cases/open/complaint/office", {"words": "\0"}).status_code == 400
    assert browser_of(town.stranger).get("/cases/open/dream/office").status_code == 404


def test_silence_is_gone_past_only_after_its_day(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = follow(complain(town), rule, [("accept", people["credit"])], NOW)
    step = rule.step("go_on", "accepted")
    assert step is not None
    due = CaseDeadline.objects.get(case=case, clock="answer").due_on
    assert attempt(case, step, people["credit"], morning(due)) == "refused: not-overdue-yet"
    assert attempt(case, step, people["credit"], morning(due) + DAY) == "taken"


def test_from_the_public_page_of_the_office(town: Town, people: dict[str, Account]) -> None:
    client = browser_of(town.stranger)
    form = f"/cases/open/complaint/office/{town.office.code}"
    assert client.get(f"/complain/{town.office.code}")["Location"] == form, "who is signed in complains as who they are"
    assert f"/complain/{town.office.code}" in client.get(f"/offices/{town.office.code}").content.decode()
    assert "/cases/open/complaint/office" in client.get("/cases").content.decode()
    assert form in client.get("/cases/open/complaint/office", {"words": town.office.name[:3]}).content.decode()
    assert "没有这样的部门" in client.get("/cases/open/complaint/office", {"words": "不存在"}).content.decode()
    assert "可以不写姓名" in client.get(form).content.decode()
    made = client.post(f"{form}/new", {"ground": "attitude", "facts": "推来推去"})
    assert made.status_code == 302
    page = client.get(made["Location"]).content.decode()
    assert "起算（当日不计），5个工作日" in page
    assert "事情的经过" in page
    assert "认定的事实" not in page, "what somebody says is not what was found"
    assert "工作台目录" not in page, "whoever complains is outside the offices"
    desk = browser_of(people["credit"]).get("/office/").content.decode()
    assert made["Location"] in desk


def test_a_file_that_would_tell_a_name_is_not_loaded() -> None:
    files = dict(read_files([PROJECT / "policies"]))
    name = next(each for each in files if each.endswith("procedures/complaint.yaml"))
    told = files[name].replace("有对贵单位的投诉（{number}），", "{complainant_name}对贵单位有投诉（{number}），")
    assert load_files(files | {name: told})  # of another step: nothing is filled in
    told = files[name].replace('"对{title}的投诉（{number}），', '"{complainant_name}对{title}的投诉（{number}），')
    with pytest.raises(PolicyRefused, match="姓名"):
        load_files(files | {name: told})
    with pytest.raises(PolicyRefused, match="nobody"):
        load_files(files | {name: files[name].replace("shown_to: [complainant, registrar, decider]", "shown_to: [nobody]")})
