"""首页 ``/``：one field, three sentences, today's figures, and the doors to everything else.

The figures come from small tables (submissions, monthly counts, the ledger's head) and are worked out once a minute, and when a
submission closes; subjects, which take longest to count, only when a file of the registry closes. So the page costs the same for a
thousand records and for millions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.core.cache import cache
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.disclosure.timeliness import Scope, Timeliness, summed, timeliness
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, start_of_day
from chengxin.ledger.models import Checkpoint, Head
from chengxin.policy import active
from chengxin.policy.errors import NothingAdopted
from chengxin.site.layout import County, counties
from chengxin.site.pieces import Chart, Figure

FRESH_FOR_SECONDS = 60
REGISTERED_FOR_SECONDS = 3600
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """一个去处 in an index, with a count where there is one."""

    href: str
    title: str
    count: int | None = None


@dataclass(frozen=True)
class Group:
    """目录的一组。"""

    title: str
    href: str
    lines: tuple[Line, ...]


#: 要办的事：the doors for those who come to get something done, in their words.
ERRANDS: Final = (
    Line("/about#restore", "有处罚记录，想修复"),
    Line("/about#object", "信息有误，提出异议"),
    Line("/complain", "投诉一个部门"),
    Line("/complain/follow", "查投诉的进度"),
    Line("/centre", "企业中心：申请、看评价、看进度"),
)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The search home."""
    at = clock.now()
    size = Head.objects.values_list("size", flat=True).first() or 0
    newest = Submission.objects.filter(closed_at__isnull=False).order_by("-closed_at", "-id").values_list("id", flat=True).first()
    key = f"home:{newest}:{at // FRESH_FOR_SECONDS}"
    known = cache.get_or_set(key, lambda: _figures(at), FRESH_FOR_SECONDS) or {}
    figures = [*known["figures"], Figure(size, "账本条目", "/log")]
    checkpoint = Checkpoint.objects.order_by("-size").values_list("signed_at", flat=True).first()
    return render(
        request,
        "site/home.html",
        {**known, "figures": figures, "errands": ERRANDS, "groups": _groups(), "ledger_size": size, "checkpoint_at": checkpoint},
    )


def _groups() -> list[Group]:
    """The catalogue as three doors: acts, lists and honours, registry."""
    try:
        items = sorted(active.policy_set().catalogue.values(), key=lambda item: item.number)
    except NothingAdopted:
        items = []
    acts = tuple(Line(f"/acts/{item.id}", item.title) for item in items if item.group == "acts")
    lists = tuple(Line(f"/lists/{item.id}", item.title) for item in items if item.group not in {"acts", "registry", "results"})
    offices = (
        Line("/offices", "各部门公示及时率"),
        Line("/policy", "公示期限与依据"),
        Line("/about", "怎样查询、异议、修复"),
        Line("/tour", "导览：示范城市里的事"),
    )
    return [Group("行政行为", "/acts", acts), Group("名单与荣誉", "/lists", lists), Group("监督与说明", "/offices", offices)]


def _figures(at: Instant) -> dict[str, Any]:
    today = date_of(at)
    closed = Submission.objects.filter(state=SubmissionState.CLOSED)
    accepted = closed.aggregate(n=Sum("accepted"))["n"] or 0
    fresh = closed.filter(closed_at__gte=start_of_day(today)).aggregate(new=Sum("accepted"), changed=Sum("updated"), same=Sum("unchanged"))
    today_count = (fresh["new"] or 0) + (fresh["changed"] or 0) - (fresh["same"] or 0)
    known = timeliness(_scope(today), at)
    months = [(str(month), line) for month, line in summed(known, "month")]
    last, rate = (months[-1][0], _rate(months[-1][1])) if months else ("", "—")
    return {
        "figures": [
            Figure(_registered(), "登记主体", "/search"),
            Figure(accepted, "已归集的信息", "/acts", "条"),
            Figure(today_count, "今天新增与更新", "/acts", "条"),
            Figure(rate, f"{last} 按时率".strip(), "/offices", "" if rate == "—" else "%"),
        ],
        "months": _chart(months) if months else None,
        "county_title": "近十二个月作出的行政决定按时公示的比例",
        "counties": _county_rates(known),
    }


def _registered() -> int:
    """How many subjects the registry knows; those outside it may be known from rows that nobody may see yet."""
    try:
        items = [item.number for item in active.policy_set().catalogue.values() if item.group == "registry"]
    except NothingAdopted:
        items = []
    closed = Submission.objects.filter(closed_at__isnull=False, item__in=items).order_by("-closed_at", "-id")
    key = f"home:registered:{closed.values_list('id', flat=True).first()}"
    return int(cache.get_or_set(key, Subject.objects.filter(in_registry=True).count, REGISTERED_FOR_SECONDS) or 0)


def _scope(today: date) -> Scope:
    """The twelve months before this one, whose clocks still run."""
    before = today.year * 12 + today.month - 2
    first = before - MONTHS_SHOWN + 1
    return Scope(from_month=f"{first // 12}-{first % 12 + 1:02d}", until_month=f"{before // 12}-{before % 12 + 1:02d}")


def _rate(line: Timeliness) -> str:
    return "—" if line.per_mille is None else f"{line.per_mille / 10:.1f}"


def _chart(months: Sequence[tuple[str, Timeliness]]) -> Chart:
    rates = [_rate(line) for _, line in months]
    numbers = [float(rate) for rate in rates if rate != "—"]
    low = int(min([*numbers, 99]) // 10 * 10)
    label = {"show": True, "position": "top", "formatter": "{c}%"}
    return Chart(
        "months",
        "全市按月按时率",
        {
            "xAxis": {"type": "category", "data": [month for month, _ in months]},
            "yAxis": {"type": "value", "min": low, "max": 100, "axisLabel": {"formatter": "{value}%"}},
            "series": [
                {
                    "type": "line",
                    "data": [None if rate == "—" else float(rate) for rate in rates],
                    "symbolSize": 7,
                    "label": label,
                    "labelLayout": {"hideOverlap": True},
                }
            ],
        },
        ["作出决定的月份", "按时（条）", "迟报（条）", "未报（条）", "按时率（%）"],
        [[month, line.on_time, line.late, line.missing, rate] for (month, line), rate in zip(months, rates, strict=True)],
        f"{months[-1][0]} 为 {rates[-1]}%；按作出决定的月份统计。",
        "low",
    )


def _county_rates(lines: Sequence[Timeliness]) -> list[Mapping[str, object]]:
    """One tile a county: the share on time of its own offices; None where they decided nothing."""
    divisions = dict(Department.objects.exclude(division="").values_list("id", "division"))

    def tile(county: County) -> Mapping[str, object]:
        own = _sum([line for line in lines if divisions.get(line.authority_id) == county.code])
        value = None if own.per_mille is None else own.per_mille / 10
        return {"code": county.code, "name": county.name, "value": value, "href": f"/offices?division={county.code}"}

    return [tile(county) for county in counties()]


def _sum(lines: Sequence[Timeliness]) -> Timeliness:
    """All lines as one."""
    return Timeliness(0, 0, "", sum(line.on_time for line in lines), sum(line.late for line in lines), sum(line.missing for line in lines))
