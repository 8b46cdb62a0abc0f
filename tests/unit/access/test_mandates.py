"""授权：who may act for whom, in what, until when; who may say so; and that an end is an end at once."""

from __future__ import annotations

from typing import Any

import pytest

from chengxin.access import services
from chengxin.access.caller import ANONYMOUS, Caller
from chengxin.access.mandates import acting_for, mandates_of, scopes_of
from chengxin.access.models import Account, Department, Mandate
from chengxin.access.roles import OFFICE_ROLES, Role
from chengxin.access.types import EVERY_SCOPE, MandateKind, Scope
from chengxin.kernel.instants import FOREVER
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.models import Content
from chengxin.ledger.services import read_contents
from tests.harness.penalties import code_of

pytestmark = pytest.mark.django_db
PASSWORD = "quiet-harbour-41"
FIRM, OTHER_FIRM = 70, 71


@pytest.fixture
def office() -> Department:
    return services.add_department(code=code_of(1, "11370900MB"), name="示例市局", at=1)


@pytest.fixture
def boss() -> Account:
    return services.open_enterprise_account(username="boss", password=PASSWORD, at=1)


@pytest.fixture
def agent() -> Account:
    return services.open_enterprise_account(username="agent", password=PASSWORD, at=1)


def person(account: Account) -> Caller:
    return Caller(account.department, account, Role(account.role))


def grant(account: Account, kind: MandateKind = MandateKind.AGENT, **other: Any) -> Mandate:
    terms: dict[str, Any] = {"subject_id": FIRM, "reference": "授权书1号", "valid_from": 10, "valid_until": 100, "at": 5, "by": None}
    scopes = () if kind is MandateKind.LEGAL_REPRESENTATIVE else (Scope.VIEW, Scope.OBJECTION)
    return services.grant_mandate(account=account, kind=kind, **({**terms, "scopes": scopes} | other))


def test_a_representative_may_everything_an_agent_what_is_written(boss: Account, agent: Account) -> None:
    grant(boss, MandateKind.LEGAL_REPRESENTATIVE, valid_until=FOREVER)
    held = grant(agent, valid_from=10, valid_until=100)
    for scope in Scope:
        assert scopes_of(acting_for(person(boss), FIRM, scope, 50)) == EVERY_SCOPE
    assert acting_for(person(agent), FIRM, "objection", 50) == held
    with pytest.raises(Forbidden, match="授权范围不含“申请信用修复”") as refused:
        acting_for(person(agent), FIRM, Scope.RESTORATION, 50)
    assert refused.value.slug == "mandate-scope"


def test_a_mandate_holds_in_its_term_and_not_a_second_longer(agent: Account) -> None:
    grant(agent, valid_from=86_400 * 10, valid_until=86_400 * 20 - 28_800)  # midnight in Asia/Shanghai
    assert mandates_of(agent.pk, 86_400 * 10 - 1) == ()
    assert len(mandates_of(agent.pk, 86_400 * 10)) == len(mandates_of(agent.pk, 86_400 * 20 - 28_801)) == 1
    with pytest.raises(Forbidden, match="授权自1970-01-11起生效") as ahead:
        acting_for(person(agent), FIRM, Scope.VIEW, 86_400 * 10 - 1)
    with pytest.raises(Forbidden, match="授权已于1970-01-20到期") as expired:
        acting_for(person(agent), FIRM, Scope.VIEW, 86_400 * 20 - 28_800)
    assert (ahead.value.slug, expired.value.slug) == ("mandate-not-yet", "mandate-expired")


def test_an_end_is_an_end_at_once(boss: Account, agent: Account) -> None:
    grant(boss, MandateKind.LEGAL_REPRESENTATIVE)
    held = grant(agent, by=boss, at=20)
    assert acting_for(person(agent), FIRM, Scope.VIEW, 29) == held
    services.end_mandate(held, because="离职", at=30, by=boss)
    assert acting_for(person(agent), FIRM, Scope.VIEW, 29) == held, "what was done before stays under it"
    with pytest.raises(Forbidden, match="已于1970-01-01终止"):
        acting_for(person(agent), FIRM, Scope.VIEW, 30)
    with pytest.raises(Conflict, match="已经终止"):
        services.end_mandate(held, because="离职", at=31, by=boss)
    held.refresh_from_db()
    assert (held.ended_at, read_contents([held.ended_content_id or 0])[held.ended_content_id or 0]["_because"]) == (30, "离职")


def test_another_firm_is_another_firm(boss: Account) -> None:
    grant(boss, MandateKind.LEGAL_REPRESENTATIVE)
    with pytest.raises(Forbidden, match="没有授权") as refused:
        acting_for(person(boss), OTHER_FIRM, Scope.VIEW, 50)
    assert refused.value.slug == "mandate-missing"
    assert acting_for(person(boss), OTHER_FIRM, Scope.VIEW, 50, also=[FIRM]).subject_id == FIRM


