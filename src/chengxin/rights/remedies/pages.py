"""更正告知的页面：what was retracted to me, who has not confirmed, and the notice that restores a reputation."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import Caller, caller_of
from chengxin.access.models import Department
from chengxin.access.roles import Role
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.casework.people import actor_of
from chengxin.casework.queries import own_case
from chengxin.foundation.records.types import ActVerb
from chengxin.foundation.records.uses import Channel
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.rights.remedies.models import Retraction, RetractionReceipt
from chengxin.rights.remedies.services import confirm, retractions_for

LISTED: Final = 100
UPHELD: Final = frozenset({"revoked", "corrected", "reversed"})
_OVERSEEING: Final = frozenset({Role.CREDIT_OFFICE, Role.AUDITOR})


@require_safe
def retractions(request: HttpRequest) -> HttpResponse:
    """``/office/retractions``。"""
    return _list(request)


@require_POST
def confirm_retraction(request: HttpRequest, receipt_id: int) -> HttpResponse:
    """回执。"""
    try:
        confirm(receipt_id=receipt_id, caller=caller_of(request), at=clock.now())
    except Refused as refused:
        return _list(request, refused)
    return redirect("/office/retractions")


@require_safe
def reputation_notice(request: HttpRequest, case_id: int) -> HttpResponse:
    """``/cases/<id>/reputation``：恢复信誉通知书, printable, for those on the case."""
    at, policy = clock.now(), active.policy_set()
    case = own_case(case_id, actor_of(caller_of(request), at))
    if not is_upheld(case):
        raise NotFound("no-reputation-notice", "本案没有恢复信誉通知书。", "异议成立、信息已经撤销或者更正以后才有。")
    rule = policy.procedure(case.procedure)
    last = case.steps.order_by("-place")[0]
    decided = case.steps.filter(verb__in=("revoke", "order_correction")).order_by("-place").first() or last
    retraction = Retraction.objects.filter(record_id=int(case.about_key), at__gte=case.opened_at).order_by("-pk").first()
    receipts = list(retraction.receipts.order_by("recipient")[:LISTED]) if retraction else []
    name, code = names_of([case.subject_id]).get(case.subject_id, ("", "")) if case.subject_id else ("", "")
    context = {
        "case": case,
        "number": f"{rule.title}{number_of(case)}",
        "state": rule.states[case.state].title,
        "subject": {"code": code, "name": name},
        "decided": decided,
        "last": last,
        "retraction": retraction,
        "receipts": [_shown(each) for each in receipts],
        "counts": _counts(retraction) if retraction else {"all": 0, "confirmed": 0},
    }
    response = render(request, "remedies/reputation_notice.html", context)
    response["Cache-Control"] = "no-store"
    return response


def is_upheld(case: Case) -> bool:
    """Whether an objection ended in the objector's favour: there is a notice that restores the reputation."""
    return case.procedure == "objection" and case.state in UPHELD


def links_of(case: Case) -> list[tuple[str, str]]:
    """Fills ``casework.ports.case_links``."""
    return [(f"/cases/{case.pk}/reputation", "恢复信誉通知书")] if is_upheld(case) else []


def _list(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    caller = caller_of(request)
    own = retractions_for(caller, only_open=request.GET.get("state") != "all", limit=LISTED)
    context: dict[str, Any] = {
        "lines": [_shown(each) for each in own],
        "everything": request.GET.get("state") == "all",
        "outstanding": _outstanding(caller),
        "refused": refused,
        "frame": "portal.html" if caller.role is Role.ENTERPRISE else "office.html",
    }
    response = render(request, "remedies/retractions.html", context, status=422 if refused else 200)
    response["Cache-Control"] = "no-store"
    return response


def _outstanding(caller: Caller) -> list[dict[str, Any]]:
    """Retractions that somebody has not confirmed, for those who oversee."""
    if caller.role not in _OVERSEEING:
        return []
    counted = Retraction.objects.annotate(everybody=Count("receipts"), confirmed=Count("receipts", filter=~Q(receipts__confirmed_at=None)))
    found = counted.filter(receipts__confirmed_at=None).order_by("-pk").distinct()[:LISTED]
    return [
        {
            "retraction": each,
            "verb": ActVerb(each.verb).label,
            "everybody": each.everybody,
            "confirmed": each.confirmed,
            "waiting": [_shown(one) for one in each.receipts.filter(confirmed_at=None).order_by("recipient")[:20]],
        }
        for each in found
    ]


def _counts(retraction: Retraction) -> dict[str, int]:
    return {"all": retraction.receipts.count(), "confirmed": retraction.receipts.exclude(confirmed_at=None).count()}


def _shown(receipt: RetractionReceipt) -> dict[str, Any]:
    kind, _, key = receipt.recipient.partition(":")
    office = Department.objects.filter(code=key).values_list("name", flat=True).first() if kind == "department" else None
    words = {"department": office or key, "run": f"第 {key} 号评价（下次评价不再计入）", "account": "平台账户", "subject": "主体"}
    channels = "、".join(Channel(each).label for each in receipt.channels.split(",") if each)
    return {
        "receipt": receipt,
        "who": words.get(kind, receipt.recipient),
        "channels": channels,
        "verb": ActVerb(receipt.retraction.verb).label,
    }
