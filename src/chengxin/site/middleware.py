"""What every request passes: its log line, the ends of a session, the access matrix, the headers, problems in one form."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from ninja.utils import check_csrf

from chengxin.access.caller import ANONYMOUS, Caller, caller_of, identify
from chengxin.access.limits import session_limits
from chengxin.access.roles import Role
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active
from chengxin.site import metrics
from chengxin.site.access_matrix import line_of
from chengxin.site.errors import problem_page, refused_page
from chengxin.site.problems import CONTENT_TYPE, NOT_FOR_FIRMS, problem_response, refused_for, speaks_problem_json
from chengxin.site.views_by_name import API_ROOT, methods_of, view_name

Answer = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger("chengxin.requests")

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestLog:
    """One log line and one count a request: the view's name and the outcome, never an address, a query or a person."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request=request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
            seconds = time.perf_counter() - started
            view = view_name(request) or "unknown"
            caller = caller_of(request)
            log.info(
                "request",
                view=view,
                method=request.method,
                status=response.status_code,
                milliseconds=round(seconds * 1000),
                role=caller.role.value if caller.role else "token" if caller.by_token else "",
                department=caller.department.code if caller.department else "",
            )
        metrics.count_request(view, request.method or "", response.status_code, seconds)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


class OnePolicySet:
    """A request is answered by one set of policies, looked up once: a page never mixes what was in force before and after an adoption."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with active.the_same_throughout():
            return self.get_response(request)


class SecurityHeaders:
    """Headers that keep other people's scripts, frames and referrers out."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
        if caller_of(request) is not ANONYMOUS:
            response.setdefault("Cache-Control", "no-store")  # the next person at the same desk
        return response


class HeadOfApi:
    """HEAD wherever the API has GET (RFC 9110, 9.1): the same answer and headers without its body. Pages get it from Django."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD" or not request.path.startswith(f"/{API_ROOT}"):
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)  # the server leaves the body out
        finally:
            request.method = "HEAD"


class ApiProblems:
    """Whatever goes wrong for a program leaves as RFC 9457, also what Django and the API framework answer by themselves."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < 400 or not speaks_problem_json(request) or response.get("Content-Type") == CONTENT_TYPE:
            return response
        problem = problem_response(request, refused_for(response.status_code), response.status_code)
        for header in ("Allow", "Retry-After"):
            if header in response:
                problem[header] = response[header]
        return problem

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A refusal of a view that is not part of the API framework (the log's tiles)."""
        if isinstance(exception, Refused) and speaks_problem_json(request):
            return problem_response(request, exception)
        return None


class SessionEnds:
    """A session ends after a while without use, and at the latest some hours after its log-in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = clock.now()
        began, seen = request.session.get("began_at", now), request.session.get("seen_at", now)
        limits = session_limits(now)
        if now - began >= limits.longest or now - seen >= limits.idle:
            logout(request)
            return
        if "began_at" not in request.session or now - seen >= settings.SESSION_SEEN_EVERY:
            request.session["began_at"], request.session["seen_at"] = began, now


class AccessMatrix:
    """Default deny: who calls is found out once, and the view's line says whether it may. Stands before anything reads the body."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """Refuse, or let the view run (None)."""
        name = view_name(request)
        if name is None:
            return None  # an address of the API, a method it does not have: 405
        try:
            caller = identify(request)
            request.caller = caller  # type: ignore[attr-defined]
            _admit(name, caller)
        except Forbidden as refused:
            return self._refuse(request, refused)
        if request.method not in SAFE_METHODS and (methods := methods_of(view)) and request.method not in methods:
            return _wrong_method(request, methods)  # before the CSRF check, which would speak of a form that there is not
        if caller.account is not None and request.method not in SAFE_METHODS and getattr(view, "csrf_exempt", False):
            return check_csrf(request)  # the API is exempt for tokens; a browser's session is not
        return None

    def _refuse(self, request: HttpRequest, refused: Forbidden) -> HttpResponseBase:
        if speaks_problem_json(request):
            return problem_response(request, refused)
        if refused.slug == "login-required" and request.method in SAFE_METHODS and not request.headers.get("HX-Request"):
            return redirect(f"/login?{urlencode({'next': request.get_full_path()})}")
        return refused_page(request, refused)


def _wrong_method(request: HttpRequest, methods: frozenset[str]) -> HttpResponse:
    words = refused_for(405)
    answer = problem_page(request, 405, sentence=words.sentence, what_to_do="请从首页重新进入。")
    answer["Allow"] = ", ".join(sorted(methods))
    return answer


def _admit(view: str, caller: Caller) -> None:
    line = line_of(view)
    if line is None:
        raise Forbidden("not-allowed", "这个页面没有列入访问表，不予开放。", "请告诉系统管理员页面的地址。")
    if line.admits(caller):
        return
    words = refused_for(403 if caller is not ANONYMOUS else 401)
    words = NOT_FOR_FIRMS if caller.role is Role.ENTERPRISE else words
    raise Forbidden(words.slug, words.sentence, words.what_to_do)
