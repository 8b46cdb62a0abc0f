"""``{% load chengxin_pieces %}``：filters and small tags for every page. Values in, words out; none of them reads the database.

Filters: ``credit_code`` ``grouped`` ``yuan`` ``wan`` ``on`` ``at`` ``until`` ``days_left`` ``percent`` ``short_hash`` ``confidence_word``.
Tags: ``icon`` ``status`` ``seal`` ``today`` ``period_geometry`` ``waterfall_geometry`` ``shift_geometry`` ``shade``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER, Instant, local_time
from chengxin.site import icons, layout, pieces

register = template.Library()


@register.filter
def credit_code(code: str | None) -> SafeString:
    """统一社会信用代码 in groups of 2-6-9-1. The gaps are drawn, not typed: copied, it is one word."""
    text = (code or "").strip()
    cuts = (0, 2, 8, 17, 18) if len(text) == 18 else (0, len(text))
    groups = [(text[a:b],) for a, b in pairwise(cuts)]
    return format_html('<span class="code">{}</span>', format_html_join("", "<span>{}</span>", groups)) if text else mark_safe("")


@register.filter
def grouped(number: object) -> str:
    """A count with separators: 1,234,567."""
    return f"{number:,}" if isinstance(number, int) else str(number if number is not None else "")


def _plain(amount: Decimal, places: int) -> str:
    text = f"{amount:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value).replace(",", "").strip()) if value not in (None, "") else None
    except InvalidOperation:
        return None


@register.filter
def yuan(value: object) -> str:
    """金额 in 元: 2,000 元; from ten thousand on, 万元 follows in brackets. What is not a number is shown as it stands."""
    amount = _decimal(value)
    if amount is None:
        return str(value or "")
    text = f"{_plain(amount, 2)} 元"
    return f"{text}（{_plain(amount / 10_000, 4)} 万元）" if abs(amount) >= 10_000 else text


@register.filter
def wan(value: object) -> str:
    """金额 stored in 万元 (CF_NR_FK): 0.2 → 2,000 元, 35 → 350,000 元（35 万元）."""
    amount = _decimal(value)
    return yuan(amount * 10_000) if amount is not None else str(value or "")


@register.filter
def on(value: date | Instant | str | None) -> str:
    """日期 2026-04-01 from a date, an instant or a text; 2099 and later read 长期."""
    if value in (None, "", 0):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, str):
        return "长期" if value[:4] >= "2099" and value[:4].isdigit() else value[:10].replace("/", "-")
    day = pieces.as_date(value)
    return day.isoformat() if day else "长期"


@register.filter
def at(value: Instant | None) -> str:
    """时刻 2026-04-01 09:30, Asia/Shanghai."""
    return local_time(value).strftime("%Y-%m-%d %H:%M") if value and value < FOREVER else ""


@register.filter
def until(value: Instant | None) -> str:
    """An exclusive end as the last day on which it still holds; an open end reads 长期."""
    return "" if not value else on(value - 1) if value < FOREVER else "长期"


@register.filter
def days_left(value: date | Instant | None, today_on: date | None = None) -> int | None:
    """Calendar days from today to the day (negative: past); None without a day."""
    day = pieces.as_date(value)
    return (day - (today_on or clock.today())).days if day else None


@register.filter
def absolute(value: int) -> int:
    """The number without its sign."""
    return abs(value)


@register.filter
def per_mille(value: int) -> str:
    """A place in thousandths as the per cent an SVG attribute takes."""
    return f"{value / 10:g}%"


@register.filter
def signed(value: int) -> str:
    """Points with their sign; a real minus."""
    return f"+{value:,}" if value > 0 else f"−{-value:,}" if value < 0 else "0"


@register.filter
def percent(part: object, whole: object) -> str:
    """``{{ part|percent:whole }}`` with one decimal; 「—」 where the whole is nothing."""
    return f"{Decimal(str(part)) * 100 / Decimal(str(whole)):.1f}%" if whole else "—"


@register.filter
def short_hash(value: str | bytes | None) -> str:
    """The first and last six of a hash, for reading; the full one stands in the proof."""
    text = value.hex() if isinstance(value, bytes) else value or ""
    return f"{text[:6]}…{text[-6:]}" if len(text) > 14 else text


@register.filter
def confidence_word(value: str) -> str:
    """核实程度 in words; "" for what was found in its source."""
    return pieces.CONFIDENCE_WORDS.get(str(value), str(value))


@register.simple_tag
def icon(name: str) -> SafeString:
    """``{% icon "proof" %}``: an inline shape."""
    return icons.icon_svg(name)


@register.simple_tag
def seal() -> SafeString:
    """The mark beside the platform's name."""
    return mark_safe(icons.SEAL)  # noqa: S308 - a constant


