"""查询 ``/search``：by a part of a name, or by a number. Never by the name of a natural person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chengxin.foundation.subjects.search import find_subjects
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.site.found import Found, found

SUGGESTED = 8
LISTED = 50
_SHORTEST = 2


def _asked(request: HttpRequest, name: str = "q") -> str:
    return request.GET.get(name, "").strip()[:100]


def _find(query: str, limit: int) -> list[Found]:
    policy = active.policy_set()
    return [found(subject, query, policy) for subject in find_subjects(query, limit, clock.now())]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The list of what was found; a full code that is known leads straight to its page."""
    query = _asked(request)
    context: dict[str, object] = {"query": query}
    if query:
        try:
            subjects = _find(query, LISTED + 1)
        except Refused as refused:
            return render(request, "site/search.html", {**context, "refused": refused}, status=400)
        if len(subjects) == 1 and subjects[0].code == query.upper():
            return redirect(subjects[0].href)
        context |= {"found": subjects[:LISTED], "more": len(subjects) > LISTED}
    response = render(request, "site/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The options under the field, for htmx."""
    query = _asked(request)
    field = "".join(letter for letter in request.GET.get("field", "q") if letter.isalnum() or letter == "-")[:40]
    if len(query) < _SHORTEST:
        return HttpResponse("")
    try:
        subjects = _find(query, SUGGESTED)
    except Refused:
        subjects = []
    return render(request, "site/suggestions.html", {"found": subjects, "field": field})
