"""默认不许。Every view has a line in the access matrix, every line a view."""

from __future__ import annotations

from chengxin.site.access_matrix import MATRIX
from chengxin.site.views_by_name import all_views


def test_every_view_has_a_line() -> None:
    without = {f"{name} ({route})" for route, name in all_views() if name not in MATRIX}
    assert not without, f"views without a line in site/access_matrix.py: {sorted(without)}"


def test_every_line_has_a_view() -> None:
    names = {name for _, name in all_views()}
    assert set(MATRIX) <= names, f"lines without a view: {sorted(set(MATRIX) - names)}"
