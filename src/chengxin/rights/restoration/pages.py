"""修复结果的差异 ``/office/restorations/differences``：what upstream and this platform say differently, worked off one by one."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.roles import Role
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Refused
from chengxin.rights.restoration.differences import Kind, settle_difference
from chengxin.rights.restoration.models import Difference, UpstreamResult

LISTED: Final = 50


@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """The list, open ones first asked for."""
    return _page(request)


@require_POST
def settle(request: HttpRequest, difference_id: int) -> HttpResponse:
    """核对完毕, with the reason."""
    try:
        settle_difference(difference_id, because=request.POST.get("because", ""), by=caller_of(request).name, at=clock.now())
    except Refused as refused:
        return _page(request, refused, difference_id)
    return redirect("/office/restorations/differences")


def _page(request: HttpRequest, refused: Refused | None = None, tried: int = 0) -> HttpResponse:
    everything, kind, before = request.GET.get("state") == "all", request.GET.get("kind", ""), request.GET.get("before", "")
    found = Difference.objects.select_related("result", "settlement").order_by("-pk")
    found = found if everything else found.filter(settled=False)
    found = found.filter(kind=kind) if kind in set(Kind) else found
    found = found.filter(pk__lt=int(before)) if before.isascii() and before.isdigit() and len(before) < 18 else found
    rows = list(found[: LISTED + 1])
    names = names_of([row.subject_id for row in rows])
    asked = {"state": "all" if everything else "", "kind": kind}
    kinds = [("", "全部"), *((each.value, each.label) for each in Kind)]
    context = {
        "rows": [{"row": row, "kind": Kind(row.kind), "name": names.get(row.subject_id, ("", ""))[0]} for row in rows[:LISTED]],
        "open": Difference.objects.filter(settled=False).count(),
        "taken": UpstreamResult.objects.count(),
        "filters": [
            {"name": "state", "label": "状态", "kind": "select", "value": asked["state"], "options": [("", "待核对"), ("all", "全部")]},
            {"name": "kind", "label": "种类", "kind": "select", "value": kind, "options": kinds},
        ],
        "next_href": f"?{urlencode(asked | {'before': rows[LISTED - 1].pk})}" if len(rows) > LISTED else "",
        "may_settle": caller_of(request).role is Role.CREDIT_OFFICE,
        "refused": refused,
        "tried": tried,
        "because": request.POST.get("because", "") if refused else "",
    }
    status = 200 if refused is None else 409 if isinstance(refused, Conflict) else 422
    response = render(request, "restoration/differences.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
