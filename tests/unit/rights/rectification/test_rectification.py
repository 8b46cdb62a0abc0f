"""限期整改：an office explains, puts right and reports; another office checks; a second person there finds the breach."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account
from chengxin.casework.models import Case, CaseDeadline, CasePerson, Notice
from chengxin.casework.services import open_case
from chengxin.casework.types import THE_PLATFORM, About
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet
from chengxin.policy.types_procedures import Procedure
from chengxin.rights.rectification.on_file import record_of_breach
from tests.harness.procedures import Table, at_once, attempt, every_step_by_everybody, follow, nobody_plays_two_parts
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))
DAY = 86_400
ORDER = {"facts": "承诺的奖补没有兑现", "clause": "方案第四条", "correct": "兑现奖补", "document_number": "泰信改〔2026〕1号"}

TABLE: Table = {
    ("ordered", "explain"): ("explained", "office"),
    ("explained", "report"): ("reported", "office"),
    ("wanting", "report"): ("reported", "office"),
    ("reported", "confirm"): ("rectified", "checker"),
    ("reported", "find_wanting"): ("wanting", "checker"),
    ("ordered", "note_default"): ("wanting", "checker"),
    ("explained", "note_default"): ("wanting", "checker"),
    ("wanting", "find_breach"): ("breached", "finder"),
}
MAY = {"office": ("clerk", "reviewer"), "checker": ("credit", "second", "third"), "finder": ("credit", "second", "third")}


@pytest.fixture
def rule(policy_set: PolicySet) -> Procedure:
    return policy_set.procedure("rectification")


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10))


@pytest.fixture
def people(town: Town) -> dict[str, Account]:
    more = {
        name: add_account(username=name, department=town.credit_office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=HANDED_IN)
        for name in ("second", "third")
    }
    auditor = add_account(username="审计", department=town.credit_office, role=Role.AUDITOR, password=PASSWORD, at=HANDED_IN)
    known = {"stranger": town.stranger, "clerk": town.clerk, "reviewer": town.reviewer, "credit": town.credit, "auditor": auditor}
    return known | more


def order(town: Town, by: Account | None = None) -> Case:
    about = About("office", town.office.code)
    return open_case(procedure="rectification", about=about, actor=acting(by or town.credit, NOW), texts=ORDER, at=NOW)


def test_every_step_is_taken_by_whom_the_table_names_and_by_nobody_else(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    assert every_step_by_everybody(rule, order(town), TABLE, people, MAY, NOW) == 6 * 6 * 7


def test_nobody_plays_two_parts(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    assert nobody_plays_two_parts(rule, order(town), people, MAY, NOW) == (2 * 2 + 4 * 3) * 3


def test_put_right_in_time(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case = follow(order(town), rule, [("explain", people["clerk"]), ("report", people["clerk"]), ("confirm", people["second"])], NOW + DAY)
    assert (case.state, record_of_breach(case)) == ("rectified", None)
    assert not CaseDeadline.objects.filter(case=case, ended_on=None).exists()
    sign_checkpoint(NOW + DAY)
    assert not fsck(at=NOW + DAY).fault_count


def test_who_found_it_wanting_does_not_find_the_breach_which_is_told_upwards(
    town: Town, people: dict[str, Account], rule: Procedure
) -> None:
    case = follow(order(town), rule, [("explain", people["clerk"]), ("report", people["clerk"]), ("find_wanting", people["second"])], NOW)
    step = rule.step("find_breach", "wanting")
    assert step is not None
    assert attempt(case, step, people["second"], NOW) == "forbidden"
    assert attempt(case, step, people["credit"], NOW) == "forbidden", "who ordered it does not find the breach"
    assert attempt(case, step, people["third"], NOW) == "taken"
    assert record_of_breach(case) is not None
    told = set(Notice.objects.filter(case=case, title__contains="认定失信").values_list("to_kind", "to_key"))
    assert told == {("office", str(town.office.pk)), ("office", str(town.credit_office.pk)), ("credit_office", "")}
    said = case.steps.get(verb="find_breach").said
    assert {"hearing", "clause", "reconsideration_period", "suit_period", "delivered_on"} <= set(said)


def test_it_may_still_be_put_right_after_it_was_found_wanting(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    way = [("explain", people["clerk"]), ("report", people["clerk"]), ("find_wanting", people["second"]), ("report", people["reviewer"])]
    case = follow(order(town), rule, [*way, ("confirm", people["second"])], NOW)
    assert case.state == "rectified"


def test_a_default_that_is_none_is_not_noted(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case, step = order(town), rule.step("note_default", "ordered")
    assert step is not None
    due = CaseDeadline.objects.get(case=case, clock="explanation").due_on
    assert attempt(case, step, people["second"], morning(due), how="overdue") == "refused: not-overdue-yet"
    assert attempt(case, step, people["second"], morning(due) + DAY, how="overdue") == "taken"


def test_no_clock_finds_a_breach(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    order(town)
    case = Case.objects.get()
    assert (case.state, record_of_breach(case)) == ("ordered", None)
    assert browser_of(people["clerk"]).get("/cases").status_code == 200
    client = browser_of(people["clerk"])
    page = client.get(f"/cases/{case.pk}").content.decode()
    assert "起算（当日不计），30日" in page
    assert "书面说明原因" in page
    assert f"/cases/{case.pk}" in client.get("/office/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins(town: Town, people: dict[str, Account], rule: Procedure) -> None:
    case, step = order(town), rule.step("explain", "ordered")
    assert step is not None
    assert at_once(case, step, [people["clerk"], people["reviewer"]], NOW) == ["conflict", "taken"]
    assert CasePerson.objects.filter(case=case, part="office").count() == 1


def test_who_may_order_it_and_about_what(town: Town, people: dict[str, Account]) -> None:
    for by in (people["clerk"], people["stranger"], people["auditor"]):
        with pytest.raises(Forbidden):
            order(town, by=by)
    with pytest.raises(Refused, match="第二个机关"):
        open_case(
            procedure="rectification", about=About("office", town.credit_office.code), actor=acting(town.credit, NOW), texts=ORDER, at=NOW
        )
    for actor in (acting(town.credit, NOW), THE_PLATFORM):
        with pytest.raises(NotFound):
            open_case(procedure="rectification", about=About("complaint", "1"), actor=actor, texts=ORDER, at=NOW)


def test_ordered_from_the_list_of_cases(town: Town, people: dict[str, Account]) -> None:
    client = browser_of(town.credit)
    assert "/cases/open/rectification/office" in client.get("/cases").content.decode()
    assert "/cases/open/rectification/office" not in browser_of(people["clerk"]).get("/cases").content.decode()
    form = f"/cases/open/rectification/office/{town.office.code}"
    assert form in client.get("/cases/open/rectification/office").content.decode()
    assert client.post(f"{form}/new", ORDER).status_code == 302
