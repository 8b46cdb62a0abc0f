"""逾期看板：what has passed its last day, what comes next, and what an office has closed with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from chengxin.access.caller import caller_of
from chengxin.access.models import Department
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import DEPARTMENTAL
from chengxin.foundation.disclosure.closing_missing import closed_of, waiting_of
from chengxin.foundation.disclosure.models import OutstandingAct, OutstandingStep
from chengxin.foundation.disclosure.overdue import MissingAct, coming_page, missing_page
from chengxin.foundation.disclosure.types import ClosingVerb
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet

LISTED = 50


@require_safe
def overdue_board(request: HttpRequest) -> HttpResponse:
    """``/office/overdue``：an office sees itself and its subordinates; the credit office and auditors see everybody."""
    at, policy, caller = clock.now(), active.policy_set(), caller_of(request)
    scope: set[int] | None = None
    if caller.role in DEPARTMENTAL:
        if caller.department is None:
            raise Refused("no-department", "这个账户没有所属部门。", "请账户管理员补上。")
        scope = {caller.department.pk} | subordinates_of(caller.department.pk)
    names = dict(Department.objects.values_list("id", "name"))
    missing = missing_page(at, authority_ids=scope, cursor=request.GET.get("missing", "")[:200], limit=LISTED)
    coming = coming_page(at, authority_ids=scope, cursor=request.GET.get("coming", "")[:200], limit=LISTED)
    waiting = waiting_of(scope, LISTED)
    context = {
        "missing": _board(missing.acts, names, policy, at),
        "coming": _board(coming.acts, names, policy, at),
        "missing_total": missing.total,
        "coming_total": coming.total,
        "missing_next": _next("missing", missing.next_cursor),
        "coming_next": _next("coming", coming.next_cursor),
        "offices": missing.offices,
        "every_office": scope is None,
        "may_close": scope is not None,
        "asked_ids": {step.outstanding_id for step in waiting},
        "waiting": _waiting(waiting, names, policy),
        "closed": _closed(closed_of(scope, LISTED), names, policy),
        "at": at,
    }
    return render(request, "disclosure/overdue_board.html", context)


def _next(name: str, cursor: str) -> str:
    return f"?{urlencode({name: cursor})}" if cursor else ""


def _board(acts: Sequence[MissingAct], names: Mapping[int, str], policy: PolicySet, at: Instant) -> list[dict[str, Any]]:
    today, calendar = date_of(at), policy.calendar
    return [
        {
            "act": act,
            "office": names.get(act.authority_id, ""),
            "item": policy.item(act.item).title,
            "left": calendar.working_days_between(today, act.due_on)[0],
            "href": f"/office/submissions/{act.submission_id}",
        }
        for act in acts
    ]


def _waiting(steps: Sequence[OutstandingStep], names: Mapping[int, str], policy: PolicySet) -> list[dict[str, Any]]:
    acts = OutstandingAct.objects.in_bulk({step.outstanding_id for step in steps})
    return [{"step": step, **_about(acts[step.outstanding_id], names, policy)} for step in steps]


def _closed(steps: Sequence[OutstandingStep], names: Mapping[int, str], policy: PolicySet) -> list[dict[str, Any]]:
    """With the reason that was given when it was asked for."""
    ids = {step.outstanding_id for step in steps}
    asked = {
        each.outstanding_id: each for each in OutstandingStep.objects.filter(outstanding_id__in=ids, verb=ClosingVerb.ASKED).order_by("id")
    }
    return [
        {
            "step": step,
            "because": asked[step.outstanding_id].because,
            "asked_by": asked[step.outstanding_id].by,
            **_about(step.outstanding, names, policy),
        }
        for step in steps
    ]


def _about(act: OutstandingAct, names: Mapping[int, str], policy: PolicySet) -> dict[str, Any]:
    return {"act": act, "office": names.get(act.authority_id, ""), "item": policy.item(act.item).title}
