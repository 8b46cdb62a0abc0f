"""Every view that is not public says what trace a look at it leaves; a view that nobody thought of is refused and fails here."""

from __future__ import annotations

from chengxin.access.ports import kind_titles
from chengxin.site.access_matrix import MATRIX
from chengxin.site.reading_matrix import KINDS, READING, Leaves
from chengxin.site.views_by_name import all_views


def test_every_view_is_public_or_has_its_line() -> None:
    views = {name for _, name in all_views() if name in MATRIX and not MATRIX[name].anyone}
    assert views - set(READING) == set()
    assert set(READING) - views == set(), "lines of views that are public or are no more"


def test_every_kind_has_a_title_and_is_used() -> None:
    used = {line.kind for line in READING.values() if isinstance(line, Leaves)}
    assert used <= set(kind_titles())
    assert set(KINDS) <= used
