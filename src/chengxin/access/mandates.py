"""谁能代谁办事。A firm's account may do for a subject what a mandate in force says, and nothing else; asked anew on every request."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from chengxin.access.models import Mandate
from chengxin.access.roles import Role
from chengxin.access.types import EVERY_SCOPE, SCOPE_LABELS, MandateKind, Scope
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Forbidden

if TYPE_CHECKING:
    from chengxin.access.caller import Caller

__all__ = ["MandateKind", "Scope", "acting_for", "held_since", "in_force", "mandates_of", "scopes_of", "scopes_text"]


def mandates_of(account_id: int, at: Instant) -> tuple[Mandate, ...]:
    """有效的授权 of an account at ``at``, by subject, the representative's before the agent's."""
    return tuple(in_force(account_id, at).order_by("subject_id", "-kind", "id"))


def in_force(account_id: int, at: Instant) -> QuerySet[Mandate]:
    """The same as a query."""
    lasting = Q(ended_at=None) | Q(ended_at__gt=at)
    return Mandate.objects.filter(lasting, account_id=account_id, valid_from__lte=at, valid_until__gt=at)


def held_since(subject_ids: Collection[int], since: Instant) -> QuerySet[Mandate]:
    """授权 for any number of a subject that were in force at ``since`` or later, whatever became of them."""
    lasting = Q(ended_at=None) | Q(ended_at__gt=since)
    return Mandate.objects.filter(lasting, subject_id__in=subject_ids, valid_until__gt=since)


def acting_for(caller: Caller, subject_id: int, scope: Scope | str, at: Instant, *, also: Collection[int] = ()) -> Mandate:
    """以主体名义办事 under which mandate; :class:`Forbidden` says what is missing. ``also``: other numbers of the same subject (those it
    was judged to be one with)."""
    account, wanted = caller.account, Scope(scope)
    if account is None or caller.role is not Role.ENTERPRISE:
        raise Forbidden("mandate-missing", "没有授权：只有企业账户能以企业名义办理。", "请用企业账户登录。")
    known = Mandate.objects.filter(account_id=account.pk, subject_id__in={subject_id, *also}).order_by("-kind", "-valid_until", "id")
    now = [mandate for mandate in known if _holds(mandate, at)]
    for mandate in now:
        if wanted in scopes_of(mandate):
            return mandate
    raise _missing(list(known), now, wanted, at)


def scopes_of(mandate: Mandate) -> frozenset[Scope]:
    """授权范围。A representative has every scope, also those that there were not yet when the mandate was written down."""
    if mandate.kind == MandateKind.LEGAL_REPRESENTATIVE:
        return EVERY_SCOPE
    return frozenset(Scope(each) for each in mandate.scopes.split(",") if each)


def scopes_text(scopes: Collection[Scope]) -> str:
    """How scopes are written down: in the order of the enumeration, commas between."""
    return ",".join(scope.value for scope in Scope if scope in scopes)


def _holds(mandate: Mandate, at: Instant) -> bool:
    return mandate.valid_from <= at < mandate.valid_until and (mandate.ended_at is None or at < mandate.ended_at)


def _missing(known: list[Mandate], now: list[Mandate], wanted: Scope, at: Instant) -> Forbidden:
    if now:
        sentence = f"授权范围不含“{SCOPE_LABELS[wanted]}”。"
        return Forbidden("mandate-scope", sentence, "请由法定代表人另行授权，写明这一项。")
    ended = [(mandate.ended_at, mandate) for mandate in known if mandate.ended_at is not None and mandate.ended_at <= at]
    expired = [mandate for mandate in known if mandate.valid_until <= at and mandate.ended_at is None]
    ahead = [mandate for mandate in known if mandate.valid_from > at and mandate.ended_at is None]
    if ahead:
        first = min(mandate.valid_from for mandate in ahead)
        return Forbidden("mandate-not-yet", f"授权自{date_of(first).isoformat()}起生效。", "请在生效以后办理。")
    if expired:
        last = max(mandate.valid_until for mandate in expired)
        return Forbidden("mandate-expired", f"授权已于{date_of(last - 1).isoformat()}到期。", "请重新取得授权后再办。")
    if ended:
        last = max(at for at, _ in ended)
        return Forbidden("mandate-revoked", f"授权已于{date_of(last).isoformat()}终止。", "请重新取得授权后再办。")
    return Forbidden("mandate-missing", "没有授权：您的账户不能代理这家企业。", "请由法定代表人授权，或者凭文件到信用办登记。")
