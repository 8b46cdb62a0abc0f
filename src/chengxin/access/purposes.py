"""说明用途。Before somebody sees what is not their own work, they say for what purpose and in which matter; it holds for a while."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from chengxin.access.reads import Reason, reason_of
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active

__all__ = ["state_reason", "stated_reason"]

HOLDS: Final = "stated_reason_seconds"
_STATED: Final = "stated_reason"


def state_reason(request: HttpRequest, purpose: str, matter: str, at: Instant) -> Reason:
    """写明用途和事项 for this session; the next one replaces it. Refused where a word is missing or too long."""
    given = reason_of(purpose, matter)
    request.session[_STATED] = [given.purpose, given.matter, at]
    return given


def stated_reason(request: HttpRequest, at: Instant) -> Reason | None:
    """What was stated and still holds; None: it must be asked for."""
    purpose, matter, stated_at = request.session.get(_STATED, ("", "", 0))
    holds = int(active.policy_set().value_at(HOLDS, date_of(at)).value)
    return Reason(purpose, matter) if purpose and stated_at <= at < stated_at + holds else None
