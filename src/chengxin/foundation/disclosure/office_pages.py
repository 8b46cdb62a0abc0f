"""及时率的页面：the league of offices, and one office with the list behind each number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from chengxin.access.models import Department
from chengxin.foundation.disclosure.charts import months_chart, offices_chart
from chengxin.foundation.disclosure.late_withdrawals import late_withdrawals
from chengxin.foundation.disclosure.listing_pages import divisions
from chengxin.foundation.disclosure.overdue import missing_behind
from chengxin.foundation.disclosure.ports import office_parts
from chengxin.foundation.disclosure.timeliness import Scope, Timeliness, acts_behind, added_up, summed, timeliness
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.showing import shown_basis
from chengxin.foundation.records.types import Surface
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

OUTCOMES = {"on_time": "按时", "late": "迟报", "missing": "未报"}
DEADLINE = "disclosure_deadline"


@dataclass(frozen=True)
class Line:
    """一行: an office, an item or a month with its numbers; each number leads to its list where there is one."""

    title: str
    href: str
    numbers: Timeliness
    hrefs: Mapping[str, str]

    @property
    def percent(self) -> str:
        """按时率, rounded down."""
        return "—" if self.numbers.per_mille is None else f"{self.numbers.per_mille / 10:.1f}%"


@dataclass(frozen=True)
class ListedAct:
    """清单的一行. A record that is not public is listed without saying what it is."""

    decided_on: date
    due_on: date | None
    received_on: date | None
    document_number: str
    href: str
    state: str


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    """``/offices``：timeliness of every office, worst first, with what is behind it."""
    at, policy = clock.now(), active.policy_set()
    division, since, until = (request.GET.get(name, "").strip()[:10] for name in ("division", "since", "until"))
    known = Department.objects.filter(division__startswith=division) if division.isdigit() else Department.objects.all()
    names = {office.pk: office for office in known}
    scope = Scope(names.keys() if division else None, None, _month(since), _month(until))
    by_office, months, by_item = added_up(scope, at, "authority_id", "month", "item")
    given = {name: value for name, value in (("since", since), ("until", until)) if value}
    lines = [
        Line(names[pk].name, f"/offices/{names[pk].code}{'?' + urlencode(given) if given else ''}", numbers, {})
        for pk, numbers in by_office
        if pk in names
    ]
    lines.sort(key=lambda line: (line.numbers.per_mille if line.numbers.per_mille is not None else 1001, -line.numbers.total))
    context = {
        "lines": lines,
        "total": _total([numbers for _, numbers in months]),
        "items": [Line(policy.item(number).title, "", numbers, {}) for number, numbers in by_item],
        "months_chart": months_chart(months) if months else None,
        "offices_chart": offices_chart([(line.title, line.numbers) for line in lines]) if lines else None,
        "filters": _filters(division, since, until, policy),
        "clear_href": request.path if division or since or until else "",
        "deadline": _deadline(policy, at),
    }
    return render(request, "disclosure/offices.html", context)


@require_safe
def office(request: HttpRequest, code: str) -> HttpResponse:
    """``/offices/<code>``：one office by item and month; with ``item``, ``month`` and ``outcome`` the list behind the number."""
    at, policy = clock.now(), active.policy_set()
    found = Department.objects.filter(code=code).first()
    if found is None:
        raise NotFound("no-such-department", "没有这个部门。", "从公示及时率的名单里选。")
    item = policy.catalogue.get(request.GET.get("item", ""))
    month, outcome = _month(request.GET.get("month", "")), request.GET.get("outcome", "")
    scope = Scope([found.pk], None, _month(request.GET.get("since", "")), _month(request.GET.get("until", "")))
    rows = timeliness(scope, at)
    context: dict[str, Any] = {
        "office": found,
        "total": _total(rows),
        "months_chart": months_chart(summed(rows, "month")) if rows else None,
        "lines": [_item_month(row, found, policy) for row in sorted(rows, key=lambda row: (row.month, row.item), reverse=True)],
        "deadline": _deadline(policy, at),
        "late_withdrawals": len(late_withdrawals(authority_ids=[found.pk])),
        "parts": [mark_safe(html) for _, part in office_parts.items() if (html := part(request, found, at))],  # noqa: S308  escaped there
    }
    if item is not None and month and outcome in OUTCOMES:
        context |= _behind(found, item, month, outcome, cursor=request.GET.get("cursor", "")[:200], at=at)
    return render(request, "disclosure/office.html", context)


def _item_month(row: Timeliness, found: Department, policy: PolicySet) -> Line:
    item = policy.item(row.item)
    hrefs = {
        outcome: f"/offices/{found.code}?{urlencode({'item': item.id, 'month': row.month, 'outcome': outcome})}#list"
        for outcome in OUTCOMES
        if getattr(row, outcome)
    }
    return Line(item.title, "", row, hrefs)


def _behind(found: Department, item: CatalogueItem, month: str, outcome: str, *, cursor: str, at: Instant) -> dict[str, Any]:
    """The list behind one number: context of the page."""
    title = f"{month} {item.title}：{OUTCOMES[outcome]}"
    if outcome == "missing":
        lost = missing_behind(found.pk, item.number, month, at, cursor=cursor)
        listed = [ListedAct(act.decided_on, act.due_on, None, "", "", act.reason_label) for act in lost.acts]
        return {"list_title": title, "listed": listed, "next_href": _next_href(item, month, outcome, lost.next_cursor)}
    page = acts_behind(found.pk, item.number, month, outcome, cursor=cursor)
    public = set(Record.objects.filter(visible(Surface.PUBLIC, at), pk__in=[each.pk for each in page.records]).values_list("pk", flat=True))
    listed = [
        ListedAct(
            each.decided_on,
            each.due_on,
            date_of(each.received_at),
            each.document_number if each.pk in public else "",
            f"/r/{each.pk}" if each.pk in public else "",
            "" if each.pk in public else "现不公示",
        )
        for each in page.records
    ]
    return {"list_title": title, "listed": listed, "next_href": _next_href(item, month, outcome, page.next_cursor)}


def _next_href(item: CatalogueItem, month: str, outcome: str, cursor: str) -> str:
    return f"?{urlencode({'item': item.id, 'month': month, 'outcome': outcome, 'cursor': cursor})}#list" if cursor else ""


def _deadline(policy: PolicySet, at: Instant) -> dict[str, Any]:
    value = policy.value_at(DEADLINE, date_of(at))
    return {"days": value.value, "basis": shown_basis(value.reference, policy, value.quote, value.note, value.confidence)}


def _total(rows: Sequence[Timeliness]) -> Line:
    sums = [sum(getattr(row, name) for row in rows) for name in OUTCOMES]
    return Line("合计", "", Timeliness(0, 0, "", *sums), {})


def _filters(division: str, since: str, until: str, policy: PolicySet) -> list[dict[str, object]]:
    options = [("", "全部"), *divisions(policy)]
    return [
        {"name": "division", "label": "县市区", "kind": "select", "value": division, "options": options},
        {"name": "since", "label": "作出月份自", "kind": "month", "value": since},
        {"name": "until", "label": "至", "kind": "month", "value": until},
    ]


def _month(text: str) -> str:
    text = text.strip()[:10]
    if not text:
        return ""
    try:
        return f"{date.fromisoformat(f'{text}-01'):%Y-%m}"
    except ValueError:
        raise Refused("month-unreadable", f"“{text}”不是月份。", "写成 2026-04 这样的月份。") from None
