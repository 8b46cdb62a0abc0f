"""Many cases are listed with as many queries as few; the desk shows the most urgent ones, however many are open."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.services import add_account, add_department
from chengxin.casework.models import Case, CaseDeadline
from chengxin.casework.people import may_take
from chengxin.casework.queries import on_case, waiting_for
from chengxin.casework.standing import played_by_many
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.policy import PolicySet
from tests.harness.penalties import code_of
from tests.harness.rights import PASSWORD, acting, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")
NOW = morning(date(2026, 5, 6))


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> dict[str, Account]:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    offices = [add_department(code=code_of(n, "11370900MB"), name=f"第{n}局", at=NOW - 86_400) for n in (1, 2)]
    roles = {"clerk": (0, Role.CLERK), "reviewer": (0, Role.REVIEWER), "judge": (1, Role.CLERK), "credit": (1, Role.CREDIT_OFFICE)}
    return {
        name: add_account(username=name, department=offices[place], role=role, password=PASSWORD, at=NOW - 86_400)
        for name, (place, role) in roles.items()
    }


def fill(people: dict[str, Account], count: int, policy: PolicySet) -> None:
    """Open cases of every procedure in every open state, each with one deadline; the last one made is the most urgent."""
    office, second = people["clerk"].department_id, people["judge"].department_id
    places = [(rule, state.id) for rule in policy.procedures.values() for state in rule.states.values() if not state.closed]
    cases = Case.objects.bulk_create(
        Case(
            procedure=places[n % len(places)][0].id, policy=policy.digest, about_kind="office", about_key=str(n), title=f"第 {n} 件",
            office_id=office, second_office_id=second, alone=False, state=places[n % len(places)][1], opened_at=NOW - count + n,
        )
        for n in range(count)
    )  # fmt: skip
    CaseDeadline.objects.bulk_create(
        CaseDeadline(
            case=case, clock="decision", start_place=0, start_on=date_of(NOW), due_on=date_of(NOW) + timedelta(count - n), provisional=False
        )
        for n, case in enumerate(cases)
    )


def asked(account: Account, page: str) -> int:
    browser = browser_of(account)
    with CaptureQueriesContext(connection) as sent:
        assert browser.get(page).status_code == 200
    return len(sent)


@pytest.mark.parametrize("who", ["clerk", "judge", "credit"])
@pytest.mark.parametrize("page", ["/cases", "/office/"])
def test_fifty_take_as_many_queries_as_five(people: dict[str, Account], policy_set: PolicySet, who: str, page: str) -> None:
    fill(people, 5, policy_set)
    few = asked(people[who], page)
    fill(people, 95, policy_set)
    assert asked(people[who], page) <= few + 1


@pytest.mark.parametrize("who", ["clerk", "reviewer", "judge", "credit"])
def test_what_waits_is_what_may_be_done(people: dict[str, Account], policy_set: PolicySet, who: str) -> None:
    fill(people, 400, policy_set)
    actor = acting(people[who], NOW)
    seen = list(Case.objects.filter(on_case(actor), closed_at=None))
    played = played_by_many(seen, actor)
    may = {case.pk for case in seen if may_take(case, policy_set.procedure(case.procedure), actor, played.get(case.pk, ""), ())}
    waiting = set(Case.objects.filter(on_case(actor), waiting_for(actor), closed_at=None).values_list("pk", flat=True))
    assert may
    assert may == waiting
    assert len(waiting) < len(seen), "not everything that is seen waits"


def test_the_most_urgent_stands_first_on_the_desk_however_many_are_open(people: dict[str, Account], policy_set: PolicySet) -> None:
    fill(people, 600, policy_set)
    actor = acting(people["clerk"], NOW)
    urgent = Case.objects.filter(waiting_for(actor)).order_by("-pk")[0]
    page = browser_of(people["clerk"]).get("/office/").content.decode()
    assert f"/cases/{urgent.pk}" in page
