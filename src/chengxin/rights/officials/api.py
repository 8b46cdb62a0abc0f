"""公务员记录核查的接口：one question about one person, in the body, never in the address. There is no other operation."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.utils import check_csrf

from chengxin.access.caller import caller_of
from chengxin.access.reads import mark_settled
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, utc_text
from chengxin.kernel.refused import Forbidden
from chengxin.rights.officials.checks import Shown, ask

router = Router(tags=["公务员记录核查"])


class OfficialAsked(Schema):
    """问一个人。号码和姓名都要；每次一个人，没有批量。"""

    number: str = Field(max_length=40, description="公民身份号码")
    name: str = Field(max_length=120, description="姓名")
    purpose: str = Field(max_length=40, description="用途：assessment 干部考核，appointment 任用，honours 评先树优，hiring 录用资格核查")
    matter: str = Field(max_length=200, description="事项：文号或者案号；经授权的部门须与授权文件一致")


class OfficialReason(Schema):
    """一条有效的记录。"""

    record: int
    kind: str
    document: str
    organ: str
    clause: str
    decided_on: date
    since: date
    until: date | None = Field(description="最后一日；空：没有期满之日")
    disputed: bool = Field(description="正在办理异议")


class OfficialAnswer(Schema):
    """答复。没有评分，没有等级。"""

    outcome: str = Field(description="no_record_in_force 没有有效的失信记录，in_force 有，review 待核实（不得据此作出不利的决定）")
    outcome_title: str
    as_of: str = Field(description="何时（UTC）的情况")
    purpose: str
    matter: str
    reasons: list[OfficialReason]
    commendations: list[OfficialReason]
    review: str = Field(description="待核实的缘由")


@router.post("/official-checks", response=OfficialAnswer, summary="核查一名公务员或者考生", operation_id="create_official_check")
def create_official_check(request: HttpRequest, response: HttpResponse, asked: OfficialAsked) -> dict[str, Any]:
    """只由人事主管机关和经它授权的部门核查；先留痕，后答复，本人看得到。"""
    response["Cache-Control"] = "no-store"
    caller = caller_of(request)
    if not caller.by_token and check_csrf(request) is not None:
        raise Forbidden("csrf-missing", "请求没有带防伪标记。", "浏览器里的程序请带上 X-CSRFToken；部门系统请用令牌。")
    answer = ask(number=asked.number, name=asked.name, purpose=asked.purpose, matter=asked.matter, caller=caller, at=clock.now())
    mark_settled(request)  # the question is on record
    return {
        "outcome": answer.outcome.value,
        "outcome_title": answer.outcome.label,
        "as_of": utc_text(answer.as_of),
        "purpose": answer.purpose,
        "matter": answer.matter,
        "reasons": [_reason(each) for each in answer.reasons],
        "commendations": [_reason(each) for each in answer.commendations],
        "review": answer.review,
    }


def _reason(shown: Shown) -> dict[str, Any]:
    return {
        "record": shown.record_id,
        "kind": shown.kind,
        "document": shown.document,
        "organ": shown.organ,
        "clause": shown.clause,
        "decided_on": shown.decided_on,
        "since": date_of(shown.effect.since),
        "until": None if shown.effect.is_open else date_of(shown.effect.until - 1),
        "disputed": shown.disputed,
    }
