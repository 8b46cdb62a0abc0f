"""R5e 隐私和秘密，泄露和篡改：least access; every look is seen by whom it is about; what leaks or is altered is found and is a case."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client

from chengxin.access.models import Account, Alarm, Read, ReadQuestion
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department
from chengxin.casework.models import Case
from chengxin.kernel import clock
from chengxin.ledger.services import sign_checkpoint
from chengxin.ledger.tasks import check_logs
from tests.harness.penalties import code_of, person_number
from tests.harness.procedures import texts_of
from tests.harness.rights import PASSWORD, Town, a_town, browser_of, morning
from tests.harness.second_factor import shown

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 8, 3))
NUMBER = person_number(21)
GIVEN = {"purpose": "核对当事人身份", "matter": "泰市监〔2026〕7号"}
SEALED = "CF_FR_ZJHM"


@pytest.fixture
def town(db: None, policy_set: object, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_FR_ZJLX="身份证", **{SEALED: NUMBER})


@pytest.fixture
def administrators(town: Town) -> dict[str, Client]:
    """Security and audit administration, each with a second factor shown."""
    made = {}
    for name, role in (("security", Role.SECURITY_ADMIN), ("audit", Role.AUDIT_ADMIN)):
        account = add_account(username=name, department=town.credit_office, role=role, password=PASSWORD, at=NOW)
        made[name] = shown(browser_of(account), account)
    return made


def path(town: Town) -> str:
    return f"/office/fields/{town.record.pk}"


def step(case: Case, verb: str, by: Client, rule: object) -> None:
    case.refresh_from_db()
    found = rule.step(verb, case.state)  # type: ignore[attr-defined]
    answer = by.post(f"/cases/{case.pk}/{verb}", texts_of(found, NOW) | {"version": str(case.version)})
    assert answer.status_code == 302, answer.content.decode()[-1500:]


def faults() -> int:
    """In how many logs the nightly check finds a fault."""
    return check_logs.func("2026-08-03")


def closed(case: Case, rule: object, administrators: dict[str, Client], credit: Client) -> Case:
    """Contained, told, sanctioned, closed: by three people."""
    way = (("contain", administrators["security"]), ("tell", credit), ("sanction", credit), ("close", administrators["audit"]))
    for verb, by in way:
        step(case, verb, by, rule)
    case.refresh_from_db()
    return case


def test_least_access(town: Town) -> None:
    anybody, clerk = Client(), browser_of(town.clerk)
    public = anybody.get(f"/r/{town.record.pk}").content.decode() + str(anybody.get(f"/api/v1/records/{town.record.pk}").content)
    assert NUMBER not in public
    assert NUMBER not in clerk.get(path(town)).content.decode(), "the own office sees it sealed too"
    assert NUMBER in clerk.post(f"{path(town)}/{SEALED}", GIVEN).content.decode(), "opened once, for a purpose"
    other = add_department(code=code_of(40, "11370900MB"), name="示例局", at=NOW)
    stranger = add_account(username="他局", department=other, role=Role.CLERK, password=PASSWORD, at=NOW)
    assert browser_of(stranger).get(path(town)).status_code == 404
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM ledger_content")
        assert all(NUMBER.encode() not in bytes(row[0] or b"") for row in cursor.fetchall()), "nowhere in clear"


def test_a_look_without_a_reason_is_seen_questioned_and_becomes_a_case(
    town: Town, administrators: dict[str, Client], policy_set: object
) -> None:
    rule = policy_set.procedure("incident")  # type: ignore[attr-defined]
    assert NUMBER in browser_of(town.clerk).post(f"{path(town)}/{SEALED}", GIVEN).content.decode()
    look = Read.objects.get(kind="sealed_field")
    owner, mine = browser_of(town.owner), f"/centre/{code_of(1)}/reads"
    page = owner.get(mine).content.decode()
    for said in (GIVEN["purpose"], GIVEN["matter"], town.office.name, "法定代表人证件号码"):
        assert said in page, "the firm sees who, why, in which matter, and what"
    assert owner.post(f"{mine}/{look.pk}/question", {"because": "我们在贵局没有这件事项"}).status_code == 302
    question = ReadQuestion.objects.get()
    answer = {"justified": "no", "answer": "该文号与本企业无关，说不出理由"}
    assert administrators["audit"].post(f"/office/reads/questions/{question.pk}", answer).status_code == 302
    alarm = Alarm.objects.get()
    case = Case.objects.get(procedure="incident")
    assert (alarm.account, case.about_key) == (town.clerk, str(alarm.pk))
    assert browser_of(town.clerk).get(f"/cases/{case.pk}").status_code == 404, "whose look it was is not on the case"
    assert closed(case, rule, administrators, browser_of(town.credit)).state == "closed"
    alarm.refresh_from_db()
    assert alarm.settled_at == NOW
    assert "说不出理由" in owner.get(mine).content.decode()


def test_what_is_altered_behind_the_ledger_is_found_by_itself_and_becomes_a_case(
    town: Town, administrators: dict[str, Client], policy_set: object
) -> None:
    rule = policy_set.procedure("incident")  # type: ignore[attr-defined]
    sign_checkpoint(NOW)
    assert faults() == 0
    assert not Case.objects.exists()
    Account.objects.filter(pk=town.clerk.pk).update(role=Role.CREDIT_OFFICE)
    assert faults() == 1, "the nightly check"
    case = Case.objects.get(procedure="incident")
    assert "账本" in case.title
    Account.objects.filter(pk=town.clerk.pk).update(role=Role.CLERK)
    assert closed(case, rule, administrators, browser_of(town.credit)).state == "closed"
    sign_checkpoint(NOW + 1)
    assert faults() == 0
