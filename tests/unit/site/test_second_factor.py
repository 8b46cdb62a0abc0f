"""第二因子：enrolled, asked for, used once, required of some roles, kept from being removed, reset when lost; all of it in the ledger."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from chengxin.access import services
from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.ledger.models import Content
from chengxin.site.account_changes import reset_second_factor
from tests.harness.handing_in import market_regulation
from tests.harness.second_factor import code_of_app

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("policy_set")]
PASSWORD = "quiet-harbour-41"
OWN = "/account/second-factor"


@pytest.fixture
def clerk() -> Account:
    return services.add_account(username="wang", department=market_regulation(1), role=Role.CLERK, password=PASSWORD, at=1)


@pytest.fixture
def admin() -> Account:
    return services.add_account(username="an", department=market_regulation(1), role=Role.SECURITY_ADMIN, password=PASSWORD, at=1)


def sign_in(account: Account) -> tuple[Client, str]:
    """A browser after the password, and where it was sent."""
    client = Client()
    answer = client.post("/login", {"username": account.username, "password": PASSWORD})
    assert answer.status_code == 302
    return client, answer["Location"]


def enrol(client: Client, steps: int = -1) -> tuple[str, list[str]]:
    """Register an app; its secret, and the recovery codes that are shown once. The code is that of half a minute ago: it is used up."""
    page = client.get(f"{OWN}/app").content.decode()
    found = re.search(r'class="code secret">([A-Z2-7]+)<', page)
    assert found, page
    assert "data:image/svg+xml;base64," in page
    answer = client.post(f"{OWN}/app", {"code": code_of_app(found[1], steps)})
    assert (answer.status_code, answer["Location"]) == (302, f"{OWN}/recovery-codes")
    return found[1], re.findall(r"<code>(\d{8})</code>", client.get(f"{OWN}/recovery-codes").content.decode())


def events() -> list[str]:
    return [event for event in Content.objects.order_by("id").values_list("event", flat=True) if "second_factor" in event]


def test_a_code_is_asked_for_after_the_password_and_works_once(clerk: Account) -> None:
    secret, _ = enrol(sign_in(clerk)[0])
    client, place = sign_in(clerk)
    assert place == "/login/second-factor"
    assert client.get("/office/").status_code == 302, "the password alone opens nothing"
    assert client.post(place, {"code": "000000"}).status_code == 200
    code = code_of_app(secret)
    answer = client.post(place, {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/office/")
    assert client.get("/office/").status_code == 200
    cache.clear()  # as another process would: what the library itself remembers is in one process only
    second, place = sign_in(clerk)
    assert second.post(place, {"code": code}).status_code == 200, "a code that was used is used up"
    assert second.get("/office/").status_code == 302


def test_recovery_codes_are_shown_once_and_work_once(clerk: Account) -> None:
    client, _ = sign_in(clerk)
    _, codes = enrol(client)
    assert len(set(codes)) == 10
    again = client.get(f"{OWN}/recovery-codes").content.decode()
    assert not any(code in again for code in codes)
    for status in (302, 200):
        fresh, place = sign_in(clerk)
        assert fresh.post(place, {"code": codes[0]}).status_code == status


def test_wrong_codes_are_counted_and_then_there_is_a_pause(clerk: Account) -> None:
    secret, _ = enrol(sign_in(clerk)[0])
    client, place = sign_in(clerk)
    assert [client.post(place, {"code": "000000"}).status_code for _ in range(6)] == [200] * 5 + [429]
    assert client.post(place, {"code": code_of_app(secret)}).status_code == 429


def test_the_secret_lies_sealed(clerk: Account) -> None:
    secret, codes = enrol(sign_in(clerk)[0])
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert "box:" in kept
    assert not any(code in kept for code in codes)


def test_an_administrator_does_nothing_before_a_second_factor(admin: Account) -> None:
    client, place = sign_in(admin)
    assert place == "/office/"
    assert client.get("/office/")["Location"] == f"{OWN}?next=%2Foffice%2F"
    assert client.get("/office/accounts")["Location"].startswith(OWN)
    refused = client.post("/office/accounts/open", {"username": "x"})
    assert refused.status_code == 403
    assert "第二因子" in refused.content.decode()
    assert client.get("/about").status_code == client.get("/account").status_code == 200
    enrol(client)
    assert client.get("/office/").status_code == client.get("/office/accounts").status_code == 200


def test_the_last_factor_of_who_must_have_one_stays(admin: Account, clerk: Account) -> None:
    client, _ = sign_in(admin)
    enrol(client)
    page = client.post(f"{OWN}/app/remove")
    assert "不能去掉最后一个" in page.content.decode()
    assert Authenticator.objects.filter(user=admin, type="totp").exists()
    free, _ = sign_in(clerk)
    enrol(free)
    assert free.post(f"{OWN}/app/remove").status_code == 302
    assert not Authenticator.objects.filter(user=clerk).exists(), "recovery codes without a factor are void"


def test_a_new_role_is_asked_for_its_factor_on_the_next_request(clerk: Account) -> None:
    client, _ = sign_in(clerk)
    assert client.get("/office/").status_code == 200
    services.change_role(clerk, Role.AUDIT_ADMIN, at=5)
    assert client.get("/office/")["Location"].startswith(OWN)


def test_a_session_from_before_the_factor_is_asked_for_it(admin: Account) -> None:
    early, _ = sign_in(admin)
    secret, _ = enrol(sign_in(admin)[0])
    place = early.get("/office/")["Location"]
    assert place == "/account/confirm/code?next=%2Foffice%2F"
    assert early.post(place, {"code": code_of_app(secret)})["Location"] == "/office/"
    assert early.get("/office/").status_code == 200


def test_who_comes_late_to_a_grave_step_proves_it_again(clerk: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    client, _ = sign_in(clerk)
    session = client.session
    session["account_authentication_methods"] = [{**each, "at": each["at"] - 3600} for each in session["account_authentication_methods"]]
    session.save()
    asked = client.get(f"{OWN}/app")
    assert asked["Location"] == "/account/confirm?next=%2Faccount%2Fsecond-factor%2Fapp"
    assert "口令不对" in client.post(asked["Location"], {"password": "wrong"}).content.decode()
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == f"{OWN}/app"
    assert client.get(f"{OWN}/app").status_code == 200


def test_a_lost_factor_is_reset_and_every_log_in_ends(clerk: Account, admin: Account) -> None:
    client, _ = sign_in(clerk)
    enrol(client)
    assert reset_second_factor(clerk, admin, at=9) == 2
    assert client.get("/office/").status_code == 302
    _, place = sign_in(clerk)
    assert place == "/office/"


def test_every_change_is_an_entry(clerk: Account, admin: Account) -> None:
    client, _ = sign_in(clerk)
    enrol(client)
    client.post(f"{OWN}/recovery-codes/new")
    client.post(f"{OWN}/app/remove")
    enrol(client)
    reset_second_factor(clerk, admin, at=9)
    kinds = [event.rpartition(":")[2] for event in events()]
    assert kinds == ["added", "added", "renewed", "removed", "removed", "added", "added", "reset", "reset"]


def test_nobody_else_s_key_can_be_removed(clerk: Account, admin: Account) -> None:
    key = Authenticator.objects.create(user=admin, type="webauthn", data={"name": "k", "credential": {}})
    client, _ = sign_in(clerk)
    assert client.post(f"{OWN}/keys/{key.pk}/remove").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_bare_address_offers_no_keys(clerk: Account) -> None:
    client, _ = sign_in(clerk)
    assert "keys/add" not in client.get(OWN, headers={"host": "127.0.0.1:8000"}).content.decode()
    assert "keys/add" in client.get(OWN, headers={"host": "localhost:8000"}).content.decode()
