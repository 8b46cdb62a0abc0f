"""办理记录的接口。A department's own system withdraws, holds, releases or classes the records of that department's decisions."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from chengxin.access.caller import caller_of, office_of
from chengxin.foundation.records.acting import asked_of, do, own_record
from chengxin.foundation.records.commands import answer_of
from chengxin.kernel import clock

router = Router(tags=["信用记录"])


class ActAsked(Schema):
    """要办什么。用不到的不写。"""

    verb: Literal["withdraw", "hold", "release", "severity"] = Field(description="撤回、暂停展示、恢复展示、认定失信程度")
    because: str = Field(min_length=1, max_length=500, description="理由：事由和依据的文书，写入账本")
    reason: Literal["", "changed", "revoked", "unlawful", "void"] = Field("", description="撤回事由：变更、撤销、确认违法、确认无效")
    decided_on: str = Field("", max_length=10, description="撤回：变更、撤销等决定的日期，YYYY-MM-DD；期限从这一天起算")
    surfaces: list[Literal["public", "shared", "counted", "effective"]] = Field(
        default_factory=list, description="暂停：公示、共享、计入评价、行为效力"
    )
    until_on: str = Field("", max_length=10, description="暂停：最后一日，YYYY-MM-DD；不写则到恢复为止")
    clause: str = Field("", max_length=100, description="暂停：依据的条款")
    hold: int = Field(0, ge=0, description="恢复：暂停的编号")
    severity: Literal["", "minor", "general", "serious"] = Field("", description="失信程度")


class ActDone(Schema):
    """办理结果。"""

    record: int = Field(description="记录编号")
    verb: str
    content_id: int = Field(description="账本条目的内容编号；证明见 /api/v1/proofs/c<编号>")
    hold: int | None = Field(description="暂停的编号")
    due_on: str | None = Field(description="撤回的最后期限")
    late: bool = Field(description="撤回是否超过期限")


@router.post("/records/{record_id}/acts", response={201: ActDone}, summary="办理一条记录", operation_id="create_act")
def create_act(request: HttpRequest, record_id: int, asked: ActAsked) -> Any:
    """只能办理本部门和下属部门作出的决定；办完即刻生效。已经办过：409。"""
    texts = {name: ",".join(value) if isinstance(value, list) else str(value or "") for name, value in asked.model_dump().items()}
    office = office_of(request)
    done = do(own_record(record_id, office), asked_of(texts), office=office, by=caller_of(request).name, at=clock.now())
    return Status(201, answer_of(done))
