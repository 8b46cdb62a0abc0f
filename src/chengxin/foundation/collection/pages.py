"""报送的页面：upload with live counts, the result cell by cell, release by a second person, templates."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.access.caller import Caller, caller_of, office_of
from chengxin.access.models import Account, Department
from chengxin.access.paging import decode_cursor, page_of
from chengxin.access.reads import Seen, mark_settled, note
from chengxin.access.roles import Role
from chengxin.foundation.collection import queries
from chengxin.foundation.collection.api import WORKBOOK_TYPE, workbook_response
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.quarantine_showing import quarantined_lines, quarantined_shown
from chengxin.foundation.collection.services import (
    decide_quarantined,
    receipt_of,
    receive_submission,
    release_submission,
    return_submission,
)
from chengxin.foundation.collection.states import STATE_TITLES, SubmissionState
from chengxin.foundation.collection.tasks import set_reading
from chengxin.foundation.collection.templates_workbook import template_workbook
from chengxin.foundation.collection.types import CHANNEL_TITLES, Channel, QuarantineDecision
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active

SHOWN: Final = 50
_HANDING_IN: Final = frozenset({Role.CLERK, Role.CREDIT_OFFICE})


@require_safe
def submissions(request: HttpRequest) -> HttpResponse:
    """报送的列表, the newest first; ``state`` narrows it."""
    caller, state, cursor = caller_of(request), request.GET.get("state", ""), request.GET.get("cursor", "")
    found = queries.submissions_of(caller)
    if state in set(SubmissionState):
        found = found.filter(state=state)
    after = decode_cursor(cursor, int)
    if after:
        found = found.filter(pk__lt=after[0])
    page = page_of(lambda n: list(found[:n]), SHOWN, lambda submission: (submission.pk,))
    note(request, Seen("submission", what=f"列表 {state or '全部'}"))
    names = dict(Department.objects.filter(pk__in={each.department_id for each in page.rows}).values_list("id", "name"))
    states = [("", "全部"), *((str(each), title) for each, title in STATE_TITLES.items())]
    context = {
        "rows": [_line(each, names.get(each.department_id, "")) for each in page.rows],
        "filters": [{"name": "state", "label": "状态", "kind": "select", "value": state, "options": states}],
        "clear_href": "/office/submissions" if state else "",
        "may_hand_in": caller.role in _HANDING_IN,
        "next_href": f"?{urlencode({'state': state, 'cursor': page.next_cursor})}" if page.next_cursor else "",
    }
    return render(request, "collection/submissions.html", context)


@require_http_methods(["GET", "POST"])
def new_submission(request: HttpRequest) -> HttpResponse:
    """报送新文件：choose the item, choose the file."""
    if request.method == "GET":
        return _upload_form(request)
    file = request.FILES.get("file")
    if file is None:
        return _upload_form(request, Refused("no-file", "还没有选择文件。", "选择一个文件后再提交。"), 422)
    try:
        submission = receive_submission(
            department=office_of(request),
            item=request.POST.get("item", ""),
            stream=file,
            file_name=file.name or "",
            channel=Channel.PAGE,
            actor=caller_of(request).name,
            at=clock.now(),
        )
    except Refused as refused:
        return _upload_form(request, refused, 422)
    set_reading(submission)
    return redirect(f"/office/submissions/{submission.pk}" + ("" if submission.is_new else "?again=1"))


@require_safe
def submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """一份报送：live counts, the receipt, what came back and how to mend it."""
    found = queries.submission_for(caller_of(request), submission_id)
    return _submission_page(request, found)


@require_safe
def progress(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The live counts alone; when the file has been read, the whole page is asked for."""
    found = queries.submission_for(caller_of(request), submission_id)
    response = render(request, "pieces/upload_progress.html", _progress(found))
    if found.state != SubmissionState.READING:
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def workbook(request: HttpRequest, submission_id: int) -> HttpResponse:
    """批注工作簿."""
    return workbook_response(request, queries.submission_for(caller_of(request), submission_id))


@require_POST
def release(request: HttpRequest, submission_id: int) -> HttpResponse:
    """复核：release or return, by a second person of the same department."""
    by, at, because = _account_of(request), clock.now(), request.POST.get("because", "")
    try:
        if request.POST.get("verdict") == "return":
            release_of = return_submission(submission_id, by=by, because=because, at=at)
        else:
            release_of = release_submission(submission_id, by=by, at=at)
    except Refused as refused:
        return _submission_page(request, queries.submission_for(caller_of(request), submission_id), refused)
    return redirect(f"/office/submissions/{release_of.pk}")


@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """报送模板 of every item."""
    items = sorted(active.policy_set().catalogue.values(), key=lambda item: item.number)
    return render(request, "collection/templates.html", {"items": items})


