"""查看先留痕。Nothing that is not public leaves the house before who saw it stands in the database: what cannot be logged does not happen.

The view has worked out its answer; here it is held until its rows are committed. If they cannot be written, the answer is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from chengxin.access import ports
from chengxin.access.caller import Caller, caller_of
from chengxin.access.entrusted_reads import entrusted
from chengxin.access.marks import mark_of, marking_of
from chengxin.access.purposes import state_reason, stated_reason
from chengxin.access.queries import subordinates_of
from chengxin.access.reads import Reason, Seen, is_settled, noted, reason_of, record_reads
from chengxin.access.roles import Role
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.site.access_matrix import line_of
from chengxin.site.errors import refused_page
from chengxin.site.problems import problem_response, speaks_problem_json
from chengxin.site.reading_matrix import READING, Leaves
from chengxin.site.views_by_name import view_name

Answer = Callable[[HttpRequest], HttpResponseBase]
#: A page that comes back with a refusal on it shows the same things as the page itself.
_SHOWING: Final = frozenset({200, 201, 409, 422})


class ReadsFirst:
    """Middleware: holds the answer of a view that is not public until its reads are on record. Stands inside the access matrix."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if entrusted(request) and response.status_code in _SHOWING:
            _record_entrusted(request, response)
        name, caller = view_name(request), caller_of(request)
        if name is None or not _is_inside(caller) or response.status_code not in _SHOWING:
            return response
        seen = noted(request)
        line = READING.get(name)
        if not isinstance(line, Leaves):
            if line is None and not _is_public(name):
                _drop(response)
                refused = Forbidden("not-allowed", "这个页面没有列入查看留痕表，不予开放。", "请告诉系统管理员页面的地址。")
                return problem_response(request, refused) if speaks_problem_json(request) else refused_page(request, refused)
            return response
        if not seen and (is_settled(request) or response.status_code not in {200, 201}):
            return response
        return self._recorded(request, response, line, seen or (_named_by_address(request, line),))

    def _recorded(self, request: HttpRequest, response: HttpResponseBase, line: Leaves, seen: tuple[Seen, ...]) -> HttpResponseBase:
        at, caller = clock.now(), caller_of(request)
        try:
            reason = _reason(request, line, seen, at)
            if reason is None:
                _drop(response)
                return _ask(request, line)
            first = record_reads(caller, reason, seen, at)[0]
            make = marking_of(request)
            return response if make is None else _taking_over(make(mark_of(first, caller, reason, at)), response)
        except Refused as refused:
            _drop(response)
            return problem_response(request, refused) if speaks_problem_json(request) else refused_page(request, refused)
        except BaseException:
            _drop(response)
            raise


def _record_entrusted(request: HttpRequest, response: HttpResponseBase) -> None:
    """What a credit service agency looks at for a firm: on record first, as the looks of those inside are."""
    caller, at = caller_of(request), clock.now()
    try:
        by_reason: dict[Reason, list[Seen]] = {}
        for reason, seen in entrusted(request):
            by_reason.setdefault(reason, []).append(seen)
        for reason, looked_at in by_reason.items():
            record_reads(caller, reason, looked_at, at)
    except BaseException:
        _drop(response)
        raise


def _taking_over(made: HttpResponseBase, stand_in: HttpResponseBase) -> HttpResponseBase:
    """The download in place of what stood in for it, with the headers that were put on that on its way here."""
    for name, value in stand_in.items():
        if name not in {"Content-Type", "Content-Length"}:
            made.headers.setdefault(name, value)
    return made


@require_http_methods(["GET", "POST"])
def state_purpose(request: HttpRequest) -> HttpResponse:
    """``/office/purpose``：the form that asks for purpose and matter; back to where one came from."""
    if request.method == "GET":
        return _form(request, request.GET.get("next", ""))
    place = _local(request, request.POST.get("next", ""))
    try:
        state_reason(request, request.POST.get("purpose", ""), request.POST.get("matter", ""), clock.now())
    except Refused as refused:
        return _form(request, place, refused=refused)
    return redirect(place)


def _reason(request: HttpRequest, line: Leaves, seen: tuple[Seen, ...], at: Instant) -> Reason | None:
    """Why they look: the step of their own work, or what they state; None: they have to be asked."""
    caller = caller_of(request)
    if caller.role not in line.asks or all(_is_own(each, caller) for each in seen):
        return Reason(line.step)
    stated = stated_reason(request, at)
    if stated is None and speaks_problem_json(request):
        return reason_of(request.GET.get("purpose", ""), request.GET.get("matter", ""))
    return stated


def _drop(response: HttpResponseBase) -> None:
    """An answer that must not leave: its files are closed. Not by ``close()``, which would end the request and its database connection."""
    for closer in response._resource_closers:  # type: ignore[attr-defined]
        closer()


def _is_own(seen: Seen, caller: Caller) -> bool:
    if seen.owner_id is None or caller.department is None:
        return False
    return seen.owner_id == caller.department.pk or seen.owner_id in subordinates_of(caller.department.pk)


def _is_inside(caller: Caller) -> bool:
    return caller.by_token or (caller.role is not None and caller.role is not Role.ENTERPRISE)


def _is_public(name: str) -> bool:
    line = line_of(name)
    return line is not None and line.anyone


def _named_by_address(request: HttpRequest, line: Leaves) -> Seen:
    numbers = request.resolver_match.kwargs.values() if request.resolver_match else ()
    key = "/".join(str(each) for each in numbers)
    return Seen(line.kind, key, what="" if key else "列表")


def _ask(request: HttpRequest, line: Leaves) -> HttpResponse:
    if request.headers.get("HX-Request") or request.method != "GET":
        refused = Refused("purpose-required", "查看其他部门的信息须写明用途和事项。", "请先打开 /office/purpose 填写，再回到本页。")
        return refused_page(request, refused)
    return _form(request, request.get_full_path(), ports.kind_titles()[line.kind])


def _form(request: HttpRequest, place: str, kind: str = "", refused: Refused | None = None) -> HttpResponse:
    context = {
        "next": _local(request, place),
        "kind": kind,
        "refused": refused,
        "purpose": request.POST.get("purpose", ""),
        "matter": request.POST.get("matter", ""),
        "stated": stated_reason(request, clock.now()),
    }
    response = render(request, "site/purpose.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _local(request: HttpRequest, place: str) -> str:
    is_local = place.startswith("/") and url_has_allowed_host_and_scheme(place, allowed_hosts={request.get_host()})
    return place if is_local else "/office/"
