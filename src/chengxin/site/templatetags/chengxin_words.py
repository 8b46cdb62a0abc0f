"""``{% load chengxin_words %}``：what was made for machines or stored as plain text, as people read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

#: Where something was, for people. Other keys of a refusal are for machines: its sentence names the place already.
_PLACES: Final = {"file": "文件“{}”", "sheet": "工作表“{}”", "row": "第 {} 行", "line": "第 {} 行", "columns": "列 {}"}
#: Own pages that the text of a notice may name; nothing else in it becomes a link.
_OWN_PAGES: Final = re.compile(r"/r/[0-9]{1,18}(?![0-9])")


@register.filter
def place_words(where: Mapping[str, str] | None) -> str:
    """位置 of a refusal in words; "" where it has only keys for machines."""
    return "，".join(_PLACES[name].format(place) for name, place in (where or {}).items() if name in _PLACES and place)


@register.filter
def with_records(text: str) -> SafeString:
    """A notice's text, in which the address of a record is a link to it."""
    parts, last = [], 0
    for found in _OWN_PAGES.finditer(text):
        parts += [conditional_escape(text[last : found.start()]), format_html('<a href="{}">{}</a>', found.group(), "打开这条记录")]
        last = found.end()
    return mark_safe("".join([*parts, conditional_escape(text[last:])]))  # noqa: S308  every part is escaped above
