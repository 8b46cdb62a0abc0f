"""办不了的页面：400, 403, 404, 500 in words, and the one place where a :class:`Refused` becomes a page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import urlencode

from chengxin.access.caller import caller_of
from chengxin.access.roles import Role
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.site.problems import NOT_FOR_FIRMS, problem_response, refused_for, retry_after, speaks_problem_json, status_of

_TITLES = {400: "办不了", 403: "无权办理", 404: "没有这一页", 405: "方法不对", 409: "与现状冲突", 451: "停止展示"}


def problem_page(request: HttpRequest, status: int, *, sentence: str, what_to_do: str = "", clause: str = "") -> HttpResponse:
    """A problem as a page of the portal."""
    context = {"status": status, "title": _TITLES.get(status, "办不了"), "sentence": sentence, "what_to_do": what_to_do, "clause": clause}
    response = render(request, "site/problem.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def refused_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """办不了的答复 as a page; an htmx request gets the paragraph alone."""
    if request.headers.get("HX-Request"):
        return render(request, "pieces/refusal.html", {"refused": refused}, status=200)
    page = problem_page(request, status_of(refused), sentence=refused.sentence, what_to_do=refused.what_to_do, clause=refused.clause)
    for header, value in retry_after(refused).items():
        page[header] = value
    return page


class RefusedPages:
    """Middleware: a view that raises :class:`Refused` answers in words. The API has its own (RFC 9457)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into its page; leave everything else to Django."""
        if not isinstance(exception, Refused) or speaks_problem_json(request):
            return None
        if isinstance(exception, Forbidden) and not request.user.is_authenticated:
            return redirect(f"/login?{urlencode({'next': request.get_full_path()})}")
        return refused_page(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return problem_page(request, 400, sentence="看不懂这个请求。", what_to_do="请从首页重新进入。")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403; also where the access matrix refuses. A firm has no post and no department to ask in."""
    if caller_of(request).role is Role.ENTERPRISE:
        return problem_page(request, 403, sentence=NOT_FOR_FIRMS.sentence, what_to_do=NOT_FOR_FIRMS.what_to_do)
    return problem_page(request, 403, sentence="您的岗位不能办理这件事。", what_to_do="需要办理的，请联系本部门的账户管理员。")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: the page stood open too long, or cookies are off."""
    return problem_page(
        request,
        403,
        sentence="这个页面放得太久，或者浏览器没有保存登录信息。",
        what_to_do="请回到上一页刷新后再提交，填写的内容可以先复制下来。",
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404. What is no longer public looks the same as what never was."""
    if speaks_problem_json(request):
        return problem_response(request, refused_for(404), 404)
    return problem_page(
        request, 404, sentence="没有这个地址，或者信息已经不在公示期内。", what_to_do="可以按企业名称或统一社会信用代码重新查询。"
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: a page that needs nothing that may be broken."""
    return HttpResponseServerError(render_to_string("site/server_error.html"))
