"""结案的页面：one act that is not on record, why, and the two steps by which an office closes it with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.models import Account, Department
from chengxin.access.reads import Seen, note
from chengxin.access.roles import Role
from chengxin.foundation.disclosure.closing_missing import ask_to_close, own_outstanding, settle_closing, waiting_on
from chengxin.foundation.disclosure.models import OutstandingStep
from chengxin.foundation.disclosure.types import ClosingVerb, OutstandingReason, SettledBy
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

_SETTLED = {
    SettledBy.RECORD: "已重报在案",
    SettledBy.DECIDED: "已甄别",
    SettledBy.CLOSED: "已说明结案",
    SettledBy.ERASED: "内容已依法删除",
}


@require_safe
def outstanding_page(request: HttpRequest, outstanding_id: int) -> HttpResponse:
    """``/office/overdue/<id>``：what is known of the act, and what was asked about it."""
    return _page(request, outstanding_id)


@require_POST
def ask_closing(request: HttpRequest, outstanding_id: int) -> HttpResponse:
    """提请结案, with a reason."""
    account, office = _person(request)
    try:
        ask_to_close(
            outstanding_id=outstanding_id, because=request.POST.get("because", ""), by=account, office=office, at=clock.now()
        )  # fmt: skip
    except Refused as refused:
        return _page(request, outstanding_id, refused)
    return redirect(f"/office/overdue/{outstanding_id}")


@require_POST
def decide_closing(request: HttpRequest, outstanding_id: int, step_id: int) -> HttpResponse:
    """复核结案."""
    account, office = _person(request)
    agree, because = request.POST.get("verdict") == "agree", request.POST.get("because", "")
    try:
        settle_closing(step_id=step_id, agree=agree, because=because, by=account, office=office, at=clock.now())
    except Refused as refused:
        return _page(request, outstanding_id, refused)
    return redirect(f"/office/overdue/{outstanding_id}")


def _page(request: HttpRequest, outstanding_id: int, refused: Refused | None = None) -> HttpResponse:
    account, office = _person(request)
    act, caller = own_outstanding(outstanding_id, office), caller_of(request)
    note(request, Seen("outstanding", str(act.pk), owner_id=act.authority_id))
    asked = next(iter(waiting_on([act.pk])), None) if act.settled_at is None else None
    steps = OutstandingStep.objects.filter(outstanding_id=act.pk).order_by("id")
    context = {
        "act": act,
        "reason": OutstandingReason(act.reason).label,
        "item": active.policy_set().item(act.item).title,
        "office": Department.objects.filter(pk=act.authority_id).values_list("name", flat=True).first() or "",
        "settled": _SETTLED[SettledBy(act.settled_by)] if act.settled_by else "",
        "steps": [{"step": step, "title": ClosingVerb(step.verb).label} for step in steps],
        "asked": asked,
        "may_ask": caller.role is Role.CLERK and not asked and act.settled_at is None and act.reason != OutstandingReason.QUARANTINED,
        "may_decide": asked is not None and caller.role is Role.REVIEWER and asked.by != account.username,
        "refused": refused,
    }
    response = render(request, "disclosure/outstanding.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _person(request: HttpRequest) -> tuple[Account, Department]:
    caller = caller_of(request)
    if caller.account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    if caller.department is None:
        raise Refused("no-department", "这个账户没有所属部门。", "请账户管理员补上。")
    return caller.account, caller.department
