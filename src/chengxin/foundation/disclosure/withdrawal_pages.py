"""逾期撤回的页面：which offices withdrew later than the law allows, by how many working days."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.access.caller import caller_of
from chengxin.access.models import Department
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import DEPARTMENTAL
from chengxin.foundation.disclosure.late_withdrawals import count_by_office, late_withdrawals
from chengxin.foundation.records.services import WITHDRAWAL_DEADLINE
from chengxin.foundation.records.showing import shown_basis
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet

LISTED = 200


@require_safe
def withdrawals_board(request: HttpRequest) -> HttpResponse:
    """``/office/withdrawals``：an office sees itself and its subordinates; the credit office and auditors see everybody."""
    at, policy, caller = clock.now(), active.policy_set(), caller_of(request)
    scope: set[int] | None = None
    if caller.role in DEPARTMENTAL:
        if caller.department is None:
            raise Refused("no-department", "这个账户没有所属部门。", "请账户管理员补上。")
        scope = {caller.department.pk} | subordinates_of(caller.department.pk)
    found = late_withdrawals(authority_ids=scope)
    offices = Department.objects.in_bulk({each.authority_id for each in found})
    context = {
        "offices": [{"office": offices[pk], "count": n, "most": most} for pk, n, most in count_by_office(found)],
        "rows": [{"act": each, "office": offices[each.authority_id].name, "item": policy.item(each.item).title} for each in found[:LISTED]],
        "total": len(found),
        "own_records": caller.role in DEPARTMENTAL,
        "deadline": withdrawal_deadline(policy, at),
        "at": at,
    }
    return render(request, "disclosure/withdrawals_board.html", context)


def withdrawal_deadline(policy: PolicySet, at: Instant) -> dict[str, Any]:
    """撤回的期限 in force, with its basis."""
    value = policy.value_at(WITHDRAWAL_DEADLINE, date_of(at))
    return {"days": value.value, "basis": shown_basis(value.reference, policy, value.quote, value.note, value.confidence)}
