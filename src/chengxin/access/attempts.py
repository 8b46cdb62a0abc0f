"""限次。How often something was tried, by whom and from where: neither names nor addresses are kept, only what tells two of them apart."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings

from chengxin.access.limits import hand_in_limits, sign_in_limits
from chengxin.access.models import FailedSignIn
from chengxin.kernel.instants import Instant

__all__ = ["attempts", "count_attempt", "forget_attempts", "forget_old_attempts", "keyed"]


def keyed(text: str) -> bytes:
    """What stands for a name or an address in the table."""
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), sha256)


def count_attempt(who: bytes, where: bytes, at: Instant) -> None:
    """记一次。"""
    FailedSignIn.objects.create(who=who, where=where, at=at)


def attempts(where: bytes, since: Instant, who: bytes | None = None) -> int:
    """How many there were from ``where`` after ``since``, of ``who`` alone where that is asked."""
    found = FailedSignIn.objects.filter(where=where, at__gt=since)
    return (found if who is None else found.filter(who=who)).count()


def forget_attempts(before: Instant, who: bytes | None = None) -> None:
    """What counts no longer is gone, of ``who`` alone where that is asked: that an address that can be told apart tried something need not
    be known for good."""
    found = FailedSignIn.objects.filter(at__lte=before)
    (found if who is None else found.filter(who=who)).delete()


def forget_old_attempts(at: Instant) -> None:
    """The same for everything that no rule counts any more."""
    forget_attempts(at - max(sign_in_limits(at).window, hand_in_limits(at).window))
