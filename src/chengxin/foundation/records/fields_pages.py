"""字段核对 ``/office/fields``：a record's fields as far as one's role may see them; a sealed one is opened once, for a stated purpose.

The look at a sealed field is on record before it is opened (``access.sealing``); its value stands in one answer that nobody keeps.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import Caller, caller_of, office_of
from chengxin.access.purposes import stated_reason
from chengxin.access.queries import subordinates_of
from chengxin.access.reads import Reason, Seen, mark_settled, note
from chengxin.access.roles import DEPARTMENTAL
from chengxin.access.sealing import read_sealed
from chengxin.foundation.records import ports
from chengxin.foundation.records.acting import own_record
from chengxin.foundation.records.fields_inside import fields_inside, record_inside, sealed_field
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import spellings_of
from chengxin.foundation.records.showing import shown_records
from chengxin.kernel import clock
from chengxin.kernel.refused import Refused
from chengxin.policy import active

SHOWN: Final = 50


@require_safe
def find_fields(request: HttpRequest) -> HttpResponse:
    """按文书号或记录编号找记录。A department finds its own; the credit office and the auditors find any."""
    asked = request.GET.get("q", "").strip()[:200]
    found = _found(asked, request) if asked else []
    note(request, *(_seen(each) for each in found))
    mark_settled(request)  # where nothing was found nothing is shown
    context = {
        "filters": [{"name": "q", "label": "文书号或记录编号", "value": asked, "wide": True}],
        "asked": asked,
        "found": shown_records(found, active.policy_set(), clock.now()),
    }
    return _private(render(request, "records/find_fields.html", context))


@require_safe
def record_fields(request: HttpRequest, record_id: int) -> HttpResponse:
    """一条记录的全部字段。"""
    return _page(request, _record_for(request, record_id))


@require_POST
def open_sealed(request: HttpRequest, record_id: int, field: str) -> HttpResponse:
    """查看封存字段：first the trace, then the value, once."""
    at, caller, policy = clock.now(), caller_of(request), active.policy_set()
    record = _record_for(request, record_id)
    asked = sealed_field(policy.item(record.item), field)
    given = Reason(request.POST.get("purpose", ""), request.POST.get("matter", ""))
    try:
        value = read_sealed(
            record.content_id, asked.code, owner_id=record.authority_id, caller=caller, reason=given, at=at, called=asked.title
        )
    except Refused as refused:
        return _page(request, record, refused, asked.code)
    mark_settled(request)  # the look at this field is on record; nothing else of the record is shown here
    context = {"record": record, "item": policy.item(record.item), "field": asked, "value": value, "reason": given, "at": at}
    return _private(render(request, "records/sealed_value.html", context))


def _page(request: HttpRequest, record: Record, refused: Refused | None = None, about: str = "") -> HttpResponse:
    at, caller, policy = clock.now(), caller_of(request), active.policy_set()
    note(request, _seen(record))
    stated = stated_reason(request, at)
    given = Reason(request.POST.get("purpose", ""), request.POST.get("matter", "")) if refused else stated
    context = {
        "record": record,
        "shown": next(iter(shown_records([record], policy, at)), None),
        "item": policy.item(record.item),
        "fields": fields_inside(record, caller, policy, at),
        "given": given,
        "refused": refused,
        "about": about,
        "own": caller.role in DEPARTMENTAL,
    }
    return _private(render(request, "records/fields.html", context, status=422 if refused else 200))


def _record_for(request: HttpRequest, record_id: int) -> Record:
    """A department's people have their own records; of others they learn nothing, not even that they exist."""
    if caller_of(request).role in DEPARTMENTAL:
        return own_record(record_id, office_of(request))
    return record_inside(record_id)


def _found(text: str, request: HttpRequest) -> list[Record]:
    among = Record.objects.exclude(submission_id__in=ports.open_submissions())
    own = _own_offices(caller_of(request))
    among = among if own is None else among.filter(authority_id__in=own)
    found = list(among.filter(document_number__in=spellings_of(text)).order_by("-decided_on", "-id")[:SHOWN])
    if not found and text.isascii() and text.isdigit() and len(text) < 19:
        found = list(among.filter(pk=int(text)))
    return found


def _own_offices(caller: Caller) -> set[int] | None:
    """The departments whose records the caller finds; None: every one's."""
    if caller.role not in DEPARTMENTAL:
        return None
    return {caller.department.pk} | subordinates_of(caller.department.pk) if caller.department is not None else set()


def _seen(record: Record) -> Seen:
    return Seen("fields", str(record.pk), (record.subject_id,), record.document_number, record.authority_id)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
