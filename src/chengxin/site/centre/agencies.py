"""企业中心的服务机构：the firm authorises a registered agency, sees what it did, takes the authorisation back in one step."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.agencies import acting_mandates, agencies_in_force, agency_by_id, services_of, state_of
from chengxin.access.caller import caller_of
from chengxin.access.mandating import agency_scopes, end_agency_mandates, grant_to_agency
from chengxin.access.models import Account, AgencyPerson, Mandate, Read, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.types import SCOPE_LABELS, AgencyService, Scope, scopes_of_text
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.rights.agencies.showing import done_for
from chengxin.site.centre.frame import account_of, framed, places, plain, private
from chengxin.site.centre.own import last_day, own_firm, scopes_held
from chengxin.site.problems import status_of

#: Agencies to choose from on one page; the register has them all.
LISTED: Final = 100
WITHDRAWN: Final = "企业撤回授权"


@require_safe
def own_agencies(request: HttpRequest, code: str) -> HttpResponse:
    """``/centre/<code>/agencies``：which agency acts for the firm, what it did, and the form that authorises one."""
    return _page(request, code)


@require_POST
def authorise_agency(request: HttpRequest, code: str) -> HttpResponse:
    """授权一家机构, through the people that are chosen."""
    at = clock.now()
    firm = own_firm(request, code, Scope.AUTHORISE, at)
    assert firm.mandate is not None  # an office hands nothing on
    form = request.POST
    try:
        grant_to_agency(
            _chosen(form.get("agency", "")), _people(form.getlist("people")), subject_id=firm.mandate.subject_id,
            reference=plain(form.get("reference", "")), valid_until=_until(form.get("until_on", "")), at=at,
            scopes=scopes_of_text(form.getlist("scopes")), by=account_of(request),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, code, refused)
    return redirect(f"{firm.href}/agencies")


@require_POST
def withdraw_from_agency(request: HttpRequest, code: str, agency_id: int) -> HttpResponse:
    """撤回授权: every mandate of the agency at once, from the next request on. No reason is asked for."""
    at = clock.now()
    firm = own_firm(request, code, Scope.AUTHORISE, at)
    because = plain(request.POST.get("because", "")) or WITHDRAWN
    try:
        end_agency_mandates(member_ids(firm.subject.pk), agency_id, because=because, at=at, by=account_of(request))
    except Refused as refused:
        return _page(request, code, refused)
    return redirect(f"{firm.href}/agencies")


def acting_now(members: Collection[int], at: Instant) -> list[dict[str, Any]]:
    """现在代办的机构, each with its people, scopes and last day."""
    found: dict[int, dict[str, Any]] = {}
    for mandate in acting_mandates(members, at).select_related("account", "agency").order_by("agency_id", "pk"):
        line = found.setdefault(
            mandate.agency_id or 0, {"agency": mandate.agency, "people": [], "held": set(), "reference": mandate.reference, "until": None}
        )
        line["people"].append(mandate.account.get_username())
        line["held"] |= set(mandate.scopes.split(","))
        line["until"] = max(filter(None, (line["until"], last_day(mandate.valid_until))))
    for line in found.values():
        line["scopes"] = [SCOPE_LABELS[each] for each in Scope if each.value in line["held"]]
    return list(found.values())


def _page(request: HttpRequest, code: str, refused: Refused | None = None) -> HttpResponse:
    at, caller = clock.now(), caller_of(request)
    firm = own_firm(request, code, Scope.VIEW, at)
    scopes, members = scopes_held(caller, firm.subject, at), member_ids(firm.subject.pk)
    now = acting_now(members, at)
    form = request.POST if refused else request.GET
    may = Scope.AUTHORISE in scopes
    chosen = _known(form.get("agency", ""), at) if may else None
    past = Mandate.objects.filter(subject_id__in=members, agency__isnull=False).exclude(pk__in=acting_mandates(members, at).values("pk"))
    context = {
        "firm": firm,
        "now": now,
        "past": [_past(each, at) for each in past.select_related("account", "agency").order_by("-pk")[:LISTED]],
        "done": done_for(members),
        "looks": Read.objects.filter(subject_id__in=members, role=Role.ENTERPRISE.value, at__lte=at).count(),
        "may_authorise": may,
        "agencies": [each for each in agencies_in_force(at)[:LISTED] if AgencyService.ACTING in services_of(each)] if may else [],
        "chosen": chosen,
        "people": _tied(chosen, at) if chosen is not None else [],
        "scopes": [(each.value, SCOPE_LABELS[each]) for each in Scope if each in agency_scopes(at)],
        "given": form,
        "picked": form.getlist("people"),
        "ticked": form.getlist("scopes"),
        "refused": refused,
        **places(firm, scopes),
        **framed(caller),
    }
    return private(render(request, "centre/agencies.html", context, status=status_of(refused) if refused else 200))


def _past(mandate: Mandate, at: Instant) -> dict[str, Any]:
    """Why a mandate of an agency does not hold."""
    assert mandate.agency is not None  # asked for
    if mandate.ended_at is not None and mandate.ended_at <= at:
        why = "已撤回"
    elif mandate.valid_until <= at:
        why = "已到期"
    elif state := state_of(mandate.agency, at):
        why = f"机构登记{state}"
    else:
        why = "人员已离开机构" if mandate.valid_from <= at else "还没有生效"
    return {"mandate": mandate, "why": why}


def _known(text: str, at: Instant) -> ServiceAgency | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0
    return agencies_in_force(at).filter(pk=number).first()


def _chosen(text: str) -> ServiceAgency:
    if not (text.isascii() and text.isdigit() and len(text) < 15):
        raise NotFound("no-such-agency", "没有选择机构。", "从名录里选一家登记了代办的机构。")
    return agency_by_id(int(text))


def _tied(agency: ServiceAgency, at: Instant) -> list[Account]:
    ties = AgencyPerson.objects.filter(agency=agency, ended_at=None, tied_at__lte=at, account__revoked_at=None)
    return [tie.account for tie in ties.select_related("account").order_by("account__username")]


def _people(chosen: list[str]) -> list[Account]:
    numbers = [int(each) for each in chosen if each.isascii() and each.isdigit() and len(each) < 15]
    return list(Account.objects.filter(pk__in=numbers).order_by("pk"))


def _until(text: str) -> Instant:
    try:
        return end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写明授权的最后一日，如 2027-06-30。") from None
