"""工作台 ``/office/``：what waits for this person, whose clocks run, and where to go. One desk a role, from the same blocks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.access.caller import Caller, caller_of
from chengxin.access.roles import LABELS, Role
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.site import desk_blocks as blocks
from chengxin.site.desk_blocks import Block
from chengxin.site.desk_cases import about_own_office, cases_waiting
from chengxin.site.desk_evaluation import reviews_waiting
from chengxin.site.desk_reading import latest_reads, open_alarms, open_questions, reading_figures
from chengxin.site.pieces import Figure

MakeBlock = Callable[[Caller, Instant], Block | None]  # None: not for this caller


@dataclass(frozen=True)
class Desk:
    """一个岗位的工作台。"""

    lead: str
    figures: Callable[[Caller, Instant], Sequence[Figure]]
    blocks: Sequence[MakeBlock] = field(default_factory=tuple)
    may_hand_in: bool = False


def _none(_caller: Caller, _at: Instant) -> Sequence[Figure]:
    return ()


DESKS: Mapping[Role, Desk] = {
    Role.CLERK: Desk(
        "您报送的文件和要补正的行。",
        blocks.own_figures,
        (cases_waiting, about_own_office, blocks.to_correct, blocks.recent_submissions),
        may_hand_in=True,
    ),
    Role.REVIEWER: Desk(
        "本部门等待复核的报送。报送人不能复核自己报的。",
        blocks.own_figures,
        (blocks.to_release, cases_waiting, about_own_office, blocks.recent_submissions),
    ),
    Role.CREDIT_OFFICE: Desk(
        "全市的归集质量、待判定的主体和逾期。",
        blocks.city_figures,
        (cases_waiting, about_own_office, blocks.pairs_waiting, blocks.rows_quarantined, reviews_waiting, blocks.recent_submissions),
        True,
    ),
    Role.AUDITOR: Desk("可以查看，不能更改。", blocks.city_figures, (blocks.recent_submissions,)),
    Role.SECURITY_ADMIN: Desk("开户、授权、改岗位、停用都在“账户管理”。", blocks.account_figures, (cases_waiting, blocks.accounts)),
    Role.SYSTEM_ADMIN: Desk("系统运行情况见 /healthz 和 /metrics；备份用 chengxin backup。", blocks.machine_figures),
    Role.AUDIT_ADMIN: Desk(
        "谁在什么时候、为什么事查看了不公开的信息。", reading_figures, (open_alarms, cases_waiting, open_questions, latest_reads)
    ),
}


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The desk of whoever is signed in."""
    caller, at = caller_of(request), clock.now()
    if caller.role is None:  # a department's token has no desk
        return render(request, "site/desk.html", {"greeting": "工作台", "lead": "部门系统请使用接口。", "figures": _none(caller, at)})
    mine = DESKS[caller.role]
    context = {
        "greeting": f"{caller.department.name if caller.department else '平台'} · {LABELS[caller.role]}",
        "lead": mine.lead,
        "figures": mine.figures(caller, at),
        "blocks": [block for make in mine.blocks if (block := make(caller, at)) is not None],
        "may_hand_in": mine.may_hand_in,
    }
    return render(request, "site/desk.html", context)
