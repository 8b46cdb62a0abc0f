"""安全事件：an alarm opens one by itself and no second one; found, contained, told, sanctioned, closed by different people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.test import Client
from typer.testing import CliRunner

from chengxin.access import mass_reading
from chengxin.access.alarms import AlarmKind, raise_alarm, settle_alarm
from chengxin.access.caller import Caller
from chengxin.access.mass_reading import watch_reading
from chengxin.access.models import Account, Alarm, Department
from chengxin.access.reads import Reason, Seen, record_reads
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department
from chengxin.casework import notices
from chengxin.casework.models import Case, CaseDeadline, CasePerson, Notice
from chengxin.casework.services import open_case
from chengxin.casework.types import THE_PLATFORM, About
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.commands import app
from chengxin.ledger.models import Content, Head
from chengxin.ledger.services import fsck, read_contents, sign_checkpoint
from chengxin.policy import PolicySet, active
from chengxin.policy.types_procedures import Procedure
from chengxin.rights.incidents.opening import incidents_of, open_waiting
from tests.harness.penalties import code_of
from tests.harness.procedures import Table, at_once, attempt, every_step_by_everybody, follow, nobody_plays_two_parts
from tests.harness.rights import PASSWORD, acting, browser_of, morning
from tests.harness.second_factor import shown

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = morning(date(2026, 5, 6))
DAY = 86_400

TABLE: Table = {
    ("found", "contain"): ("contained", "container"),
    ("found", "doubt"): ("doubted", "container"),
    ("contained", "tell"): ("told", "decider"),
    ("told", "sanction"): ("sanctioned", "decider"),
    ("sanctioned", "close"): ("closed", "closer"),
    ("sanctioned", "send_back"): ("told", "closer"),
    ("doubted", "agree"): ("no_incident", "closer"),
    ("doubted", "disagree"): ("found", "closer"),
    **{(state, "alarm_again"): (state, "alarm") for state in ("found", "contained", "told", "sanctioned", "doubted")},
}
MAY = {"container": ("security",), "decider": ("credit",), "closer": ("audit",), "alarm": ()}


@pytest.fixture
def rule(policy_set: PolicySet) -> Procedure:
    return policy_set.procedure("incident")


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> dict[str, Account]:
    """One of each role that may have to do with it, and those that may not."""
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    office = add_department(code=code_of(8, "11370900MB"), name="泰安市发展和改革委员会", at=NOW - DAY)
    roles = {
        "audit": Role.AUDIT_ADMIN, "security": Role.SECURITY_ADMIN, "credit": Role.CREDIT_OFFICE, "auditor": Role.AUDITOR,
        "system": Role.SYSTEM_ADMIN, "clerk": Role.CLERK, "reviewer": Role.REVIEWER,
    }  # fmt: skip
    return {name: add_account(username=name, department=office, role=role, password=PASSWORD, at=NOW - DAY) for name, role in roles.items()}


def alarm(key: str = "1", **given: object) -> Alarm:
    raised = raise_alarm(**({"kind": AlarmKind.MASS_READING, "key": key, "sentence": f"看得太多：{key}", "at": NOW} | given))  # type: ignore[arg-type]
    assert raised is not None
    return raised


def look(account: Account, subjects: int, at: int) -> None:
    caller = Caller(account.department, account, Role(account.role))
    record_reads(caller, Reason("办理"), [Seen("desk", str(n), (n + 1,)) for n in range(subjects)], at)


def test_every_step_is_taken_by_whom_the_table_names_and_by_nobody_else(people: dict[str, Account], rule: Procedure) -> None:
    alarm()
    assert every_step_by_everybody(rule, Case.objects.get(), TABLE, people, MAY, NOW) == 7 * 9 * 7


def test_nobody_plays_two_parts(people: dict[str, Account], rule: Procedure) -> None:
    alarm()
    assert nobody_plays_two_parts(rule, Case.objects.get(), people, MAY, NOW) == 8 * 4


def test_from_the_alarm_to_the_end(people: dict[str, Account], rule: Procedure) -> None:
    raised = alarm(account=people["clerk"])
    case = Case.objects.get()
    assert (case.about_kind, case.about_key, case.state, case.office_id) == ("alarm", str(raised.pk), "found", None)
    assert f"第 {raised.pk} 号警报" in case.title
    assert not CasePerson.objects.exists(), "the platform is nobody who could not act any more"
    assert set(Notice.objects.values_list("to_kind", flat=True)) == {"security_admin", "audit_admin", "credit_office"}
    way = [("contain", people["security"]), ("tell", people["credit"]), ("sanction", people["credit"])]
    follow(case, rule, [*way, ("send_back", people["audit"]), ("sanction", people["credit"]), ("close", people["audit"])], NOW)
    assert (case.state, case.closed_at) == ("closed", NOW)
    entry = read_contents([case.steps.get(verb="close").content_id])[case.steps.get(verb="close").content_id]
    assert (entry["_procedure"], entry["_to"], entry["_about"]) == ("incident", "closed", f"alarm:{raised.pk}")
    sign_checkpoint(NOW)
    assert not fsck(at=NOW).fault_count


def test_an_alarm_is_settled_with_its_incident_and_not_by_itself(people: dict[str, Account], rule: Procedure) -> None:
    first, second = alarm("1", account=people["clerk"]), alarm("2", account=people["clerk"])
    case = Case.objects.get()
    for each in (first, second):
        with pytest.raises(Conflict, match="已经立为安全事件"):
            settle_alarm(each.pk, words="没事", by=people["audit"], at=NOW)
    way = [("contain", "security"), ("tell", "credit"), ("sanction", "credit"), ("close", "audit")]
    follow(case, rule, [(verb, people[who]) for verb, who in way], NOW)
    for each in (first, second):
        each.refresh_from_db()
        assert (each.settled_at, each.settled_by) == (NOW, people["audit"])
        assert "结案：" in each.words
    assert not Alarm.objects.filter(settled_at=None).exists()
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound
    page = shown(browser_of(people["audit"]), people["audit"]).get("/office/reads").content.decode()
    assert page.count("处理完毕</button>") == 0


def test_an_alarm_whose_case_is_open_leads_to_the_case(people: dict[str, Account], rule: Procedure) -> None:
    alarm()
    page = shown(browser_of(people["audit"]), people["audit"]).get("/office/reads").content.decode()
    assert "结案时一并处理完毕" in page
    assert "处理完毕</button>" not in page


def test_what_was_no_incident_is_settled_too(people: dict[str, Account], rule: Procedure) -> None:
    raised = alarm()
    follow(Case.objects.get(), rule, [("doubt", people["security"]), ("agree", people["audit"])], NOW)
    raised.refresh_from_db()
    assert "同意不是事件：" in raised.words


def test_a_doubt_is_decided_by_somebody_else(people: dict[str, Account], rule: Procedure) -> None:
    alarm()
    case = follow(Case.objects.get(), rule, [("doubt", people["security"]), ("disagree", people["audit"])], NOW)
    assert case.state == "found"
    follow(case, rule, [("doubt", people["security"]), ("agree", people["audit"])], NOW)
    assert case.state == "no_incident"


def test_whom_it_is_about_does_not_act_on_it(people: dict[str, Account], rule: Procedure) -> None:
    alarm(account=people["security"])
    step = rule.step("contain", "found")
    assert step is not None
    other = add_account(username="安全二", department=None, role=Role.SECURITY_ADMIN, password=PASSWORD, at=NOW)
    assert attempt(Case.objects.get(), step, people["security"], NOW) == "forbidden"
    assert attempt(Case.objects.get(), step, other, NOW) == "taken"


def test_whoever_found_it_neither_contains_nor_closes_it(people: dict[str, Account], rule: Procedure) -> None:
    texts = {"kind": "leak", "facts": "有人在群里发了截图"}
    place = About("place", people["clerk"].department.code)  # type: ignore[union-attr]
    case = open_case(procedure="incident", about=place, actor=acting(people["audit"], NOW), texts=texts, at=NOW)
    follow(case, rule, [("contain", people["security"]), ("tell", people["credit"]), ("sanction", people["credit"])], NOW)
    step = rule.step("close", "sanctioned")
    assert step is not None
    assert attempt(case, step, people["audit"], NOW) == "forbidden"
    second = add_account(username="审计二", department=None, role=Role.AUDIT_ADMIN, password=PASSWORD, at=NOW)
    assert attempt(case, step, second, NOW) == "taken"
    again = open_case(procedure="incident", about=place, actor=acting(people["security"], NOW), texts=texts, at=NOW)
    assert again.pk != case.pk, "two things may happen in one office"
    with pytest.raises(NotFound):
        open_case(procedure="incident", about=place, actor=acting(people["clerk"], NOW), texts=texts, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(people: dict[str, Account], rule: Procedure) -> None:
    second = add_account(username="安全二", department=None, role=Role.SECURITY_ADMIN, password=PASSWORD, at=NOW)
    alarm()
    case, step = Case.objects.get(), rule.step("contain", "found")
    assert step is not None
    assert at_once(case, step, [people["security"], second], NOW) == ["conflict", "taken"]
    assert (case.steps.count(), CasePerson.objects.filter(case=case).count()) == (2, 1)


def test_one_reader_over_several_lines_for_several_days_is_one_open_incident(
    people: dict[str, Account], rule: Procedure, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = [mass_reading.Line("一小时内的主体", 3600, 5, "subjects"), mass_reading.Line("一日内的主体", DAY, 5, "subjects")]
    monkeypatch.setattr(mass_reading, "lines_at", lambda _at: small)
    for day in range(3):
        look(people["clerk"], 6, NOW + day * DAY)
        watch_reading(NOW + day * DAY)
        watch_reading(NOW + day * DAY + 60)
    look(people["reviewer"], 6, NOW + 2 * DAY)
    watch_reading(NOW + 2 * DAY)
    assert Alarm.objects.count() == 8
    first, second = Case.objects.order_by("pk")
    assert (first.steps.filter(verb="alarm_again").count(), second.steps.filter(verb="alarm_again").count()) == (5, 1)
    known = incidents_of(list(Alarm.objects.values_list("pk", flat=True)))
    assert {each.account_id: known[each.pk].pk for each in Alarm.objects.all()} == {
        people["clerk"].pk: first.pk, people["reviewer"].pk: second.pk,
    }  # fmt: skip
    follow(first, rule, [("contain", people["security"]), ("tell", people["credit"]), ("sanction", people["credit"])], NOW + 3 * DAY)
    follow(first, rule, [("close", people["audit"])], NOW + 3 * DAY)
    watch_reading(NOW + 2 * DAY + 120)
    assert Case.objects.count() == 2, "over the line since this morning is no news"
    look(people["clerk"], 6, NOW + 4 * DAY)
    watch_reading(NOW + 4 * DAY)
    assert Case.objects.count() == 3, "after the end, doing it again is an incident anew"


def test_what_fsck_finds_every_night_is_one_incident_until_it_is_closed_unmended(people: dict[str, Account], rule: Procedure) -> None:
    content = Content.objects.order_by("id").first()
    assert content is not None
    Content.objects.filter(pk=content.pk).update(payload=b"{}")

    def night() -> None:
        assert CliRunner().invoke(app, ["fsck", "--hashes-only"]).exit_code == 1

    for _ in range(3):
        night()
    case = Case.objects.get()
    assert (case.about_key, case.steps.get().said["kind"]) == (str(Alarm.objects.get().pk), "tampering")
    follow(case, rule, [("contain", people["security"]), ("tell", people["credit"]), ("sanction", people["credit"])], NOW)
    follow(case, rule, [("close", people["audit"])], NOW)
    night()
    night()
    assert [each.state for each in Case.objects.order_by("pk")] == ["closed", "found"], "closed without being mended: open again, once"
    assert incidents_of([Alarm.objects.get().pk])[Alarm.objects.get().pk].state == "found"


def test_what_cannot_be_logged_does_not_happen_and_is_made_up_for(people: dict[str, Account]) -> None:
    root = Head.objects.values_list("root", flat=True).get()
    Head.objects.update(root=bytes(32))
    assert CliRunner().invoke(app, ["fsck", "--hashes-only"]).exit_code == 1
    raised = Alarm.objects.get()
    assert (raised.content_id, Case.objects.count(), Notice.objects.count()) == (None, 0, 0)
    assert open_waiting(NOW) == 0
    Head.objects.update(root=root)
    assert open_waiting(NOW + 60) == 1
    assert open_waiting(NOW + 120) == 0
    assert Case.objects.get().about_key == str(raised.pk)


def test_without_a_policy_the_alarm_stands_alone(people: dict[str, Account], policy_set: PolicySet) -> None:
    without = replace(policy_set, procedures={key: each for key, each in policy_set.procedures.items() if key != "incident"})
    with active.use(without):
        raised = alarm()
    assert (Case.objects.count(), raised.content_id is not None) == (0, True)


def test_the_same_alarm_has_one_open_case_whoever_opens_it(people: dict[str, Account]) -> None:
    raised = alarm()
    texts = {"kind": "misuse", "facts": "再登记一次"}
    for actor in (acting(people["credit"], NOW), THE_PLATFORM):
        with pytest.raises(Conflict):
            open_case(procedure="incident", about=About("alarm", str(raised.pk)), actor=actor, texts=texts, at=NOW)
    with pytest.raises(Refused):
        open_case(procedure="incident", about=About("record", "1"), actor=THE_PLATFORM, texts=texts, at=NOW)


def test_it_is_seen_by_those_on_it_and_named_on_both_pages(people: dict[str, Account]) -> None:
    raised = alarm(account=people["clerk"])
    case = Case.objects.get()
    for name, status in {
        "audit": 200,
        "security": 200,
        "credit": 200,
        "auditor": 200,
        "system": 404,
        "clerk": 404,
        "reviewer": 404,
    }.items():
        assert browser_of(people[name]).get(f"/cases/{case.pk}").status_code == status, name
    reads = shown(Client(), people["audit"]).get("/office/reads").content.decode()
    assert f"安全事件〔2026〕{case.pk}号" in reads
    page = browser_of(people["security"]).get(f"/cases/{case.pk}").content.decode()
    assert f"第 {raised.pk} 号警报" in page
    assert "已控制" in page
    assert "起算（当日不计），1日" in page, "how the deadline was computed"
    assert "又一次报警" not in browser_of(people["audit"]).get(f"/cases/{case.pk}").content.decode(), "nobody waits for the platform"
    for name in ("security", "credit"):
        desk = shown(Client(), people[name]).get("/office/").content.decode()
        assert (f"/cases/{case.pk}" in desk) is (name == "security"), name


def test_a_deadline_that_passes_reminds_every_role_that_has_a_part(people: dict[str, Account], policy_set: PolicySet) -> None:
    alarm()
    due = CaseDeadline.objects.get(clock="containment").due_on
    notices.escalate(policy_set, morning(due))
    notices.escalate(policy_set, morning(due) + DAY)
    told = Notice.objects.filter(title__contains="期限").values_list("to_kind", "title")
    roles = ("audit_admin", "credit_office", "security_admin")
    assert sorted(told) == sorted((role, title) for role in roles for title in ("控制期限即将到期", "控制期限已逾期"))
    assert "控制期限已逾期" in browser_of(people["audit"]).get("/cases").content.decode()


def test_registered_by_hand_from_the_list_of_cases(people: dict[str, Account]) -> None:
    client = browser_of(people["security"])
    code = Department.objects.get().code
    form = f"/cases/open/incident/place/{code}"
    assert form in client.get("/cases").content.decode()
    assert form not in browser_of(people["clerk"]).get("/cases").content.decode()
    assert client.get(form).status_code == 200
    assert browser_of(people["clerk"]).get(form).status_code == 404
    made = client.post(f"{form}/new", {"kind": "leak", "facts": "打印件丢失"})
    assert made.status_code == 302
    assert browser_of(people["clerk"]).get(made["Location"]).status_code == 404, "the office does not see it"
