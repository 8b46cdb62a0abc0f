"""公开的页面 that one may object to: which they are, whose they are, and what an open objection does to them.

A page is marked from the objection on. Where the office that adjudicates withheld it, the public is told so instead; people inside still
see it, with the mark, since some of them must look at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
from chengxin.rights.objections.published import PageState, Published, key_of, state_of
from chengxin.site.errors import problem_page
from chengxin.site.views_by_name import view_name

RECORD: Final = "record"
SUBJECT: Final = "subject"
OFFICE: Final = "office"
#: Names of the views that publish something about somebody, or explain it.
PUBLISHING: Final = frozenset(
    {
        "home", SUBJECT, "policy", "policy_page", "acts", "acts_list", "lists", "lists_list", "offices", OFFICE, "data", "annual_plans",
        "draws", "draw", "about", "evaluation_methods", "evaluation_method", "verify", "log",
    }
)  # fmt: skip
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
        if view_name(request) not in PUBLISHING:
            return None
        state = state_of(request.path)
        request.page_state = state  # type: ignore[attr-defined]
        if not state.withheld or caller_of(request).role in OFFICE_ROLES:
            return None
        sentence = f"这一页停止展示：{state.words}，裁决机关决定改正以前不公开。"
        return problem_page(request, UNAVAILABLE, sentence=sentence, what_to_do="改正以后恢复。单条记录可以按文书号查询。")


def page_state(request: HttpRequest) -> PageState:
    """What the middleware found."""
    found: PageState = getattr(request, "page_state", PageState())
    return found


def objection_href(request: HttpRequest) -> str:
    """Where one objects to the page that is shown; "" where there is nothing to object to."""
    name = view_name(request)
    if name == RECORD and request.resolver_match is not None:
        return f"/cases/open/objection/record/{request.resolver_match.kwargs['record_id']}"
    key = key_of(request.path) if name in PUBLISHING else ""
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
    if match.view_name not in PUBLISHING:
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


def _subject(code: str) -> Subject | None:
    numbered = code.isascii() and code.isdigit() and len(code) < 15
    found = Subject.objects.filter(pk=int(code)).first() if numbered else Subject.objects.filter(code=code).first()
    return Subject.objects.get(pk=found.canonical_id) if found is not None else None
