"""政策依据 ``/policy`` and ``/policy/<id>``：every value, its quote or note, since when. ``?as_of=`` asks for another day."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.foundation.catalogue import queries, reading
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused


@require_safe
def policy_index(request: HttpRequest) -> HttpResponse:
    """The policies by theme, with the value of the day."""
    policy, as_of = queries.policy_in_force(), _day(request)
    context = {
        "themes": reading.policy_index(policy, as_of),
        "as_of": as_of,
        "digest": policy.digest,
        "sets": queries.policy_sets(),
        "counts": reading.confidence_counts(policy),
    }
    return render(request, "catalogue/index.html", context)


@require_safe
def policy_page(request: HttpRequest, policy_id: str) -> HttpResponse:
    """One policy in full."""
    as_of = _day(request)
    page = reading.policy_page(queries.policy_in_force(), policy_id, as_of)
    return render(request, "catalogue/policy.html", {"policy": page, "as_of": as_of})


def _day(request: HttpRequest) -> date:
    text = request.GET.get("as_of", "").strip()
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写成 2026-04-01 这样的日期。") from None
