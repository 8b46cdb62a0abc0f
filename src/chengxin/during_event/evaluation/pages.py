"""评价说明 ``/s/<code>/evaluation``：the grade with every reason. Not public: who looks says why, and the look is on record first."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.reads import Reason, mark_settled
from chengxin.access.roles import Role
from chengxin.during_event.evaluation.charts import waterfall_chart
from chengxin.during_event.evaluation.explaining import Explained, explain
from chengxin.during_event.evaluation.listings import listings_of
from chengxin.during_event.evaluation.outlook import changes_of, outlook
from chengxin.during_event.evaluation.ports import dispute_of
from chengxin.during_event.evaluation.reads import matter_of, record_look
from chengxin.during_event.evaluation.results import Results, graded_subject, order_asked, results_of
from chengxin.during_event.evaluation.reviews import ask_review, reviews_of, waiting_for
from chengxin.during_event.evaluation.runs import Order, newest_run, order_of
from chengxin.during_event.evaluation.showing import conclusion_of, line_of, parts_of, points, remarks_of
from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.showing import marks_of
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

#: Session: number of the subject → purpose and matter, as long as one is signed in.
_MATTERS: Final = "evaluation_matters"


@require_http_methods(["GET", "HEAD", "POST"])
def subject_evaluation(request: HttpRequest, code: str) -> HttpResponse:
    """The page: first the question for what purpose, then the answer. ``model``, ``as_of``: another model, a past day."""
    subject = graded_subject(code)
    if request.method == "POST":
        return _state_matter(request, subject)
    matter = _matter(request, subject)
    if matter is None:
        return _ask_matter(request, subject)
    at = clock.now()
    order = order_from(request, at)
    record_look(request, matter, f"page {order.model.id} {order.as_of}", at, subject.pk)
    return _page(request, subject, order, at)


@require_safe
def evaluation_outlook(request: HttpRequest, code: str) -> HttpResponse:
    """怎样会变, with scores: a part of the page, which is there before this is worked out."""
    subject, at = graded_subject(code), clock.now()
    matter = required_matter(request, subject)
    order = order_of(request.GET.get("model", "") or PUBLIC_MODEL, date_of(at), at)
    record_look(request, matter, f"outlook {order.model.id} {order.as_of}", at, subject.pk)
    found = explain(subject, order)
    changes = outlook(subject, found, order)
    context = {"subject": subject, "here": page_of(subject), "found": _told(found), "changes": [_change(each, found) for each in changes]}
    return render(request, f"evaluation/{'outlook' if request.headers.get('HX-Request') else 'outlook_page'}.html", context)


@require_POST
def ask_evaluation_review(request: HttpRequest, code: str) -> HttpResponse:
    """请求人工复核, with a reason."""
    subject, at, caller = graded_subject(code), clock.now(), caller_of(request)
    if caller.account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    order = order_of(request.POST.get("model", "") or PUBLIC_MODEL, date_of(at), at)
    matter = required_matter(request, subject)
    explain(subject, order)  # refuses a model that is not about this subject
    try:
        ask_review(subject, order.model, because=request.POST.get("because", ""), by=caller.account, at=at)
    except Refused as refused:
        record_look(request, matter, f"page {order.model.id} {order.as_of}", at, subject.pk)
        return _page(request, subject, order, at, refused)
    return redirect(f"{page_of(subject)}?{urlencode({'model': order.model.id})}#review")


@require_safe
def evaluation_handover(request: HttpRequest, code: str) -> HttpResponse:
    """交给主体的说明, to print: to firms without an account the credit office hands the same reasons over on paper."""
    subject, at = graded_subject(code), clock.now()
    matter = required_matter(request, subject)
    order = order_from(request, at)
    record_look(request, matter, f"handover {order.model.id} {order.as_of}", at, subject.pk)
    results = results_of(subject, order.as_of, at)
    found = results.of_model(order.model)
    context = _context(subject, results, found, at)
    changes = changes_of(found, context["listings"])
    context |= {"matter": matter, "changes": [_change(each, found) for each in changes]}
    return render(request, "evaluation/handover.html", context)


def _page(request: HttpRequest, subject: Subject, order: Order, at: Instant, refused: Refused | None = None) -> HttpResponse:
    results = results_of(subject, order.as_of, at)
    found, caller = results.of_model(order.model), caller_of(request)
    waiting = waiting_for(subject, order.model.id)
    context = _context(subject, results, found, at)
    context |= {
        "has_ends": bool(changes_of(found, context["listings"])),
        "chart": waterfall_chart(found),
        "today": date_of(at),
        "is_today": order.as_of == date_of(at),
        "matter": _matter(request, subject),
        "waiting": waiting,
        "reviews": reviews_of(subject),
        "may_ask": waiting is None and caller.account is not None and caller.role is not Role.AUDITOR,
        "may_hand_over": caller.role is Role.CREDIT_OFFICE,
        "refused": refused,
        "because": request.POST.get("because", ""),
        "run": newest_run(order.model.id),
        "may_see_runs": caller.role in {Role.CREDIT_OFFICE, Role.AUDITOR},
    }
    return render(request, "evaluation/subject.html", context, status=422 if refused else 200)


def _context(subject: Subject, results: Results, found: Explained, at: Instant) -> dict[str, Any]:
    """What the page and the paper have in common."""
    policy = active.policy_set()
    listings = listings_of(subject, found, order_of(found.model.id, found.as_of, at))
    numbers = [each.record_id for each in (*listings, *found.reasons) if each.record_id]
    public = frozenset(Record.objects.filter(visible(Surface.PUBLIC, at), pk__in=numbers).values_list("pk", flat=True))
    marks = marks_of(numbers, at)
    return {
        "at": at,
        "subject": subject,
        "here": page_of(subject),
        "results": results,
        "own": [_told(each) for each in (results.city, *results.industries)],
        "found": _told(found),
        "disputed": dispute_of(subject.pk, found.model.id, at),
        "conclusion": conclusion_of(found),
        "remarks": remarks_of(found),
        "start": points(found.model.starting_milli_points),
        "parts": parts_of(found, policy, public, marks),
        "listings": listings,
        "listing_lines": [line_of(each, policy, public, marks) for each in listings],
    }


def _told(found: Explained) -> dict[str, Any]:
    return {"explained": found, "model": found.model, "points": points(found.score), "as_of": found.as_of}


def _change(change: Any, found: Explained) -> dict[str, Any]:
    then = change.then
    told = {
        "on": change.on,
        "ending": [
            {"reason": each, "points": points(each.milli_points, signed=True) if each.milli_points else ""} for each in change.ending
        ],
    }
    if then is None:
        return told
    difference = points(then.score - found.score, signed=True)
    return told | {"then": _told(then), "difference": difference, "other_grade": then.grade != found.grade}


def _state_matter(request: HttpRequest, subject: Subject) -> HttpResponse:
    purpose, matter = request.POST.get("purpose", ""), request.POST.get("matter", "")
    try:
        given = matter_of(purpose, matter)
    except Refused as refused:
        return _ask_matter(request, subject, refused, purpose, matter)
    request.session[_MATTERS] = request.session.get(_MATTERS, {}) | {str(subject.pk): [given.purpose, given.matter]}
    return redirect(request.get_full_path())


def _ask_matter(
    request: HttpRequest, subject: Subject, refused: Refused | None = None, purpose: str = "", matter: str = ""
) -> HttpResponse:
    review = request.GET.get("review", "")[:20]
    if review and not refused:
        purpose, matter = "答复复核请求", f"第 {review} 号复核请求"
    mark_settled(request)
    context = {"subject": subject, "refused": refused, "purpose": purpose, "matter": matter}
    return render(request, "evaluation/matter.html", context, status=422 if refused else 200)


def _matter(request: HttpRequest, subject: Subject) -> Reason | None:
    given = request.session.get(_MATTERS, {}).get(str(subject.pk))
    return Reason(*given) if given else None


def required_matter(request: HttpRequest, subject: Subject) -> Reason:
    """用途和事项 that were stated for this subject. Refused where none were."""
    return _matter(request, subject) or matter_of("", "")


def page_of(subject: Subject) -> str:
    """The address of the subject's evaluation."""
    return f"/s/{subject.code or subject.pk}/evaluation"


def order_from(request: HttpRequest, at: Instant) -> Order:
    """The model and the day asked about. Refused for a day to come, for no day, for no model."""
    return order_asked(request.GET.get("model", "") or PUBLIC_MODEL, _day(request, at), at)


def _day(request: HttpRequest, at: Instant) -> date:
    text = request.GET.get("as_of", "").strip()
    if not text:
        return date_of(at)
    try:
        day = date.fromisoformat(text)
        end_of_day(day)
    except (ValueError, OverflowError):
        raise Refused("date-unreadable", f"“{text[:20]}”不能作为评价的日期。", "写成 2026-04-01 这样的日期。") from None
    return day
