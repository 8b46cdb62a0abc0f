"""工作台的各块：reads for one desk. Departmental roles see their own department and its subordinates, nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet, Sum

from chengxin.access.caller import Caller
from chengxin.access.models import Account, Department
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import DEPARTMENTAL, LABELS, Role
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.states import STATE_TITLES, SubmissionState
from chengxin.foundation.collection.types import QUARANTINE_SENTENCES, QuarantineReason
from chengxin.foundation.subjects.queries import open_pairs
from chengxin.kernel.instants import Instant, date_of, local_time
from chengxin.ledger.models import Checkpoint, Head
from chengxin.policy import active
from chengxin.site.matching import waiting_figure
from chengxin.site.pieces import Figure

LISTED = 10


@dataclass(frozen=True)
class Cell:
    """一格：a value, or a deadline."""

    label: str
    value: str | int = ""
    due_on: date | None = None
    provisional: bool = False
    working_days_left: int | None = None  # None: calendar days are counted


@dataclass(frozen=True)
class Row:
    """一行：what it is about, where it leads, its cells."""

    title: str
    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Block:
    """一块。``nothing`` is what it says when there are no rows."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Row]
    nothing: str
    nothing_why: str = ""
    href: str = ""
    nothing_href: str = ""
    nothing_action: str = ""


def _mine(caller: Caller) -> Q:
    """The submissions that this caller may see."""
    if caller.role not in DEPARTMENTAL:
        return Q()
    department = caller.department.pk if caller.department else 0
    return Q(department_id__in={department} | subordinates_of(department))


def _submissions(caller: Caller) -> QuerySet[Submission]:
    return Submission.objects.filter(_mine(caller))


def _time(at: Instant) -> str:
    return local_time(at).strftime("%m-%d %H:%M")


def _submission_rows(found: Sequence[Submission]) -> list[Row]:
    names = dict(Department.objects.filter(id__in={one.department_id for one in found}).values_list("id", "name"))
    policy = active.policy_set()
    return [
        Row(
            one.file_name or f"报送 {one.pk}",
            f"/office/submissions/{one.pk}",
            (
                Cell("部门", names.get(one.department_id, "")),
                Cell("事项", policy.item(one.item).title),
                Cell("时间", _time(one.received_at)),
                Cell("状态", STATE_TITLES[SubmissionState(one.state)]),
                Cell("行数", f"{one.rows:,}"),
                Cell("退回", f"{one.rejected:,}"),
            ),
        )
        for one in found
    ]


SUBMISSION_COLUMNS = ("文件", "部门", "事项", "时间", "状态", "行数", "退回")


def recent_submissions(caller: Caller, _at: Instant) -> Block:
    """最近的报送。"""
    rows = _submission_rows(list(_submissions(caller).order_by("-id")[:LISTED]))
    why = "报送过的文件会列在这里，随时可以回来看结果、下载批注表。"
    return Block("最近的报送", SUBMISSION_COLUMNS, rows, "还没有报送", why, "/office/submissions")


def to_correct(caller: Caller, _at: Instant) -> Block:
    """要补正的报送：closed with rejected rows, or refused as a whole."""
    wanted = Q(state=SubmissionState.CLOSED, rejected__gt=0) | Q(state__in=[SubmissionState.REFUSED, SubmissionState.RETURNED])
    rows = _submission_rows(list(_submissions(caller).filter(wanted).order_by("-id")[:LISTED]))
    return Block("有行退回的报送", SUBMISSION_COLUMNS, rows, "没有要补正的", "退回的行会逐格写明原因和改法，改好后重新报送即可。")


def to_release(caller: Caller, _at: Instant) -> Block:
    """等待复核：handed in by somebody else of the same department."""
    waiting = _submissions(caller).filter(state=SubmissionState.AWAITING_RELEASE).exclude(submitted_by=caller.name)
    rows = _submission_rows(list(waiting.order_by("id")[:LISTED]))
    return Block("等您复核", SUBMISSION_COLUMNS, rows, "没有等待复核的报送", "网页和文件夹报送的失信类信息，由另一个人复核后才公开。")


