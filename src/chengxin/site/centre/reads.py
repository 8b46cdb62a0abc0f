"""谁看过：the firm sees every look at what is not public about it, may ask why, and takes a line's proof from the log of reads."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.questions import question_read
from chengxin.access.subject_reads import AGENCY_PERSON, prove_read, questions_of, reads_about
from chengxin.access.types import Scope
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound, Refused
from chengxin.site.centre.frame import account_of, framed, places, plain, private
from chengxin.site.centre.own import own_firm, scopes_held

QUESTIONS: Final = 20
#: Asking why is speaking for the firm against an act of an office, as an objection is.
ASKING: Final = Scope.OBJECTION


@require_safe
def own_reads(request: HttpRequest, code: str) -> HttpResponse:
    """``/centre/<code>/reads``：who looked, of which office, when, for what purpose, in which matter."""
    return _page(request, code, request.GET.get("cursor", "")[:200])


@require_POST
def question_own_read(request: HttpRequest, code: str, read_id: int) -> HttpResponse:
    """查问一行；somebody who did not look answers."""
    at, cursor = clock.now(), request.POST.get("cursor", "")[:200]
    firm = own_firm(request, code, ASKING, at)
    because = plain(request.POST.get("because", ""))
    try:
        question_read(read_id, subject_id=firm.subject.pk, because=because, by=account_of(request), at=at)
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, code, cursor, refused, read_id)
    return redirect(f"{firm.href}/reads{'?' + urlencode({'cursor': cursor}) if cursor else ''}#read-{read_id}")


@require_safe
def own_read_proof(request: HttpRequest, code: str, read_id: int) -> HttpResponse:
    """``/centre/<code>/reads/<id>/proof.json``：the line as the log of reads has it, with the path to a signed checkpoint."""
    at = clock.now()
    firm = own_firm(request, code, Scope.VIEW, at)
    answer = JsonResponse(prove_read(read_id, firm.subject.pk, at).document(), json_dumps_params={"ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="read-{read_id}-proof.json"'
    return private(answer)


def _page(request: HttpRequest, code: str, cursor: str, refused: Refused | None = None, about: int = 0) -> HttpResponse:
    at, caller = clock.now(), caller_of(request)
    firm = own_firm(request, code, Scope.VIEW, at)
    try:
        told = reads_about(firm.subject.pk, at, cursor=cursor)
    except Refused as wrong:  # no such place to go on from: the first page instead, and why
        refused, cursor, told = wrong, "", reads_about(firm.subject.pk, at)
    scopes = scopes_held(caller, firm.subject, at)
    context = {
        "firm": firm,
        "told": told,
        "lines": told.page.rows,
        "cursor": cursor,
        "next_href": f"?{urlencode({'cursor': told.page.next_cursor})}" if told.page.next_cursor else "",
        "questions": questions_of(firm.subject.pk, QUESTIONS),
        "may_ask": ASKING in scopes,
        "refused": refused,
        "about": about,
        "by_agencies": any(line.role == AGENCY_PERSON for line in told.page.rows),
        "given": plain(request.POST.get("because", "")) if refused else "",
        **places(firm, scopes),
        **framed(caller),
    }
    return private(render(request, "centre/reads.html", context, status=422 if refused else 200))
