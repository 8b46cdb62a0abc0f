"""重整期间暂时屏蔽, as the procedure ``reorganisation`` names it: by a court's order, for the time of performance, ended by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from chengxin.casework.models import Case, CaseStep
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.casework.services import take_step
from chengxin.casework.types import THE_PLATFORM
from chengxin.foundation.records.models import Hold
from chengxin.foundation.records.services import end_hold, place_hold
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.refused import Conflict, Refused
from chengxin.rights.abouts import record_of
from chengxin.rights.restoration.routes import Stage, route_of
from chengxin.rights.restoration.rules import Way

PROCEDURE: Final = "reorganisation"
SCREENED: Final = frozenset({Surface.PUBLIC, Surface.SHARED, Surface.COUNTED})
AT_A_TIME: Final = 200


def reorganisation_order(of: StepOf) -> None:
    """裁定还在执行期：the record stands against the firm, and the last day of the performance has not passed. Refused otherwise."""
    record = record_of(of.case.about_key)
    route = route_of(record, of.at) if record is not None else None
    if route is None or route.stage is Stage.OVER:
        raise Conflict("already-done", "这条信息已经不展示，不用屏蔽。", "看记录页的办理经过。")
    if route.way is Way.COURT:
        raise Refused("restored-by-court-only", route.sentence, "请向法院提出。")
    said = of.said if of.case.pk is None or "performs_until" in of.said else _opened(of.case)
    if not said:
        return  # asked before the form is filled in
    until = _performs_until(said)
    if until < date_of(of.at):
        where = {"field": "performs_until"}
        raise Refused("performance-over", f"执行期的最后一日 {until} 已经过去。", "核对裁定书；执行完毕的申请信用修复。", where=where)


def screen_record(of: StepOf, step: CaseStep) -> None:
    """暂时屏蔽：off the public web, out of sharing and evaluation until the performance is over."""
    said = _opened(of.case)
    until = end_of_day(_performs_until(said))
    because = f"{_mark(of.case)}，裁定{said['order_number']}"
    place_hold(
        record_id=int(of.case.about_key), surfaces=SCREENED, because=because[:500], clause="", until_at=until, by=of.actor.name, at=of.at
    )  # fmt: skip


def end_screening(of: StepOf, step: CaseStep) -> None:
    """结束屏蔽 before its time; nothing to do where it ended by itself."""
    for hold in Hold.objects.filter(record_id=int(of.case.about_key), ended_at=None, until_at__gt=of.at):
        if hold.because.startswith(_mark(of.case)):
            end_hold(hold_id=hold.pk, because=f"重整期间的屏蔽结束：{step.verb}", by=of.actor.name, at=of.at)


def close_expired(at: Instant) -> int:
    """执行期满：the hold has ended by itself; its case is closed by the platform. How many."""
    closed, after = 0, 0
    while cases := list(Case.objects.filter(procedure=PROCEDURE, state="screened", pk__gt=after).order_by("pk")[:AT_A_TIME]):
        after = cases[-1].pk
        for case in cases:
            if end_of_day(_performs_until(_opened(case))) <= at:
                take_step(case_id=case.pk, verb="expire", version=case.version, actor=THE_PLATFORM, texts={}, at=at)
                closed += 1
    return closed


def _mark(case: Case) -> str:
    return f"重整（和解）期间暂时屏蔽，案号{number_of(case)}"


def _opened(case: Case) -> dict[str, str]:
    first = case.steps.filter(place=0).values_list("said", flat=True).first()
    return dict(first or {})


def _performs_until(said: Mapping[str, str]) -> date:
    text = said.get("performs_until", "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence, where = f"“执行期的最后一日”写的“{text[:40]}”不是日期。", {"field": "performs_until"}
        raise Refused("date-unreadable", sentence, "写成 2028-06-30 这样的日期。", where=where) from None
