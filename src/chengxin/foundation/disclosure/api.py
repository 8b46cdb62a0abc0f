"""公示的接口：what changed since a cursor, timeliness with the list behind each number, a policy on a day."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chengxin.access.caller import caller_of
from chengxin.access.models import Department
from chengxin.foundation.disclosure.feed import changes_since
from chengxin.foundation.disclosure.timeliness import Scope, Timeliness, timeliness
from chengxin.foundation.records.schemas import RecordOut, record_out
from chengxin.foundation.records.uses import Channel, note_uses
from chengxin.kernel import clock
from chengxin.kernel.instants import utc_text
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet

FRESH = "no-cache"
_MONTH = r"^$|^[0-9]{4}-(0[1-9]|1[0-2])$"


class ChangesAsked(Schema):
    """从哪里接着读。"""

    since: str = Field("", max_length=200, description="上次答复的 next_cursor；第一次不填，从头读起")
    limit: int = Field(500, ge=1, le=1000, description="一页多少条，至多 1000")


class ChangeOut(Schema):
    """一条变动。"""

    at: str = Field(description="变动的时刻（UTC）")
    id: int = Field(description="记录编号")
    change: Literal["put", "remove"] = Field(description="put：按 record 新增或替换；remove：立即停止展示")
    record: RecordOut | None = Field(None, description="记录现在的样子；remove 时没有")


class ChangesOut(Schema):
    """一页变动，旧的在前。"""

    changes: list[ChangeOut]
    next_cursor: str = Field(description="下次从这里接着读；总是给出")
    complete: bool = Field(description="到答复的时刻为止已经读完；false 时马上再读下一页")
    as_of: str = Field(description="答复的时刻（UTC）")


class TimelinessAsked(Schema):
    """统计范围。"""

    department: str = Field("", max_length=18, description="机关的统一社会信用代码")
    item: str = Field("", max_length=64, description="目录事项，如 administrative_penalty")
    from_month: str = Field("", pattern=_MONTH, description="起始月份，如 2026-04（按作出决定的日期）")
    until_month: str = Field("", pattern=_MONTH, description="截止月份，含")


class TimelinessOut(Schema):
    """一个机关、一类事项、一个月。"""

    department: str = Field(description="机关的统一社会信用代码")
    department_name: str
    item: str
    month: str
    on_time: int = Field(description="按时报送的件数")
    late: int = Field(description="迟报的件数")
    missing: int = Field(description="退回或待甄别、期限已过而没有补上的件数")
    per_mille: int | None = Field(description="按时率（千分比，向下取整）")
    list_page: str = Field(description="数字背后的清单")


class TimelinessList(Schema):
    """及时率。"""

    rows: list[TimelinessOut]


class PolicyValue(Schema):
    """某项政策在某日的取值。"""

    id: str
    title: str
    unit: str = Field(description="单位：working_day 工作日，calendar_period 期间，yuan 元 ……")
    as_of: str
    value: Any = Field(description="取值")
    from_on: str = Field(description="从哪天起")
    until_on: str | None = Field(description="到哪天止（不含）；未定为空")
    reference: str = Field(description="依据")
    reference_title: str
    quote: str = Field(description="原文（收录了原文的）")
    note: str = Field(description="要点（本平台的表述）")
    confidence: str = Field(description="核实程度")
    page: str


class PolicyAsked(Schema):
    """哪一天。"""

    as_of: date | None = Field(None, description="哪一天的取值；不填为今天")
    division: str = Field("", max_length=6, description="行政区划代码，用于试点")


router = Router()


@router.get("/acts", response=ChangesOut, summary="增量读取：新增、更正和撤回", operation_id="get_changes", tags=["增量"])
def get_changes(request: HttpRequest, response: HttpResponse, asked: Query[ChangesAsked]) -> dict[str, Any]:
    """转载者从头读到 complete，此后每隔几分钟用 next_cursor 接着读。同一条变动可能重复给出，重复执行没有害处。

    到 ``public_until`` 的，即使还没有读到 remove，也须立即停止展示。
    """
    response["Cache-Control"] = "no-store"
    found = changes_since(asked.since, clock.now(), limit=asked.limit)
    given = [(change.record_id, change.record.version) for change in found.changes if change.record]
    note_uses(caller_of(request), given, Channel.FEED, found.at)
    changes = [
        {
            "at": utc_text(change.at),
            "id": change.record_id,
            "change": "put" if change.record else "remove",
            "record": record_out(change.record) if change.record else None,
        }
        for change in found.changes
    ]
    return {"changes": changes, "next_cursor": found.next_cursor, "complete": found.complete, "as_of": utc_text(found.at)}


@router.get("/timeliness", response=TimelinessList, summary="公示及时率", operation_id="get_timeliness", tags=["公示"])
def get_timeliness(request: HttpRequest, response: HttpResponse, asked: Query[TimelinessAsked]) -> dict[str, Any]:
    """按机关、事项、作出决定的月份。期限暂定（当年放假安排未公布）的不计迟报。"""
    response["Cache-Control"] = FRESH
    policy = active.policy_set()
    offices = {office.pk: office for office in Department.objects.all()}
    scope = Scope(
        authority_ids=None if not asked.department else [pk for pk, office in offices.items() if office.code == asked.department],
        item=policy.item(asked.item).number if asked.item else None,
        from_month=asked.from_month,
        until_month=asked.until_month,
    )
    return {"rows": [_row(row, offices, policy) for row in timeliness(scope, clock.now())]}


@router.get("/policy/{policy_id}", response=PolicyValue, summary="某项政策在某日的取值", operation_id="get_policy_value", tags=["政策"])
def get_policy_value(request: HttpRequest, policy_id: str, response: HttpResponse, asked: Query[PolicyAsked]) -> dict[str, Any]:
    """每个期限、金额、比例的取值、依据、起用日期和核实程度。"""
    response["Cache-Control"] = FRESH
    policy, as_of = active.policy_set(), asked.as_of or clock.today()
    parameter = policy.parameters.get(policy_id)
    if parameter is None:
        raise NotFound("no-such-policy", f"没有名为“{policy_id}”的政策参数。", "名称见 /policy 各页的地址。")
    value = policy.value_at(policy_id, as_of, division=asked.division or None)
    later = [each.from_on for each in parameter.values if not each.applies_to and each.from_on > value.from_on]
    until = value.until_on or min(later, default=None)
    source = policy.sources.get(value.reference.partition("/")[0])
    return {
        "id": policy_id,
        "title": parameter.title,
        "unit": parameter.unit,
        "as_of": as_of.isoformat(),
        "value": value.value,
        "from_on": value.from_on.isoformat(),
        "until_on": until.isoformat() if until else None,
        "reference": value.reference,
        "reference_title": source.title if source else "",
        "quote": value.quote,
        "note": value.note,
        "confidence": value.confidence,
        "page": f"/policy/{policy_id}",
    }


def _row(row: Timeliness, offices: dict[int, Department], policy: PolicySet) -> dict[str, Any]:
    office = offices.get(row.authority_id)
    if office is None:
        raise Refused("office-unknown", f"统计中有一个不认识的机关（{row.authority_id}）。", "请联系平台管理员。")
    return {
        "department": office.code,
        "department_name": office.name,
        "item": policy.item(row.item).id,
        "month": row.month,
        "on_time": row.on_time,
        "late": row.late,
        "missing": row.missing,
        "per_mille": row.per_mille,
        "list_page": f"/offices/{office.code}?month={row.month}&item={policy.item(row.item).id}",
    }
