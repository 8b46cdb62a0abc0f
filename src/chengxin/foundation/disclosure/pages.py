"""公示的页面：one record with its way through the house, and the restoration notice that goes with a penalty."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chengxin.access.caller import caller_of
from chengxin.access.entrusted_reads import note_for_firm
from chengxin.access.on_behalf import scopes_by_subject
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.foundation.disclosure.ports import RecordPart, notice_parts, record_parts
from chengxin.foundation.disclosure.record_trail import proofs_of, trail_of
from chengxin.foundation.disclosure.restoration_notice import notices_on, restoration_notice
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import prior_versions, public_record
from chengxin.foundation.records.showing import ShownRecord, shown_records, shown_versions
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound
from chengxin.ledger.ports import Port
from chengxin.policy import active


@require_safe
def record_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """记录页 ``/r/<id>``：what holds, on what basis, until when, what can be done; then how it came here."""
    at, policy = clock.now(), active.policy_set()
    record = public_record(record_id, at)
    shown = next(iter(shown_records([record], policy, at)), None)
    if shown is None:
        raise NotFound("record-not-found", "没有这条记录，或者它不在公示期内。", "可以按主体名称或代码查询现在公示的信息。")
    former = [] if shown.natural_person else shown_versions(record, prior_versions(record.pk), policy)
    context = {
        "record": shown,
        "trail": trail_of(record, shown, at),
        "proof": proofs_of([record.content_id]).get(record.content_id),
        "former": former,
        "adverse": shown.adverse,
        "parts": _parts(record_parts, request, record, shown, at),
        "notice_href": f"/r/{record.pk}/restoration" if shown.item.severity and notices_on(record) else "",
        "at": at,
    }
    response = render(request, "disclosure/record.html", context)
    response["Cache-Control"] = "no-cache"
    return mark_unlisted(response, [shown.ends]) if shown.adverse else response


@require_safe
def notice_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """信用修复告知书 ``/r/<id>/restoration``：printable; for records that are not public, only for the office that decided."""
    at = clock.now()
    record = _readable(request, record_id, at)
    notice = restoration_notice(record, at)
    parts = _parts(notice_parts, request, record, notice.record, at)
    response = render(request, "disclosure/restoration_notice.html", {"notice": notice, "parts": parts, "adverse": True, "at": at})
    response["Cache-Control"] = "no-cache"
    return mark_unlisted(response, [notice.record.ends])


def _parts(port: Port[RecordPart], request: HttpRequest, record: Record, shown: ShownRecord, at: Instant) -> list[str]:
    """What later chapters have to say there."""
    return [part for _, made in port.items() if (part := made(request, record, shown, at))]


def _readable(request: HttpRequest, record_id: int, at: Instant) -> Record:
    """The record, if it is public, the caller's office decided it (or oversees all of them), or it is about their own firm or office."""
    caller = caller_of(request)
    mine = [subject for subject, scopes in scopes_by_subject(caller, at).items() if "view" in scopes]
    if caller.role in {Role.CREDIT_OFFICE, Role.AUDITOR}:
        found = Record.objects.filter(pk=record_id).first()
    elif caller.role in DEPARTMENTAL and caller.department is not None:
        own = {caller.department.pk} | subordinates_of(caller.department.pk)
        found = Record.objects.filter(Q(authority_id__in=own) | Q(subject_id__in=mine), pk=record_id).first()
    else:
        found = Record.objects.filter(pk=record_id, subject_id__in=mine).first()
        if found is not None:
            note_for_firm(request, found.subject_id, "记录和修复告知书", at, kind="record", key=str(found.pk))
    return found or public_record(record_id, at)


def mark_unlisted(response: HttpResponse, ends: Iterable[date | None]) -> HttpResponse:
    """不让搜索引擎留存：not indexed, not kept, and gone after the first of these last days."""
    last_days = [day for day in ends if day is not None]
    after = f", unavailable_after: {min(last_days) + timedelta(days=1)}T00:00:00+08:00" if last_days else ""
    response["X-Robots-Tag"] = f"noindex, noarchive{after}"
    return response
