"""参评资格核查的页面 ``/office/eligibility``：paste codes, say for what; the answer can be printed and says who asked, when, for what."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.reads import mark_settled
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import Refused
from chengxin.rights.eligibility.services import AT_MOST, LONGEST_MATTER, check_offices, codes_in, day_in
from chengxin.rights.eligibility.showing import bar_basis
from chengxin.rights.eligibility.types import Outcome


@require_safe
def eligibility(request: HttpRequest) -> HttpResponse:
    """The form. ``code``: an office to begin with, from its page."""
    return _form(request, {"codes": request.GET.get("code", "")[:18]})


@require_POST
def check_eligibility(request: HttpRequest) -> HttpResponse:
    """The answer, after who asked is on record; or the form again with what was typed."""
    at, given = clock.now(), {name: request.POST.get(name, "") for name in ("codes", "as_of", "matter")}
    mark_settled(request)  # the question is on record with every office of which something is shown
    try:
        sheet = check_offices(
            codes=codes_in(given["codes"]), as_of=day_in(given["as_of"], at), matter=given["matter"], caller=caller_of(request), at=at
        )
    except Refused as refused:
        return _form(request, given, refused)
    groups = [(outcome, sheet.of(outcome)) for outcome in (Outcome.NO, Outcome.REVIEW)]
    context = {"sheet": sheet, "groups": groups, "eligible": sheet.of(Outcome.YES), "basis": bar_basis(sheet), "given": given}
    return _private(render(request, "eligibility/answer.html", context))


def _form(request: HttpRequest, given: dict[str, str], refused: Refused | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "given": {"as_of": date_of(clock.now()).isoformat(), **given},
        "at_most": AT_MOST,
        "longest": LONGEST_MATTER,
        "refused": refused,
    }
    return _private(render(request, "eligibility/form.html", context, status=422 if refused else 200))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
