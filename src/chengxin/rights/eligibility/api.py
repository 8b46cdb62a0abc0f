"""参评资格核查的接口：one office, or some thousands at once. Whoever asks says for which honour; a correction reaches them afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chengxin.access.caller import caller_of
from chengxin.access.reads import mark_settled
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.rights.eligibility.services import AT_MOST, LONGEST_MATTER, check_offices
from chengxin.rights.eligibility.showing import plain

router = Router(tags=["参评资格"])


class MatterAsked(Schema):
    """为何、问哪一天。"""

    matter: str = Field(min_length=1, max_length=LONGEST_MATTER, description="用于哪项评选：名称和文号；谁、为何查询会留痕")
    as_of: date | None = Field(None, description="问哪一天；不写为今天")


class EligibilityAsked(MatterAsked):
    """问哪些单位。"""

    codes: list[str] = Field(min_length=1, max_length=AT_MOST, description=f"统一社会信用代码，至多 {AT_MOST} 个；不按名称核查")


class TodoOut(Schema):
    """还可以做的。"""

    title: str
    href: str = Field(description="在哪里办；空：不在本平台")


class ReasonOut(Schema):
    """一条理由。"""

    kind: Literal["breach", "held", "not_on_file", "office_closed", "office_unknown"] = Field(
        description="breach 在册的政务失信；held 记录暂停使用；not_on_file 已认定没有入档；office_closed 单位停用；office_unknown 没有登记"
    )
    sentence: str
    record: int | None = Field(description="记录编号；页面 /r/<编号>")
    document_number: str = Field(description="认定文书号")
    clause: str = Field(description="认定依据的条款")
    authority: str = Field(description="认定机关")
    since: date | None = Field(description="从哪一日起")
    until: date | None = Field(description="到哪一日止（含）；空：没有写明")
    disputed: str = Field(description="有争议的，写明哪个案件；否则为空")
    todo: list[TodoOut]


class AnswerOut(Schema):
    """对一个单位的答复。"""

    code: str
    name: str = Field(description="空：本平台没有登记")
    outcome: Literal["yes", "no", "review"] = Field(description="yes 可以参评；no 不得参评；review 需人工核实，不等于可以")
    outcome_label: str
    reasons: list[ReasonOut]
    notes: list[str] = Field(description="供参考，不影响结论：在办的整改、已满的期间")


class CountsOut(Schema):
    """各结论的个数。"""

    yes: int
    no: int
    review: int


class EligibilityOut(Schema):
    """核查结果。授予以前请再查一次；更正、修复以后经更正告知通知查过的人。"""

    as_of: date
    at: str = Field(description="按何时所知（UTC）")
    matter: str
    clause: str
    policy: str = Field(description="政策集的摘要")
    mark: str = Field(description="查看编号，谁、何时")
    counts: CountsOut
    answers: list[AnswerOut]


@router.get("/eligibility/{code}", response=EligibilityOut, summary="核查一个单位的参评资格", operation_id="get_eligibility")
def get_eligibility(request: HttpRequest, code: str, response: HttpResponse, asked: Query[MatterAsked]) -> dict[str, Any]:
    """``code``：统一社会信用代码。没有登记的答复 review，不答复 yes。"""
    return _answer(request, response, [code], asked)


@router.post("/eligibility", response=EligibilityOut, summary="核查多个单位的参评资格", operation_id="check_eligibility")
def check_eligibility(request: HttpRequest, response: HttpResponse, asked: EligibilityAsked) -> dict[str, Any]:
    """同一代码写几次只答一次；有一个不是代码的，整批退回。"""
    return _answer(request, response, asked.codes, asked)


def _answer(request: HttpRequest, response: HttpResponse, codes: list[str], asked: MatterAsked) -> dict[str, Any]:
    response["Cache-Control"] = "no-store"
    at = clock.now()
    sheet = check_offices(codes=codes, as_of=asked.as_of or date_of(at), matter=asked.matter, caller=caller_of(request), at=at)
    mark_settled(request)  # the question is on record with every office of which something is shown
    return plain(sheet)
