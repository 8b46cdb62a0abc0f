"""企业中心的接口：who looked at the firm, the question why, and a line's proof; for the same mandates as the pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status
from ninja.utils import check_csrf

from chengxin.access.caller import caller_of
from chengxin.access.models import ReadQuestion
from chengxin.access.questions import question_read
from chengxin.access.subject_reads import ReadShown, prove_read, reads_about
from chengxin.access.types import Scope
from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text
from chengxin.kernel.refused import Forbidden
from chengxin.ledger.api import Proof
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
    firm = own_firm(caller_of(request), code, Scope.VIEW, at)
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
    firm = own_firm(caller_of(request), code, ASKING, at)
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
    firm = own_firm(caller_of(request), code, Scope.VIEW, at)
    return prove_read(read_id, firm.subject.pk, at).document()


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
