"""公务员记录的页面, for the personnel authority and whom it has let ask: hand in, confirm, ask about one person. Nothing of it is kept by
anybody on the way, and no page lists persons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import Caller, caller_of
from chengxin.access.reads import Seen, mark_settled, note
from chengxin.access.roles import Role
from chengxin.casework.people import actor_of
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.policy import active
from chengxin.rights.officials.authorities import is_authority, matters_let, may_ask_at_all
from chengxin.rights.officials.checks import PURPOSES, Answer, ask
from chengxin.rights.officials.handing_in import KINDS
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.persons import keys_of
from chengxin.rights.officials.queries import handed_in, record_for, shown_records, state_of
from chengxin.rights.officials.services import confirm_record, decline_record, hand_in_record
from chengxin.rights.officials.types import OFFICIAL_RECORD

_TYPED: Final = ("kind", "document", "organ", "clause", "decided_on", "delivered_on", "delivery_method", "corrects")


@require_safe
def officials_desk(request: HttpRequest) -> HttpResponse:
    """``/office/officials``：ask about one person; for an authority also what waits and what was handed in, by number."""
    return _desk(request)


@require_POST
def check_official(request: HttpRequest) -> HttpResponse:
    """核查一个人. The question is on record before this answers; the answer is shown once."""
    form = request.POST
    try:
        answer = ask(
            number=form.get("number", ""), name=form.get("name", ""), purpose=form.get("purpose", ""), matter=form.get("matter", ""),
            caller=caller_of(request), at=clock.now(),
        )  # fmt: skip
    except Refused as refused:
        return _desk(request, refused=refused)
    return _desk(request, answer=answer)


@require_safe
def new_official_record(request: HttpRequest) -> HttpResponse:
    """``/office/officials/new``：the form."""
    return _form(request)


@require_POST
def hand_in_official_record(request: HttpRequest) -> HttpResponse:
    """报送一条；another person confirms it."""
    try:
        record = hand_in_record(_plain(request), request.FILES.get("delivery_proof"), caller=caller_of(request), at=clock.now())
    except Refused as refused:
        return _form(request, refused)
    return redirect(f"/officials/{record.pk}")


@require_safe
def official_record_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """``/officials/<id>``：one record, for its authority and for the one that decides about it; the person goes to their own page."""
    return _page(request, record_id)


@require_POST
def confirm_official_record(request: HttpRequest, record_id: int) -> HttpResponse:
    """复核。"""
    try:
        confirm_record(record_id, _plain(request), caller=caller_of(request), at=clock.now())
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, record_id, refused)
    return redirect(f"/officials/{record_id}")


@require_POST
def decline_official_record(request: HttpRequest, record_id: int) -> HttpResponse:
    """退回。"""
    try:
        decline_record(record_id, _plain(request).get("because", ""), caller=caller_of(request), at=clock.now())
    except NotFound:
        raise
    except Refused as refused:
        return _page(request, record_id, refused)
    return redirect(f"/officials/{record_id}")


def _desk(request: HttpRequest, *, answer: Answer | None = None, refused: Refused | None = None) -> HttpResponse:
    at, caller = clock.now(), caller_of(request)
    authority = is_authority(caller.department, at)
    if answer is not None or not authority:
        mark_settled(request)  # the question is on record; or nothing about anybody is shown
    purposes = active.policy_set().code_table(PURPOSES).values
    context: dict[str, Any] = {
        "authority": authority,
        "may_ask": may_ask_at_all(caller, at),
        "may_hand_in": authority and caller.role is Role.CLERK,
        "purposes": list(purposes.items()),
        "matters": [] if authority else _matters(caller, purposes, at),
        "typed": {key: request.POST.get(key, "") for key in ("purpose", "matter")} if refused or answer else {},
        "answer": answer,
        "own_id": caller.department.pk if caller.department else 0,
        "purpose": purposes.get(answer.purpose, "") if answer else "",
        "waiting": _lines(handed_in(caller.department, waiting=True), at) if authority and caller.department and not answer else [],
        "settled": _lines(handed_in(caller.department, waiting=False), at) if authority and caller.department and not answer else [],
        "refused": refused,
    }
    return _private(render(request, "officials/desk.html", context, status=_status(refused)))


def _matters(caller: Caller, purposes: Mapping[str, str], at: Instant) -> list[tuple[str, str]]:
    if caller.department is None:
        return []
    return [(title, matter) for purpose, title in purposes.items() for matter in matters_let(caller.department, purpose, at)]


def _lines(rows: list[OfficialRecord], at: Instant) -> list[dict[str, Any]]:
    kinds = active.policy_set().code_table(KINDS).values
    return [{"record": each, "kind": kinds.get(each.kind, each.kind), "state": state_of(each, at)} for each in rows]


def _form(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    caller = caller_of(request)
    if not is_authority(caller.department, clock.now()):
        raise Forbidden("officials-not-yours", "公务员记录由人事主管机关报送，您不能报送。", "请人事主管机关的经办人登录后办理。")
    typed = {key: request.POST.get(key, "") for key in _TYPED} if refused else {"corrects": request.GET.get("corrects", "")[:18]}
    context = {"kinds": list(active.policy_set().code_table(KINDS).values.items()), "typed": typed, "refused": refused}
    return _private(render(request, "officials/new_record.html", context, status=_status(refused)))


def _page(request: HttpRequest, record_id: int, refused: Refused | None = None) -> HttpResponse:
    at, caller = clock.now(), caller_of(request)
    if actor_of(caller, at).is_person_of(OFFICIAL_RECORD, str(record_id)):
        return redirect(f"/account/records#record-{record_id}")
    record = record_for(record_id, caller)
    note(
        request,
        Seen(OFFICIAL_RECORD, keys_of([record.content_id]).get(record.content_id, ""), (), f"第 {record.pk} 号记录", record.authority_id),
    )
    own = caller.department is not None and caller.department.pk == record.authority_id
    context = {
        "shown": shown_records([record], at)[0],
        "own": own,
        "may_settle": own and record.settled_at is None and caller.role is Role.REVIEWER,
        "may_correct": own and caller.role is Role.CLERK,
        "refused": refused,
    }
    return _private(render(request, "officials/record.html", context, status=_status(refused)))


def _plain(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in request.POST}


def _status(refused: Refused | None) -> int:
    if refused is None:
        return 200
    return 409 if isinstance(refused, Conflict) else 403 if isinstance(refused, Forbidden) else 422


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