@require_safe
def template(request: HttpRequest, item_id: str) -> HttpResponse:
    """一个事项的报送模板."""
    policy = active.policy_set()
    item = policy.item(item_id)
    response = HttpResponse(template_workbook(item, policy), content_type=WORKBOOK_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{item.id}.xlsx"'
    return response


@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """待甄别的行, the most urgent first."""
    found = queries.quarantined_rows(caller_of(request))
    listed = list(found[:SHOWN])
    note(request, *(_waiting(each) for each in listed))
    mark_settled(request)  # an empty queue shows nothing
    rows = quarantined_lines(listed)
    context = {"rows": rows, "waiting": found.count(), "shown": len(rows)}
    return render(request, "collection/quarantine.html", context)


@require_safe
def quarantined(request: HttpRequest, row_id: int) -> HttpResponse:
    """一行，它的候选主体，和按名称查找。"""
    return _quarantined_page(request, queries.quarantined_row(caller_of(request), row_id))


@require_POST
def decide(request: HttpRequest, row_id: int) -> HttpResponse:
    """甄别结论."""
    row = queries.quarantined_row(caller_of(request), row_id)
    chosen = request.POST.get("decision", "")
    number = chosen.removeprefix("linked:")
    try:
        if chosen.startswith("linked:") and number.isascii() and number.isdigit():
            decision, subject = QuarantineDecision.LINKED, int(number)
        elif chosen in {QuarantineDecision.OPENED, QuarantineDecision.RETURNED}:
            decision, subject = QuarantineDecision(chosen), None
        else:
            raise Refused("no-decision", "还没有选择结论。", "选一个主体，或者另立、退回。")
        because, by = request.POST.get("because", ""), caller_of(request).name
        decide_quarantined(row_id=row.pk, decision=decision, because=because, by=by, at=clock.now(), subject_id=subject)
    except Refused as refused:
        row.refresh_from_db()
        return _quarantined_page(request, row, refused)
    return redirect(f"/office/quarantine/{row.pk}")


def _quarantined_page(request: HttpRequest, row: QuarantinedRow, refused: Refused | None = None) -> HttpResponse:
    note(request, _waiting(row))
    context = {**quarantined_shown(row, request.GET.get("name", ""), clock.now()), "refused": refused}
    return render(request, "collection/quarantined.html", context, status=422 if refused else 200)


def _submission_page(request: HttpRequest, found: Submission, refused: Refused | None = None) -> HttpResponse:
    caller = caller_of(request)
    level, cursor = request.GET.get("level", "error"), request.GET.get("cursor", "")
    page = queries.remarks_page(found, level="" if level == "all" else level, cursor=cursor, limit=SHOWN)
    office = Department.objects.get(pk=found.department_id)
    note(request, Seen("submission", str(found.pk), what=f"结果和说明 {level}", owner_id=found.department_id))
    context = {
        **_progress(found),
        "line": _line(found, office.name),
        "receipt": receipt_of(found),
        "remarks": page.rows,
        "level": level,
        "levels": [("error", "退回的原因"), ("mended", "代为改正"), ("warning", "提示"), ("all", "全部")],
        "next_href": f"?{urlencode({'level': level, 'cursor': page.next_cursor})}" if page.next_cursor else "",
        "may_release": _may_release(caller, found),
        "again": request.GET.get("again") == "1",
        "refused": refused,
        "refusal": found.refusal,
    }
    return render(request, "collection/submission.html", context, status=422 if refused else 200)


def _waiting(row: QuarantinedRow) -> Seen:
    return Seen("quarantined", str(row.pk), what=f"第 {row.submission_id} 号报送的一行", owner_id=row.submission.department_id)


def _upload_form(request: HttpRequest, refused: Refused | None = None, status: int = 200) -> HttpResponse:
    items = sorted(active.policy_set().catalogue.values(), key=lambda item: item.number)
    context = {"items": items, "chosen": request.POST.get("item", request.GET.get("item", "")), "refused": refused}
    return render(request, "collection/new_submission.html", context, status=status)


def _progress(found: Submission) -> dict[str, Any]:
    state = SubmissionState(found.state)
    return {"submission": found, "state_word": STATE_TITLES[state], "poll_href": f"/office/submissions/{found.pk}/progress"}


def _line(found: Submission, department: str) -> dict[str, Any]:
    return {
        "submission": found,
        "href": f"/office/submissions/{found.pk}",
        "item": active.policy_set().item(found.item).title,
        "department": department,
        "channel": CHANNEL_TITLES[Channel(found.channel)],
        "state": STATE_TITLES[SubmissionState(found.state)],
    }


def _may_release(caller: Caller, found: Submission) -> bool:
    return (
        found.state == SubmissionState.AWAITING_RELEASE
        and caller.role is Role.REVIEWER
        and caller.department is not None
        and caller.department.pk == found.department_id
        and caller.name != found.submitted_by
    )


def _account_of(request: HttpRequest) -> Account:
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "复核须由本部门的工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    return account
