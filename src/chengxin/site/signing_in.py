"""登录。Slows down who guesses: after some failures an account name, and an address, must wait."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from chengxin.access.models import Account, FailedSignIn
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Refused

#: Choices of this platform: a person mistypes a few times, a machine guesses thousands.
WINDOW_SECONDS: Final = 15 * 60
FAILURES_OF_AN_ACCOUNT: Final = 5
FAILURES_OF_AN_ADDRESS: Final = 50


class SlowingBackend(ModelBackend):
    """Django's log-in by password, behind a count of failures."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Account | None:
        """The account, or None. :class:`Refused` while there were too many failures."""
        if not username or not password:
            return None
        now = clock.now()
        who = _keyed(f"account:{username.strip().casefold()}")
        where = _keyed(f"address:{request.META.get('REMOTE_ADDR', '') if request else ''}")
        _refuse_guessing(who, where, now)
        account = super().authenticate(request, username=username, password=password)
        if not isinstance(account, Account) or account.revoked_at is not None:
            FailedSignIn.objects.create(who=who, where=where, at=now)
            return None
        return account


def _refuse_guessing(who: bytes, where: bytes, now: Instant) -> None:
    recent = FailedSignIn.objects.filter(at__gt=now - WINDOW_SECONDS)
    if recent.filter(who=who).count() >= FAILURES_OF_AN_ACCOUNT or recent.filter(where=where).count() >= FAILURES_OF_AN_ADDRESS:
        minutes = WINDOW_SECONDS // 60
        raise Refused(
            "too-many-attempts", f"登录失败次数过多，{minutes} 分钟内暂停登录。", f"请 {minutes} 分钟后再试；忘记密码请联系安全管理员。"
        )


def _keyed(text: str) -> bytes:
    """Neither names nor addresses are kept, only what tells two of them apart."""
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), sha256)