def test_a_new_mandate_counts_beside_an_ended_one(agent: Account) -> None:
    services.end_mandate(grant(agent), because="写错了", at=20, by=None)
    second = grant(agent, scopes=[Scope.DOWNLOAD], at=21)
    assert acting_for(person(agent), FIRM, Scope.DOWNLOAD, 50) == second
    with pytest.raises(Forbidden, match="授权范围不含"):
        acting_for(person(agent), FIRM, Scope.VIEW, 50)


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES))
def test_an_office_acts_for_no_firm_and_gets_no_mandate(office: Department, role: Role) -> None:
    clerk = services.add_account(username="li", department=office, role=role, password=PASSWORD, at=1)
    for caller in (person(clerk), ANONYMOUS, Caller(department=office)):
        with pytest.raises(Forbidden, match="企业账户"):
            acting_for(caller, FIRM, Scope.VIEW, 50)
    with pytest.raises(Refused, match="不是使用中的企业账户"):
        grant(clerk)


@pytest.mark.parametrize("role", sorted(OFFICE_ROLES))
def test_of_the_offices_only_two_grant_by_document(office: Department, agent: Account, role: Role) -> None:
    who = services.add_account(username="li", department=office, role=role, password=PASSWORD, at=1)
    if role in {Role.CREDIT_OFFICE, Role.SECURITY_ADMIN}:
        assert grant(agent, by=who).granted_by == who
        assert grant(agent, MandateKind.LEGAL_REPRESENTATIVE, by=who).kind == "legal_representative"
        return
    with pytest.raises(Forbidden, match="不能为这家企业授权"):
        grant(agent, by=who)


def test_an_agent_is_sent_by_the_representative_of_the_same_firm_and_by_no_other(boss: Account, agent: Account) -> None:
    with pytest.raises(Forbidden):
        grant(agent, by=boss)  # not yet a representative
    grant(boss, MandateKind.LEGAL_REPRESENTATIVE, valid_from=10, valid_until=50)
    assert grant(agent, by=boss, at=20).granted_by == boss
    with pytest.raises(Forbidden):
        grant(agent, by=boss, at=20, subject_id=OTHER_FIRM)
    with pytest.raises(Forbidden):
        grant(agent, by=boss, at=50)  # its own term is over
    with pytest.raises(Forbidden):
        grant(boss, by=agent, at=20)  # an agent hands nothing on
    with pytest.raises(Forbidden):
        grant(agent, MandateKind.LEGAL_REPRESENTATIVE, by=boss, at=20)  # nor does a representative make another


def test_only_who_may_grant_may_end_and_its_holder_may_give_it_up(boss: Account, agent: Account) -> None:
    stranger = services.open_enterprise_account(username="stranger", password=PASSWORD, at=1)
    grant(boss, MandateKind.LEGAL_REPRESENTATIVE)
    held, second = grant(agent), grant(agent)
    with pytest.raises(Forbidden):
        services.end_mandate(held, because="抢生意", at=20, by=stranger)
    with pytest.raises(Refused, match="理由"):
        services.end_mandate(held, because=" ", at=20, by=boss)
    services.end_mandate(held, because="换人", at=20, by=boss)
    services.end_mandate(second, because="不再代理", at=20, by=agent)
    assert mandates_of(agent.pk, 20) == ()


@pytest.mark.parametrize(
    ("other", "slug"),
    [
        ({"reference": "  "}, "mandate-reference"),
        ({"valid_from": 100, "valid_until": 100}, "mandate-term"),
        ({"valid_from": 1, "valid_until": 5}, "mandate-term"),
        ({"valid_until": FOREVER}, "mandate-term-open"),
        ({"scopes": []}, "mandate-scopes"),
        ({"scopes": [Scope.VIEW, Scope.AUTHORISE]}, "mandate-scopes"),
    ],
)
def test_a_mandate_without_sense_is_refused_and_nothing_is_written(agent: Account, other: dict[str, Any], slug: str) -> None:
    with pytest.raises(Refused) as refused:
        grant(agent, **other)
    assert refused.value.slug == slug
    assert not Mandate.objects.exists()
    assert not Content.objects.filter(event="access:mandate:granted").exists()


def test_a_revoked_account_gets_no_mandate(agent: Account) -> None:
    services.revoke_account(agent, at=3)
    agent.refresh_from_db()
    with pytest.raises(Refused, match="不是使用中"):
        grant(agent)


def test_the_entry_says_who_for_whom_on_what_document(boss: Account, agent: Account) -> None:
    grant(boss, MandateKind.LEGAL_REPRESENTATIVE)
    held = grant(agent, by=boss, at=20)
    said = read_contents([held.content_id])[held.content_id]
    assert said == {
        "_event": "access:mandate:granted",
        "_mandate": str(held.pk),
        "_account": str(agent.pk),
        "_subject": str(FIRM),
        "_kind": "agent",
        "_scopes": "view,objection",
        "_reference": "授权书1号",
        "_from": "10",
        "_until": "100",
        "_granted_by": str(boss.pk),
        "_at": "20",
    }
