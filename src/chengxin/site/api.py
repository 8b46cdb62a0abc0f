"""``/api/v1``：the routers of the sections, put together. OpenAPI 3.1 at ``/api/v1/openapi.json``.

Who may call an operation stands in ``access_matrix.py``; whatever goes wrong leaves as RFC 9457 (``problems.py``).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import BaseRenderer

from chengxin import __version__
from chengxin.casework.api import router as casework
from chengxin.during_event.evaluation.api import router as evaluation
from chengxin.during_event.evaluation.external_api import router as external_evaluations
from chengxin.during_event.warnings.api import router as warnings
from chengxin.foundation.collection.api import router as collection
from chengxin.foundation.disclosure.api import router as disclosure
from chengxin.foundation.records.acts_api import router as acts
from chengxin.foundation.records.api import router as records
from chengxin.kernel.refused import Refused
from chengxin.ledger.api import router as ledger
from chengxin.rights.agencies.api import router as agencies
from chengxin.rights.complaints.api import router as complaints
from chengxin.rights.eligibility.api import router as eligibility
from chengxin.rights.officials.api import router as officials
from chengxin.rights.remedies.api import router as remedies
from chengxin.rights.restoration.api import router as restoration
from chengxin.site.access_matrix import line_of
from chengxin.site.centre.api import router as centre
from chengxin.site.problems import CONTENT_TYPE, problem_response, refused_for
from chengxin.site.views_by_name import API

log = structlog.get_logger("chengxin.api")

DESCRIPTION = (
    "公共信用信息平台的接口。公开信息任何人可读；报送和内部查询使用部门令牌（Authorization: Bearer）。"
    "出错时返回 application/problem+json（RFC 9457），type 指向解释页面。列表用 cursor 翻页，响应带 ETag。"
)
#: What a form may come as; anything else has no fields that could be wrong.
FORM_TYPES: Final = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
PROBLEM_REFERENCE: Final = "#/components/schemas/Problem"
#: Names of a problem that every operation may answer with.
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "解释这一问题的页面"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "为什么办不了"},
        "what_to_do": {"type": "string", "description": "怎么办"},
        "clause": {"type": "string", "description": "依据条款"},
        "where": {"type": "object", "additionalProperties": {"type": "string"}, "description": "出错的位置"},
        "instance": {"type": "string"},
    },
}


class PlainRenderer(BaseRenderer):
    """JSON by msgspec: schemas have been turned into plain data before."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> Any:
        return msgspec.json.encode(data)


class Interface(NinjaAPI):
    """Adds to the description what every operation has: problems and the department's token."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.url_name or operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        components = schema["components"]
        components.setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
        components["securitySchemes"] = {"departmentToken": {"type": "http", "scheme": "bearer", "description": "部门令牌"}}
        answer = {
            "description": "办不了的答复（RFC 9457）",
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for methods in schema["paths"].values():
            for operation in methods.values():
                operation["responses"].setdefault("default", answer)
                line = line_of(f"{API}:{operation['operationId']}")
                operation["security"] = [{}] if line is not None and line.anyone else [{"departmentToken": []}]
        return schema


api = Interface(
    title="诚信：公共信用信息平台接口",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace=API,
    docs_url=None,
    renderer=PlainRenderer(),
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problem_response(request, refused)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem_response(request, refused_for(404), 404)


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_response(request, refused_for(error.status_code), error.status_code)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    if any(fault["loc"][0] in {"form", "file"} for fault in error.errors) and request.content_type not in FORM_TYPES:
        return problem_response(request, refused_for(415), 415)
    where = {".".join(str(part) for part in fault["loc"]): str(fault["msg"]) for fault in error.errors}
    sentence = "请求中有不符合要求的内容：" + "、".join(where) + "。"
    return problem_response(request, Refused("invalid-fields", sentence, "请对照 /api/v1/openapi.json 核对。", where=where), 422)


@api.exception_handler(MultiPartParserError)
@api.exception_handler(BadRequest)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(UnreadablePostError)
def _unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """What Django itself would answer with 400: a form without boundary, too many fields, a body that broke off."""
    status = 413 if isinstance(error, RequestDataTooBig) else 400
    return problem_response(request, refused_for(status), status)


@api.exception_handler(Exception)
def _internal_error(request: HttpRequest, error: Exception) -> HttpResponse:
    log.exception("api error", error=type(error).__name__)
    return problem_response(request, refused_for(500), 500)


api.add_router("", ledger)
api.add_router("", records)
api.add_router("", acts)
api.add_router("", disclosure)
api.add_router("", collection)
api.add_router("", evaluation)
api.add_router("", external_evaluations)
api.add_router("", warnings)
api.add_router("", restoration)
api.add_router("", casework)
api.add_router("", complaints)
api.add_router("", remedies)
api.add_router("", eligibility)
api.add_router("", officials)
api.add_router("", agencies)
api.add_router("", centre)
