"""``{% load chengxin_objections %}``：what the public frame says about an objection to the page that it frames."""

from __future__ import annotations

from django import template

from chengxin.rights.objections.published import PageState
from chengxin.site import published_pages

register = template.Library()


@register.simple_tag(takes_context=True)
def disputed_page(context: template.Context) -> PageState:
    """Whether an objection to this page is open."""
    request = context.get("request")
    return published_pages.page_state(request) if request is not None else PageState()


@register.simple_tag(takes_context=True)
def objection_href(context: template.Context) -> str:
    """Where one objects to this page; "" where there is nothing to object to."""
    request = context.get("request")
    return published_pages.objection_href(request) if request is not None else ""
