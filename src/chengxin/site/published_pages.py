"""公开的页面 that one may object to: which they are, whose they are, and what an open objection does to them.

A page is marked from the objection on. Where the office that adjudicates withheld it, the public is told so instead; people inside still
see it, with the mark, since some of them must look at it. However its address is written, and under whichever number of the subject, it
is the same page; what a program is given of the same content is withheld with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve

from chengxin.access.caller import caller_of
from chengxin.access.roles import OFFICE_ROLES
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.refused import NotFound, Refused
from chengxin.rights.objections.published import PageState, Published, any_open_under, key_of, state_of
from chengxin.site.errors import problem_page
from chengxin.site.problems import problem_response, speaks_problem_json
from chengxin.site.subject_page import subject_at
from chengxin.site.views_by_name import view_name

RECORD: Final = "record"
SUBJECT: Final = "subject"
OFFICE: Final = "office"
SUBJECTS: Final = "/s/"
#: Names of the views that publish something about somebody, or explain it.
PUBLISHING: Final = frozenset(
    {
        "home", SUBJECT, "policy", "policy_page", "acts", "acts_list", "lists", "lists_list", "offices", OFFICE, "data", "annual_plans",
        "draws", "draw", "about", "evaluation_methods", "evaluation_method", "verify", "log",
    }
)  # fmt: skip
#: What hands out the content of a page to a program or as a file → the page: withheld together.
TWINS: Final[Mapping[str, str]] = {
    "api:get_subject": SUBJECT, "api:get_subject_records": SUBJECT, "draw_file": "draw", "evaluation_method_file": "evaluation_method",
}  # fmt: skip
_TITLE: Final = re.compile(r"<title>(.*?)</title>", re.DOTALL)
UNAVAILABLE: Final = 451  # RFC 7725


class DisputedPages:
    """Middleware: looks once, before the page is made, whether an objection to it is open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """The mark for the frame of the page; the sentence instead of a page that is withheld."""
        name, match = view_name(request) or "", request.resolver_match
        page = TWINS.get(name, name)
        if page not in PUBLISHING or match is None:
            return None
        # Which subject an address means is asked only where it matters: while an objection to the page of some subject is open.
        state = state_of(*_addresses(page, match, request.path)) if page != SUBJECT or any_open_under(SUBJECTS) else PageState()
        request.page_state = state  # type: ignore[attr-defined]
        caller = caller_of(request)
        if not state.withheld or caller.role in OFFICE_ROLES or caller.by_token:
            return None
        return _withheld(request, state)


def page_state(request: HttpRequest) -> PageState:
    """What the middleware found."""
    found: PageState = getattr(request, "page_state", PageState())
    return found


def objection_href(request: HttpRequest) -> str:
    """Where one objects to the page that is shown; "" where there is nothing to object to."""
    name, match = view_name(request) or "", request.resolver_match
    if match is None or name not in PUBLISHING | {RECORD}:
        return ""
    if name == RECORD:
        return f"/cases/open/objection/record/{match.kwargs['record_id']}"
    written = str(match.kwargs.get("code", "")).strip().upper()
    by_code = name == SUBJECT and not written.isdigit()
    key = key_of(SUBJECTS + written if by_code else _addresses(name, match, request.path)[0])
    return f"/cases/open/page_objection/page/{key}" if key else ""


def published_at(path: str) -> Published | None:
    """Fills ``objections.published``: what anybody is shown at ``path``. Refused for a record, which has its own objection."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    if match.view_name == RECORD:
        sentence = "这一页就是一条信用记录，请对记录提出异议：核实、更正和告知都在记录上办。"
        raise Refused("object-to-the-record", sentence, f"打开 /cases/open/objection/record/{match.kwargs['record_id']} 办理。")
    if match.view_name not in PUBLISHING or path != _addresses(match.view_name, match, path)[0]:
        return None
    title = _title(path, match)
    if title is None:
        return None
    code = str(match.kwargs.get("code", ""))
    if match.view_name == OFFICE:
        return Published(title, office_code=code)
    subject = _subject(code) if match.view_name == SUBJECT else None
    return Published(title, subject.pk, tuple(member_ids(subject.pk))) if subject is not None else Published(title)


def _title(path: str, match: ResolverMatch) -> str | None:
    """The title of the page, as anybody gets it; None for one that is not there."""
    request = HttpRequest()
    request.method, request.path, request.path_info, request.resolver_match = "GET", path, path, match
    request.user, request.session = AnonymousUser(), {}  # type: ignore[assignment]
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except (NotFound, Http404):
        return None
    found = _TITLE.search(response.content.decode()) if response.status_code == 200 else None
    return unescape(found[1]).strip() if found else None


def _addresses(page: str, match: ResolverMatch, path: str) -> list[str]:
    """Every address of this publishing page, the one that it is linked by first."""
    if page == SUBJECT:
        subject = _subject(str(match.kwargs["code"]))
        return _addresses_of(subject) if subject is not None else [path]
    if page == "draw":
        return [f"/draws/{match.kwargs['number']}"]
    if page == "evaluation_method":
        return [f"/evaluation/method/{match.kwargs['model_id']}"]
    return [path]


def _addresses_of(subject: Subject) -> list[str]:
    """Of the subject's page: by code and by number, of all that were judged to be one with it."""
    rows = Subject.objects.filter(pk__in=member_ids(subject.pk)).values_list("pk", "code")
    return list(
        dict.fromkeys(f"{SUBJECTS}{text}" for text in (subject.code or subject.pk, *(each for row in rows for each in row if each)))
    )


def _subject(code: str) -> Subject | None:
    """The subject that the page ``/s/<code>`` shows or leads to; None for none."""
    try:
        found = subject_at(code)
    except NotFound:
        return None
    return Subject.objects.get(pk=found.canonical_id)


def _withheld(request: HttpRequest, state: PageState) -> HttpResponse:
    sentence, what_to_do = f"这一页停止展示：{state.words}，裁决机关决定改正以前不公开。", "改正以后恢复。单条记录可以按文书号查询。"
    if speaks_problem_json(request):
        response = problem_response(request, Refused("page-withheld", sentence, what_to_do), UNAVAILABLE)
    else:
        response = problem_page(request, UNAVAILABLE, sentence=sentence, what_to_do=what_to_do)
    response["Cache-Control"] = "no-store"  # it is over with one step, and people inside get another answer
    return response
