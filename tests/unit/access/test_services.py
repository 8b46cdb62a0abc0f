"""部门、账户与令牌。"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from chengxin.access import queries, services
from chengxin.access.models import Account, Department, DepartmentToken
from chengxin.access.roles import LABELS, Role
from chengxin.kernel.codes import credit_code, organization_code
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.models import Content

pytestmark = pytest.mark.django_db


def code(number: int) -> str:
    """A valid code of an organ of the state."""
    organ = f"{number:08d}"
    body = f"11370900{organ}{organization_code.check_character(organ)}"
    return body + credit_code.check_character(body)


def department(number: int, parent: Department | None = None) -> Department:
    return services.add_department(code=code(number), name=f"第{number}示例局", at=1, parent=parent)


def events() -> list[str]:
    return list(Content.objects.order_by("id").values_list("event", flat=True))


def test_adding_a_department_twice_changes_nothing() -> None:
    assert department(1) == department(1)
    assert events() == ["access:department:added"]
    assert Department.objects.get().division == "370900"


def test_another_name_under_the_same_code_is_a_conflict() -> None:
    department(1)
    with pytest.raises(Conflict, match="第1示例局"):
        services.add_department(code=code(1), name="别的局", at=2)


@pytest.mark.usefixtures("policy_set")
def test_a_kind_is_a_word_of_the_list_of_powers() -> None:
    with pytest.raises(Refused, match="market_regulation") as refused:
        services.add_department(code=code(1), name="示例局", at=1, kind="market_regulation")
    assert "market_regulator" in refused.value.what_to_do
    assert not Department.objects.exists()
    first = services.add_department(code=code(1), name="示例局", at=1, kind="market_regulator")
    assert services.add_department(code=code(1), name="示例局", at=2) == first
    with pytest.raises(Conflict, match="类别"):
        services.add_department(code=code(1), name="示例局", at=2, kind="tax_authority")


def test_a_code_that_fails_its_digits_and_an_empty_name_are_refused() -> None:
    wrong = code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")
    with pytest.raises(Refused, match="校验码"):
        services.add_department(code=wrong, name="示例局", at=1)
    with pytest.raises(Refused, match="名称"):
        services.add_department(code=code(2), name="  ", at=1)


def test_a_token_opens_its_department_until_it_is_revoked() -> None:
    office = department(1)
    token = services.issue_token(office, at=2)
    assert services.authenticate_token(token) == office
    assert services.authenticate_token(token + "x") is None
    assert token not in str(list(DepartmentToken.objects.values()))
    services.revoke_token(DepartmentToken.objects.get().digest[:12], at=3)
    assert services.authenticate_token(token) is None
    assert events()[-2:] == ["access:token:issued", "access:token:revoked"]


def test_a_token_of_a_closed_department_opens_nothing() -> None:
    token = services.issue_token(department(1), at=2)
    Department.objects.update(closed_at=3)
    assert services.authenticate_token(token) is None


def test_revoking_by_too_few_characters_is_refused() -> None:
    services.issue_token(department(1), at=2)
    with pytest.raises(NotFound):
        services.revoke_token(DepartmentToken.objects.get().digest[:4], at=3)


def test_an_account_has_one_department_and_one_role() -> None:
    account = services.add_account(username="li", department=department(1), role=Role.CLERK, password="quiet-harbour-41", at=2)
    assert (account.role, account.check_password("quiet-harbour-41")) == ("clerk", True)
    with pytest.raises(Conflict):
        services.add_account(username="li", department=department(1), role=Role.CLERK, password="quiet-harbour-41", at=2)
    with pytest.raises(Refused, match="密码"):
        services.add_account(username="zhao", department=department(1), role=Role.CLERK, password="12345678", at=2)
    services.revoke_account(account, at=3)
    services.revoke_account(account, at=4)
    assert Account.objects.get().revoked_at == 3
    assert events().count("access:account:revoked") == 1


def test_a_role_is_named_in_either_language() -> None:
    for role in Role:
        assert services.role_named(role.value) == services.role_named(LABELS[role]) == role
    with pytest.raises(Refused, match="经办人"):
        services.role_named("boss")


def test_a_department_acts_for_itself_its_subordinates_and_its_principals() -> None:
    city = department(1)
    county = department(2, parent=city)
    township = department(3, parent=county)
    other = department(4)
    item = "administrative_penalty"
    assert queries.acts_for(city.id, item, at=50) == {city.id, county.id, township.id}
    assert queries.acts_for(township.id, item, at=50) == {township.id}
    services.delegate_item(principal=city, delegate=other, item=item, reference="泰委〔2026〕1号", valid_from=10, valid_until=100, at=5)
    assert queries.acts_for(other.id, item, at=10) == {other.id, city.id}
    assert queries.acts_for(other.id, item, at=9) == queries.acts_for(other.id, item, at=100) == {other.id}
    assert queries.acts_for(other.id, "administrative_permit", at=50) == {other.id}


def test_a_delegation_needs_a_document_and_a_period() -> None:
    city, other = department(1), department(2)
    for reference, until in ((" ", 100), ("文", 10)):
        with pytest.raises(Refused):
            services.delegate_item(
                principal=city, delegate=other, item="administrative_penalty", reference=reference, valid_from=10, valid_until=until, at=5
            )


def test_a_role_changes_once_and_says_so() -> None:
    account = services.add_account(username="li", department=department(1), role=Role.CLERK, password="quiet-harbour-41", at=2)
    services.change_role(account, Role.REVIEWER, at=3)
    services.change_role(account, Role.REVIEWER, at=4)
    assert Account.objects.get().role == "reviewer"
    assert events().count("access:account:role_changed") == 1


def test_nobody_is_office_and_firm_at_once() -> None:
    office = department(1)
    clerk = services.add_account(username="li", department=office, role=Role.CLERK, password="quiet-harbour-41", at=2)
    firm = services.open_enterprise_account(username="sun", password="quiet-harbour-41", at=2)
    assert (firm.department, firm.role) == (None, "enterprise")
    for account, role in ((clerk, Role.ENTERPRISE), (firm, Role.CLERK)):
        with pytest.raises(Refused, match="不能互换"):
            services.change_role(account, role, at=3)
    with pytest.raises(Refused, match="不属于任何部门"):
        services.add_account(username="qian", department=office, role=Role.ENTERPRISE, password="quiet-harbour-41", at=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=clerk.pk).update(role="enterprise")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=firm.pk).update(department=office)


def test_an_office_is_moved_under_another_and_never_under_itself() -> None:
    office, above = department(1), department(2)
    moved = services.move_department(department=office, parent=above, because="泰编〔2026〕1号", at=2)
    assert moved.parent == above
    with pytest.raises(Conflict, match="已经是这个隶属关系"):
        services.move_department(department=office, parent=above, because="泰编〔2026〕1号", at=2)
    with pytest.raises(Refused, match="不能隶属于自己"):
        services.move_department(department=above, parent=office, because="泰编〔2026〕2号", at=2)
    with pytest.raises(Refused, match="依据文件"):
        services.move_department(department=office, parent=None, because=" ", at=2)
    assert services.move_department(department=office, parent=None, because="泰编〔2026〕3号", at=2).parent is None
    assert events()[2:] == ["access:department:moved", "access:department:moved"]
