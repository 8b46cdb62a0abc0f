"""部门、委托、令牌、账户 follow from the ledger; whoever changes a table behind its back is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from chengxin.access import identities, services
from chengxin.access.models import Account, AgencyPerson, Delegation, Department, DepartmentToken, LinkedIdentity, Mandate, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.types import MandateKind, Scope
from chengxin.kernel.instants import FOREVER, start_of_day
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy.policy_set import PolicySet
from tests.harness.penalties import code_of
from tests.harness.service_agencies import a_person_of, a_registered_agency

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def offices(policy_set: PolicySet) -> None:
    city = services.add_department(code=code_of(1, "11370900MB"), name="示例市局", at=1, short_name="市局", kind="market_regulator")
    county = services.add_department(code=code_of(2, "11370900MB"), name="示例区局", at=2, parent=city)
    services.delegate_item(
        principal=city, delegate=county, item="administrative_penalty", reference="委〔2026〕1号", valid_from=5, valid_until=9, at=3
    )
    services.issue_token(city, at=3)
    services.issue_token(county, at=4)
    services.revoke_token(DepartmentToken.objects.order_by("id")[0].digest[:12], at=5)
    services.add_account(username="a", department=city, role=Role.CLERK, password="quiet-harbour-41", at=6)
    services.revoke_account(services.add_account(username="b", department=city, role=Role.AUDITOR, password="quiet-harbour-41", at=6), at=7)
    services.change_role(
        services.add_account(username="c", department=city, role=Role.CLERK, password="quiet-harbour-41", at=6), Role.AUDITOR, at=7
    )
    firm = services.open_enterprise_account(username="d", password="quiet-harbour-41", at=6)
    terms = {"account": firm, "reference": "委〔2026〕9号", "valid_from": 6, "valid_until": 99, "by": None, "at": 6}
    services.grant_mandate(subject_id=5, kind=MandateKind.LEGAL_REPRESENTATIVE, **terms)
    agent = services.grant_mandate(subject_id=6, kind=MandateKind.AGENT, scopes=[Scope.VIEW], **terms)
    services.end_mandate(agent, because="事项已办完", at=7, by=firm)
    link = identities.link_identity(firm, provider="city", identifier="sub-1", at=7, by=None)
    identities.link_identity(firm, provider="city", identifier="sub-2", at=7, by=None)
    identities.unlink_identity(link, at=8, by=None)
    wang, zhao = (
        services.add_account(username=name, department=county, role=Role.CREDIT_OFFICE, password="quiet-harbour-41", at=6)
        for name in ("e", "f")
    )
    agency = a_registered_agency(wang, zhao, at=start_of_day(date(2026, 7, 1)))
    a_person_of(agency, "g", wang, at=start_of_day(date(2026, 7, 1)))
    sign_checkpoint(8)


def test_the_tables_are_what_the_entries_say() -> None:
    report = fsck()
    assert report.sound
    compared = {comparison.table: comparison.rows for comparison in report.comparisons if comparison.table.startswith("access_")}
    assert compared == {
        "access_department": 2,
        "access_delegation": 1,
        "access_departmenttoken": 2,
        "access_account": 7,
        "access_mandate": 2,
        "access_linkedidentity": 2,
        "access_serviceagency": 1,
        "access_agencyperson": 1,
    }


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Department.objects.filter(name="示例区局").update(parent=None),
        lambda: Delegation.objects.update(valid_until=99),
        lambda: DepartmentToken.objects.update(revoked_at=None),
        lambda: Account.objects.filter(username="a").update(role=Role.CREDIT_OFFICE),
        lambda: Account.objects.filter(username="b").update(revoked_at=None),
        lambda: Account.objects.filter(username="c").update(role=Role.CLERK),
        lambda: LinkedIdentity.objects.filter(ended_at=None).update(account_id=Account.objects.get(username="a").pk),
        lambda: LinkedIdentity.objects.exclude(ended_at=None).update(ended_at=None),
        lambda: Mandate.objects.filter(subject_id=5).update(subject_id=6),
        lambda: Mandate.objects.filter(subject_id=6).update(ended_at=None),
        lambda: Mandate.objects.filter(subject_id=6).update(scopes="view,download"),
        lambda: ServiceAgency.objects.update(valid_until=FOREVER),
        lambda: ServiceAgency.objects.update(approved_by=None, approved_at=None),
        lambda: AgencyPerson.objects.update(account_id=Account.objects.get(username="d").pk),
    ],
)
def test_a_change_behind_the_ledger_is_found(tamper: Callable[[], int]) -> None:
    assert tamper() > 0
    assert not fsck().sound
