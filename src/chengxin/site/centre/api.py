"""企业中心的接口：who looked at the firm, the question why, and a line's proof; for the same mandates as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from ninja.utils import check_csrf

from chengxin.access.mandating import end_agency_mandates
from chengxin.access.models import ReadQuestion
from chengxin.access.questions import question_read
from chengxin.access.subject_reads import ReadShown, prove_read, reads_about
from chengxin.access.types import Scope
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text
from chengxin.kernel.refused import Forbidden
from chengxin.ledger.api import Proof
from chengxin.site.centre.agencies import WITHDRAWN, acting_now
from chengxin.site.centre.frame import account_of, plain
from chengxin.site.centre.own import own_firm
from chengxin.site.centre.reads import ASKING

router = Router(tags=["企业中心"])


class OwnReadsAsked(Schema):
    """从哪里接着读。"""

    cursor: str = Field("", max_length=200, description="上一页的 next_cursor；第一页不填")
    limit: int = Field(50, ge=1, le=500, description="一页多少行，至多 500")


class QuestionAsked(Schema):
    """查问一行。"""

    because: str = Field(max_length=1000, description="想问清什么")


class QuestionOut(Schema):
    """一件查问。"""

    id: int
    read: int
    because: str
    asked_at: str
    answered_at: str | None = Field(description="还没有答复的为空")
    justified: bool | None = Field(description="有没有正当理由；还没有答复的为空")
    answer: str


class ReadOut(Schema):
    """一次查看。"""

    id: int
    at: str = Field(description="何时（UTC）")
    office: str
    who: str
    role: str
    purpose: str
    matter: str
    kind: str
    what: str
    proven: bool = Field(description="已有检查点盖住，可以取证明")
    question: QuestionOut | None = Field(description="关于这一行最近的查问")


class OwnReadsOut(Schema):
    """一页，新的在前。"""

    subject: str
    total: int = Field(description="可以看到的共多少行")
    delayed: int = Field(description="另有多少行依法暂缓告知")
    reads: list[ReadOut]
    next_cursor: str


@router.get("/centre/{code}/reads", response=OwnReadsOut, summary="谁看过本企业", operation_id="list_own_reads")
def list_own_reads(request: HttpRequest, code: str, response: HttpResponse, asked: Query[OwnReadsAsked]) -> dict[str, Any]:
    """机关内部查看本企业不公开信息的每一次。须有生效的授权，范围含查看档案。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    firm = own_firm(request, code, Scope.VIEW, at)
    told = reads_about(firm.subject.pk, at, cursor=asked.cursor, limit=asked.limit)
    return {
        "subject": firm.subject.code or str(firm.subject.pk),
        "total": told.total,
        "delayed": told.delayed,
        "reads": [_line(each) for each in told.page.rows],
        "next_cursor": told.page.next_cursor,
    }


@router.post(
    "/centre/{code}/reads/{read_id}/questions", response={201: QuestionOut}, summary="查问一次查看", operation_id="question_own_read"
)
def question_own_read(request: HttpRequest, code: str, read_id: int, asked: QuestionAsked) -> Any:
    """授权范围须含提出异议。上一件查问还没有答复的：409。"""
    if check_csrf(request) is not None:  # only a browser's session gets here
        raise Forbidden("csrf-missing", "请求没有带防伪标记。", "浏览器里的程序请带上 X-CSRFToken。")
    at = clock.now()
    firm = own_firm(request, code, ASKING, at)
    made = question_read(read_id, subject_id=firm.subject.pk, because=plain(asked.because), by=account_of(request), at=at)
    return Status(201, _question(made))


@router.get(
    "/centre/{code}/reads/{read_id}/proof", response=Proof, exclude_none=True, summary="取一次查看的存在证明",
    operation_id="get_own_read_proof",
)  # fmt: skip
def get_own_read_proof(request: HttpRequest, code: str, read_id: int, response: HttpResponse) -> dict[str, Any]:
    """在查看日志中的证明，公钥见 /log/reads/vkey。还没有检查点盖住的：404，稍后再取。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    firm = own_firm(request, code, Scope.VIEW, at)
    return prove_read(read_id, firm.subject.pk, at).document()


class OwnAgencyOut(Schema):
    """一家正在代办的机构。"""

    agency: int = Field(description="登记的编号")
    code: str
    name: str
    people: list[str]
    scopes: list[str] = Field(description="可以办的")
    last_day: date = Field(description="授权的最后一日")


class OwnAgenciesOut(Schema):
    """正在代办的全部机构。办理修复从不要求使用机构。"""

    agencies: list[OwnAgencyOut]


class WithdrawnOut(Schema):
    """撤回的结果。"""

    ended: int = Field(description="终止了几项授权")


@router.get("/centre/{code}/agencies", response=OwnAgenciesOut, summary="代办本企业的服务机构", operation_id="list_own_agencies")
def list_own_agencies(request: HttpRequest, code: str, response: HttpResponse) -> dict[str, Any]:
    """须有生效的授权，范围含查看档案。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    firm = own_firm(request, code, Scope.VIEW, at)
    return {
        "agencies": [
            {
                "agency": each["agency"].pk, "code": each["agency"].code, "name": each["agency"].name, "people": each["people"],
                "scopes": each["scopes"], "last_day": each["until"],
            }
            for each in acting_now(member_ids(firm.subject.pk), at)
        ]
    }  # fmt: skip


@router.post(
    "/centre/{code}/agencies/{agency_id}/end", response=WithdrawnOut, summary="撤回对一家机构的授权", operation_id="withdraw_from_agency"
)
def withdraw_from_agency(request: HttpRequest, code: str, agency_id: int) -> dict[str, Any]:
    """即刻生效，由法定代表人办理。没有有效授权的：409。"""
    if check_csrf(request) is not None:
        raise Forbidden("csrf-missing", "请求没有带防伪标记。", "浏览器里的程序请带上 X-CSRFToken。")
    at = clock.now()
    firm = own_firm(request, code, Scope.AUTHORISE, at)
    members = member_ids(firm.subject.pk)
    return {"ended": end_agency_mandates(members, agency_id, because=WITHDRAWN, at=at, by=account_of(request))}


def _line(line: ReadShown) -> dict[str, Any]:
    words = ("id", "office", "who", "role", "purpose", "matter", "kind", "what", "proven")
    return {name: getattr(line, name) for name in words} | {
        "at": utc_text(line.at),
        "question": _question(line.question) if line.question is not None else None,
    }


def _question(asked: ReadQuestion) -> dict[str, Any]:
    return {
        "id": asked.pk,
        "read": asked.read_id,
        "because": asked.because,
        "asked_at": utc_text(asked.asked_at),
        "answered_at": utc_text(asked.answered_at) if asked.answered_at is not None else None,
        "justified": asked.justified,
        "answer": asked.answer,
    }
