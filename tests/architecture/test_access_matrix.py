"""默认不许。Every view has a line in the access matrix, every line a view."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern

from chengxin.site import urls
from chengxin.site.access_matrix import MATRIX
from chengxin.site.views_by_name import all_views, methods_of


def test_every_view_has_a_line() -> None:
    without = {f"{name} ({route})" for route, name in all_views() if name not in MATRIX}
    assert not without, f"views without a line in site/access_matrix.py: {sorted(without)}"


def test_every_line_has_a_view() -> None:
    names = {name for _, name in all_views()}
    assert set(MATRIX) <= names, f"lines without a view: {sorted(set(MATRIX) - names)}"


def test_every_page_says_its_methods() -> None:
    """``require_safe`` and the like: an unfit method is then told apart from a form that stood open too long."""
    pages: list[Any] = [*urls.portal, *urls.own_account, *urls.workbench, *urls.during_event, *urls.log, *urls.machine]
    silent = {page.name for page in pages if isinstance(page, URLPattern) and not methods_of(page.callback)}
    assert not silent, f"pages without a decorator that says their methods: {sorted(map(str, silent))}"
