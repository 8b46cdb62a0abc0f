"""修复的路。For every adverse record: by which way it ends early, from which day, until when at the latest, what is still to be done.

Worked out when it is read, from the record, the orders in force and what was done: nothing to keep, nothing to go stale. Every rule that
has a day of its own stands beside the platform's (market regulation publishes in a system of its own and counts from another day).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from chengxin.access.models import Department
from chengxin.foundation.records.models import Hold, Record, RecordAct
from chengxin.foundation.records.showing import ShownBasis, ShownRecord, published_on, shown_basis, shown_records
from chengxin.foundation.records.types import ActVerb, SeverityCode
from chengxin.kernel.codes.credit_code import is_government_organ
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import DatedValue
from chengxin.rights.restoration.rules import Beside, Penalised, Way, market_regulation_route, way_of

PROCEDURE: Final = "restoration"


class Stage(StrEnum):
    """走到哪里。"""

    WAITING = "waiting"  # the shortest period is not over
    OPEN = "open"  # may be applied for today
    ELSEWHERE = "elsewhere"  # not here: the sentence says where
    SCREENED = "screened"  # 暂时屏蔽
    OVER = "over"  # restored, withdrawn, or its longest period is over

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {
            "waiting": "还没有到可以申请的日期",
            "open": "现在可以申请",
            "elsewhere": "不在这里办理",
            "screened": "暂时屏蔽中",
            "over": "已经结束",
        }[self]


@dataclass(frozen=True)
class Todo:
    """还要做的一件事。``done`` None: the platform cannot know."""

    title: str
    detail: str = ""
    done: bool | None = None


@dataclass(frozen=True)
class Route:
    """一条失信信息的修复路线。Dates in Asia/Shanghai; ``latest_on``: the last day shown or shared, None: no end is stated."""

    record: ShownRecord
    way: Way
    stage: Stage
    sentence: str
    severity: SeverityCode
    provisional: bool
    earliest_on: date | None
    latest_on: date | None
    todo: Sequence[Todo]
    beside: Sequence[Beside]
    basis: ShownBasis

    @property
    def graded(self) -> bool:
        """Whether its subject has a grade that a restoration could change: organs have none."""
        return not is_government_organ(self.record.subject_code)

    @property
    def applies_here(self) -> bool:
        """Whether an application may be handed in now."""
        return self.stage is Stage.OPEN


def route_of(record: Record, at: Instant) -> Route | None:
    """The route of one record; None for what is not adverse, or whose content is erased."""
    return routes_of([record], at).get(record.pk)


def routes_of(records: Sequence[Record], at: Instant, known: Sequence[ShownRecord] | None = None) -> Mapping[int, Route]:
    """修复路线 of records, by number: a handful of queries for any number of them. ``known``: the same records as they are shown."""
    if not records:
        return {}
    policy = active.policy_set()
    adverse = {row.pk: row for row in records}
    acts = RecordAct.objects.filter(record_id__in=adverse, verb__in=(ActVerb.RESTORED, ActVerb.WITHDRAWN, ActVerb.ERASED))
    ended = {act.record_id: act for act in acts.order_by("id")}
    live = Hold.objects.filter(record_id__in=adverse, ended_at=None, from_at__lte=at, until_at__gt=at)
    held = {hold.record_id: hold for hold in live.order_by("id")}
    shown = [each for each in (known if known is not None else shown_records(records, policy, at)) if each.adverse and each.id in adverse]
    offices = Department.objects.in_bulk({row.authority_id for row in records})
    found = {}
    for each in shown:
        row = adverse[each.id]
        office = offices[row.authority_id]
        kind = office.kind or policy.department_kind(office.name, office.code)
        found[each.id] = _route(each, row, kind, (ended.get(each.id), held.get(each.id)), policy, at)
    return found


def _route(  # noqa: PLR0917
    shown: ShownRecord, record: Record, kind: str, done: tuple[RecordAct | None, Hold | None], policy: PolicySet, at: Instant
) -> Route:
    today = date_of(at)
    way, sentence, value = way_of(shown.item, policy, today)
    until = max(record.public_until, record.shared_until)
    latest_on = None if until >= FOREVER else date_of(until - 1) if until else None
    earliest_on = _earliest(shown, way, record)
    if way is Way.APPLICATION and earliest_on is None:
        way, sentence = Way.NONE, "作出决定时没有在案的公示期规定，算不出可以申请修复的日期；请向信用主管部门询问。"
    stage, sentence = _stage(way, sentence, earliest_on, until, *done, at)
    return Route(
        shown, way, stage, sentence, shown.severity, shown.severity_provisional, earliest_on if way.here else None, latest_on,
        _todo(shown, way, earliest_on, policy, today), tuple(_market_regulation(shown, record, kind, policy)),
        _basis(shown, way, value, policy),
    )  # fmt: skip


def _earliest(shown: ShownRecord, way: Way, record: Record) -> date | None:
    if way is Way.REMOVAL:
        return record.decided_on
    return shown.earliest


def _stage(  # noqa: PLR0917
    way: Way, sentence: str, earliest_on: date | None, until: Instant, ended: RecordAct | None, held: Hold | None, at: Instant
) -> tuple[Stage, str]:
    if ended is not None:
        return Stage.OVER, f"这条信息已于 {date_of(ended.at)} “{ActVerb(ended.verb).label}”，不用再修复。"
    if held is not None:
        end = "" if held.until_at >= FOREVER else f"，至 {date_of(held.until_at - 1)}"
        return Stage.SCREENED, f"暂停展示中{end}：{held.because}"
    if until <= at:
        return Stage.OVER, "公示期已满或者没有展示，不用修复。"
    if not way.here:
        return Stage.ELSEWHERE, sentence
    if earliest_on is not None and date_of(at) < earliest_on:
        return Stage.WAITING, sentence
    return Stage.OPEN, sentence


def _todo(shown: ShownRecord, way: Way, earliest_on: date | None, policy: PolicySet, today: date) -> tuple[Todo, ...]:
    """What is still to be done, with what the procedure asks for. Training and reports are never among it."""
    if not way.here:
        return ()
    rule = policy.procedures.get(PROCEDURE)
    duty = (
        "消除列入、认定的情形，例如补报年报、恢复联系、按要求整改"
        if way is Way.REMOVAL
        else f"完全履行{shown.item.title}决定规定的义务，纠正失信行为"
    )
    found = [Todo(duty)]
    if way is Way.APPLICATION and earliest_on is not None:
        found.append(Todo("等最短公示期届满", f"{earliest_on} 起可以申请", today >= earliest_on))
    if rule is not None:
        found += [Todo(f"准备{rule.documents[each].title}", rule.documents[each].hint) for each in rule.opening.documents]
    found.append(Todo("提出申请", f"免费；由{shown.authority}决定，谁认定、谁修复"))
    return tuple(found)


def _basis(shown: ShownRecord, way: Way, value: DatedValue | None, policy: PolicySet) -> ShownBasis:
    if way is Way.APPLICATION and shown.earliest_restoration is not None:
        order = shown.earliest_restoration.version
        return shown_basis(order.reference, policy, "", order.note, order.confidence)
    return shown_basis(value.reference, policy, value.quote, value.note, value.confidence) if value is not None else ShownBasis("")


def _market_regulation(shown: ShownRecord, record: Record, kind: str, policy: PolicySet) -> list[Beside]:
    """市场监管系统的口径 beside ours, for penalties by its organs."""
    field = shown.item.roles.get("penalty_kinds", "")
    if not field:
        return []
    kinds = next((each.value for each in shown.fields if each.code == field), "")
    penalty = Penalised(kind, published_on(record), kinds, shown.title, shown.severity)
    found = market_regulation_route(penalty, policy)
    return [found] if found is not None else []
