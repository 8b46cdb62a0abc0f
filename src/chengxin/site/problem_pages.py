"""``/problems`` and ``/problems/<slug>``：the pages that the ``type`` of a problem points to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.kernel.refused import NotFound
from chengxin.site.problem_titles import TITLES


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Every kind of problem."""
    return render(request, "site/problems.html", {"titles": sorted(TITLES.items())})


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of problem; the sentence of a single case stands in the answer that named it."""
    if slug not in TITLES:
        raise NotFound("not-found", "没有这一种问题。", "请从 /problems 的列表中查找。")
    return render(request, "site/problem_kind.html", {"slug": slug, "title": TITLES[slug]})
