"""口令的两套规则：what each refuses, when a change is due, that both accept what they themselves generate."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.access import services
from chengxin.access.limits import needs_second_factor, password_profile, session_limits
from chengxin.access.models import Account, PasswordSet
from chengxin.access.passwords import due_at, make_password, rules_in_words
from chengxin.access.roles import Role
from chengxin.kernel.instants import date_of, start_of_day
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from tests.harness.penalties import code_of

pytestmark = pytest.mark.django_db
AT = start_of_day(date(2026, 11, 17)) + 36_000
GOOD = {"asvs": "correct horse battery", "djcp3": "Quiet-Harbour-41"}


@pytest.fixture(params=["asvs", "djcp3"])
def profile(request: pytest.FixtureRequest, settings, policy_set) -> str:  # type: ignore[no-untyped-def]
    settings.CHENGXIN_PASSWORDS = request.param
    return str(request.param)


def opened(password: str, at: int = AT, name: str = "wangjianguo") -> Account:
    office = services.add_department(code=code_of(1, "11370900MB"), name="示例市局", at=1)
    return services.add_account(username=name, department=office, role=Role.CLERK, password=password, at=at)


def refusal(password: str) -> str:
    with pytest.raises(Refused) as refused:
        opened(password)
    assert refused.value.slug == "password-weak"
    return refused.value.sentence


def test_each_profile_accepts_a_good_one(profile: str) -> None:
    assert opened(GOOD[profile]).check_password(GOOD[profile])


def test_each_profile_accepts_what_it_generates(profile: str) -> None:
    for _ in range(50):
        made = make_password(AT)
        assert len(made) >= password_profile(profile, AT).shortest
    assert opened(made).check_password(made)


def test_length_counts_in_both(profile: str) -> None:
    shortest = password_profile(profile, AT).shortest
    assert f"少于 {shortest} 个字" in refusal("aB3-xyzwvuts"[: shortest - 1])
    assert "多于 128 个字" in refusal("aB3-" * 33)


@pytest.mark.parametrize("password", ["passwordpassword", "Password-2026", "qwertyuiop!2026", "Wangjianguo-Tai-41"])
def test_common_ones_and_ones_like_the_name_are_refused_by_both(profile: str, password: str) -> None:
    assert refusal(password)


@pytest.mark.parametrize(("password", "kinds"), [("quietharbour", 1), ("quiet-harbour", 2), ("quietharbour41", 2)])
def test_djcp3_asks_for_kinds_and_asvs_does_not(settings, policy_set, password: str, kinds: int) -> None:  # type: ignore[no-untyped-def]
    settings.CHENGXIN_PASSWORDS = "djcp3"
    assert f"只有 {kinds} 类字符，至少要 3 类" in refusal(password)
    settings.CHENGXIN_PASSWORDS = "asvs"
    assert opened(password)


def test_djcp3_knows_the_last_five_and_asvs_none(profile: str) -> None:
    account = opened(GOOD[profile])
    for number in range(5):
        services.set_password(account, f"Other-Harbour-4{number}", at=AT + 1)
    services.set_password(account, GOOD[profile], at=AT + 2)  # five others lie between
    if profile == "asvs":
        services.set_password(account, GOOD[profile], at=AT + 3)
        return
    with pytest.raises(Refused, match="与最近 5 次用过的相同"):
        services.set_password(account, GOOD[profile], at=AT + 3)
    with pytest.raises(Refused, match="与最近 5 次用过的相同"):
        services.set_password(account, "Other-Harbour-44", at=AT + 3)


def test_djcp3_asks_for_a_change_after_ninety_days_and_asvs_never(profile: str) -> None:
    due = due_at(opened(GOOD[profile]))
    if profile == "asvs":
        assert due is None
        return
    assert due is not None
    assert date_of(due - 1) == date(2027, 2, 15)  # 2026-11-17 is not counted
    services.set_password(Account.objects.get(), "Other-Harbour-42", at=AT + 86_400)
    assert due_at(Account.objects.get()) == due + 86_400


@pytest.mark.usefixtures("shipped_passwords")
def test_what_was_used_is_kept_as_a_hash_only(profile: str) -> None:
    opened(GOOD[profile])
    kept = PasswordSet.objects.get().encoded
    assert GOOD[profile] not in kept
    assert kept.startswith("scrypt$")


def test_the_rules_are_told_as_sentences(profile: str) -> None:
    said = "；".join(rules_in_words(AT))
    assert ("90日" in said, "至少 3 类" in said) == ((True, True) if profile == "djcp3" else (False, False))


def test_an_unknown_profile_is_refused(settings, policy_set) -> None:  # type: ignore[no-untyped-def]
    settings.CHENGXIN_PASSWORDS = "none"
    with pytest.raises(Refused, match="没有“none”这套口令规则"):
        opened("correct horse battery")


def test_a_platform_without_an_adopted_set_is_still_safe_to_sign_in_to() -> None:
    """Nothing adopted, or a set from before these values: what the program ships holds."""
    active.use(None)
    assert session_limits(AT).idle == 1800
    assert needs_second_factor(Role.SECURITY_ADMIN, AT)
    assert not needs_second_factor(Role.CLERK, AT)
