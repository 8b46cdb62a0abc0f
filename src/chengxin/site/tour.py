"""导览 ``/tour``：the demo city's planted stories: what happened, what the platform did, where to check it.

``chengxin demo`` leaves them in ``CHENGXIN_HOME/tour.json``: a list of ``{title, happened, did, checks: [{label, href}]}``.
A platform without a demo city has no such file, and the page says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

TOUR_FILE = "tour.json"


def stories() -> Sequence[Mapping[str, Any]]:
    """The stories of the demo city, in their order; none without one."""
    path = Path(settings.CHENGXIN_HOME) / TOUR_FILE
    if not path.exists():
        return []
    found: Sequence[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found


@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """The guided way through the demo city."""
    return render(request, "site/tour.html", {"stories": stories()})
