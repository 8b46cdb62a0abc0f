"""登录：guessing is slowed down, and nobody can lock somebody else out by it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from chengxin.access import services
from chengxin.access.client_address import client_address
from chengxin.access.models import Account, FailedSignIn
from chengxin.access.roles import Role
from tests.harness.handing_in import market_regulation

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy_set")]
PASSWORD = "quiet-harbour-41"
NOW = 1_790_000_000
HOME, ELSEWHERE = "203.0.113.5", "198.51.100.7"


@pytest.fixture(autouse=True)
def wang(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW))
    return services.add_account(username="wang", department=market_regulation(1), role=Role.CLERK, password=PASSWORD, at=1)


def attempt(client: Client, password: str = "wrong", name: str = "wang", address: str = HOME) -> int:
    return client.post("/login", {"username": name, "password": password}, REMOTE_ADDR=address).status_code


def guess(times: int, address: str = HOME, name: str = "wang") -> list[int]:
    return [attempt(Client(), name=name, address=address) for _ in range(times)]


def test_guessing_is_slowed_down_where_it_happens() -> None:
    assert guess(6) == [401] * 5 + [429]
    answer = Client().post("/login", {"username": "wang", "password": PASSWORD}, REMOTE_ADDR=HOME)
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()


def test_a_right_password_from_elsewhere_still_opens() -> None:
    guess(6, HOME)
    assert attempt(Client(), PASSWORD, address=ELSEWHERE) == 302


def test_guessing_from_many_places_locks_nobody_out() -> None:
    for number in range(8):
        guess(5, f"192.0.2.{number}")
    assert attempt(Client(), PASSWORD, address=ELSEWHERE) == 302


def test_a_neighbour_behind_the_same_address_cannot_lock_a_known_device_out() -> None:
    """One outgoing address for a whole office: who has signed in on a device is counted by it."""
    own = Client()
    assert attempt(own, PASSWORD) == 302
    own.post("/logout")
    guess(6)
    for number in range(60):
        attempt(Client(), name=f"nobody-{number}")
    assert attempt(Client(), PASSWORD) == 429, "a stranger's browser at this address waits"
    assert attempt(own, PASSWORD) == 302


def test_a_known_device_guesses_no_better_and_counts_for_one_account_only() -> None:
    own = Client()
    assert attempt(own, PASSWORD) == 302
    own.post("/logout")
    assert [attempt(own) for _ in range(6)] == [401] * 5 + [429]
    services.add_account(username="li", department=market_regulation(1), role=Role.CLERK, password=PASSWORD, at=1)
    assert [attempt(own, name="li") for _ in range(6)] == [401] * 5 + [429]


def test_a_forged_cookie_is_no_known_device() -> None:
    client = Client()
    client.cookies["chengxin_known"] = "WyJhIiwiYiJd:1x:forged"
    guess(5)
    assert attempt(client, PASSWORD) == 429


def test_an_address_that_tries_many_names_waits() -> None:
    assert [attempt(Client(), name=f"nobody-{number}") for number in range(51)] == [401] * 50 + [429]
    assert attempt(Client(), PASSWORD, address=ELSEWHERE) == 302


def test_waiting_lets_one_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    guess(5)
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW + 15 * 60 - 1))
    assert attempt(Client(), PASSWORD) == 429
    monkeypatch.setenv("CHENGXIN_CLOCK", str(NOW + 15 * 60))
    assert attempt(Client(), PASSWORD) == 302


def test_neither_names_nor_addresses_are_kept() -> None:
    guess(1)
    row = FailedSignIn.objects.get()
    assert b"wang" not in bytes(row.who)
    assert HOME.encode() not in bytes(row.where)


def test_the_owner_is_told_what_was_tried_in_their_name() -> None:
    guess(3, ELSEWHERE)
    own = Client()
    attempt(own, PASSWORD)
    assert "登录失败 3 次" in own.get("/account").content.decode()


def test_an_unknown_and_a_revoked_account_and_a_wrong_password_look_the_same(wang: Account) -> None:
    wrong = Client().post("/login", {"username": "wang", "password": "wrong"})
    unknown = Client().post("/login", {"username": "nobody", "password": PASSWORD})
    services.revoke_account(wang, at=5)
    revoked = Client().post("/login", {"username": "wang", "password": PASSWORD})
    pages = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in (wrong, unknown, revoked)]
    assert {answer.status_code for answer in (wrong, unknown, revoked)} == {401}
    assert len(set(pages)) == 1


@pytest.mark.parametrize(
    ("connection", "header", "seen"),
    [
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.5", "203.0.113.5"),  # what a stranger wrote before our proxy added its word
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("198.51.100.7", "203.0.113.5", "198.51.100.7"),  # no proxy of ours
    ],
)
def test_the_address_behind_our_own_proxy(settings, rf, connection: str, header: str, seen: str) -> None:  # type: ignore[no-untyped-def]
    settings.CHENGXIN_PROXIES = frozenset({"10.0.0.1"})
    request = rf.get("/", REMOTE_ADDR=connection, **({"HTTP_X_FORWARDED_FOR": header} if header else {}))
    assert client_address(request) == seen
