"""组件陈列 ``/office/pieces``：look here whenever a piece changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.kernel import clock
from chengxin.kernel.instants import date_of
from chengxin.site import gallery_samples as samples
from chengxin.site.pieces import STATUS_WORDS


@require_safe
def pieces_gallery(request: HttpRequest) -> HttpResponse:
    """Every piece in every state: long names, nothing, one, very many, disputed, error."""
    at = clock.now()
    today = date_of(at)
    return render(
        request,
        "site/gallery.html",
        {
            "statuses": STATUS_WORDS,
            "bases": samples.BASES,
            "figure_strips": samples.figures(),
            "records": samples.records(at),
            "long_name": samples.LONG_NAME,
            "code": samples.CODE,
            "periods": samples.periods(today),
            "deadlines": samples.deadlines(today),
            "proofs": samples.PROOFS,
            "steps": samples.steps(at),
            "pair": samples.pair(),
            "remarks": samples.REMARKS,
            "reasons": samples.REASONS,
            "groups": samples.GROUPS,
            "counties": samples.COUNTIES,
            "filters": samples.FILTERS,
            "refused": samples.REFUSED,
            "chart": samples.CHART,
            "submission": samples.SUBMISSION,
            "closed_submission": {**samples.SUBMISSION, "state": "closed", "rows": 42_000},
        },
    )
