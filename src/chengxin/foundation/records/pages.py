"""记录办理的页面：an authority finds its own record, asks for something to be done, and a second person looks at what makes it worse."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of, office_of
from chengxin.access.models import Account, Department
from chengxin.access.queries import subordinates_of
from chengxin.access.reads import Seen, mark_settled, note
from chengxin.access.roles import Role
from chengxin.foundation.records import ports
from chengxin.foundation.records.acting import AskedVerb, asked_of, own_record
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.queries import acts_about, holds_on, spellings_of
from chengxin.foundation.records.second_look import ask, settle, waiting, waiting_of
from chengxin.foundation.records.services import withdrawal_due
from chengxin.foundation.records.showing import shown_records
from chengxin.foundation.records.types import SURFACE_LABELS, ActVerb, SeverityCode, Surface, WithdrawalReason
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

SHOWN: Final = 50


@require_safe
def own_records(request: HttpRequest) -> HttpResponse:
    """记录办理：find a record by its document number or its own; below, what waits for a second person."""
    office, asked = office_of(request), request.GET.get("q", "").strip()
    found = _find(asked, office) if asked else []
    proposals = waiting_of(office)
    records = Record.objects.in_bulk({step.record_id for step in proposals})
    shown = {each.pk: each for each in (*found, *records.values())}
    note(request, *(_seen(each) for each in shown.values()))
    mark_settled(request)  # where nothing was found nothing is shown
    context = {
        "filters": [{"name": "q", "label": "文书号或记录编号", "value": asked, "wide": True}],
        "asked": asked,
        "found": shown_records(found, active.policy_set(), clock.now()),
        "proposals": [{"step": step, "record": records[step.record_id], **_told(step)} for step in proposals if step.record_id in records],
    }
    return render(request, "records/own_records.html", context)


@require_safe
def own_record_page(request: HttpRequest, record_id: int) -> HttpResponse:
    """一条记录：what was done about it, and what may be."""
    return _record_page(request, own_record(record_id, office_of(request)))


@require_POST
def ask_act(request: HttpRequest, record_id: int) -> HttpResponse:
    """请求办理：at once, or proposed to a second person."""
    office = office_of(request)
    record = own_record(record_id, office)
    texts = {
        name: request.POST.get(name, "") for name in ("verb", "because", "reason", "decided_on", "until_on", "clause", "hold", "severity")
    }
    texts["surfaces"] = ",".join(request.POST.getlist("surfaces"))
    try:
        ask(record.pk, texts, by=_account_of(request), office=office, at=clock.now())
    except Refused as refused:
        return _record_page(request, record, refused)
    return redirect(f"/office/records/{record.pk}")


@require_POST
def settle_act(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """复核：do what was proposed, or decline."""
    office, adopt = office_of(request), request.POST.get("verdict") == "adopt"
    because = request.POST.get("because", "").strip()
    proposal = RecordAct.objects.filter(pk=proposal_id, verb=ActVerb.PROPOSED).first()
    try:
        settle(proposal_id, adopt=adopt, because=because, by=_account_of(request), office=office, at=clock.now())
    except Refused as refused:
        if proposal is None:
            raise
        return _record_page(request, own_record(proposal.record_id, office), refused)
    return redirect(f"/office/records/{proposal.record_id}" if proposal else "/office/records")


def _find(text: str, office: Department) -> list[Record]:
    own = {office.pk} | subordinates_of(office.pk)
    among = Record.objects.filter(authority_id__in=own).exclude(submission_id__in=ports.open_submissions())
    by_text = among.filter(document_number__in=spellings_of(text)).order_by("-decided_on", "-id")
    found = list(by_text[:SHOWN])
    if not found and text.isascii() and text.isdigit() and len(text) < 19:
        found = list(among.filter(pk=int(text)))
    return found


def _record_page(request: HttpRequest, record: Record, refused: Refused | None = None) -> HttpResponse:
    at, policy, caller = clock.now(), active.policy_set(), caller_of(request)
    record.refresh_from_db()
    note(request, _seen(record))
    acts = [_done(act) for act in acts_about(record.pk)]
    proposals = [{"step": step, **_told(step), "may": _may_settle(request, step)} for step in waiting([record.pk])]
    context = {
        "record": record,
        "shown": next(iter(shown_records([record], policy, at)), None),
        "acts": acts,
        "holds": [
            {"hold": hold, "live": hold.ended_at is None and hold.until_at > at, "surfaces": _surfaces(hold.surfaces)}
            for hold in holds_on(record.pk)
        ],
        "proposals": proposals,
        "may_ask": caller.role is Role.CLERK,
        "withdrawn": any(act["verb"] is ActVerb.WITHDRAWN for act in acts),
        "reasons": [(each.value, each.label) for each in WithdrawalReason],
        "surfaces": [(each.value, SURFACE_LABELS[each], each is not Surface.EFFECTIVE) for each in Surface],
        "classes": [(each.label, f"{each.label}失信") for each in SeverityCode if each.word] if policy.item(record.item).severity else [],
        "refused": refused,
    }
    response = render(request, "records/own_record.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _seen(record: Record) -> Seen:
    return Seen("record", str(record.pk), (record.subject_id,), record.document_number, record.authority_id)


def _told(step: RecordAct) -> dict[str, Any]:
    """What a proposal asks for, in words, with the clock of a withdrawal running."""
    asked = asked_of(step.data["asked"])
    due = withdrawal_due(asked.decided_on) if asked.decided_on else None
    detail = {
        AskedVerb.WITHDRAW: f"{asked.reason.label if asked.reason else ''}，{asked.decided_on}",
        AskedVerb.HOLD: "、".join(SURFACE_LABELS[each] for each in Surface if each in asked.surfaces),
        AskedVerb.RELEASE: f"第 {asked.hold} 号暂停",
        AskedVerb.SEVERITY: f"{asked.severity.label}失信",
    }[asked.verb]
    return {"title": asked.verb.label, "detail": detail, "due": due}


def _done(act: RecordAct) -> dict[str, Any]:
    verb, due_on = ActVerb(act.verb), act.data.get("due_on")
    class_ = f"认定为{SeverityCode(int(act.data['severity'])).label}失信。" if verb is ActVerb.SEVERITY_STATED else ""
    return {"act": act, "verb": verb, "title": verb.label, "detail": class_, "due_on": due_on}


def _surfaces(named: str) -> str:
    return "、".join(SURFACE_LABELS[Surface(each)] for each in named.split(","))


def _may_settle(request: HttpRequest, step: RecordAct) -> bool:
    caller = caller_of(request)
    return caller.role is Role.REVIEWER and caller.name != step.by


def _account_of(request: HttpRequest) -> Account:
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    return account
