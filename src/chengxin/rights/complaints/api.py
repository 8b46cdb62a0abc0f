"""投诉的接口, without an account: a program of a hotline or a library files a complaint for somebody and asks for its state. The code is
sent in the body of a POST, never in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from chengxin.access.caller import ANONYMOUS, caller_of
from chengxin.access.client_address import client_address
from chengxin.casework.api import CaseOut, case_answer, files_in, said_in
from chengxin.casework.models import Case
from chengxin.casework.types import Actor
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Forbidden
from chengxin.rights.complaints import visitors

router = Router(tags=["投诉"])


class ComplaintAsked(Schema):
    """提出投诉。材料放在 files 里，kinds 按同样的次序写明各是哪一种。"""

    office: str = Field(max_length=18, description="被投诉部门的统一社会信用代码")
    said: str = Field("{}", max_length=60_000, description="要填的内容：JSON 对象，键和要求见 /policy/complaint")
    kinds: str = Field("", max_length=2_000, description="各份材料的种类，逗号分开，如 evidence")


class CodeAsked(Schema):
    """凭受理号和查询码。"""

    number: str = Field(max_length=40, description="受理号，如 投诉〔2026〕12号；只写 12 也可以")
    code: str = Field(max_length=80, description="查询码")


class ComplaintStepAsked(CodeAsked):
    """办理一步。"""

    version: int = Field(ge=0, description="办理时所见案件的 version；已有新的办理时答复 409")
    said: str = Field("{}", max_length=60_000, description="要填的内容：JSON 对象")
    kinds: str = Field("", max_length=2_000, description="各份材料的种类，逗号分开")


class ToldOut(Schema):
    """给投诉人的一份通知。"""

    at: str
    title: str
    text: str


class ComplaintOut(CaseOut):
    """一件投诉。"""

    told: list[ToldOut] = Field(description="给投诉人的通知，新的在前")


class ComplaintFiled(ComplaintOut):
    """回执。"""

    code: str = Field(description="查询码：只在这个答复里出现一次，平台只保存它的摘要，任何人都不能恢复")


@router.post("/complaints", response={201: ComplaintFiled}, summary="不用账户投诉", operation_id="create_complaint")
def create_complaint(
    request: HttpRequest,
    response: HttpResponse,
    asked: Form[ComplaintAsked],
    files: list[UploadedFile] = File([], description="材料，次序同 kinds"),  # type: ignore[type-arg]  # noqa: B008
) -> Any:
    """答复里有受理号和查询码，查询码不再出现。同一地址提交太多：429。带了令牌或者已经登录的，用 /cases 办理：403。"""
    response["Cache-Control"] = "no-store"
    if caller_of(request) is not ANONYMOUS:
        raise Forbidden(
            "complaint-signed-in", "请求带了令牌或者已经登录，不能作为没有账户的人投诉。", "用 POST /api/v1/cases，或者不带令牌再发。"
        )
    at = clock.now()
    filed = visitors.file_complaint(
        office=asked.office, texts=said_in(asked.said), files=files_in(asked.kinds, files), address=client_address(request), at=at
    )
    return Status(201, {**_answer(filed.case, filed.actor, at), "number": filed.number, "code": filed.code})


@router.post("/complaints/state", response=ComplaintOut, summary="凭查询码看投诉", operation_id="get_complaint")
def get_complaint(request: HttpRequest, response: HttpResponse, asked: Form[CodeAsked]) -> dict[str, Any]:
    """受理号或者查询码不对，答复都是同一句：404；错得太多：429。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    case, actor = visitors.find_complaint(number=asked.number, code=asked.code, address=client_address(request), at=at)
    return _answer(case, actor, at)


@router.post("/complaints/steps/{verb}", response={201: ComplaintOut}, summary="凭查询码办理一步", operation_id="create_complaint_step")
def create_complaint_step(
    request: HttpRequest,
    response: HttpResponse,
    verb: str,
    asked: Form[ComplaintStepAsked],
    files: list[UploadedFile] = File([], description="材料，次序同 kinds"),  # type: ignore[type-arg]  # noqa: B008
) -> Any:
    """补充、撤回等；可以办哪几步见答复里的 next。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    case, actor = visitors.find_complaint(number=asked.number, code=asked.code, address=client_address(request), at=at)
    visitors.go_on(
        case, actor, verb=verb[:32], version=asked.version, texts=said_in(asked.said), files=files_in(asked.kinds, files),
        address=client_address(request), at=at,
    )  # fmt: skip
    return Status(201, _answer(Case.objects.get(pk=case.pk), actor, at))


def _answer(case: Case, actor: Actor, at: Instant) -> dict[str, Any]:
    told = [{"at": utc_text(each.at), "title": each.title, "text": each.text} for each in visitors.notices_for(case, actor)]
    return case_answer(case, actor, at) | {"told": told}
