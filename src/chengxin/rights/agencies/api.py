"""信用服务机构名录的接口：the public register."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.access.agencies import agencies_in_force, services_of
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of

router = Router(tags=["信用服务机构"])


class AgenciesAsked(Schema):
    """从哪里接着读。"""

    after: int = Field(0, ge=0, description="上次最后一家的 id；第一次不填")
    limit: int = Field(100, ge=1, le=500, description="一页多少家，至多 500")


class AgencyOut(Schema):
    """一家登记有效的机构。"""

    id: int
    code: str = Field(description="统一社会信用代码")
    name: str
    services: list[str] = Field(description="training 信用修复培训，report 信用报告编制，consulting 信用管理咨询，acting 代办信用修复申请")
    basis: str = Field(description="备案文件的文号")
    registered_on: date
    last_day: date = Field(description="登记的最后一日")


class AgenciesOut(Schema):
    """一页，按登记的先后。办理信用修复免费，从不要求使用机构。"""

    agencies: list[AgencyOut]


@router.get("/agencies", response=AgenciesOut, summary="信用服务机构名录", operation_id="list_agencies")
def list_agencies(request: HttpRequest, asked: Query[AgenciesAsked]) -> dict[str, Any]:
    """登记有效的机构；暂停、到期、终止的不在其中。"""
    found = agencies_in_force(clock.now()).filter(pk__gt=asked.after).order_by("pk")[: asked.limit]
    return {
        "agencies": [
            {
                "id": each.pk,
                "code": each.code,
                "name": each.name,
                "services": [service.value for service in services_of(each)],
                "basis": each.basis,
                "registered_on": date_of(each.approved_at or 0),
                "last_day": date_of(each.valid_until - 1),
            }
            for each in found
        ]
    }