@register.simple_tag
def status(name: str, note: str = "") -> SafeString:
    """``{% status "in_force" %}``: shape, word and hue of a state; KeyError for a state that has no word."""
    shape = icons.icon_svg(pieces.STATUS_SHAPES.get(name, name))
    css = pieces.STATUS_SHAPES.get(name, name)
    return format_html('<span class="status status-{}">{}{}{}</span>', css, shape, pieces.STATUS_WORDS[name], f"（{note}）" if note else "")


@register.simple_tag
def status_of(entry: str | Sequence[str]) -> SafeString:
    """A state as records carry it: its name, or (name, note)."""
    name, note = (entry, "") if isinstance(entry, str) else (entry[0], entry[1] if len(entry) > 1 else "")
    return status(name, note)


@register.simple_tag(takes_context=True)
def source_title(context: template.Context, reference: str | None) -> str:
    """``{% source_title remark.clause %}``: the document behind a reference such as ``credit-regulation/2.1.1``, by its title; what is
    no reference stands as it is. The policy is looked up once a request."""
    request = context.get("request")
    titles = getattr(request, "source_titles", None)
    if titles is None:
        titles = layout.source_titles()
        if request is not None:
            request.source_titles = titles
    text = reference or ""
    title = titles.get(text.partition("/")[0])
    return f"《{title.strip('《》')}》" if title else text


@register.simple_tag
def today() -> date:
    """Today in Asia/Shanghai."""
    return clock.today()


@register.simple_tag
def today_words() -> str:
    """2026年11月22日 星期日."""
    day = clock.today()
    return f"{day.year}年{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]}"


@register.simple_tag
def city() -> layout.City:
    """城市的名称，from policies/city.yaml."""
    return layout.city()


@register.simple_tag(takes_context=True)
def places(context: template.Context, frame: str) -> list[layout.Place]:
    """Navigation of a frame (portal | office) for this request, with the present place marked."""
    return layout.places(frame, context["request"])


@register.simple_tag
def period_geometry(
    starts: Instant | date, ends: Instant | date | None, earliest: Instant | date | None = None, as_of: date | None = None
) -> pieces.PeriodBar:
    """Positions for pieces/period_bar.html; ``ends`` is the last day shown (a date) or an exclusive instant."""
    last = pieces.as_date(ends - 1 if isinstance(ends, int) and 0 < ends < FOREVER else ends)
    first = pieces.as_date(starts) or clock.today()
    return pieces.period_bar(first, last, pieces.as_date(earliest or None), as_of or clock.today())


def _read(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)


@register.simple_tag
def waterfall_geometry(reasons: Sequence[Any]) -> pieces.Waterfall:
    """Positions for pieces/reason_waterfall.html."""
    return pieces.waterfall([(reason, int(_read(reason, "points"))) for reason in reasons])


@register.simple_tag
def scale(groups: Sequence[Any], *names: str) -> int:
    """The largest of these numbers in all groups, at least 1: the full width of a bar."""
    return max([int(_read(group, name) or 0) for group in groups for name in names] + [1])


@register.simple_tag
def share(value: int | None, whole: int) -> int:
    """A number's width in thousandths of ``whole``."""
    return round((value or 0) * 1000 / whole)


@register.simple_tag
def shade(value: float | None, largest: float | None) -> int:
    """0–3: how dark a tile of the county map is."""
    return 0 if not value or not largest else min(3, 1 + int(value * 3 / (largest * 1.0001)))
