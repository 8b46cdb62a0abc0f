"""登录。Slows down who guesses, without a way to lock somebody else out.

Failures are counted for an account *at* an address: who knows the password and comes from elsewhere is not held up by whoever guesses.
At the same address (one outgoing address of a whole office) a device on which the account has signed in before is counted apart from
its neighbours, by a signed cookie that says nothing but which account and a random number.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chengxin.access.attempts import attempts, count_attempt, keyed
from chengxin.access.client_address import client_address
from chengxin.access.limits import sign_in_limits
from chengxin.access.models import Account, FailedSignIn
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused

KNOWN_DEVICE: Final = "chengxin_known"
_KNOWN_FOR: Final = 180 * 86_400  # seconds; the browser forgets it then
_SALT: Final = "chengxin.known-device"


class SlowingBackend(ModelBackend):
    """Django's log-in by password, behind a count of failures."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Account | None:
        """The account, or None. :class:`Refused` while there were too many failures."""
        if not username or not password:
            return None
        now = clock.now()
        who = keyed(f"account:{_folded(username)}")
        device = _known_device(request, who)
        where = keyed(f"device:{device}" if device else f"address:{client_address(request) if request else ''}")
        _refuse_guessing(who, where, is_known=bool(device), now=now)
        account = super().authenticate(request, username=username, password=password)
        if not isinstance(account, Account) or account.revoked_at is not None:
            count_attempt(who, where, now)
            return None
        return account


def remember_device(request: HttpRequest, response: HttpResponseBase, account: Account) -> None:
    """认得这台设备 the next time: after a right password."""
    who = keyed(f"account:{_folded(account.username)}")
    if not _known_device(request, who):
        said = signing.dumps([who.hex(), secrets.token_hex(16)], salt=_SALT)
        response.set_cookie(
            KNOWN_DEVICE, said, max_age=_KNOWN_FOR, path="/login", secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
        )


def refuse_guessing_of(account: Account, step: str) -> None:
    """第二步也要限次：:class:`Refused` while there were too many failures of ``step``; only who knows the password gets here."""
    who = keyed(f"{step}:{account.pk}")
    _refuse_guessing(who, who, is_known=True, now=clock.now())


def count_failure_of(account: Account, step: str) -> None:
    """记一次失败 of ``step``."""
    who = keyed(f"{step}:{account.pk}")
    count_attempt(who, who, clock.now())


def failures_of(account: Account, now: Instant) -> int:
    """近来以此账户名登录失败的次数, from anywhere: shown to its owner."""
    since = now - sign_in_limits(now).window
    return FailedSignIn.objects.filter(who=keyed(f"account:{_folded(account.username)}"), at__gt=since).count()


def _refuse_guessing(who: bytes, where: bytes, *, is_known: bool, now: Instant) -> None:
    limits = sign_in_limits(now)
    since = now - limits.window
    if attempts(where, since, who) >= limits.failures or (not is_known and attempts(where, since) >= limits.failures_of_address):
        minutes = max(limits.window // 60, 1)
        raise Refused(
            "too-many-attempts",
            f"登录失败次数过多，{minutes} 分钟内暂停在这里登录。",
            f"请 {minutes} 分钟后再试，或者换一台曾经登录过的设备；忘记密码请联系安全管理员。",
        )


def _known_device(request: HttpRequest | None, who: bytes) -> str:
    """The number of this device if ``who`` has signed in on it, else ""."""
    try:
        known, number = signing.loads(request.COOKIES.get(KNOWN_DEVICE, "") if request else "", salt=_SALT, max_age=_KNOWN_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(number) if known == who.hex() else ""


def _folded(username: str) -> str:
    return username.strip().casefold()
