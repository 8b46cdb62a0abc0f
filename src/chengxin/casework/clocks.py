"""期限的算法。A pure function of the steps, the procedure, the values in force on the day a clock starts, and the calendar.

The day on which a clock starts is not counted. Working days stand still in a pause and go on after it; of calendar days and periods the
last day moves by as many days as the pause lasted. A deadline to act that falls on a day off rolls on to the next working day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from chengxin.casework.types import StepTaken
from chengxin.kernel import periods
from chengxin.kernel.instants import date_of
from chengxin.kernel.workdays import Deadline, WorkingCalendar
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import ClockRule, Procedure

_UNITS: Final = {"working_day": "个工作日", "calendar_day": "日"}


class Level(StrEnum):
    """期限的紧急程度。A passed deadline is shown; it never decides anything by itself."""

    MET = "met"
    LATE = "late"  # ended after its day
    PAUSED = "paused"
    RUNNING = "running"
    YELLOW = "yellow"  # the last day is today or the next working day
    RED = "red"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"met": "已按期", "late": "已办，逾期", "paused": "暂停计算", "running": "办理中", "yellow": "即将到期", "red": "已逾期"}[
            self
        ]


@dataclass(frozen=True)
class ClockReading:
    """一个期限 and how it was computed, line by line."""

    clock: str
    title: str
    start_place: int
    start_on: date
    due_on: date
    provisional: bool
    paused: bool
    ended_on: date | None
    how: tuple[str, ...]

    def level(self, today: date, calendar: WorkingCalendar) -> Level:
        """How urgent it is on ``today``. A provisional deadline never counts anybody late."""
        if self.ended_on is not None:
            return Level.LATE if self.ended_on > self.due_on and not self.provisional else Level.MET
        if self.paused:
            return Level.PAUSED
        if today > self.due_on:
            return Level.YELLOW if self.provisional else Level.RED
        return Level.YELLOW if calendar.add_working_days(today, 1).on >= self.due_on else Level.RUNNING


@dataclass
class _Running:
    rule: ClockRule
    place: int
    start_on: date
    length: int | str
    unit: str
    words: str
    how: list[str]
    extra: list[tuple[int | str, str]] = field(default_factory=list)  # extensions: length, unit
    pauses: list[tuple[date, date | None]] = field(default_factory=list)
    ended_on: date | None = None


def clocks_of(procedure: Procedure, steps: Sequence[StepTaken], policy: PolicySet) -> tuple[ClockReading, ...]:
    """Every clock that ever ran on a case with these steps, in the order in which they started."""
    running: list[_Running] = []
    for step in steps:
        day, rule = date_of(step.at), procedure.step(step.verb, step.from_state)
        for clock in [each for each in running if each.ended_on is None]:
            _continue(clock, step, day)
            if rule is not None and rule.extends == clock.rule.id and clock.ended_on is None:
                value = policy.value_at(rule.extends_by, clock.start_on)
                unit = policy.parameter(rule.extends_by).unit
                clock.extra.append((value.value, unit))
                clock.how.append(f"{day} {rule.title}，延长{_words(value.value, unit)}（{_source(policy, value.reference)}）")
        going = {each.rule.id for each in running if each.ended_on is None}
        for clock_rule in procedure.clocks:
            if step.to_state in clock_rule.starts and clock_rule.id not in going:
                running.append(_start(clock_rule, step, day, policy))
    return tuple(_reading(each, policy.calendar) for each in running)


def _start(rule: ClockRule, step: StepTaken, day: date, policy: PolicySet) -> _Running:
    value, unit = policy.value_at(rule.days, day), policy.parameter(rule.days).unit
    words = _words(value.value, unit)
    said = f"{rule.title}：{day} 起算（当日不计），{words}（{_source(policy, value.reference)}）"
    started = _Running(rule, step.place, day, value.value, unit, words, [said])
    if step.to_state in rule.pauses:
        started.pauses.append((day, None))
    return started


def _continue(clock: _Running, step: StepTaken, day: date) -> None:
    """What a step does to a running clock: a pause begins or ends, or the clock stops."""
    paused = bool(clock.pauses) and clock.pauses[-1][1] is None
    if step.to_state in clock.rule.stops:
        if paused:
            clock.pauses[-1] = (clock.pauses[-1][0], day)
        clock.ended_on = day
    elif step.to_state in clock.rule.pauses and not paused:
        clock.pauses.append((day, None))
    elif step.to_state not in clock.rule.pauses and paused:
        clock.pauses[-1] = (clock.pauses[-1][0], day)


def _reading(clock: _Running, calendar: WorkingCalendar) -> ClockReading:
    due, how = _due(clock, calendar)
    paused = bool(clock.pauses) and clock.pauses[-1][1] is None
    return ClockReading(
        clock.rule.id, clock.rule.title, clock.place, clock.start_on, due.on, due.provisional, paused, clock.ended_on, (*clock.how, *how)
    )


def _due(clock: _Running, calendar: WorkingCalendar) -> tuple[Deadline, list[str]]:
    how: list[str] = []
    due = _last_day(clock.start_on, clock.length, clock.unit, calendar)
    for length, unit in clock.extra:
        more = _last_day(due.on, length, unit, calendar)
        due = Deadline(more.on, due.provisional or more.provisional)
    for begun, ended in clock.pauses:
        if ended is None:
            how.append(f"{begun} 起暂停计算")
            continue
        stood, unsure = _stood(clock, begun, ended, calendar)
        if clock.unit == "working_day":
            more = calendar.add_working_days(due.on, stood) if stood else due
        else:
            more = calendar.roll_forward(due.on + timedelta(stood))
        due = Deadline(more.on, due.provisional or more.provisional or unsure)
        how.append(f"{begun} 至 {ended} 暂停，顺延{stood}{_UNITS.get(clock.unit, '日')}")
    last = f"最后一日 {due.on}"
    if due.provisional:
        last += "（所在年份的放假安排还没有收录，暂按周末推算）"
    return due, [*how, last]


def _stood(clock: _Running, begun: date, ended: date, calendar: WorkingCalendar) -> tuple[int, bool]:
    if clock.unit == "working_day":
        return calendar.working_days_between(begun, ended)
    return (ended - begun).days, False


def _last_day(start: date, length: int | str, unit: str, calendar: WorkingCalendar) -> Deadline:
    if unit == "working_day":
        return calendar.add_working_days(start, int(length))
    if unit == "calendar_day":
        return calendar.roll_forward(start + timedelta(int(length)))
    return calendar.roll_forward(periods.last_day(start, str(length)))


def _words(length: int | str, unit: str) -> str:
    return periods.parse_period(str(length)).chinese if unit == "calendar_period" else f"{length}{_UNITS[unit]}"


def _source(policy: PolicySet, reference: str) -> str:
    source = policy.sources.get(reference.partition("/")[0])
    return source.title if source is not None else reference
