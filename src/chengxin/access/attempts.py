"""限次。How often something was tried, by whom and from where: neither names nor addresses are kept, only what tells two of them apart."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings

from chengxin.access.models import FailedSignIn
from chengxin.kernel.instants import Instant

__all__ = ["attempts", "count_attempt", "forget_attempts", "keyed"]


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


def forget_attempts(who: bytes, before: Instant) -> None:
    """What counts no longer is gone: when something was handed in from an address that is told apart need not be known for good."""
    FailedSignIn.objects.filter(who=who, at__lte=before).delete()
