"""投诉不用账户 ``/complain``：choose an office, write, get number and code; ``/complain/follow``：go on with them.

The code stands in no address, no log and no cookie: it is typed into a form, and the browser then holds a signed note that says which
complaint was opened, until it is closed, is left, or some minutes pass without use.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.access.caller import ANONYMOUS, caller_of
from chengxin.access.client_address import client_address
from chengxin.access.limits import session_limits
from chengxin.casework.forms import answer_with_document, files_of, status_with, texts_of, version_of
from chengxin.casework.models import Case
from chengxin.casework.pages import offices_named
from chengxin.casework.services import check_opening
from chengxin.casework.showing import case_context, form_of, periods_of
from chengxin.casework.types import About, Actor
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.policy import active
from chengxin.rights.abouts import OfficeAbouts
from chengxin.rights.complaints import visitors
from chengxin.rights.rectification.abouts import COMPLAINT

HERE: Final = "/complain"
FOLLOW: Final = "/complain/follow"
#: Which complaint this browser has opened by its code. A session of the platform would be a row that outlives the visit.
_OPENED: Final = "chengxin_complaint"
_SALT: Final = "chengxin.complaint-opened"
#: The mark of the form that was sent last, so that a page loaded again does not complain twice.
_SENT: Final = "chengxin_complaint_sent"


@require_safe
def complain(request: HttpRequest) -> HttpResponse:
    """``/complain``：which office it is about; found by a part of its name."""
    rule = active.policy_set().procedure(COMPLAINT)
    return _private(render(request, "complaints/complain.html", {"rule": rule, "form": HERE, **offices_named(request)}))


@require_safe
def complain_about(request: HttpRequest, code: str) -> HttpResponse:
    """``/complain/<code>``：the form. Who is signed in complains as who they are: nobody decides a case that is secretly their own."""
    if caller_of(request) is not ANONYMOUS:
        return redirect(f"/cases/open/{COMPLAINT}/office/{code}")
    return _form(request, code)


@require_POST
@sensitive_variables("filed")
def file_complaint(request: HttpRequest, code: str) -> HttpResponse:
    """提交。The answer to this very request is the receipt: the code is shown here and nowhere again."""
    try:
        if caller_of(request) is not ANONYMOUS:
            raise Forbidden(
                "complaint-signed-in", "您已经登录，不能作为没有账户的人投诉。", "用账户投诉，从“案件”进入；或者退出登录以后再来。"
            )
        once = _mark(request.POST.get("once", ""))
        if once and once == request.COOKIES.get(_SENT, ""):
            raise Conflict(
                "complaint-filed-already", "这份投诉已经提交过，没有再提交一次。",
                "查询码只在提交时显示一次。抄下了的，到“查进度”；没有抄下、要另提一份的，重新打开表格。",
            )  # fmt: skip
        filed = visitors.file_complaint(
            office=code, texts=texts_of(request), files=files_of(request), address=client_address(request), at=clock.now()
        )
    except NotFound:
        raise
    except Refused as refused:
        return _form(request, code, refused)
    response = _private(render(request, "complaints/receipt.html", {"filed": filed, "follow": FOLLOW}, status=201))
    if once:
        _keep(response, _SENT, once, HERE)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def follow(request: HttpRequest) -> HttpResponse:
    """``/complain/follow``：number and code, or the complaint that they opened."""
    if request.method == "POST":
        return _open(request)
    opened = _opened(request)
    return _ask(request) if opened is None else _case(request, *opened)


@require_POST
def follow_leave(request: HttpRequest) -> HttpResponse:
    """离开：the next person at this machine sees nothing."""
    response = _private(redirect(FOLLOW))
    response.delete_cookie(_OPENED, path=FOLLOW, samesite="Strict")
    return response


@require_POST
def follow_step(request: HttpRequest, verb: str) -> HttpResponse:
    """办理一步 of one's own complaint. What was typed stays after a refusal."""
    opened = _opened(request)
    if opened is None:
        return _ask(request, _over())
    try:
        visitors.go_on(
            *opened[:2], verb=verb[:32], version=version_of(request), texts=texts_of(request), files=files_of(request),
            address=client_address(request), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _case(request, *opened, refused, verb)
    return _private(redirect(FOLLOW))


@require_safe
def follow_document(request: HttpRequest, document_id: int) -> HttpResponseBase:
    """案卷材料 of one's own complaint."""
    opened = _opened(request)
    return _ask(request, _over()) if opened is None else answer_with_document(opened[0], document_id, opened[1])


def _form(request: HttpRequest, code: str, refused: Refused | None = None) -> HttpResponse:
    at, policy = clock.now(), active.policy_set()
    rule = policy.procedure(COMPLAINT)
    facts = OfficeAbouts().facts_of(code, visitors.NOBODY, at)
    may = refused is not None
    if refused is None:
        try:
            check_opening(procedure=COMPLAINT, about=About("office", code), actor=visitors.NOBODY, at=at)
            may = True
        except Refused as why_not:
            refused = why_not
    context = {
        "rule": rule, "facts": facts, "may": may, "refused": refused, "here": f"{HERE}/{code}", "clocks": periods_of(rule, policy, at),
        "move": form_of(rule.opening, rule, visitors.NOBODY, set(), texts_of(request)), "once": secrets.token_hex(16),
    }  # fmt: skip
    return _private(
        render(request, "complaints/complain_about.html", context, status=status_with(refused) if request.method == "POST" else 200)
    )


def _ask(request: HttpRequest, refused: Refused | None = None, number: str = "") -> HttpResponse:
    status = 200 if refused is None else 429 if refused.slug == "complaint-code-tried" else 404
    return _private(render(request, "complaints/follow_ask.html", {"refused": refused, "number": number, "here": FOLLOW}, status=status))


def _open(request: HttpRequest) -> HttpResponse:
    at, number = clock.now(), request.POST.get("number", "")
    try:
        case, actor = visitors.find_complaint(number=number, code=request.POST.get("code", ""), address=client_address(request), at=at)
    except Refused as refused:
        return _ask(request, refused, number)
    response = _private(redirect(FOLLOW))
    _note(response, case, actor, at)
    return response


def _case(  # noqa: PLR0917
    request: HttpRequest, case: Case, actor: Actor, began: int, refused: Refused | None = None, verb: str = ""
) -> HttpResponse:
    at, policy = clock.now(), active.policy_set()
    case.refresh_from_db()
    context = case_context(case, policy.procedure(COMPLAINT), actor, policy, at, verb, texts_of(request) if refused else {})
    context |= {"links": (), "refused": refused, "here": FOLLOW, "notices": visitors.notices_for(case, actor)}
    response = _private(render(request, "complaints/follow.html", context, status=status_with(refused)))
    _note(response, case, actor, began)
    return response


def _opened(request: HttpRequest) -> tuple[Case, Actor, int] | None:
    """The complaint that this browser has opened, its complainant, and since when; None where there is none, or it was too long ago."""
    limits = session_limits(now := clock.now())
    try:
        case_id, digest, began, seen = signing.loads(request.COOKIES.get(_OPENED, ""), salt=_SALT)
        if now - seen >= limits.idle or now - began >= limits.longest:
            return None
        return (*visitors.case_of(case_id, digest), began)
    except (signing.BadSignature, NotFound):
        return None


def _note(response: HttpResponse, case: Case, actor: Actor, began: int) -> None:
    digest = actor.person.partition(":")[2]
    _keep(response, _OPENED, signing.dumps([case.pk, digest, began, clock.now()], salt=_SALT), FOLLOW)


def _keep(response: HttpResponse, name: str, value: str, path: str) -> None:
    """For this browser until it is closed, and for no other page."""
    response.set_cookie(name, value, path=path, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Strict")


def _mark(once: str) -> str:
    return sha256(once.encode("utf-8", "replace")).hexdigest() if once else ""


def _over() -> Refused:
    return Refused("complaint-code-wrong", "离开得太久，或者还没有填查询码。", "重新填写受理号和查询码；刚才填的没有提交。")


def _private(response: HttpResponse) -> HttpResponse:
    """Neither kept nor found by anybody else."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
