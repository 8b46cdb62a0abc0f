"""账户管理 and 我的账户：opened, changed and revoked by the security administrator; one's own log-ins seen and ended."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from chengxin.access import services
from chengxin.access.mandates import mandates_of
from chengxin.access.models import Account, LinkedIdentity, Mandate
from chengxin.access.roles import EVERY_ROLE, Role
from chengxin.kernel import clock
from tests.harness.handing_in import market_regulation
from tests.harness.second_factor import shown
from tests.harness.subjects import invented_code, open_subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
PASSWORD = "quiet-harbour-41"
CODE = invented_code(1)


def account(role: Role, name: str = "") -> Account:
    if role is Role.ENTERPRISE:
        return services.open_enterprise_account(username=name or role.value, password=PASSWORD, at=1)
    return services.add_account(username=name or role.value, department=market_regulation(1), role=role, password=PASSWORD, at=1)


@pytest.fixture
def admin() -> Account:
    return account(Role.SECURITY_ADMIN, "an")


@pytest.fixture
def desk(admin: Account) -> Client:
    return shown(Client(), admin)


def sign_in(name: str, password: str = PASSWORD, agent: str = "Firefox") -> Client:
    client = Client(headers={"user-agent": agent})
    answer = client.post("/login", {"username": name, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return client


def change(desk: Client, who: Account, verb: str, **fields: object) -> str:
    answer = desk.post(f"/office/accounts/{who.pk}/change", {"verb": verb, **fields}, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("role", sorted(EVERY_ROLE - {Role.SECURITY_ADMIN}))
def test_accounts_are_the_security_administrator_s_business(role: Role, admin: Account) -> None:
    client = shown(Client(), account(role))
    assert client.get("/office/accounts").status_code == client.get(f"/office/accounts/{admin.pk}").status_code == 403
    assert client.post("/office/accounts/open", {"username": "x"}).status_code == 403
    assert client.post(f"/office/accounts/{admin.pk}/change", {"verb": "revoke"}).status_code == 403


def test_an_office_account_is_opened_with_a_password_shown_once(desk: Client, admin: Account) -> None:
    office = market_regulation(1)
    page = desk.post(
        "/office/accounts/open", {"for": "office", "username": "li", "department": office.code, "role": "clerk"}
    ).content.decode()
    found = re.search(r'secret">([^<]+)<', page)
    assert found
    opened = Account.objects.get(username="li")
    assert found[1] not in desk.get(f"/office/accounts/{opened.pk}").content.decode()
    assert sign_in("li", found[1]).get("/office/").status_code == 200


def test_a_firm_s_account_is_opened_with_its_mandate_or_not_at_all(desk: Client, admin: Account) -> None:
    firm = open_subject(1, "泰安示例商贸有限公司")
    form = {"for": "firm", "username": "boss", "subject": CODE, "kind": "legal_representative", "reference": ""}
    refused = desk.post("/office/accounts/open", form)
    assert refused.status_code == 422
    assert "依据文件" in refused.content.decode()
    assert 'value="boss"' in refused.content.decode(), "what was typed stays"
    assert not Account.objects.filter(username="boss").exists()
    assert desk.post("/office/accounts/open", {**form, "reference": "营业执照"}).status_code == 200
    (held,) = mandates_of(Account.objects.get(username="boss").pk, clock.now())
    assert (held.subject_id, held.granted_by) == (firm, admin)
    assert "泰安示例商贸有限公司" in desk.get("/office/accounts").content.decode()


def test_mandates_are_granted_and_ended_with_a_reason(desk: Client) -> None:
    open_subject(1, "泰安示例商贸有限公司")
    agent = account(Role.ENTERPRISE, "agent")
    terms = {"subject": CODE, "kind": "agent", "reference": "委托书1号", "until_on": "2090-12-31"}
    assert "转委托" in change(desk, agent, "mandate", **terms, scopes=["authorise"])
    assert "查看档案、提出异议" in change(desk, agent, "mandate", **terms, scopes=["view", "objection"])
    own = sign_in("agent").get("/account").content.decode()
    assert "泰安示例商贸有限公司" in own
    assert "2090-12-31" in own
    mandate = Mandate.objects.get()
    assert "终止授权要写明理由" in change(desk, agent, "end_mandate", mandate=mandate.pk, because="")
    change(desk, agent, "end_mandate", mandate=mandate.pk, because="离职")
    mandate.refresh_from_db()
    assert mandate.ended_at is not None
    assert "没有有效的授权" in sign_in("agent").get("/account").content.decode()


def test_a_revoked_account_is_out_on_its_next_request(desk: Client) -> None:
    clerk = account(Role.CLERK, "li")
    client = sign_in("li")
    assert client.get("/office/").status_code == 200
    assert "停用" in change(desk, clerk, "revoke")
    assert client.get("/office/").status_code == 302


def test_a_changed_role_counts_on_the_next_request(desk: Client) -> None:
    clerk = account(Role.CLERK, "li")
    client = sign_in("li")
    change(desk, clerk, "role", role="auditor")
    assert client.get("/office/submissions/new").status_code == 403
    assert client.get("/evaluation/runs").status_code == 200


def test_nobody_changes_or_revokes_themselves(desk: Client, admin: Account) -> None:
    assert "不能改自己的岗位" in change(desk, admin, "role", role="clerk")
    assert "不能改自己的岗位" in change(desk, admin, "revoke")
    admin.refresh_from_db()
    assert (admin.role, admin.revoked_at) == ("security_admin", None)


def test_a_new_password_ends_every_log_in(desk: Client) -> None:
    clerk = account(Role.CLERK, "li")
    client = sign_in("li")
    assert "口令：" in change(desk, clerk, "password")
    assert client.get("/office/").status_code == 302


def test_identities_are_linked_and_unlinked(desk: Client) -> None:
    clerk = account(Role.CLERK, "li")
    assert "绑定" in change(desk, clerk, "link", identifier="sub-7")
    link = LinkedIdentity.objects.get()
    assert "已绑定账户“li”" in change(desk, account(Role.CLERK, "qian"), "link", identifier="sub-7")
    change(desk, clerk, "unlink", link=link.pk)
    link.refresh_from_db()
    assert link.ended_at is not None


def test_an_unknown_verb_and_an_unknown_account_are_not_found(desk: Client) -> None:
    clerk = account(Role.CLERK, "li")
    assert desk.post(f"/office/accounts/{clerk.pk}/change", {"verb": "promote"}).status_code == 404
    assert desk.get("/office/accounts/999999").status_code == 404


def test_the_list_is_searched_and_paged_with_few_queries(desk: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(60):
        Account.objects.create(username=f"clerk-{number:02d}", department=market_regulation(1), role="clerk")
    with django_assert_max_num_queries(16):
        page = desk.get("/office/accounts").content.decode()
    assert page.count("/office/accounts/") >= 50
    assert "from=50" in page
    assert "clerk-07" in desk.get("/office/accounts?q=clerk-07").content.decode()
    assert "clerk-08" not in desk.get("/office/accounts?q=clerk-07").content.decode()


def test_one_sees_and_ends_one_s_own_log_ins_and_nobody_else_s() -> None:
    account(Role.CLERK, "li")
    account(Role.CLERK, "qian")
    here, there = sign_in("li", agent="Firefox here"), sign_in("li", agent="Safari there")
    stranger = sign_in("qian", agent="Chrome of Qian")
    page = here.get("/account").content.decode()
    assert "Safari there" in page
    assert "Chrome of Qian" not in page
    (ends,) = re.findall(r"/account/sessions/(\d+)/end", page)
    assert stranger.post(f"/account/sessions/{ends}/end").status_code == 404
    assert there.get("/office/").status_code == 200
    assert here.post(f"/account/sessions/{ends}/end").status_code == 302
    assert there.get("/office/").status_code == 302
    assert here.get("/office/").status_code == stranger.get("/office/").status_code == 200


def test_all_other_log_ins_are_ended_at_once() -> None:
    account(Role.CLERK, "li")
    here, *others = (sign_in("li") for _ in range(3))
    here.post("/account/sessions/end-others")
    assert here.get("/office/").status_code == 200
    assert {other.get("/office/").status_code for other in others} == {302}


def test_one_changes_one_s_own_password_and_stays(settings) -> None:  # type: ignore[no-untyped-def]
    account(Role.CLERK, "li")
    here, there = sign_in("li"), sign_in("li")
    form = {"old": PASSWORD, "new": "another-harbour-42", "again": "another-harbour-42"}
    assert "原口令不对" in here.post("/account/password", {**form, "old": "wrong"}).content.decode()
    assert "不一致" in here.post("/account/password", {**form, "again": "other"}).content.decode()
    assert "少于 12 个字" in here.post("/account/password", {**form, "new": "short", "again": "short"}).content.decode()
    assert here.post("/account/password", form).status_code == 302
    assert (here.get("/office/").status_code, there.get("/office/").status_code) == (200, 302)
    assert sign_in("li", "another-harbour-42").get("/office/").status_code == 200


def test_a_password_over_its_time_is_changed_before_anything_else(settings, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    settings.CHENGXIN_PASSWORDS = "djcp3"
    opened, day = 1_790_000_000, 86_400
    strong = "Quiet-Harbour-41"
    services.add_account(username="li", department=market_regulation(1), role=Role.CLERK, password=strong, at=opened)
    monkeypatch.setenv("CHENGXIN_CLOCK", str(opened + 89 * day))
    assert sign_in("li", strong).get("/office/").status_code == 200
    monkeypatch.setenv("CHENGXIN_CLOCK", str(opened + 92 * day))
    late = sign_in("li", strong)
    assert late.get("/office/")["Location"] == "/account/password?next=%2Foffice%2F"
    assert late.get("/about").status_code == 200
    assert late.post("/account/password", {"old": strong, "new": "Other-Harbour-42", "again": "Other-Harbour-42"}).status_code == 302
    assert late.get("/office/").status_code == 200
