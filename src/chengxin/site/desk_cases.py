"""工作台的案件块：what waits for this person among the cases, the nearest deadline first; how many run late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import F, Min, Q

from chengxin.access.caller import Caller
from chengxin.access.on_behalf import SPEAK_FOR_THEIR_OFFICE, subjects_that_are
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.casework.people import actor_of, may_take
from chengxin.casework.queries import nearest_deadlines, on_case, verbs_taken, waiting_for
from chengxin.casework.standing import played_by_many
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.ports import open_submissions
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active
from chengxin.site.desk_blocks import Block, Cell, Row

LISTED: Final = 10
#: So many of those that wait for somebody like this person are looked at, the most urgent first.
LOOKED_AT: Final = 200
COLUMNS: Final = ("案件", "关于", "状态", "可以办", "期限")


def cases_waiting(caller: Caller, at: Instant) -> Block:
    """等您办的案件：open ones on which the caller may take a step now, by deadline."""
    actor, policy = actor_of(caller, at), active.policy_set()
    first = Min("deadlines__due_on", filter=Q(deadlines__ended_on=None, deadlines__paused=False))
    open_ones = Case.objects.filter(on_case(actor), waiting_for(actor), closed_at=None).annotate(due_on=first)
    found = list(open_ones.order_by(F("due_on").asc(nulls_last=True), "pk")[:LOOKED_AT])
    played = played_by_many(found, actor)
    due, taken = nearest_deadlines(found), verbs_taken(found)
    rows = []
    for case in found:
        rule = policy.procedures.get(case.procedure)
        steps = may_take(case, rule, actor, played.get(case.pk, ""), taken.get(case.pk, ())) if rule is not None else []
        if rule is None or not steps:
            continue
        deadline = None if case.pk in due and due[case.pk].paused else due.get(case.pk)
        if deadline is None:
            clock = Cell("期限", "—")
        else:
            left, _ = policy.calendar.working_days_between(date_of(at), deadline.due_on)
            clock = Cell("期限", due_on=deadline.due_on, provisional=deadline.provisional, working_days_left=left)
        cells: Sequence[Cell] = (
            Cell("关于", case.title),
            Cell("状态", rule.states[case.state].title),
            Cell("可以办", "、".join(step.title for step in steps[:3])),
            clock,
        )
        rows.append(Row(f"{rule.title}{number_of(case)}", f"/cases/{case.pk}", cells))
    why = "修复、异议等案件轮到您办理时，排在这里，最急的在前。"
    return Block("等您办的案件", COLUMNS, rows[:LISTED], "没有等您办的案件", why, "/cases")


def about_own_office(caller: Caller, _at: Instant) -> Block | None:
    """关于本单位的记录：where to see them, to apply for restoration and to object; None where nothing about the office is on file."""
    own = subjects_that_are(caller.department) if caller.role in SPEAK_FOR_THEIR_OFFICE else frozenset()
    records = Record.objects.filter(subject_id__in=own).exclude(submission_id__in=open_submissions()).count() if own else 0
    if not records or caller.department is None:
        return None
    open_cases = Case.objects.filter(subject_id__in=own, closed_at=None).count()
    name, code = names_of(own).get(min(own), (caller.department.name, ""))
    cells = (Cell("记录", f"{records:,}"), Cell("办理中的案件", f"{open_cases:,}"))
    row = Row(name, f"/centre/{code or min(own)}", cells)
    return Block("关于本单位", ("单位", "记录", "办理中的案件"), [row], "", "可以代本单位申请修复、提出异议。")
