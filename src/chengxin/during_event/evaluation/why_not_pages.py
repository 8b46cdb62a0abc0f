"""``/s/<code>/evaluation/why-not``：what would have to be different for a better grade, for whoever has said for what matter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.during_event.evaluation.pages import order_from, page_of, required_matter
from chengxin.during_event.evaluation.reads import record_look
from chengxin.during_event.evaluation.results import graded_subject
from chengxin.during_event.evaluation.showing import points
from chengxin.during_event.evaluation.why_not import why_not
from chengxin.during_event.evaluation.why_not_showing import name_of, sentences_of
from chengxin.kernel import clock


@require_safe
def evaluation_why_not(request: HttpRequest, code: str) -> HttpResponse:
    """为什么不是 ``grade``."""
    subject, at = graded_subject(code), clock.now()
    matter, order = required_matter(request, subject), order_from(request, at)
    grade = request.GET.get("grade", "") or order.model.grades[0].id
    record_look(request, matter, f"why not {grade[:16]} {order.model.id} {order.as_of}", at, subject.pk)
    told = why_not(subject, order, grade)
    titles = {each.id: each.title for each in order.model.grades}
    context = {
        "subject": subject,
        "here": page_of(subject),
        "told": told,
        "points": points(told.found.score),
        "sentences": sentences_of(told),
        "grades": [(each.id, each.title) for each in order.model.grades[:-1]],
        "without": []
        if told.is_reached
        else [
            {"name": name_of(each.reason), "points": points(each.score), "grade": titles.get(each.grade, "数据不足")}
            for each in told.without
        ],
    }
    return render(request, "evaluation/why_not.html", context)
