"""外来评价的页面：who is registered, which files came, what of them was taken in; the national table is handed in and released here."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.during_event.evaluation.agencies import agencies, scale_text
from chengxin.during_event.evaluation.external_intake import external_file_by_id, external_files, take_in
from chengxin.during_event.evaluation.models import AgencyKey, ExternalFile, RegisteredAgency
from chengxin.during_event.evaluation.national_intake import COLUMNS, hand_in_national, release_national, return_national
from chengxin.during_event.evaluation.types import NATIONAL, NATIONAL_AGENCY, EvaluationKind
from chengxin.foundation.disclosure.record_trail import proofs_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused

MOST: Final = 100


@require_safe
def external_evaluations(request: HttpRequest) -> HttpResponse:
    """``/evaluation/external``：agencies, files, and the form for a file."""
    return _list(request)


@require_POST
def hand_in_external(request: HttpRequest) -> HttpResponse:
    """报送 a signed file, or the national table with the day on which upstream sent it."""
    account, file = _account(request), request.FILES.get("file")
    try:
        if file is None:
            raise Refused("no-file", "还没有选择文件。", "选择一个文件后再提交。")
        content, name, at = file.read(), file.name or "", clock.now()
        if request.POST.get("kind") == EvaluationKind.NATIONAL:
            made = hand_in_national(content, file_name=name, made_on=_day(request.POST.get("made_on", "")), by=account, at=at)
        else:
            made = take_in(content, file_name=name, by=account.username, at=at)
    except Refused as refused:
        return _list(request, refused)
    return redirect(f"/evaluation/external/{made.pk}")


@require_safe
def external_file(request: HttpRequest, number: int) -> HttpResponse:
    """``/evaluation/external/<id>``：the receipt of one file, with what went back and why."""
    return _page(request, external_file_by_id(number))


@require_POST
def settle_external(request: HttpRequest, number: int) -> HttpResponse:
    """放行 or 退回 the national table, by another person than who handed it in."""
    account, at = _account(request), clock.now()
    try:
        if request.POST.get("verdict") == "return":
            return_national(number, because=request.POST.get("because", ""), by=account, at=at)
        else:
            release_national(number, by=account, at=at)
    except Refused as refused:
        return _page(request, external_file_by_id(number), refused)
    return redirect(f"/evaluation/external/{number}")


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    context = {
        "agencies": [_agency(each, keys) for each, keys in agencies()],
        "files": [_line(each, agency) for each, agency in external_files(MOST)],
        "may_hand_in": caller_of(request).role is Role.CREDIT_OFFICE,
        "columns": "、".join(COLUMNS),
        "national": EvaluationKind.NATIONAL.value,
        "kind": request.POST.get("kind", ""),
        "made_on": request.POST.get("made_on", ""),
        "refused": refused,
    }
    return render(request, "evaluation/external.html", context, status=422 if refused else 200)


def _page(request: HttpRequest, file: ExternalFile, refused: Refused | None = None) -> HttpResponse:
    caller = caller_of(request)
    agency = RegisteredAgency.objects.filter(pk=file.agency_id).first()
    waits = file.agency_id == NATIONAL and file.taken_at is None and not file.returned_because
    context = {
        "line": _line(file, agency),
        "back": file.rows - file.accepted,
        "faults": file.faults,
        "proof": proofs_of([file.content_id]).get(file.content_id) if file.content_id else None,
        "may_settle": waits and caller.role is Role.CREDIT_OFFICE and caller.name != file.received_by,
        "own": waits and caller.name == file.received_by,
        "because": request.POST.get("because", ""),
        "refused": refused,
    }
    return render(request, "evaluation/external_file.html", context, status=422 if refused else 200)


def _agency(agency: RegisteredAgency, keys: Any) -> dict[str, Any]:
    ended, waits = agency.ended_at is not None, agency.registered_at is None
    return {
        "agency": agency,
        "kind": EvaluationKind(agency.kind).label,
        "scale": scale_text(agency.scale).replace("=", " ").replace(",", "、"),
        "state": f"已停用：{agency.ended_because}" if ended else "等待另一人登记" if waits else "已登记",
        "keys": [{"key": each.public_key, "state": _key_state(each)} for each in keys],
    }


def _key_state(key: AgencyKey) -> str:
    if key.valid_until is not None:
        return "已停用"
    return "等待另一人核准" if key.valid_from is None else "在用"


def _line(file: ExternalFile, agency: RegisteredAgency | None) -> dict[str, Any]:
    state = "已接收" if file.taken_at is not None else "已退回" if file.returned_because else "等待另一人放行"
    return {"file": file, "agency": agency.name if agency else NATIONAL_AGENCY, "state": state}


def _account(request: HttpRequest) -> Account:
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    return account


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写上级下发的日期，如 2026-04-01。") from None