def rows_quarantined(caller: Caller, _at: Instant) -> Block:
    """待甄别的行，最急的在前。"""
    found = QuarantinedRow.objects.filter(decided_at=None, submission__in=_submissions(caller)).order_by(
        F("due_on").asc(nulls_last=True), "id"
    )
    policy = active.policy_set()
    rows = [
        Row(
            f"{row.submission.file_name} 第 {row.row:,} 行",
            f"/office/quarantine/{row.pk}",
            (
                Cell("事项", policy.item(row.item).title),
                Cell("原因", QUARANTINE_SENTENCES[QuarantineReason(row.reason)]),
                Cell("期限", due_on=row.due_on) if row.due_on else Cell("期限", "不计期限"),
            ),
        )
        for row in found.select_related("submission")[:LISTED]
    ]
    return Block(
        "待甄别的行",
        ("行", "事项", "原因", "期限"),
        rows,
        "没有待甄别的行",
        "规则都符合、但不能确定是谁的行会排到这里。",
        "/office/quarantine",
    )


def pairs_waiting(_caller: Caller, _at: Instant) -> Block:
    """待判定的主体对。"""
    rows = [
        Row(
            f"{pair['left'].name} 与 {pair['right'].name}",
            f"/office/matching#pair-{pair['id']}",
            (Cell("提出", _time(pair["proposed_at"])), Cell("相近程度", f"{pair['score'] / 10:.0f}%")),
        )
        for pair in open_pairs(LISTED)
    ]
    why = "名称相近但没有有效代码的，要由人判定。"
    return Block("待判定的主体对", ("对", "提出", "相近程度"), rows, "没有待判定的", why, "/office/matching")


def own_figures(caller: Caller, at: Instant) -> Sequence[Figure]:
    """本部门的数字。"""
    mine = _submissions(caller)
    sums = mine.filter(state=SubmissionState.CLOSED).aggregate(accepted=Sum("accepted"), rejected=Sum("rejected"))
    waiting = mine.filter(state=SubmissionState.AWAITING_RELEASE).count()
    undecided = QuarantinedRow.objects.filter(decided_at=None, submission__in=mine)
    late = undecided.filter(due_on__lt=date_of(at)).count()
    return (
        Figure(sums["accepted"] or 0, "累计接收", "/office/submissions", "条"),
        Figure(sums["rejected"] or 0, "累计退回", "/office/submissions", "行"),
        Figure(waiting, "待复核", "/office/submissions?state=awaiting_release", "份"),
        Figure(undecided.count(), "待甄别", "/office/quarantine", "行"),
        Figure(late, "待甄别已过期限", "/office/quarantine", "行", "against" if late else ""),
    )


def city_figures(caller: Caller, at: Instant) -> Sequence[Figure]:
    """全市的数字。"""
    return (*own_figures(caller, at)[:4], waiting_figure())


def account_figures(_caller: Caller, _at: Instant) -> Sequence[Figure]:
    """账户的数字。"""
    live = Account.objects.filter(revoked_at=None)
    return (
        Figure(live.count(), "在用账户"),
        Figure(Account.objects.exclude(revoked_at=None).count(), "已停用"),
        Figure(Department.objects.filter(closed_at=None).count(), "部门"),
    )


def accounts(_caller: Caller, _at: Instant) -> Block:
    """在用账户，按部门。"""
    live = Account.objects.filter(revoked_at=None).select_related("department").order_by("department__name", "username")
    rows = [
        Row(
            one.username,
            f"/office/accounts/{one.pk}",
            (Cell("部门", one.department.name if one.department else "平台"), Cell("岗位", LABELS[Role(one.role)])),
        )
        for one in live[:200]
    ]
    return Block("在用账户", ("账号", "部门", "岗位"), rows, "没有账户")


def machine_figures(_caller: Caller, _at: Instant) -> Sequence[Figure]:
    """平台的数字。"""
    newest = Checkpoint.objects.order_by("-size").first()
    return (
        Figure(Head.objects.values_list("size", flat=True).first() or 0, "账本条目", "/log"),
        Figure(_time(newest.signed_at) if newest else "—", "最近检查点", "/log"),
        Figure(Submission.objects.filter(state=SubmissionState.READING).count(), "正在核对的报送", "/office/"),
    )
