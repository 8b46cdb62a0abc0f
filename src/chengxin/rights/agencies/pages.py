"""信用服务机构的页面：the public register ``/agencies``, and the credit office's desk page ``/office/agencies`` that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.agencies import agency_by_id, firms_of_agency, in_force_as
from chengxin.access.agency_people import tie_person, untie_person
from chengxin.access.agency_register import Proposed, approve_agency, propose_agency
from chengxin.access.caller import caller_of
from chengxin.access.mandating import AGENCY_LONGEST
from chengxin.access.models import Account, AgencyPerson, ServiceAgency
from chengxin.access.roles import Role
from chengxin.access.types import SERVICE_LABELS, AgencyService
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.periods import parse_period
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.policy import active
from chengxin.rights.agencies.conditions import end_registration
from chengxin.rights.agencies.showing import false_material_of, listed, removals_of

LISTED: Final = 50


@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """``/agencies``：who is registered for what and until when; that nobody has to use one; how to take an authorisation back."""
    return _list(request, "agencies/register.html")


@require_safe
def office_agencies(request: HttpRequest) -> HttpResponse:
    """``/office/agencies``：the same with proposals, and the form that proposes one."""
    return _list(request, "agencies/desk.html")


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """提请登记."""
    form, at = request.POST, clock.now()
    try:
        services = [AgencyService(each) for each in form.getlist("services") if each in set(AgencyService)]
        given = Proposed(form.get("code", ""), _plain(form, "name"), services, _plain(form, "basis"), _until(form.get("until_on", "")))
        made = propose_agency(given, by=_by(request), at=at)
    except Refused as refused:
        return _list(request, "agencies/desk.html", refused)
    return redirect(f"/office/agencies/{made.pk}")


@require_safe
def office_agency(request: HttpRequest, agency_id: int) -> HttpResponse:
    """``/office/agencies/<id>``：one registration: its people, what was found against it, what can be done."""
    return _page(request, agency_id)


@require_POST
def change_agency(request: HttpRequest, agency_id: int, verb: str) -> HttpResponse:
    """核准、终止、登记和解除人员, by its verb."""
    change = _CHANGES.get(verb)
    if change is None:
        raise NotFound("not-found", "没有这种办理。", "请从登记页重新进入。")
    try:
        change(agency_by_id(agency_id), request.POST, _by(request), clock.now())
    except Refused as refused:
        return _page(request, agency_id, refused, verb)
    return redirect(f"/office/agencies/{agency_id}")


def _approve(agency: ServiceAgency, form: Mapping[str, str], by: Account, at: Instant) -> None:
    approve_agency(agency.pk, by=by, at=at)


def _end(agency: ServiceAgency, form: Mapping[str, str], by: Account, at: Instant) -> None:
    end_registration(agency.pk, because=_plain(form, "because"), by=by, at=at)


def _tie(agency: ServiceAgency, form: Mapping[str, str], by: Account, at: Instant) -> None:
    username = _plain(form, "username")
    account = Account.objects.filter(username=username).first()
    if account is None:
        raise Refused("no-such-agent", f"没有名为“{username[:40]}”的企业账户。", "先由安全管理员开企业账户，再登记为机构人员。")
    tie_person(agency, account, reference=_plain(form, "reference"), by=by, at=at)


def _untie(agency: ServiceAgency, form: Mapping[str, str], by: Account, at: Instant) -> None:
    number = form.get("tie", "")
    tie = agency.people.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 18 else None
    if tie is None:
        raise NotFound("no-such-agency-person", "这家机构没有这个人员。", "从人员的列表里选。")
    untie_person(tie, because=_plain(form, "because"), by=by, at=at)


_CHANGES: Final[Mapping[str, Callable[[ServiceAgency, Mapping[str, str], Account, Instant], None]]] = {
    "approve": _approve,
    "end": _end,
    "tie": _tie,
    "untie": _untie,
}


def _list(request: HttpRequest, template: str, refused: Refused | None = None) -> HttpResponse:
    at, public = clock.now(), template == "agencies/register.html"
    everything, before = request.GET.get("state") == "all", request.GET.get("before", "")
    found = ServiceAgency.objects.order_by("-pk")
    if not everything:
        found = found.filter(in_force_as("", at) if public else Q(ended_at=None))
    elif public:
        found = found.exclude(approved_at=None)
    found = found.filter(pk__lt=int(before)) if before.isascii() and before.isdigit() and len(before) < 18 else found
    rows = list(found[: LISTED + 1])
    longest = active.policy_set().value_at(AGENCY_LONGEST, date_of(at))
    state: str = "all" if everything else ""
    options = [("", "有效的" if public else "没有终止的"), ("all", "全部")]
    context = {
        "lines": [listed(row, at) for row in rows[:LISTED]],
        "everything": everything,
        "filters": [{"name": "state", "label": "登记", "kind": "select", "value": state, "options": options}],
        "next_href": f"?{urlencode({'state': state, 'before': str(rows[LISTED - 1].pk)})}" if len(rows) > LISTED else "",
        "services": [(each.value, SERVICE_LABELS[each]) for each in AgencyService],
        "chosen": request.POST.getlist("services"),
        "given": request.POST,
        "may_propose": caller_of(request).role is Role.CREDIT_OFFICE,
        "refused": refused,
        "longest": parse_period(str(longest.value)).chinese,
        "confidence": longest.confidence.value,
        "clause": active.policy_set().clauses["credit-regulation/2.5.6"].quote,
    }
    response = render(request, template, context, status=_status(refused))
    if not public:
        response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, agency_id: int, refused: Refused | None = None, verb: str = "") -> HttpResponse:
    at, agency = clock.now(), agency_by_id(agency_id)
    waits = agency.approved_at is None and agency.ended_at is None
    credit_office, by = caller_of(request).role is Role.CREDIT_OFFICE, caller_of(request).account
    context = {
        "line": listed(agency, at),
        "agency": agency,
        "until": date_of(agency.valid_until - 1),
        "firms": len(firms_of_agency(agency.code, at)),
        "people": AgencyPerson.objects.filter(agency=agency).select_related("account").order_by("-pk"),
        "false_material": false_material_of(agency),
        "removals": removals_of(agency),
        "may_approve": waits and credit_office and by is not None and by.pk != agency.proposed_by_id,
        "waits": waits,
        "may_change": credit_office and agency.ended_at is None,
        "in_force": not listed(agency, at).state,
        "refused": refused,
        "tried": verb,
        "given": request.POST if refused else {},
    }
    response = render(request, "agencies/agency.html", context, status=_status(refused))
    response["Cache-Control"] = "no-store"
    return response


def _status(refused: Refused | None) -> int:
    return 200 if refused is None else 409 if isinstance(refused, Conflict) else 422


def _by(request: HttpRequest) -> Account:
    account = caller_of(request).account
    assert account is not None  # the access matrix lets no system in
    return account


def _plain(form: Mapping[str, str], name: str) -> str:
    return form.get(name, "").replace("\x00", "").strip()


def _until(text: str) -> Instant:
    try:
        return end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Refused(
            "date-unreadable", f"“{text[:20]}”不是日期。", "写明登记的最后一日，如 2028-06-30。", where={"field": "until_on"}
        ) from None
