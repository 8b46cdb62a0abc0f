"""Objections, by those who try what they must not: end somebody else's, hide what is not theirs, go on after their mandate ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from chengxin.access.accounts import open_enterprise_account
from chengxin.access.mandating import end_mandate, grant_mandate
from chengxin.access.models import Account, Mandate
from chengxin.access.roles import Role
from chengxin.access.services import add_account, issue_token
from chengxin.access.types import MandateKind, Scope
from chengxin.casework.models import Case, Notice
from chengxin.casework.services import open_case, take_step
from chengxin.casework.types import About
from chengxin.foundation.records.acting import asked_of, do
from chengxin.foundation.records.models import Hold, Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from tests.harness.rights import PASSWORD, Town, a_town, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))


@pytest.fixture
def town() -> Town:
    return a_town(HANDED_IN, decided_on=date(2026, 4, 10), CF_CFLB="没收违法所得、没收非法财物", CF_NR_FK="", CF_NR_WFFF="1.2")


@pytest.fixture
def auditor(town: Town) -> Account:
    return add_account(username="审计", department=town.credit_office, role=Role.AUDITOR, password=PASSWORD, at=HANDED_IN)


def object_to(town: Town, by: Account | None = None, at: int = NOW, **changes: str) -> Case:
    texts = {"ground": "wrong_content", "facts": "数额写错"} | changes
    about = About("record", str(town.record.pk))
    return open_case(procedure="objection", about=about, actor=acting(by or town.owner, at), texts=texts, at=at)


def take(case: Case, verb: str, account: Any, at: int = NOW, **texts: str) -> None:
    case.refresh_from_db()
    take_step(case_id=case.pk, verb=verb, version=case.version, actor=acting(account, at), texts=texts, at=at)


def an_agent(town: Town, *scopes: Scope) -> tuple[Account, Mandate]:
    agent = open_enterprise_account(username="代理", password=PASSWORD, at=HANDED_IN)
    mandate = grant_mandate(
        account=agent, subject_id=town.record.subject_id, kind=MandateKind.AGENT, reference="委托书", valid_from=HANDED_IN,
        valid_until=NOW + 40 * 86_400, at=HANDED_IN, by=town.credit, scopes=scopes,
    )  # fmt: skip
    return agent, mandate


@pytest.mark.parametrize("who", ["clerk", "reviewer", "credit", "stranger"])
def test_nobody_withdraws_somebody_elses_objection(town: Town, who: str) -> None:
    case = object_to(town)
    with pytest.raises(Forbidden):
        take(case, "withdraw", getattr(town, who))
    case.refresh_from_db()
    assert case.closed_at is None
    page = browser_of(getattr(town, who)).get(f"/cases/{case.pk}").content.decode()
    assert "撤回异议" not in page.partition("moves")[2]


def test_an_auditor_changes_nothing(town: Town, auditor: Account) -> None:
    with pytest.raises(Forbidden):
        object_to(town, auditor)
    case = object_to(town)
    with pytest.raises(Forbidden):
        take(case, "withdraw", auditor)


def test_a_stranger_who_objected_can_take_it_back_and_nobody_else_can(town: Town) -> None:
    case = object_to(town, town.stranger, interest="同名")
    other = open_enterprise_account(username="另一路人", password=PASSWORD, at=HANDED_IN)
    with pytest.raises(Forbidden):
        take(case, "withdraw", other)
    take(case, "withdraw", town.stranger)
    assert case.steps.count() == 2


def test_a_stranger_cannot_hide_a_record_by_saying_that_it_is_not_the_subjects(town: Town) -> None:
    object_to(town, town.stranger, ground="wrong_subject", interest="竞争对手")
    assert Record.objects.filter(visible(Surface.PUBLIC, NOW)).exists()
    assert not Hold.objects.exists()


def test_an_agent_without_the_scope_does_not_slip_in_as_anybody(town: Town) -> None:
    agent, _ = an_agent(town, Scope.VIEW, Scope.RESTORATION)
    with pytest.raises(Forbidden, match="授权范围不含"):
        object_to(town, agent, ground="wrong_subject")


def test_an_agent_whose_mandate_ended_is_off_the_case(town: Town) -> None:
    agent, mandate = an_agent(town, Scope.VIEW, Scope.OBJECTION)
    case = object_to(town, agent)
    browser = browser_of(agent)
    assert browser.get(f"/cases/{case.pk}").status_code == 200
    end_mandate(mandate, because="解除委托", at=NOW - 1, by=town.owner)
    assert browser.get(f"/cases/{case.pk}").status_code == 404
    assert f"/cases/{case.pk}" not in browser.get("/cases?state=all").content.decode().partition("<main")[2].partition("通知")[0]
    with pytest.raises(Forbidden):
        take(case, "withdraw", agent)
    told = Notice.objects.count()
    take(case, "verify", town.clerk, finding="wrong", because="数额抄错")
    new = Notice.objects.filter(pk__gt=0).order_by("pk")[told:]
    assert ("person", f"account:{agent.pk}") not in {(each.to_kind, each.to_key) for each in new}
    assert ("subject", str(town.record.subject_id)) in {(each.to_kind, each.to_key) for each in new}, "the firm itself hears of it"


def test_a_mandate_is_nothing_to_an_account_of_another_role(town: Town) -> None:
    Account.objects.filter(pk=town.owner.pk).update(role=Role.CLERK, department=town.office)
    town.owner.refresh_from_db()
    assert not acting(town.owner, NOW).mandates


def test_the_author_cannot_end_what_an_objection_stopped(town: Town) -> None:
    object_to(town, ground="wrong_subject")
    hold = Hold.objects.get()
    with pytest.raises(Forbidden):
        do(
            town.record,
            asked_of({"verb": "release", "because": "我们认为无误", "hold": str(hold.pk)}),
            office=town.office,
            by="经办",
            at=NOW,
        )
    token = issue_token(town.office, HANDED_IN)
    system = Client(headers={"Authorization": f"Bearer {token}"})
    system.post(f"/api/v1/records/{town.record.pk}/acts", {"verb": "release", "because": "无误", "hold": str(hold.pk)}, "application/json")
    assert not Record.objects.filter(visible(Surface.PUBLIC, NOW)).exists()


def test_an_office_cannot_pass_its_own_hold_off_as_a_cases(town: Town) -> None:
    with pytest.raises(Refused, match="case:"):
        asked_of({"verb": "hold", "because": "核查", "surfaces": "public", "clause": f"case:objection:{town.record.pk}"})


def test_the_deciding_clerk_of_the_second_office_is_not_the_objector(town: Town) -> None:
    judge = add_account(username="裁决", department=town.credit_office, role=Role.CLERK, password=PASSWORD, at=HANDED_IN)
    case = object_to(town, town.credit)
    take(case, "verify", town.clerk, finding="wrong", because="抄错")
    with pytest.raises(Forbidden):
        take(case, "revoke", town.credit, document_number="1", because="错")
    take(case, "revoke", judge, document_number="1", because="错")
