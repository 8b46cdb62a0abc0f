"""RFC 9457：办不了的答复 as ``application/problem+json`` for programs. Pages are the business of ``errors.py``.

``type`` is the address of a page that explains the problem, ``detail`` the Chinese sentence, and beside them stand ``what_to_do``,
``clause`` and ``where``. HTTP statuses are decided here and nowhere below ``site``.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.site.problem_titles import TITLES

CONTENT_TYPE: Final = "application/problem+json"
_STATUS_OF_SLUG: Final[Mapping[str, int]] = {
    "login-required": 401,
    "token-invalid": 401,
    "file-too-large": 413,
    "too-many-requests": 429,
    "too-many-attempts": 429,
    "complaint-code-tried": 429,
    "complaints-too-many": 429,
    "media-type": 415,
    "open-data-being-made": 503,
}
#: When asking again is worth it: the scheduler makes open data anew every few minutes.
_RETRY_AFTER_SECONDS: Final[Mapping[str, int]] = {"open-data-being-made": 300}
_BY_STATUS: Final[Mapping[int, Refused]] = {
    400: Refused("malformed-request", "看不懂这个请求。", "请对照 /api/v1/openapi.json 核对。"),
    401: Refused("login-required", "请先登录，或使用部门令牌。", "部门系统请发送 Authorization: Bearer 令牌；工作人员请登录。"),
    403: Refused("not-allowed", "您的岗位不能办理这件事。", "需要办理的，请联系本部门的账户管理员。"),
    404: Refused("not-found", "没有这个地址，或者信息不在公示期内。", "请核对地址和编号。"),
    405: Refused("method-not-allowed", "这个地址不接受这种请求方法。", "可用的方法见响应的 Allow 头。"),
    413: Refused("file-too-large", "内容超过可以接收的大小。", "请拆分后分次报送。"),
    415: Refused("media-type", "不接受这种内容类型。", "请对照 /api/v1/openapi.json 核对。"),
    429: Refused("too-many-requests", "请求太频繁。", "请按 Retry-After 头等待后再试。"),
    500: Refused("internal-error", "平台内部出错，没有办成。", "请稍后再试；反复出现时请把请求编号告诉系统管理员。"),
    503: Refused("unavailable", "平台暂时不能服务。", "请稍后再试。"),
}

#: A firm has no post and no department to ask in.
NOT_FOR_FIRMS: Final = Refused(
    "not-allowed", "这是部门工作人员办理的事，企业账户不能办。", "本企业的事在企业中心办理：申请修复、提出异议、看评价、看进度。"
)


def status_of(refused: Refused) -> int:
    """The HTTP status of a refusal."""
    if refused.slug in _STATUS_OF_SLUG:
        return _STATUS_OF_SLUG[refused.slug]
    kinds = ((NotFound, HTTPStatus.NOT_FOUND), (Conflict, HTTPStatus.CONFLICT), (Forbidden, HTTPStatus.FORBIDDEN))
    return next((status for kind, status in kinds if isinstance(refused, kind)), HTTPStatus.UNPROCESSABLE_ENTITY)


def retry_after(refused: Refused) -> dict[str, str]:
    """The header that says when to ask again; nothing where asking again is no use."""
    seconds = _RETRY_AFTER_SECONDS.get(refused.slug)
    return {"Retry-After": str(seconds)} if seconds is not None else {}


def refused_for(status: int) -> Refused:
    """The words for a status that nobody below gave words."""
    return _BY_STATUS.get(status, _BY_STATUS[500] if status >= 500 else _BY_STATUS[400])


def problem_document(refused: Refused, status: int, request_id: str = "") -> dict[str, Any]:
    """The members of RFC 9457 and ours; empty ones are absent."""
    document = {
        "type": f"{settings.CHENGXIN_ORIGIN}/problems/{refused.slug}",
        "title": TITLES.get(refused.slug, refused_for(status).sentence),
        "status": int(status),
        "detail": refused.sentence,
        "what_to_do": refused.what_to_do,
        "clause": refused.clause,
        "where": refused.where,
        "instance": f"urn:chengxin:request:{request_id}" if request_id else "",
    }
    return {name: value for name, value in document.items() if value}


def problem_response(request: HttpRequest, refused: Refused, status: int | None = None) -> HttpResponse:
    """A refusal as an answer of the API."""
    status = status or status_of(refused)
    document = problem_document(refused, status, getattr(request, "request_id", ""))
    response = HttpResponse(msgspec.json.encode(document), status=status, content_type=CONTENT_TYPE, headers=retry_after(refused))
    response["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="chengxin"'
    return response


def speaks_problem_json(request: HttpRequest) -> bool:
    """Whether the caller is a program: everything under /api/ and /log/, and who asks for JSON elsewhere."""
    path = request.path
    return path.startswith(("/api/", "/log/")) or "json" in request.headers.get("Accept", "")
