"""审计管理员的工作台：alarms and questions that wait, and the latest reads. Reads for one desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chengxin.access import ports
from chengxin.access.alarms import KIND_LABELS, AlarmKind
from chengxin.access.caller import Caller
from chengxin.access.models import Alarm, Read, ReadQuestion
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel.instants import Instant, local_time
from chengxin.site.desk_blocks import LISTED, Block, Cell, Row
from chengxin.site.pieces import Figure

MONTH: Final = 30 * 86_400


def reading_figures(_caller: Caller, at: Instant) -> Sequence[Figure]:
    """查看留痕的数字。"""
    recent = Read.objects.filter(at__gt=at - MONTH)
    alarms, questions = Alarm.objects.filter(settled_at=None).count(), ReadQuestion.objects.filter(answered_at=None).count()
    return (
        Figure(alarms, "等待处理的警报", "/office/reads#alarms", "件", "against" if alarms else ""),
        Figure(questions, "等待答复的查问", "/office/reads#questions", "件"),
        Figure(recent.count(), "近三十天查看", "/office/reads", "行"),
        Figure(recent.values("account_id").distinct().count(), "查看的人"),
        Figure(Read.objects.filter(leaf_content_id=None, main_content_id=None).count(), "待入账", "", "行"),
    )


def open_alarms(_caller: Caller, _at: Instant) -> Block:
    """等待处理的警报。"""
    found = Alarm.objects.filter(settled_at=None).order_by("pk")[:LISTED]
    rows = [
        Row(KIND_LABELS[AlarmKind(each.kind)], "/office/reads#alarms", (Cell("时间", _time(each.at)), Cell("什么事", each.sentence)))
        for each in found
    ]
    why = "批量查看、无正当理由的查看、账本核对有误，会列在这里。"
    return Block("等待处理的警报", ("警报", "时间", "什么事"), rows, "没有等待处理的警报", why, "/office/reads")


def open_questions(_caller: Caller, _at: Instant) -> Block:
    """等待答复的查问。"""
    found = list(ReadQuestion.objects.filter(answered_at=None).order_by("pk")[:LISTED])
    names = names_of([each.subject_id for each in found])
    rows = [
        Row(
            names.get(each.subject_id, ("", ""))[0],
            "/office/reads#questions",
            (Cell("时间", _time(each.asked_at)), Cell("问什么", each.because)),
        )
        for each in found
    ]
    why = "主体在自己的页面上看到谁看过它，可以查问任何一行。"
    return Block("等待答复的查问", ("主体", "时间", "问什么"), rows, "没有等待答复的查问", why, "/office/reads")


def latest_reads(_caller: Caller, _at: Instant) -> Block:
    """最近的查看。"""
    titles = ports.kind_titles()
    rows = [
        Row(
            _time(one.at),
            "/office/reads",
            (
                Cell("谁", one.account.username if one.account else "部门系统"),
                Cell("部门", one.department.name if one.department else ""),
                Cell("看了什么", titles.get(one.kind, one.kind)),
                Cell("用途", one.purpose),
                Cell("事项", one.matter),
            ),
        )
        for one in Read.objects.select_related("account", "department").order_by("-id")[:LISTED]
    ]
    why = "看不公开的信息之前，先记下谁、为什么事。"
    return Block("最近的查看", ("时间", "谁", "部门", "看了什么", "用途", "事项"), rows, "还没有人查看过", why, "/office/reads")


def _time(at: Instant) -> str:
    return local_time(at).strftime("%m-%d %H:%M")
