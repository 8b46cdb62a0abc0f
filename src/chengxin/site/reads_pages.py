"""查看留痕 ``/office/reads``：the audit administrator's page: alarms, questions of subjects, and a search over who looked at what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chengxin.access import ports
from chengxin.access.alarms import KIND_LABELS, AlarmKind, settle_alarm
from chengxin.access.caller import caller_of
from chengxin.access.models import Account, Alarm, Read, ReadQuestion
from chengxin.access.questions import answer_question
from chengxin.access.read_search import Asked, found_reads
from chengxin.access.reads import Seen, note
from chengxin.access.roles import LABELS, Role
from chengxin.casework.notices import number_of
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.rights.incidents.opening import incidents_of

SHOWN: Final = 50
LISTED: Final = 20
_FIELDS: Final = ("who", "office", "subject", "kind", "words", "from", "until")


@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """The page."""
    return _page(request)


@require_POST
def answer_read_question(request: HttpRequest, question_id: int) -> HttpResponse:
    """答复查问: the look had a reason, or it had none, which is an alarm."""
    justified, answer = request.POST.get("justified", ""), request.POST.get("answer", "")
    try:
        if justified not in {"yes", "no"}:
            raise Refused("question-words", "还没有选择有没有正当理由。", "问过查看的人和部门以后再选。")
        answer_question(question_id, justified=justified == "yes", answer=answer, by=_person(request), at=clock.now())
    except Refused as refused:
        return _page(request, refused)
    return redirect("/office/reads#questions")


@require_POST
def settle_read_alarm(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """处理警报, in words."""
    try:
        settle_alarm(alarm_id, words=request.POST.get("words", ""), by=_person(request), at=clock.now())
    except Refused as refused:
        return _page(request, refused)
    return redirect("/office/reads#alarms")


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    given = {name: request.GET.get(name, "").strip()[:200] for name in _FIELDS}
    try:
        page = found_reads(_asked(given), cursor=request.GET.get("cursor", "")[:200], limit=SHOWN)
    except Refused as wrong:
        refused, page = wrong, found_reads(Asked(), limit=SHOWN)
    known = {name: value for name, value in given.items() if value}
    note(request, Seen("reads", what="、".join(f"{name}={value}" for name, value in known.items()) or "最近的查看"))
    context = {
        "lines": _lines(page.rows),
        "filters": _filters(given),
        "clear_href": "/office/reads" if known else "",
        "next_href": f"?{urlencode(known | {'cursor': page.next_cursor})}" if page.next_cursor else "",
        "alarms": _alarms(waiting=True),
        "settled": _alarms(waiting=False),
        "questions": _questions(waiting=True),
        "answered": _questions(waiting=False),
        "refused": refused,
        "given": request.POST,
    }
    response = render(request, "site/reads.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _asked(given: dict[str, str]) -> Asked:
    subject = None
    if given["subject"]:
        text = given["subject"].upper()
        found = Subject.objects.filter(code=text).values_list("pk", flat=True).first()
        subject = found if found is not None else int(text) if text.isascii() and text.isdigit() and len(text) < 15 else 0
    return Asked(given["who"], given["office"], subject, given["kind"], given["words"], _day(given["from"]), _day(given["until"]))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:20]}”不能作为查询日期。", "写成 2026-04-01 这样的日期。") from None


def _filters(given: dict[str, str]) -> list[dict[str, Any]]:
    kinds = [("", "全部"), *sorted(ports.kind_titles().items(), key=lambda each: each[1])]
    return [
        {"name": "who", "label": "账户", "value": given["who"]},
        {"name": "subject", "label": "主体代码", "value": given["subject"]},
        {"name": "words", "label": "用途或事项", "value": given["words"]},
        {"name": "kind", "label": "看了什么", "kind": "select", "value": given["kind"], "options": kinds},
        {"name": "office", "label": "部门代码", "value": given["office"]},
        {"name": "from", "label": "自", "kind": "date", "value": given["from"]},
        {"name": "until", "label": "至", "kind": "date", "value": given["until"]},
    ]


def _lines(rows: Sequence[Read]) -> list[dict[str, Any]]:
    titles = ports.kind_titles()
    names = names_of([row.subject_id for row in rows if row.subject_id is not None])
    return [
        {
            "read": row,
            "who": row.account.get_username() if row.account else "部门系统",
            "role": LABELS[Role(row.role)] if row.role in set(Role) else "",
            "office": row.department.name if row.department else "",
            "kind": titles.get(row.kind, row.kind),
            "subject": names.get(row.subject_id or 0, ("", ""))[0],
            "logged": row.leaf_content_id is not None or row.main_content_id is not None,
        }
        for row in rows
    ]


def _alarms(*, waiting: bool) -> list[dict[str, Any]]:
    found = Alarm.objects.filter(settled_at__isnull=waiting).select_related("account", "department", "settled_by")
    rows = list(found.order_by("pk" if waiting else "-settled_at")[:LISTED])
    cases = incidents_of([each.pk for each in rows])
    lines = []
    for each in rows:
        case = cases.get(each.pk)
        lines.append({"alarm": each, "title": KIND_LABELS[AlarmKind(each.kind)], "case": case, "number": number_of(case) if case else ""})
    return lines


def _questions(*, waiting: bool) -> list[dict[str, Any]]:
    found = ReadQuestion.objects.filter(answered_at__isnull=waiting).select_related("read__account", "read__department", "answered_by")
    rows = list(found.order_by("pk" if waiting else "-answered_at")[:LISTED])
    names = names_of([each.subject_id for each in rows])
    lines = {line["read"].pk: line for line in _lines([each.read for each in rows])}
    return [{"question": each, "name": names.get(each.subject_id, ("", ""))[0], "line": lines[each.read_id]} for each in rows]


def _person(request: HttpRequest) -> Account:
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    return account
