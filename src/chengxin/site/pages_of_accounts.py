"""我的账户 ``/account``：who I am, for whom I act, where I am signed in, what was tried in my name."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions, end_sessions
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chengxin.access import services
from chengxin.access.caller import caller_of
from chengxin.access.limits import session_limits
from chengxin.access.mandates import mandates_of, scopes_of
from chengxin.access.models import Account, Mandate
from chengxin.access.passwords import due_at, rules_in_words
from chengxin.access.roles import LABELS, Role
from chengxin.access.types import KIND_LABELS, SCOPE_LABELS, MandateKind, Scope
from chengxin.foundation.subjects.queries import names_of
from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.site.problems import status_of
from chengxin.site.signing_in import failures_of

WRONG_PASSWORD = Refused("wrong-password", "原口令不对。", "核对后重填；忘记口令的，请联系安全管理员。")


def frame_of(request: HttpRequest) -> str:
    """The frame a person's own pages stand in: the workbench for offices, the portal for firms."""
    return "portal.html" if caller_of(request).role is Role.ENTERPRISE else "office.html"


def account_of(request: HttpRequest) -> Account:
    """The account that is signed in; the access matrix lets nobody else this far."""
    account = caller_of(request).account
    if account is None:
        raise NotFound("account-not-found", "没有登录的账户。", "请先登录。")
    return account


@never_cache
@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    """The page."""
    account, at = account_of(request), clock.now()
    context = {
        "frame": frame_of(request),
        "account": account,
        "role": LABELS[Role(account.role)],
        "mandates": mandate_lines(mandates_of(account.pk, at)),
        "sessions": UserSession.objects.purge_and_list(account),
        "has_second_factor": Authenticator.objects.filter(user=account).exists(),
        "failures": failures_of(account, at),
        "password_due": due_at(account),
        "limits": {"idle": session_limits(at).idle // 60, "longest": session_limits(at).longest // 3600},
    }
    return render(request, "site/account.html", context)


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """结束自己的一个登录, from its next request on."""
    session = UserSession.objects.filter(pk=session_id, user=account_of(request)).first()
    if session is None:
        raise NotFound("session-not-found", "没有这个登录，或者已经结束。", "请回到我的账户查看。")
    end_sessions(request, [session])
    return redirect("own_account")


@require_POST
def end_sessions_elsewhere(request: HttpRequest) -> HttpResponse:
    """结束自己在别处的全部登录。"""
    end_other_sessions(request, account_of(request))
    return redirect("own_account")


@sensitive_post_parameters("old", "new", "again")
@never_cache
@require_http_methods(["GET", "POST"])
def own_password(request: HttpRequest) -> HttpResponse:
    """改自己的口令：the old one is asked for; every other log-in ends."""
    account, at = account_of(request), clock.now()
    context = {"frame": frame_of(request), "rules": rules_in_words(at), "due": due_at(account)}
    if request.method != "POST":
        return render(request, "site/own_password.html", context)
    try:
        _change(account, request.POST.get("old", ""), request.POST.get("new", ""), request.POST.get("again", ""), at)
    except Refused as refused:
        return render(request, "site/own_password.html", {**context, "refused": refused}, status=status_of(refused))
    update_session_auth_hash(request, account)
    request.session.pop("password_due_at", None)
    end_other_sessions(request, account)
    return redirect("own_account")


def _change(account: Account, old: str, new: str, again: str, at: Instant) -> None:
    if not account.check_password(old):
        raise WRONG_PASSWORD
    if new != again:
        raise Refused("password-twice", "两次输入的新口令不一致。", "请重新输入。")
    services.set_password(account, new, at, by=account)


def mandate_lines(mandates: tuple[Mandate, ...] | list[Mandate]) -> list[dict[str, object]]:
    """授权 as a page shows it: for whom, as what, in what, until when, on what document."""
    names = names_of({mandate.subject_id for mandate in mandates})
    return [
        {
            "id": mandate.pk,
            "name": names.get(mandate.subject_id, ("", ""))[0],
            "code": names.get(mandate.subject_id, ("", ""))[1],
            "kind": KIND_LABELS[MandateKind(mandate.kind)],
            "scopes": "、".join(SCOPE_LABELS[scope] for scope in Scope if scope in scopes_of(mandate)),
            "reference": mandate.reference,
            "from": date_of(mandate.valid_from),
            "until": None if mandate.valid_until >= FOREVER else date_of(mandate.valid_until - 1),
            "ended_at": mandate.ended_at,
        }
        for mandate in mandates
    ]
