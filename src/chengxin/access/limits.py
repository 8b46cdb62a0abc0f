"""登录的规矩，取自政策：passwords, failures, the ends of a session, who needs a second factor.

A set adopted before these were written, or none at all, leaves a platform that must still be signed in to: then the values that were
shipped with the program hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from chengxin.access.roles import Role
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import PolicySet, active, load
from chengxin.policy.errors import NoSuchPolicy, NothingAdopted
from chengxin.policy.files import shipped_folder

__all__ = [
    "PROFILES",
    "HandInLimits",
    "PasswordProfile",
    "SessionLimits",
    "SignInLimits",
    "hand_in_limits",
    "needs_second_factor",
    "password_profile",
    "session_limits",
    "sign_in_limits",
]

#: The two sets of rules for passwords; a setting chooses.
PROFILES: Final = ("asvs", "djcp3")


@dataclass(frozen=True)
class PasswordProfile:
    """口令规则：lengths, kinds of characters, after what period it is changed ("" never), how many old ones it must differ from."""

    id: str
    shortest: int
    longest: int
    kinds: int
    change: str
    reuse: int


@dataclass(frozen=True)
class SessionLimits:
    """会话的两个终点，in seconds: without use, and in any case."""

    idle: int
    longest: int


@dataclass(frozen=True)
class SignInLimits:
    """登录失败的限度：within ``window`` seconds, of one account at one address, and of one address altogether."""

    window: int
    failures: int
    failures_of_address: int


@dataclass(frozen=True)
class HandInLimits:
    """没有账户的人提交的限度：how often something may be handed in from one address within ``window`` seconds."""

    window: int
    times: int


def password_profile(name: str, at: Instant) -> PasswordProfile:
    """口令规则 by name; :class:`Refused` for another word."""
    if name not in PROFILES:
        raise Refused("password-profile", f"没有“{name}”这套口令规则。", f"CHENGXIN_PASSWORDS 写 {' 或 '.join(PROFILES)}。")
    return PasswordProfile(name, **_value(f"password_{name}", at))


def session_limits(at: Instant) -> SessionLimits:
    """会话何时结束。"""
    return SessionLimits(_value("session_idle", at), _value("session_longest", at))


def sign_in_limits(at: Instant) -> SignInLimits:
    """登录失败多少次就要等。"""
    return SignInLimits(_value("sign_in_window", at), _value("sign_in_failures", at), _value("sign_in_failures_of_address", at))


def hand_in_limits(at: Instant) -> HandInLimits:
    """没有账户的人在同一地址提交多少次就要等。"""
    return HandInLimits(_value("complaint_hand_in_window", at), _value("complaint_hand_ins_of_address", at))


def needs_second_factor(role: Role, at: Instant) -> bool:
    """这个岗位是否必须有第二因子。"""
    return bool(_value("second_factor_roles", at).get(role.value, 0))


def _value(parameter: str, at: Instant) -> Any:
    try:
        return active.policy_set().value_at(parameter, date_of(at)).value
    except (NothingAdopted, NoSuchPolicy):
        return _shipped().value_at(parameter, date_of(at)).value


@cache
def _shipped() -> PolicySet:
    return load([shipped_folder()])
