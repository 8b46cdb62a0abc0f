"""本人的页面：what is on file about me, until when, who looked, what I can do; and the page that says whose an account is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.caller import caller_of
from chengxin.access.models import Account
from chengxin.access.questions import question_own_read
from chengxin.access.roles import Role
from chengxin.kernel import clock
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.rights.officials.identities import end_identity, own_key, register_identity
from chengxin.rights.officials.models import OwnIdentity
from chengxin.rights.officials.queries import READS_LISTED, own_read, reads_about, records_about


@require_safe
def own_official_records(request: HttpRequest) -> HttpResponse:
    """``/account/records``：我的诚信记录. Whoever is not registered is told how to be."""
    return _own(request)


@require_POST
def question_official_read(request: HttpRequest, read_id: int) -> HttpResponse:
    """查问 a look at oneself; the audit administrator answers."""
    account, at = caller_of(request).account, clock.now()
    key = own_key(account.pk) if account is not None else ""
    row = own_read(read_id, key, [each.record.pk for each in records_about(key, at)] if key else [])
    assert account is not None  # own_read found nothing for nobody
    try:
        question_own_read(row, because=request.POST.get("because", ""), by=account, at=at)
    except Refused as refused:
        return _own(request, refused, read_id)
    return redirect(f"/account/records#read-{read_id}")


def _own(request: HttpRequest, refused: Refused | None = None, tried: int = 0) -> HttpResponse:
    caller, at = caller_of(request), clock.now()
    key = own_key(caller.account.pk) if caller.account is not None else ""
    records = records_about(key, at) if key else []
    context = {
        "registered": bool(key),
        "records": records,
        "live": sum(each.live and each.adverse for each in records),
        "reads": reads_about(key, [each.record.pk for each in records]) if key else [],
        "most": READS_LISTED,
        "frame": "portal.html" if caller.role is Role.ENTERPRISE else "office.html",
        "refused": refused,
        "tried": tried,
        "because": request.POST.get("because", ""),
    }
    return _private(render(request, "officials/own.html", context, status=422 if refused else 200))


@require_safe
def own_identity(request: HttpRequest, account_id: int) -> HttpResponse:
    """``/office/accounts/<id>/identity``：whether the account is registered as somebody's own, upon which document."""
    return _identity(request, account_id)


@require_POST
def change_own_identity(request: HttpRequest, account_id: int) -> HttpResponse:
    """登记或者终止, by the security administrator."""
    account, by, at, form = _account(account_id), caller_of(request).account, clock.now(), request.POST
    try:
        if form.get("verb") == "end":
            end_identity(account, by=by, at=at)
        else:
            number, name, seen = form.get("number", ""), form.get("name", ""), form.get("reference", "")
            register_identity(account, number=number, name=name, reference=seen, by=by, at=at)
    except Refused as refused:
        return _identity(request, account_id, refused)
    return redirect(f"/office/accounts/{account_id}/identity")


def _identity(request: HttpRequest, account_id: int, refused: Refused | None = None) -> HttpResponse:
    account = _account(account_id)
    context = {
        "account": account,
        "tie": OwnIdentity.objects.filter(account=account, ended_at=None).first(),
        "reference": request.POST.get("reference", "") if refused else "",
        "refused": refused,
    }
    status = 200 if refused is None else 409 if isinstance(refused, Conflict) else 422
    return _private(render(request, "officials/identity.html", context, status=status))


def _account(account_id: int) -> Account:
    account = Account.objects.select_related("department").filter(pk=account_id).first()
    if account is None:
        raise NotFound("account-not-found", "没有这个账户。", "请回到账户管理查看。")
    return account


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
