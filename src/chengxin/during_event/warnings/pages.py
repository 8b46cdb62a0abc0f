"""风险预警的页面：the inbox of an office, and one warning with its reason, its records and what people answered."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.models import Department
from chengxin.access.reads import mark_settled, note
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.during_event.warnings import queries
from chengxin.during_event.warnings.services import acknowledge
from chengxin.during_event.warnings.showing import plain
from chengxin.during_event.warnings.types import ANSWERS, WHAT_A_WARNING_IS, WarningOutcome
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

LISTED = 50
ANSWERING = DEPARTMENTAL | {Role.CREDIT_OFFICE}


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """``/office/warnings``：an office sees its own and its subordinates' warnings; the credit office and auditors see all."""
    scope = _scope(request)
    state, rule = request.GET.get("state", queries.OPEN), request.GET.get("rule", "")[:64]
    state = state if state in queries.STATES else queries.OPEN
    found = queries.inbox(scope, state=state, rule=rule, cursor=request.GET.get("cursor", "")[:200], limit=LISTED)
    note(request, *queries.seen(found.warnings))
    mark_settled(request)  # an empty inbox shows nothing
    rules = active.policy_set().warning_rules
    figures = queries.figures(scope)
    context = {
        "lines": plain(found.warnings, clock.now()),
        "total": found.total,
        "state": queries.STATES[state],
        "only_open": state == queries.OPEN,
        "filters": _filters(state, rule, [(each.rule, rules[each.rule].title if each.rule in rules else each.rule) for each in figures]),
        "clear_href": "/office/warnings" if request.GET else "",
        "figures": [{"line": each, "title": rules[each.rule].title if each.rule in rules else each.rule} for each in figures],
        "next_href": f"?{urlencode({'state': state, 'rule': rule, 'cursor': found.next_cursor})}" if found.next_cursor else "",
        "every_office": scope is None,
        "last_run": queries.last_run(),
        "what": WHAT_A_WARNING_IS,
    }
    return render(request, "warnings/inbox.html", context)


@require_safe
def warning_page(request: HttpRequest, warning_id: int) -> HttpResponse:
    """``/office/warnings/<id>``：the reason, the records behind it, the answers, and the form."""
    return _page(request, warning_id)


@require_POST
def answer_warning(request: HttpRequest, warning_id: int) -> HttpResponse:
    """签收处理, with a reason; what was passed on is in another inbox afterwards."""
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    given = {name: request.POST.get(name, "") for name in ("outcome", "because", "to_office")}
    try:
        acknowledge(warning_id=warning_id, by=account, at=clock.now(), **given)
    except Refused as refused:
        return _page(request, warning_id, refused, given)
    return redirect("/office/warnings" if given["outcome"] == WarningOutcome.TRANSFERRED else f"/office/warnings/{warning_id}")


def _page(request: HttpRequest, warning_id: int, refused: Refused | None = None, given: dict[str, str] | None = None) -> HttpResponse:
    caller = caller_of(request)
    own = caller.department if caller.role in DEPARTMENTAL else None
    warning = queries.own_warning(warning_id, own)
    note(request, *queries.seen([warning]))
    (line,) = plain([warning], clock.now())
    rule = active.policy_set().warning_rules.get(warning.rule)
    offices = Department.objects.filter(closed_at=None).exclude(pk=warning.office_id).order_by("name")
    context = {
        "line": line,
        "has_policy": rule is not None,
        "may_answer": not warning.outcome and caller.role in ANSWERING,
        "choices": [(each.value, each.label) for each in ANSWERS],
        "offices": offices.values_list("code", "name"),
        "given": given or {},
        "refused": refused,
        "what": WHAT_A_WARNING_IS,
    }
    return render(request, "warnings/warning.html", context, status=422 if refused else 200)


def _scope(request: HttpRequest) -> set[int] | None:
    caller = caller_of(request)
    if caller.role not in DEPARTMENTAL:
        return None
    if caller.department is None:
        raise Refused("no-department", "这个账户没有所属部门。", "请账户管理员补上。")
    return queries.scope_of(caller.department)


def _filters(state: str, rule: str, rules: list[tuple[str, str]]) -> list[dict[str, Any]]:
    return [
        {"name": "state", "label": "状态", "kind": "select", "value": state, "options": list(queries.STATES.items())},
        {"name": "rule", "label": "规则", "kind": "select", "value": rule, "options": [("", "全部规则"), *rules]},
    ]
