"""首页 ``/``：one field, three sentences, today's figures, and the doors to everything else.

The figures come from small tables (submissions, monthly counts, the ledger's head), so that the page costs the same for a thousand
records and for millions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.disclosure.models import TimelinessCount
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, start_of_day
from chengxin.ledger.models import Checkpoint, Head
from chengxin.policy import active
from chengxin.policy.errors import NothingAdopted
from chengxin.site.layout import County, counties
from chengxin.site.pieces import Chart, Figure

FRESH_FOR_SECONDS = 60
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


def home(request: HttpRequest) -> HttpResponse:
    """The search home."""
    at = clock.now()
    size = Head.objects.values_list("size", flat=True).first() or 0
    figures = cache.get_or_set(f"home:{size}:{at // FRESH_FOR_SECONDS}", lambda: _figures(at, size), FRESH_FOR_SECONDS)
    checkpoint = Checkpoint.objects.order_by("-size").values_list("signed_at", flat=True).first()
    return render(request, "site/home.html", {**(figures or {}), "groups": _groups(), "ledger_size": size, "checkpoint_at": checkpoint})


def _groups() -> list[Group]:
    """The catalogue as three doors: acts, lists and honours, registry."""
    try:
        items = sorted(active.policy_set().catalogue.values(), key=lambda item: item.number)
    except NothingAdopted:
        items = []
    acts = tuple(Line(f"/acts/{item.id}", item.title) for item in items if item.group == "acts")
    lists = tuple(Line(f"/lists/{item.id}", item.title) for item in items if item.group not in {"acts", "registry"})
    offices = (
        Line("/offices", "各部门公示及时率"),
        Line("/policy", "公示期限与依据"),
        Line("/about", "怎样查询、异议、修复"),
        Line("/tour", "十个例子"),
    )
    return [Group("行政行为", "/acts", acts), Group("名单与荣誉", "/lists", lists), Group("监督与说明", "/offices", offices)]


def _figures(at: Instant, size: int) -> Mapping[str, object]:
    today = date_of(at)
    closed = Submission.objects.filter(state=SubmissionState.CLOSED)
    accepted = closed.aggregate(n=Sum("accepted"))["n"] or 0
    fresh = closed.filter(closed_at__gte=start_of_day(today)).aggregate(new=Sum("accepted"), changed=Sum("updated"), same=Sum("unchanged"))
    today_count = (fresh["new"] or 0) + (fresh["changed"] or 0) - (fresh["same"] or 0)
    months = _months(today)
    last = months[-1] if months else None
    return {
        "figures": [
            Figure(Subject.objects.count(), "主体", "/search"),
            Figure(accepted, "已归集的信息", "/acts", "条"),
            Figure(today_count, "今天新增与更新", "/acts", "条"),
            Figure(_rate(last[1], last[2]), f"{last[0]} 按时率", "/offices", "%") if last else Figure("—", "按时率", "/offices"),
            Figure(size, "账本条目", "/log"),
        ],
        "months": _chart(months) if months else None,
        "county_title": f"{last[0]} 作出的行政决定按时公示的比例" if last else "各县市区按时公示的比例",
        "counties": _county_rates(last[0] if last else ""),
    }


def _rate(on_time: int, late: int) -> str:
    return f"{on_time * 100 / (on_time + late):.1f}" if on_time + late else "—"


def _months(today: date) -> list[tuple[str, int, int]]:
    """(month, on time, late), oldest first, this month left out because its clocks are still running."""
    sums = (
        TimelinessCount.objects.filter(month__lt=f"{today:%Y-%m}")
        .values("month")
        .annotate(on_time=Sum("on_time"), late=Sum("late"))
        .order_by("-month")
    )
    return [(row["month"], row["on_time"], row["late"]) for row in sums[:MONTHS_SHOWN]][::-1]


def _chart(months: list[tuple[str, int, int]]) -> Chart:
    rates = [_rate(on_time, late) for _, on_time, late in months]
    numbers = [float(rate) for rate in rates if rate != "—"]
    low = int(min(numbers, default=0) // 10 * 10) if min(numbers, default=0) < 100 else 90
    label = {"show": True, "position": "top", "formatter": "{c}%"}
    return Chart(
        "months",
        "全市按月按时率",
        {
            "xAxis": {"type": "category", "data": [month for month, _, _ in months]},
            "yAxis": {"type": "value", "min": low, "max": 100, "axisLabel": {"formatter": "{value}%"}},
            "series": [{"type": "line", "data": [None if rate == "—" else float(rate) for rate in rates], "symbolSize": 7, "label": label}],
        },
        ["作出决定的月份", "按时（条）", "迟报（条）", "按时率（%）"],
        [[month, on_time, late, rate] for (month, on_time, late), rate in zip(months, rates, strict=True)],
        f"{months[-1][0]} 为 {rates[-1]}%；按作出决定的月份统计。",
        "low",
    )


def _county_rates(month: str) -> list[Mapping[str, object]]:
    """One tile a county: the share on time of its own offices in ``month``; None where they decided nothing."""
    divisions = dict(Department.objects.exclude(division="").values_list("id", "division"))
    sums: dict[str, list[int]] = {}
    for row in TimelinessCount.objects.filter(month=month).values("authority_id").annotate(on_time=Sum("on_time"), late=Sum("late")):
        counted = sums.setdefault(divisions.get(row["authority_id"], ""), [0, 0])
        counted[0] += row["on_time"]
        counted[1] += row["late"]

    def tile(county: County) -> Mapping[str, object]:
        on_time, late = sums.get(county.code, [0, 0])
        value = round(on_time * 100 / (on_time + late), 1) if on_time + late else None
        return {"code": county.code, "name": county.name, "value": value, "href": f"/offices?division={county.code}"}

    return [tile(county) for county in counties()]
