"""浏览的页面：the ten kinds of acts, the lists and honours, each as pages of what is public today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from chengxin.access.models import Department
from chengxin.foundation.disclosure.pages import mark_unlisted
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import Filters, browse, by_document_number
from chengxin.foundation.records.showing import ShownBasis, basis_of, shown_records
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, DisclosureLevel, Polarity

PER_PAGE = 30
LISTS = ("court", "lists", "honours", "registry", "commitments")
LISTS_TITLE = "名单、荣誉与登记"
_NAMES = ("department", "division", "from", "until", "kind", "number")


@dataclass(frozen=True)
class Door:
    """一类事项 in an index."""

    item: CatalogueItem
    href: str
    basis: ShownBasis
    public: bool


@require_safe
def acts_index(request: HttpRequest) -> HttpResponse:
    """``/acts``：the ten kinds of administrative act."""
    return _index(request, ("acts",), "行政行为", "行政机关作出的十类决定，自作出之日起在规定的工作日内公示。")


@require_safe
def lists_index(request: HttpRequest) -> HttpResponse:
    """``/lists``：court lists, serious dishonesty, abnormal operation, honours, registry."""
    return _index(
        request, ("court", "lists", "honours", "registry"), "名单、荣誉与登记", "每份名单写明依据、列入和移出的日期；移出当日即不再显示。"
    )


@require_safe
def acts_list(request: HttpRequest, item_id: str) -> HttpResponse:
    """``/acts/<item>``：what is public of one kind of act."""
    return _listing(request, _item(item_id, ("acts",)), "/acts", "行政行为")


@require_safe
def lists_list(request: HttpRequest, item_id: str) -> HttpResponse:
    """``/lists/<item>``：one list."""
    return _listing(request, _item(item_id, LISTS), "/lists", LISTS_TITLE)


def _index(request: HttpRequest, groups: tuple[str, ...], title: str, lead: str) -> HttpResponse:
    policy = active.policy_set()
    here = "/acts" if "acts" in groups else "/lists"
    items = [item for item in policy.catalogue.values() if item.group in groups]
    doors = [Door(item, f"{here}/{item.id}", basis_of(item, policy), _is_public(item)) for item in items]
    return render(request, "disclosure/index.html", {"title": title, "lead": lead, "doors": doors, "here": here})


def _item(item_id: str, groups: tuple[str, ...]) -> CatalogueItem:
    item = active.policy_set().catalogue.get(item_id)
    if item is None or item.group not in groups:
        raise NotFound("no-such-list", "没有这一类事项。", "从行政行为或名单荣誉的目录里选。")
    return item


def _is_public(item: CatalogueItem) -> bool:
    return item.level is DisclosureLevel.PUBLIC and item.terms["public"].by != "never"


def _listing(request: HttpRequest, item: CatalogueItem, index_href: str, index_title: str) -> HttpResponse:
    at, policy = clock.now(), active.policy_set()
    asked = {name: request.GET.get(name, "").strip()[:128] for name in _NAMES}
    number, cursor = asked["number"], request.GET.get("cursor", "")[:200]
    if number:
        rows: Sequence[Record] = [row for row in by_document_number(number, at) if row.item == item.number]
        next_cursor, scanned_out = "", False
    else:
        page = browse(item.number, _filters(asked), at, cursor=cursor, limit=PER_PAGE)
        rows, next_cursor, scanned_out = page.records, page.next_cursor, page.scanned_out
    shown = shown_records(rows, policy, at)
    given = {name: value for name, value in asked.items() if value}
    adverse = item.polarity is Polarity.ADVERSE
    context = {
        "item": item,
        "basis": basis_of(item, policy),
        "records": shown,
        "filters": _fields(asked, item, policy),
        "filtered": bool(given),
        "clear_href": request.path if given else "",
        "first_href": f"?{urlencode(given)}" if cursor else "",
        "next_href": f"?{urlencode({**given, 'cursor': next_cursor})}" if next_cursor else "",
        "scanned_out": scanned_out,
        "index_href": index_href,
        "index_title": index_title,
        "public": _is_public(item),
        "adverse": adverse,
    }
    response = render(request, "disclosure/listing.html", context)
    response["Cache-Control"] = "no-cache"
    return mark_unlisted(response, [record.ends for record in shown]) if adverse else response


def _filters(asked: dict[str, str]) -> Filters:
    office = None
    if asked["department"]:
        office = Department.objects.filter(code=asked["department"]).values_list("pk", flat=True).first() or 0
    return Filters(
        authority_id=office,
        division=asked["division"] if asked["division"].isdigit() else "",
        decided_from=_day(asked["from"]),
        decided_until=_day(asked["until"]),
        kind=asked["kind"],
    )


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写成 2026-04-01 这样的日期。") from None


def _fields(asked: dict[str, str], item: CatalogueItem, policy: PolicySet) -> list[dict[str, object]]:
    offices = Department.objects.order_by("name").values_list("code", "name")
    found: list[dict[str, object]] = [
        _select("department", "作出机关", asked, list(offices)),
        _select("division", "县市区", asked, divisions(policy)),
        {"name": "from", "label": "作出日期自", "kind": "date", "value": asked["from"]},
        {"name": "until", "label": "至", "kind": "date", "value": asked["until"]},
    ]
    kinds = item.roles.get("penalty_kinds", "")
    if kinds:
        table = policy.code_table(item.field(kinds).codes)
        found.append(_select("kind", item.field(kinds).title, asked, [(label, label) for label in table.values.values()]))
    label = item.field(item.roles["document_number"]).title if "document_number" in item.roles else "文书号"
    found.append(
        {"name": "number", "label": label, "kind": "text", "value": asked["number"], "placeholder": "全文，括号写法不限", "wide": True}
    )
    return found


def divisions(policy: PolicySet) -> list[tuple[str, str]]:
    """县市区, as the options of a filter."""
    table = policy.code_tables.get("division")
    return sorted(table.values.items()) if table else []


def _select(name: str, label: str, asked: dict[str, str], options: list[tuple[str, str]]) -> dict[str, object]:
    return {"name": name, "label": label, "kind": "select", "value": asked[name], "options": [("", "全部"), *options]}
