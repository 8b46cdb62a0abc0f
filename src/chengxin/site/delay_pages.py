"""暂缓告知 ``/office/reads/delays``：one person asks that the subject learns later of what the office looks at, another grants it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access import delays
from chengxin.access.caller import Caller, caller_of
from chengxin.access.models import Account, ReadDelay
from chengxin.access.reads import Seen, mark_settled, note
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, end_of_day
from chengxin.kernel.periods import parse_period
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.policy import active

LISTED: Final = 100
_WORDS: Final = ("code", "matter", "basis", "authority", "until")


@require_safe
def read_delays(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@require_POST
def ask_read_delay(request: HttpRequest) -> HttpResponse:
    """提请。"""
    given = {name: request.POST.get(name, "").strip() for name in _WORDS}
    try:
        subject = Subject.objects.filter(code=given["code"].upper()).first()
        if subject is None:
            raise NotFound("subject-not-found", "没有查到这个主体。", "请核对统一社会信用代码。")
        delays.ask_delay(
            subject_id=subject.canonical_id, matter=given["matter"], basis=given["basis"], authority=given["authority"],
            until=_end(given["until"]), by=_person(request), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, refused)
    return redirect("/office/reads/delays")


@require_POST
def decide_read_delay(request: HttpRequest, delay_id: int) -> HttpResponse:
    """同意或者不同意。"""
    grant, because = request.POST.get("verdict") == "grant", request.POST.get("because", "")
    try:
        delays.decide_delay(delay_id, grant=grant, because=because, by=_person(request), at=clock.now())
    except Refused as refused:
        return _page(request, refused)
    return redirect("/office/reads/delays")


@require_POST
def end_read_delay(request: HttpRequest, delay_id: int) -> HttpResponse:
    """提前告知。"""
    try:
        delays.end_delay(delay_id, by=_person(request), at=clock.now())
    except Refused as refused:
        return _page(request, refused)
    return redirect("/office/reads/delays")


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    caller, at = caller_of(request), clock.now()
    found = list(_seen_by(caller).select_related("department", "asked_by", "decided_by").order_by("-pk")[:LISTED])
    note(request, *(Seen("reads", f"delay {each.pk}", (each.subject_id,), "暂缓告知", each.department_id) for each in found))
    mark_settled(request)
    names = names_of([each.subject_id for each in found])
    context = {
        "lines": [_line(each, names.get(each.subject_id, ("", ""))[0], caller, at) for each in found],
        "may_ask": caller.role in {Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE},
        "longest": parse_period(str(active.policy_set().value_at(delays.LONGEST, clock.today()).value)).chinese,
        "given": request.POST,
        "refused": refused,
    }
    response = render(request, "site/read_delays.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _seen_by(caller: Caller) -> Any:
    mine = Q(department_id=caller.department.pk if caller.department else 0) if caller.role in DEPARTMENTAL else Q()
    return ReadDelay.objects.filter(mine)


def _line(delay: ReadDelay, name: str, caller: Caller, at: Instant) -> dict[str, Any]:
    live = bool(delay.granted) and delay.ended_at is None and at < delay.until_at
    state = "等待另一人决定" if delay.granted is None else "不同意" if not delay.granted else "生效" if live else "已经告知"
    other = caller.account is not None and caller.account.pk != delay.asked_by_id
    deciding = caller.role in {Role.REVIEWER, Role.CREDIT_OFFICE} and other and delay.granted is None
    ending = live and (caller.role in DEPARTMENTAL or caller.role is Role.CREDIT_OFFICE)
    return {"delay": delay, "name": name, "state": state, "may_decide": deciding, "may_end": ending}


def _end(text: str) -> Instant:
    try:
        return end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Refused("date-unreadable", f"“{text[:20]}”不能作为截止日期。", "写成 2026-04-01 这样的日期。") from None


def _person(request: HttpRequest) -> Account:
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    return account
