"""谁能代谁办事。A firm's account may do for a subject what a mandate in force says, and nothing else; asked anew on every request."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from chengxin.access.agencies import mandate_holds, state_of
from chengxin.access.models import Mandate
from chengxin.access.roles import Role
from chengxin.access.types import EVERY_SCOPE, KINDS_IN_ORDER, SCOPE_LABELS, MandateKind, Scope
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Forbidden

if TYPE_CHECKING:
    from chengxin.access.caller import Caller

__all__ = ["MandateKind", "Scope", "acting_for", "in_force", "in_force_for", "mandates_of", "scopes_of", "scopes_text"]


def mandates_of(account_id: int, at: Instant) -> tuple[Mandate, ...]:
    """有效的授权 of an account at ``at``: the representative's first, then the agent's, then an agency's; each by subject."""
    return tuple(sorted(in_force(account_id, at).select_related("agency"), key=_place))


def in_force(account_id: int, at: Instant) -> QuerySet[Mandate]:
    """The same as a query, in no order."""
    return Mandate.objects.filter(mandate_holds(at), account_id=account_id)


def in_force_for(subject_ids: Collection[int], at: Instant) -> QuerySet[Mandate]:
    """授权 in force at ``at`` for any number of a subject."""
    return Mandate.objects.filter(mandate_holds(at), subject_id__in=subject_ids)


def acting_for(caller: Caller, subject_id: int, scope: Scope | str, at: Instant, *, also: Collection[int] = ()) -> Mandate:
    """以主体名义办事 under which mandate; :class:`Forbidden` says what is missing. ``also``: other numbers of the same subject (those it
    was judged to be one with)."""
    account, wanted = caller.account, Scope(scope)
    if account is None or caller.role is not Role.ENTERPRISE:
        raise Forbidden("mandate-missing", "没有授权：只有企业账户能以企业名义办理。", "请用企业账户登录。")
    numbers = {subject_id, *also}
    now = sorted(in_force_for(numbers, at).filter(account_id=account.pk).select_related("agency"), key=_place)
    for mandate in now:
        if wanted in scopes_of(mandate):
            return mandate
    known = list(Mandate.objects.filter(account_id=account.pk, subject_id__in=numbers).select_related("agency").order_by("id"))
    raise _missing(known, now, wanted, at)


def scopes_of(mandate: Mandate) -> frozenset[Scope]:
    """授权范围。A representative has every scope, also those that there were not yet when the mandate was written down."""
    if mandate.kind == MandateKind.LEGAL_REPRESENTATIVE:
        return EVERY_SCOPE
    return frozenset(Scope(each) for each in mandate.scopes.split(",") if each)


def scopes_text(scopes: Collection[Scope]) -> str:
    """How scopes are written down: in the order of the enumeration, commas between."""
    return ",".join(scope.value for scope in Scope if scope in scopes)


def _place(mandate: Mandate) -> tuple[int, int, int, int]:
    return KINDS_IN_ORDER.index(MandateKind(mandate.kind)), mandate.subject_id, -mandate.valid_until, mandate.pk


def _lasts(mandate: Mandate, at: Instant) -> bool:
    """Within its term and not ended; whether the agency's part holds too, is another question."""
    return mandate.valid_from <= at < mandate.valid_until and (mandate.ended_at is None or at < mandate.ended_at)


def _agency_missing(mandate: Mandate, at: Instant) -> Forbidden:
    """The mandate itself lasts; the agency's registration or the person's tie does not."""
    assert mandate.agency is not None  # or it would be in force
    if state := state_of(mandate.agency, at):
        sentence = f"{mandate.agency.name}的登记{state}，不能再代办。"
        return Forbidden("agency-not-in-force", sentence, "企业可以自己办理，或者另行委托；机构请向信用办问明登记的情况。")
    sentence = f"您已经不是{mandate.agency.name}的人员，不能再以它的名义代办。"
    return Forbidden("agency-person-left", sentence, "由该机构在册的人员办理；仍在任职的，请机构向信用办登记。")


def _missing(known: list[Mandate], now: list[Mandate], wanted: Scope, at: Instant) -> Forbidden:
    if now:
        sentence = f"授权范围不含“{SCOPE_LABELS[wanted]}”。"
        return Forbidden("mandate-scope", sentence, "请由法定代表人另行授权，写明这一项。")
    for mandate in known:
        if _lasts(mandate, at):
            return _agency_missing(mandate, at)
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
