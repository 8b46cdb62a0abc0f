"""风险预警的接口。A department's own system reads its inbox; answering is for people."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.access.caller import caller_of, office_of
from chengxin.access.reads import mark_settled, note
from chengxin.access.roles import DEPARTMENTAL
from chengxin.during_event.warnings import queries
from chengxin.during_event.warnings.showing import plain
from chengxin.kernel import clock

router = Router(tags=["风险预警"])


class WarningsAsked(Schema):
    """要哪些预警。"""

    state: Literal["open", "settled", "every"] = Field("open", description="open 待处理，settled 已处理，every 全部")
    rule: str = Field("", max_length=64, description="只要一条规则，如 penalty_burst")
    cursor: str = Field("", max_length=200, description="上一页答复里的 next_cursor")
    limit: int = Field(50, ge=1, le=500)


class RecordOut(Schema):
    """依据的一条记录。"""

    id: int
    item: str
    document_number: str
    decided_on: date
    counts: bool = Field(description="现在是否还计入；撤回、修复、移出、期满的不计入")
    disputed: str = Field(description="有争议的，写明哪一件异议正在办理；没有为空")


class FirmOut(Schema):
    """一个主体。"""

    code: str
    name: str


class WarningOut(Schema):
    """一条预警。只是提醒人去核对，不得直接作为处理依据。"""

    id: int
    rule: str
    title: str
    advice: str
    code: str
    name: str
    because: str
    raised_on: date
    office: str = Field(description="收件部门")
    outcome: str = Field(description="空为待处理；confirmed 已核实属实，handled 已处置，unfounded 不属实")
    outcome_label: str
    still_counts: bool = Field(description="依据的记录是否还有计入的")
    records: list[RecordOut]
    related: list[FirmOut] = Field(description="同一责任人名下的其他在列主体")


class WarningsOut(Schema):
    """收件箱的一页，新的在前。"""

    total: int
    next_cursor: str
    warnings: list[WarningOut]


@router.get("/warnings", response=WarningsOut, summary="风险预警的收件箱", operation_id="list_warnings")
def list_warnings(request: HttpRequest, asked: Query[WarningsAsked]) -> Any:
    """本部门和下属部门的预警；信用办和审计人员看到全部。"""
    caller = caller_of(request)
    departmental = caller.by_token or caller.role in DEPARTMENTAL
    scope = queries.scope_of(office_of(request)) if departmental else None
    found = queries.inbox(scope, state=asked.state, rule=asked.rule, cursor=asked.cursor, limit=asked.limit)
    note(request, *queries.seen(found.warnings))
    mark_settled(request)
    return {"total": found.total, "next_cursor": found.next_cursor, "warnings": plain(found.warnings, clock.now())}
