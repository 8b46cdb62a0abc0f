"""更正告知的接口：a department's system reads what was retracted and confirms that it stopped using it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chengxin.access.caller import caller_of
from chengxin.foundation.records.types import ActVerb
from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text
from chengxin.rights.remedies.models import RetractionReceipt
from chengxin.rights.remedies.services import confirm, retractions_for

router = Router(tags=["更正告知"])


class RetractionsAsked(Schema):
    """从哪里接着读。"""

    after: int = Field(0, ge=0, description="上次最后一份的 id；第一次不填")
    only_open: bool = Field(False, description="只要还没有回执的")
    limit: int = Field(100, ge=1, le=500, description="一页多少份，至多 500")


class RetractionOut(Schema):
    """一份更正告知。"""

    id: int = Field(description="回执编号")
    record: int = Field(description="记录编号；停止使用此前取得的它的全部内容")
    verb: str = Field(description="withdrawn 撤回，restored 修复，corrected 更正，erased 删除")
    because: str = Field(description="缘由")
    at: str = Field(description="何时（UTC）")
    text: str = Field(description="签名的原文（加一个换行）")
    signature: str = Field(description="签名行（C2SP signed note），公钥见 /log/vkey")
    confirmed_at: str | None = Field(description="回执的时刻；还没有的为空")


class RetractionsOut(Schema):
    """一页更正告知，旧的在前。"""

    retractions: list[RetractionOut]


@router.get("/retractions", response=RetractionsOut, summary="取发给本单位的更正告知", operation_id="get_retractions")
def get_retractions(request: HttpRequest, response: HttpResponse, asked: Query[RetractionsAsked]) -> dict[str, Any]:
    """收到的须停止使用并回执。"""
    response["Cache-Control"] = "no-store"
    found = retractions_for(caller_of(request), after=asked.after, only_open=asked.only_open, limit=asked.limit)
    return {"retractions": [_out(each) for each in found]}


@router.post("/retractions/{receipt_id}/receipt", response=RetractionOut, summary="回执", operation_id="confirm_retraction")
def confirm_retraction(request: HttpRequest, receipt_id: int) -> dict[str, Any]:
    """说明已经停止使用。重复回执答复 409。"""
    return _out(confirm(receipt_id=receipt_id, caller=caller_of(request), at=clock.now()))


def _out(receipt: RetractionReceipt) -> dict[str, Any]:
    retraction = receipt.retraction
    return {
        "id": receipt.pk,
        "record": retraction.record_id,
        "verb": str(ActVerb(retraction.verb)),
        "because": retraction.because,
        "at": utc_text(retraction.at),
        "text": retraction.text,
        "signature": retraction.signature,
        "confirmed_at": utc_text(receipt.confirmed_at) if receipt.confirmed_at else None,
    }
