"""人工复核的页面：what waits for a person of the credit office, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.reads import Seen, mark_settled, note
from chengxin.access.roles import Role
from chengxin.during_event.evaluation.models import ReviewRequest
from chengxin.during_event.evaluation.reviews import answer_review, review_by_id, reviews
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

MOST: Final = 100


@require_safe
def evaluation_reviews(request: HttpRequest) -> HttpResponse:
    """``/evaluation/reviews``：those that wait, oldest first; those answered, newest first."""
    waiting, answered = reviews(waiting=True, limit=MOST), reviews(waiting=False, limit=MOST)
    note(request, *_seen([*waiting, *answered]))
    mark_settled(request)
    context = {"waiting": _lines(waiting), "answered": _lines(answered)}
    return render(request, "evaluation/reviews.html", context)


@require_safe
def evaluation_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """``/evaluation/reviews/<id>``：one request, with the form for its answer."""
    return _page(request, review_by_id(review_id))


@require_POST
def answer_evaluation_review(request: HttpRequest, review_id: int) -> HttpResponse:
    """答复, by another person than who asked."""
    caller = caller_of(request)
    if caller.account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    try:
        answer_review(review_id, answer=request.POST.get("answer", ""), by=caller.account, at=clock.now())
    except Refused as refused:
        return _page(request, review_by_id(review_id), refused)
    return redirect(f"/evaluation/reviews/{review_id}")


def _page(request: HttpRequest, review: ReviewRequest, refused: Refused | None = None) -> HttpResponse:
    caller = caller_of(request)
    note(request, *_seen([review]))
    other = caller.account is not None and caller.account.username != review.asked_by
    context = {
        "line": _lines([review])[0],
        "refused": refused,
        "answer": request.POST.get("answer", ""),
        "may_answer": review.answered_at is None and caller.role is Role.CREDIT_OFFICE and other,
        "own": not other,
    }
    return render(request, "evaluation/review.html", context, status=422 if refused else 200)


def _seen(found: Sequence[ReviewRequest]) -> list[Seen]:
    return [Seen("review", str(each.pk), (each.subject_id,)) for each in found]


def _lines(found: Sequence[ReviewRequest]) -> list[dict[str, Any]]:
    names, models = names_of([each.subject_id for each in found]), active.policy_set().evaluation_models
    return [
        {
            "review": each,
            "name": names.get(each.subject_id, ("", ""))[0],
            "href": f"/s/{names.get(each.subject_id, ('', ''))[1] or each.subject_id}/evaluation",
            "model": models[each.model].title if each.model in models else each.model,
        }
        for each in found
    ]
