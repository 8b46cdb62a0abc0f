"""统一身份认证：OpenID Connect against a provider that runs. A linked identity opens its account; any other is refused, none is opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from chengxin.access import services
from chengxin.access.identities import account_of_identity, link_identity, unlink_identity
from chengxin.access.models import Account, LinkedIdentity
from chengxin.access.roles import Role
from chengxin.kernel.refused import Conflict, Forbidden
from chengxin.ledger.models import Content
from tests.harness.handing_in import market_regulation
from tests.harness.identity_provider import IdentityProvider, running_provider
from tests.harness.installation import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
START = "/login/city/start"


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as running:
        yield running


@pytest.fixture(scope="module")
def other_provider() -> Iterator[IdentityProvider]:
    with running_provider() as running:
        yield running


def use(settings, provider: IdentityProvider, secret: str = "", **overrides: str) -> None:  # type: ignore[no-untyped-def]
    client_id, issued = provider.register("http://testserver/login/city/callback")
    said = {"server_url": provider.url, "fetch_userinfo": False, "openid_configuration_overrides": overrides}
    app = {"provider_id": "city", "name": "泰安统一身份认证", "client_id": client_id, "secret": secret or issued, "settings": said}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"]}}
    settings.CHENGXIN_IDENTITY_PROVIDER = "泰安统一身份认证"


@pytest.fixture(autouse=True)
def connected(settings, provider: IdentityProvider) -> None:  # type: ignore[no-untyped-def]
    use(settings, provider)


@pytest.fixture
def wang() -> Account:
    return services.add_account(username="wang", department=market_regulation(1), role=Role.CLERK, password="quiet-harbour-41", at=1)


def come_back(client: Client, provider: IdentityProvider, sub: str, start: str = START) -> tuple[int, str, str]:
    """Through the provider and back: status, where to, what the page says."""
    leaving = client.get(start)
    assert leaving.status_code == 302, leaving.content.decode()
    assert leaving["Location"].startswith(provider.url)
    back = provider.log_in(leaving["Location"], sub)
    answer = client.get(back.removeprefix("http://testserver"))
    return answer.status_code, answer.get("Location", ""), answer.content.decode()


def test_a_linked_identity_opens_its_account(provider: IdentityProvider, wang: Account) -> None:
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    client = Client()
    assert "用泰安统一身份认证登录" in client.get("/login").content.decode()
    assert come_back(client, provider, "sub-7")[:2] == (302, "/office/")
    assert "wang" in client.get("/office/").content.decode()


def test_it_leads_where_one_was_going_but_not_off_the_site(provider: IdentityProvider, wang: Account) -> None:
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    assert come_back(Client(), provider, "sub-7", f"{START}?next=/office/submissions")[1] == "/office/submissions"
    assert come_back(Client(), provider, "sub-7", f"{START}?next=https://evil.example/")[1] == "/office/"


def test_an_unknown_identity_is_refused_in_a_sentence_and_opens_nothing(provider: IdentityProvider, wang: Account) -> None:
    client = Client()
    status, _, page = come_back(client, provider, "sub-of-a-stranger")
    assert status == 403
    assert "没有绑定本平台的账户" in page
    assert "安全管理员" in page
    assert list(Account.objects.values_list("username", flat=True)) == ["wang"]
    assert client.get("/office/").status_code == 302


def test_identifiers_that_differ_in_case_are_two_people(provider: IdentityProvider, wang: Account) -> None:
    link_identity(wang, provider="city", identifier="sub-aB", at=5, by=None)
    assert come_back(Client(), provider, "sub-Ab")[0] == 403
    assert come_back(Client(), provider, "sub-aB")[0] == 302


def test_an_ended_link_and_a_revoked_account_open_nothing(provider: IdentityProvider, wang: Account) -> None:
    link = link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    unlink_identity(link, at=6, by=None)
    assert come_back(Client(), provider, "sub-7")[0] == 403
    link_identity(wang, provider="city", identifier="sub-7", at=7, by=None)
    services.revoke_account(wang, at=8)
    assert come_back(Client(), provider, "sub-7")[0] == 403


def test_a_second_factor_is_still_asked_for(provider: IdentityProvider, wang: Account) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(wang, generate_totp_secret())
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    client = Client()
    assert come_back(client, provider, "sub-7")[1] == "/login/second-factor"
    assert client.get("/office/").status_code == 302


def test_declining_at_the_provider_is_a_sentence(provider: IdentityProvider) -> None:
    client = Client()
    back = provider.decline(client.get(START)["Location"])
    answer = client.get(back.removeprefix("http://testserver"))
    assert answer.status_code == 422
    assert "统一身份认证没有完成" in answer.content.decode()


def test_a_code_of_another_browser_is_refused(provider: IdentityProvider, wang: Account) -> None:
    """Somebody sends a link that would sign the victim in as the sender."""
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    back = provider.log_in(Client().get(START)["Location"], "sub-7")
    victim = Client()
    assert victim.get(back.removeprefix("http://testserver")).status_code == 422
    assert victim.get("/office/").status_code == 302


def test_a_code_opens_once(provider: IdentityProvider, wang: Account) -> None:
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    client = Client()
    back = provider.log_in(client.get(START)["Location"], "sub-7").removeprefix("http://testserver")
    assert client.get(back).status_code == 302
    client.post("/logout")
    assert client.get(back).status_code == 422


def test_a_token_that_another_key_signed_is_refused(settings, provider, other_provider, wang: Account) -> None:  # type: ignore[no-untyped-def]
    use(settings, provider, jwks_uri=f"{other_provider.url}/jwks")
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    status, _, page = come_back(Client(), provider, "sub-7")
    assert (status, "统一身份认证没有完成" in page) == (422, True)


def test_a_token_of_another_issuer_is_refused(settings, provider: IdentityProvider, wang: Account) -> None:  # type: ignore[no-untyped-def]
    use(settings, provider, issuer="https://another.example")
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    assert come_back(Client(), provider, "sub-7")[0] == 422


def test_a_wrong_client_secret_signs_nobody_in(settings, provider: IdentityProvider, wang: Account) -> None:  # type: ignore[no-untyped-def]
    use(settings, provider, secret="not the secret")
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    assert come_back(Client(), provider, "sub-7")[0] == 422


def test_a_provider_that_is_away_is_a_sentence(settings, provider: IdentityProvider) -> None:  # type: ignore[no-untyped-def]
    use(settings, provider)
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    answer = Client().get(START)
    assert answer.status_code == 422
    assert "连不上统一身份认证" in answer.content.decode()


def test_without_a_provider_there_is_no_button_and_no_door(settings) -> None:  # type: ignore[no-untyped-def]
    settings.SOCIALACCOUNT_PROVIDERS, settings.CHENGXIN_IDENTITY_PROVIDER = {}, ""
    assert START not in Client().get("/login").content.decode()
    assert Client().get(START).status_code == 404


def test_one_identity_one_account_and_only_the_security_administrator_links(wang: Account) -> None:
    li = services.add_account(username="li", department=market_regulation(1), role=Role.CREDIT_OFFICE, password="quiet-harbour-41", at=1)
    with pytest.raises(Forbidden, match="不能绑定身份"):
        link_identity(wang, provider="city", identifier="sub-7", at=5, by=li)
    link_identity(wang, provider="city", identifier="sub-7", at=5, by=None)
    with pytest.raises(Conflict, match="已绑定账户“wang”"):
        link_identity(li, provider="city", identifier="sub-7", at=6, by=None)
    assert account_of_identity("city", "sub-7") == wang
    assert account_of_identity("another", "sub-7") is None


def test_what_the_provider_calls_a_person_is_nowhere_in_clear(wang: Account) -> None:
    link_identity(wang, provider="city", identifier="370902199001011234", at=5, by=None)
    kept = str(list(LinkedIdentity.objects.values())) + "".join(
        bytes(each or b"").decode() for each in Content.objects.values_list("payload", flat=True)
    )
    assert "370902199001011234" not in kept
