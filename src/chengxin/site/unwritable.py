"""不可写的字符：U+0000 stands in no name, number or address, and PostgreSQL stores it nowhere; half of a surrogate pair is no character
and no answer can even repeat it. Refused once, for every request."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import QueryDict, UnreadablePostError
from django.http.response import HttpResponseBase

from chengxin.kernel.refused import Refused
from chengxin.site.errors import problem_page
from chengxin.site.problems import problem_response, refused_for, speaks_problem_json

NUL: Final = "\0"
_REFUSED: Final = Refused(
    "nul-character",
    "请求里有不可见的空字符（U+0000），名称、编号和地址中都不会有它。",
    "删去空字符后再试；多半是从别处粘贴带来的。",
)
#: JSON writes it as an escape; a backslash before it that is itself escaped makes it six harmless characters.
_NUL_IN_JSON: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_HALF: Final = Refused(
    "half-a-character",
    "请求里有不成对的代理字符（U+D800 至 U+DFFF），它不是字符，不能保存。",
    "删去以后再试；多半是一个表情符号被截断了。",
)
_PAIR_IN_JSON: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_SURROGATE_IN_JSON: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u[dD][89a-fA-F]")


class NulInAddress:
    """Middleware: a NUL in path, query or cookies is answered with 400, before the session or anything else asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if NUL in request.path or _has_nul(request.GET) or any(NUL in text for text in request.COOKIES.values()):
            return _refuse(request)
        return self.get_response(request)


class NulInForm:
    """Middleware: the same for what a form or a JSON document says. After the access matrix, which comes before any reading of a body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """Refuse, or let the view run (None). A form that cannot be taken apart is refused here: asked again, it would look empty."""
        try:
            if request.content_type == "application/json":
                refused = _unwritable_in_json(request.body)
            else:
                refused = _REFUSED if _has_nul(request.POST) else None
        except MultiPartParserError:
            return _refuse(request, refused_for(400))
        except UnreadablePostError:
            return None  # the sender is gone
        return _refuse(request, refused) if refused is not None else None


def _unwritable_in_json(body: bytes) -> Refused | None:
    if _NUL_IN_JSON.search(body):
        return _REFUSED
    if _SURROGATE_IN_JSON.search(body) and _SURROGATE_IN_JSON.search(_PAIR_IN_JSON.sub(rb"\1", body)):
        return _HALF
    try:
        body.decode()
    except UnicodeDecodeError:
        return refused_for(400)  # JSON is UTF-8 (RFC 8259, 8.1); the reader of the API would let halves of pairs through
    return None


def _has_nul(given: QueryDict) -> bool:
    return any(NUL in name or any(NUL in text for text in texts) for name, texts in given.lists())


def _refuse(request: HttpRequest, refused: Refused = _REFUSED) -> HttpResponseBase:
    if speaks_problem_json(request):
        return problem_response(request, refused, 400)
    return problem_page(request, 400, sentence=refused.sentence, what_to_do=refused.what_to_do)
