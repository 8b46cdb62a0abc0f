"""信用服务机构：who is on the register, who works for whom, and that an agency acts while mandate, registration and tie all hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from chengxin.access import agency_register, services
from chengxin.access.agencies import acting_mandates, agencies_in_force, agency_issuing, firms_of_agency, state_of, tie_of
from chengxin.access.agency_people import tie_person, untie_person
from chengxin.access.agency_register import Proposed, approve_agency, end_agency, propose_agency
from chengxin.access.caller import Caller
from chengxin.access.mandates import acting_for, mandates_of
from chengxin.access.mandating import end_agency_mandates, end_mandate, grant_mandate
from chengxin.access.models import Account, AgencyPerson, Department, Mandate, ServiceAgency
from chengxin.access.on_behalf import held_by_subject
from chengxin.access.roles import Role
from chengxin.access.types import AgencyService, MandateKind, Scope
from chengxin.kernel.instants import FOREVER, Instant, end_of_day, start_of_day
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from tests.harness.penalties import code_of
from tests.harness.service_agencies import CODE, a_person_of, a_registered_agency, authorised

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
PASSWORD = "quiet-harbour-41"
FIRM, OTHER_FIRM = 70, 71
NOW = start_of_day(date(2026, 7, 1))
DAY = 86_400
UNTIL = end_of_day(date(2027, 6, 30))


@pytest.fixture
def office() -> Department:
    return services.add_department(code=code_of(8, "11370900MB"), name="示例市发展和改革委员会", at=1)


@pytest.fixture
def wang(office: Department) -> Account:
    return services.add_account(username="wang", department=office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=1)


@pytest.fixture
def zhao(office: Department) -> Account:
    return services.add_account(username="zhao", department=office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=1)


@pytest.fixture
def boss() -> Account:
    account = services.open_enterprise_account(username="boss", password=PASSWORD, at=1)
    services.grant_mandate(
        account=account, subject_id=FIRM, kind=MandateKind.LEGAL_REPRESENTATIVE, reference="执照", valid_from=1, valid_until=FOREVER,
        at=1, by=None,
    )  # fmt: skip
    return account


@pytest.fixture
def agency(wang: Account, zhao: Account) -> ServiceAgency:
    return a_registered_agency(wang, zhao, NOW)


@pytest.fixture
def person(agency: ServiceAgency, wang: Account) -> Account:
    return a_person_of(agency, "helper", wang, NOW)[0]


def as_firm(account: Account) -> Caller:
    return Caller(None, account, Role.ENTERPRISE)


def proposed(**changes: Any) -> Proposed:
    terms = {"code": CODE, "name": "云台", "services": [AgencyService.ACTING], "basis": "备案1号", "valid_until": UNTIL}
    return Proposed(**(terms | changes))


def refused(slug: str, act: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as raised:
        act()
    assert raised.value.slug == slug, raised.value.sentence
    assert raised.value.what_to_do
    return raised.value


def test_two_people_put_an_agency_on_the_register(wang: Account, zhao: Account) -> None:
    row = propose_agency(proposed(), by=wang, at=NOW)
    assert (state_of(row, NOW), list(agencies_in_force(NOW))) == ("等待另一人核准", [])
    refused("second-person-needed", lambda: approve_agency(row.pk, by=wang, at=NOW))
    approve_agency(row.pk, by=zhao, at=NOW + 5)
    assert (list(agencies_in_force(NOW + 4)), list(agencies_in_force(NOW + 5))) == ([], [row])
    refused("already-done", lambda: approve_agency(row.pk, by=zhao, at=NOW + 6))
    assert not agencies_in_force(UNTIL).exists(), "the term ends"
    end_agency(row.pk, because="机构来函要求退出", by=wang, at=NOW + 9)
    assert (list(agencies_in_force(NOW + 8)), list(agencies_in_force(NOW + 9))) == ([row], [])
    refused("already-done", lambda: end_agency(row.pk, because="再一次", by=wang, at=NOW + 10))
    again = propose_agency(proposed(), by=zhao, at=NOW + 11)
    assert again.pk != row.pk, "a new registration is a new row"
    assert end_agency(again.pk, because="撤回提请", by=zhao, at=NOW + 12).approved_at is None


@pytest.mark.parametrize(
    ("slug", "changes"),
    [
        ("agency-code", {"code": "91370902MA3C00001X"}),
        ("agency-code", {"code": "云台"}),
        ("agency-is-office", {"code": code_of(8, "11370900MB")}),
        ("agency-basis", {"basis": "  "}),
        ("agency-basis", {"name": "云" * 201}),
        ("agency-services", {"services": []}),
        ("agency-term", {"valid_until": NOW}),
        ("agency-term", {"valid_until": end_of_day(date(2029, 7, 2))}),
        ("agency-term", {"valid_until": FOREVER - 1}),
    ],
)
def test_what_cannot_be_registered(wang: Account, slug: str, changes: dict[str, Any]) -> None:
    refused(slug, lambda: propose_agency(proposed(**changes), by=wang, at=NOW))
    assert not ServiceAgency.objects.exists()


def test_the_longest_term_is_the_policys(wang: Account) -> None:
    assert propose_agency(proposed(valid_until=end_of_day(date(2029, 7, 1))), by=wang, at=NOW).pk
    refused("agency-known", lambda: propose_agency(proposed(), by=wang, at=NOW))


def test_only_the_credit_office_keeps_the_register(office: Department, agency: ServiceAgency, boss: Account) -> None:
    clerk = services.add_account(username="li", department=office, role=Role.CLERK, password=PASSWORD, at=1)
    for who in (clerk, boss):
        refused("not-allowed", lambda who=who: propose_agency(proposed(code=code_of(902, "91370902MA")), by=who, at=NOW))
        refused("not-allowed", lambda who=who: approve_agency(agency.pk, by=who, at=NOW))
        refused("not-allowed", lambda who=who: end_agency(agency.pk, because="x", by=who, at=NOW))
    with pytest.raises(NotFound):
        approve_agency(
            99, by=services.add_account(username="q", department=office, role=Role.CREDIT_OFFICE, password=PASSWORD, at=1), at=NOW
        )


def test_a_person_works_for_one_agency_and_is_nobodys_agent(
    agency: ServiceAgency, person: Account, wang: Account, zhao: Account, boss: Account, office: Department
) -> None:
    other = a_registered_agency(wang, zhao, NOW, code=code_of(902, "91370902MA"), name="另一家")
    assert refused("agency-person-known", lambda: tie_person(other, person, reference="函", by=wang, at=NOW)).sentence.startswith(
        "“helper”已是"
    )
    refused("mandate-account", lambda: tie_person(other, zhao, reference="函", by=wang, at=NOW))
    free = services.open_enterprise_account(username="free", password=PASSWORD, at=1)
    refused("mandate-reference", lambda: tie_person(other, free, reference=" ", by=wang, at=NOW))
    agent_of = {"subject_id": FIRM, "kind": MandateKind.AGENT, "reference": "委托", "valid_from": NOW, "valid_until": UNTIL, "at": NOW}
    held = grant_mandate(account=free, by=boss, scopes=[Scope.VIEW], **agent_of)
    refused("agency-person-agent", lambda: tie_person(other, free, reference="函", by=wang, at=NOW))
    refused("mandate-by-agency", lambda: grant_mandate(account=person, by=boss, scopes=[Scope.VIEW], **agent_of))
    end_mandate(held, because="改由机构代办", at=NOW + 1, by=boss)
    tie = tie_person(other, free, reference="函", by=wang, at=NOW + 1)
    refused("not-allowed", lambda: untie_person(tie, because="不是他的事", by=boss, at=NOW + 2))
    untie_person(tie, because="离职", by=free, at=NOW + 2)
    refused("already-done", lambda: untie_person(tie, because="离职", by=free, at=NOW + 3))
    assert (tie_of(free.pk, NOW + 1), tie_of(free.pk, NOW + 2)) == (tie, None)
    end_agency(other.pk, because="退出", by=wang, at=NOW + 4)
    refused("agency-not-in-force", lambda: tie_person(other, free, reference="函", by=wang, at=NOW + 5))


def test_what_a_firm_may_give_an_agency(agency: ServiceAgency, person: Account, boss: Account, wang: Account, zhao: Account) -> None:
    def give(**other: Any) -> Callable[[], Mandate]:
        return lambda: authorised(person, FIRM, boss, NOW, **other)

    for scopes in ([], [Scope.AUTHORISE], [Scope.VIEW, Scope.OBJECTION], [Scope.DOWNLOAD], list(Scope)):
        refused("mandate-scopes", give(scopes=scopes))
    refused("mandate-term-open", give(valid_until=FOREVER))
    refused("mandate-term", give(valid_until=end_of_day(date(2027, 7, 2))))
    refused("mandate-reference", give(reference=""))
    refused("mandate-authority", lambda: authorised(person, OTHER_FIRM, boss, NOW))
    stranger = services.open_enterprise_account(username="free", password=PASSWORD, at=1)
    refused("agency-person-missing", lambda: authorised(stranger, FIRM, boss, NOW))
    teaching = a_registered_agency(wang, zhao, NOW, code=code_of(902, "91370902MA"), name="只培训", services=[AgencyService.TRAINING])
    teacher, _ = a_person_of(teaching, "teacher", wang, NOW)
    refused("agency-not-acting", lambda: authorised(teacher, FIRM, boss, NOW))
    held = give(valid_until=end_of_day(date(2027, 7, 1)))()
    assert (held.agency, held.kind) == (agency, "service_agency")
    assert authorised(person, OTHER_FIRM, wang, NOW).granted_by == wang, "by document at the credit office"


def test_an_agency_hands_nothing_on(person: Account, boss: Account, agency: ServiceAgency, wang: Account) -> None:
    authorised(person, FIRM, boss, NOW)
    colleague, _ = a_person_of(agency, "colleague", wang, NOW)
    refused("mandate-authority", lambda: authorised(colleague, FIRM, person, NOW))
    with pytest.raises(Forbidden, match="授权范围不含“委托代理人”"):
        acting_for(as_firm(person), FIRM, Scope.AUTHORISE, NOW)
    assert acting_for(as_firm(person), FIRM, Scope.RESTORATION, NOW).agency == agency
    with pytest.raises(Forbidden, match="没有授权"):
        acting_for(as_firm(colleague), FIRM, Scope.VIEW, NOW)


def test_ending_any_of_the_three_ends_it_at_once_and_says_which(
    agency: ServiceAgency, person: Account, boss: Account, wang: Account
) -> None:
    held = authorised(person, FIRM, boss, NOW)
    tie = AgencyPerson.objects.get(account=person)
    assert firms_of_agency(CODE, NOW) == {FIRM}

    def why(at: Instant) -> str:
        with pytest.raises(Forbidden) as raised:
            acting_for(as_firm(person), FIRM, Scope.VIEW, at)
        return f"{raised.value.slug}：{raised.value.sentence}"

    agency_register.suspend_agency(agency.pk, because="决定1号", by="1", at=NOW + 10)
    assert acting_for(as_firm(person), FIRM, Scope.VIEW, NOW + 9) == held, "what was done before stays under it"
    assert why(NOW + 10) == f"agency-not-in-force：{agency.name}的登记自 2026-07-01 起暂停，不能再代办。"
    assert not firms_of_agency(CODE, NOW + 10)
    refused("agency-not-in-force", lambda: authorised(person, FIRM, boss, NOW + 11))
    agency_register.resume_agency(agency.pk, because="决定2号", by="1", at=NOW + 20)
    assert acting_for(as_firm(person), FIRM, Scope.VIEW, NOW + 20) == held
    untie_person(tie, because="离职", by=wang, at=NOW + 30)
    assert why(NOW + 30) == f"agency-person-left：您已经不是{agency.name}的人员，不能再以它的名义代办。"
    tie_person(agency, person, reference="回任", by=wang, at=NOW + 40)
    assert acting_for(as_firm(person), FIRM, Scope.VIEW, NOW + 40) == held
    assert end_agency_mandates([FIRM], agency.pk, because="不再委托", at=NOW + 50, by=boss) == 1
    assert why(NOW + 50).startswith("mandate-revoked：")
    refused("mandate-ended", lambda: end_agency_mandates([FIRM], agency.pk, because="再一次", at=NOW + 51, by=boss))
    again = authorised(person, FIRM, boss, NOW + 60)
    assert acting_for(as_firm(person), FIRM, Scope.VIEW, NOW + 60) == again
    end_agency(agency.pk, because="退出", by=wang, at=NOW + 70)
    assert "已于 2026-07-01 终止" in why(NOW + 70)


def test_whoever_may_in_their_own_right_does_not_act_for_an_agency(agency: ServiceAgency, person: Account, boss: Account) -> None:
    authorised(person, FIRM, boss, NOW)
    assert held_by_subject(as_firm(person), NOW)[FIRM].agencies == {"view": agency.pk, "restoration": agency.pk}
    services.grant_mandate(
        account=person, subject_id=FIRM, kind=MandateKind.LEGAL_REPRESENTATIVE, reference="新执照", valid_from=NOW, valid_until=FOREVER,
        at=NOW, by=None,
    )  # fmt: skip
    held = held_by_subject(as_firm(person), NOW)[FIRM]
    assert (held.agencies, held.scopes) == ({}, frozenset(Scope))
    assert acting_for(as_firm(person), FIRM, Scope.VIEW, NOW).kind == "legal_representative"


def test_only_the_registered_service_of_the_day_makes_a_document(wang: Account, zhao: Account) -> None:
    row = a_registered_agency(wang, zhao, NOW, services=[AgencyService.REPORT])
    assert agency_issuing(CODE.lower(), "report", NOW) == row
    assert agency_issuing(CODE, "training", NOW) is None
    assert agency_issuing(CODE, "report", NOW - 1) is None
    assert agency_issuing("", "report", NOW) is None


ACTS = st.lists(st.sampled_from(["grant", "revoke", "suspend", "resume", "tie", "untie", "end", "register", "wait"]), max_size=14)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_it_acts_exactly_while_all_three_hold(wang: Account, zhao: Account, boss: Account, acts: list[str]) -> None:
    """A model of three switches beside the tables; after every act, and for every instant so far, both say the same."""
    number = Account.objects.count()
    at = NOW + 1_000 * number  # each example comes after the one before, which is over by then
    ServiceAgency.objects.filter(ended_at=None).update(ended_at=at)
    AgencyPerson.objects.filter(ended_at=None).update(ended_at=at)
    Mandate.objects.exclude(agency=None).filter(ended_at=None).update(ended_at=at)
    agency = a_registered_agency(wang, zhao, at)
    person, tie = a_person_of(agency, f"helper-{number}", wang, at)
    registered, suspended, tied, mandate = True, False, True, None  # what the model says
    for act in acts:
        at += 10
        if act == "grant" and mandate is None and registered and tied and not suspended:
            mandate = authorised(person, FIRM, boss, at)
        elif act == "revoke" and mandate is not None:
            end_mandate(mandate, because="不再委托", at=at, by=boss)
            mandate = None
        elif act == "suspend" and registered and not suspended:
            agency_register.suspend_agency(agency.pk, because="x", by="1", at=at)
            suspended = True
        elif act == "resume" and registered and suspended:
            agency_register.resume_agency(agency.pk, because="x", by="1", at=at)
            suspended = False
        elif act == "tie" and not tied and registered and not suspended:
            tie = tie_person(agency, person, reference="函", by=wang, at=at)
            tied = True
        elif act == "untie" and tied:
            untie_person(tie, because="离职", by=wang, at=at)
            tied = False
        elif act == "end" and registered:
            end_agency(agency.pk, because="退出", by=wang, at=at)
            registered = False
        elif act == "register" and not registered:
            again = a_registered_agency(wang, zhao, at)
            assert again.pk != agency.pk, "another registration does not revive what rested on the first"
            end_agency(again.pk, because="退出", by=wang, at=at + 1)
        expected = registered and not suspended and tied and mandate is not None
        assert _acts(person, at) is expected, (act, acts)
        assert acting_mandates([FIRM], at).exists() is expected


def _acts(person: Account, at: Instant) -> bool:
    try:
        acting_for(as_firm(person), FIRM, Scope.RESTORATION, at)
    except Forbidden:
        assert mandates_of(person.pk, at) == ()
        return False
    return len(mandates_of(person.pk, at)) == 1


def test_the_tables_follow_from_the_ledger(agency: ServiceAgency, person: Account, boss: Account, wang: Account) -> None:
    authorised(person, FIRM, boss, NOW)
    agency_register.suspend_agency(agency.pk, because="x", by="1", at=NOW + 1)
    sign_checkpoint(NOW + 2)
    assert fsck(at=NOW + 2).sound
    agency_register.resume_agency(agency.pk, because="x", by="1", at=NOW + 3)
    untie_person(AgencyPerson.objects.get(account=person), because="离职", by=wang, at=NOW + 3)
    end_agency(agency.pk, because="退出", by=wang, at=NOW + 4)
    sign_checkpoint(NOW + 5)
    assert fsck(at=NOW + 5).sound
    ServiceAgency.objects.filter(pk=agency.pk).update(ended_at=None)
    assert not fsck(at=NOW + 6).sound, "a registration revived behind the ledger's back is found"


def test_of_two_who_approve_one_wins(agency: ServiceAgency, zhao: Account) -> None:
    with pytest.raises(Conflict):
        approve_agency(agency.pk, by=zhao, at=NOW + 1)
