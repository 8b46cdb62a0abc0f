"""移送办理的页面：what was handed over to an office, and its answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of, office_of
from chengxin.access.models import Department
from chengxin.access.roles import DEPARTMENTAL
from chengxin.during_event.inspection.callers import person
from chengxin.during_event.inspection.findings import newest_finding
from chengxin.during_event.inspection.handing_over import answer_hand_over, own_hand_over, penalties_of
from chengxin.during_event.inspection.models import HandOver
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused

LISTED = 200


@require_safe
def hand_overs(request: HttpRequest) -> HttpResponse:
    """``/office/hand-overs``：open ones first, of this office, or of all for those who oversee."""
    caller = caller_of(request)
    found = HandOver.objects.select_related("task__visit__plan").order_by("-id")
    if caller.role in DEPARTMENTAL:
        found = found.filter(office_id=caller.department.pk if caller.department else 0)
    shown = sorted(found[:LISTED], key=lambda each: each.answered_at is not None)
    names = names_of({each.task.visit.subject_id for each in shown})
    offices = dict(
        Department.objects.filter(pk__in={pk for each in shown for pk in (each.office_id, each.task.office_id)}).values_list("id", "name")
    )
    lines = [
        {
            "hand_over": each, "name": names.get(each.task.visit.subject_id, ("", ""))[0],
            "sender": offices.get(each.task.office_id, ""), "office": offices.get(each.office_id, ""),
        }
        for each in shown
    ]  # fmt: skip
    return render(request, "inspection/hand_overs.html", {"lines": lines, "all_offices": caller.role not in DEPARTMENTAL})


@require_safe
def hand_over_page(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """``/office/hand-overs/<id>``。"""
    return _page(request, own_hand_over(hand_over_id, office_of(request).pk))


@require_POST
def answer(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """答复。"""
    found = own_hand_over(hand_over_id, office_of(request).pk)
    try:
        answer_hand_over(
            found, document_number=request.POST.get("document_number", ""), no_penalty_because=request.POST.get("no_penalty_because", ""),
            by=person(request), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _page(request, found, refused)
    return redirect(f"/office/hand-overs/{hand_over_id}")


def _page(request: HttpRequest, found: HandOver, refused: Refused | None = None) -> HttpResponse:
    visit = found.task.visit
    context = {
        "hand_over": found,
        "finding": newest_finding(found.task),
        "visit": visit,
        "name": names_of({visit.subject_id}).get(visit.subject_id, ("", ""))[0],
        "sender": Department.objects.values_list("name", flat=True).get(pk=found.task.office_id),
        "penalties": penalties_of(found),
        "given": request.POST,
        "refused": refused,
    }
    return render(request, "inspection/hand_over.html", context, status=422 if refused else 200)
