"""修复路线的接口。Of public records for anyone; the grade afterwards is not public and stands on the subject's own pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from chengxin.foundation.records.queries import public_record
from chengxin.foundation.records.schemas import BasisOut
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound
from chengxin.rights.restoration.routes import route_of

router = Router(tags=["信用修复"])


class TodoOut(Schema):
    """还要做的一件事。"""

    title: str
    detail: str
    done: bool | None = Field(description="是否已满足；空：平台无从知道")


class BesideOut(Schema):
    """并行的一套规则，从另一天起算。"""

    title: str
    start_on: date = Field(description="起算日")
    start_word: str = Field(description="从什么起算")
    earliest_on: date | None = Field(description="最早可以提前停止的日期；空：不能提前")
    latest_on: date = Field(description="最晚停止的日期")
    sentence: str
    basis: BasisOut


class RouteOut(Schema):
    """一条失信信息的修复路线。"""

    record: int
    item: str
    document_number: str
    way: str = Field(description="application 在这里申请，removal 情形消除后申请移出，court 只能由法院办理，none 没有在案的规定")
    stage: str = Field(description="waiting 未到日期，open 现在可以申请，elsewhere 不在这里办理，screened 暂时屏蔽中，over 已经结束")
    sentence: str = Field(description="怎样办")
    severity: str = Field(description="轻微、一般、严重；不分类的为空")
    severity_provisional: bool
    earliest_on: date | None = Field(description="最早可以申请的日期")
    latest_on: date | None = Field(description="最晚停止展示的最后一日，到期自动停止；空：没有写明")
    todo: list[TodoOut] = Field(description="还要做的")
    beside: list[BesideOut] = Field(description="并行的规则")
    basis: BasisOut


@router.get("/records/{record_id}/route", response=RouteOut, summary="取一条失信信息的修复路线", operation_id="get_route")
def get_route(request: HttpRequest, record_id: int, response: HttpResponse) -> dict[str, Any]:
    """不在公示期内的与不存在的，答复相同。不是失信信息的没有路线。"""
    response["Cache-Control"] = "no-cache"
    at = clock.now()
    route = route_of(public_record(record_id, at), at)
    if route is None:
        raise NotFound("nothing-to-restore", "这条记录不是失信信息，没有修复路线。", "失信信息的编号见主体页。")
    return {
        "record": route.record.id, "item": route.record.item.id, "document_number": route.record.document_number, "way": route.way.value,
        "stage": route.stage.value, "sentence": route.sentence, "severity": route.severity.label,
        "severity_provisional": route.provisional, "earliest_on": route.earliest_on, "latest_on": route.latest_on,
        "todo": [{"title": each.title, "detail": each.detail, "done": each.done} for each in route.todo],
        "beside": [
            {
                "title": each.title, "start_on": each.start_on, "start_word": each.start_word, "earliest_on": each.earliest_on,
                "latest_on": each.latest_on, "sentence": each.sentence, "basis": _basis(each.basis),
            }
            for each in route.beside
        ],
        "basis": _basis(route.basis),
    }  # fmt: skip


def _basis(basis: Any) -> dict[str, str]:
    return {"title": basis.title, "note": basis.quote or basis.note, "confidence": basis.confidence}
