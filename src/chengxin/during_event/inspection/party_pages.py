"""``/p/<link>``：a party seals its number here and opens it later. Without an account: the link, the code and the number are the proof."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.during_event.inspection.ceremony import current_draw
from chengxin.during_event.inspection.models import PartyNumber, PartyPage
from chengxin.during_event.inspection.party_links import open_on_page, page_by_link, seal_on_page
from chengxin.during_event.inspection.types import DrawState
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused


@require_safe
def party_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the party has to do now, and until when."""
    return _page(request, token, page_by_link(token))


@require_POST
def party_seal(request: HttpRequest, token: str) -> HttpResponse:
    """本方封存."""
    return _step(
        request, token, lambda page: seal_on_page(page, request.POST.get("code", ""), request.POST.get("commitment", ""), at=clock.now())
    )


@require_POST
def party_open(request: HttpRequest, token: str) -> HttpResponse:
    """本方开封."""
    return _step(request, token, lambda page: open_on_page(page, request.POST.get("number", ""), at=clock.now()))


def _step(request: HttpRequest, token: str, act: Callable[[PartyPage], PartyNumber]) -> HttpResponse:
    page = page_by_link(token)
    try:
        act(page)
    except Refused as refused:
        return _page(request, token, page, refused)
    return redirect(f"/p/{token}")


def _page(request: HttpRequest, token: str, page: PartyPage, refused: Refused | None = None) -> HttpResponse:
    plan, at = page.plan, clock.now()
    number = PartyNumber.objects.filter(plan=plan, party=page.party).first()
    context = {
        "page": page, "plan": plan, "number": number, "stage": _stage(page, number, at), "here": f"/p/{token}", "refused": refused,
        "given": request.POST, "draw": current_draw(plan),
    }  # fmt: skip
    response = render(request, "inspection/party.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"  # the address is a secret to others; without any origin a browser's form is refused
    return response


def _stage(page: PartyPage, number: PartyNumber | None, at: int) -> str:
    """seal, wait, open, opened, late or over."""
    draw = current_draw(page.plan)
    if page.plan.draws.filter(state=DrawState.ABORTED).exists():
        return "over"
    if number is None:
        return "late" if at >= page.plan.reveal_due_at or draw is not None else "seal"
    if number.revealed:
        return "opened"
    if at >= page.plan.reveal_due_at:
        return "late"
    return "wait" if draw is None else "open"
