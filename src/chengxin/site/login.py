"""登录与退出 ``/login`` ``/logout``。A right password leads to the second factor where the account has one."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.kernel.refused import Refused
from chengxin.site.problems import status_of
from chengxin.site.signing_in import remember_device

OFFICE = "/office/"
#: Where a firm's account arrives.
CENTRE = "/centre"
WRONG = Refused(
    "wrong-login", "账号或口令不对，或者账号已停用。", "核对后重填；忘记口令的，企业到信用办、部门工作人员找本部门的账户管理员重设。"
)


def home_of(account: Account) -> str:
    """登录后到哪里, where nothing else was asked for."""
    return CENTRE if account.role == Role.ENTERPRISE else OFFICE


def wanted(request: HttpRequest) -> str:
    """Where the visitor was going, within this site; "" for nowhere."""
    place = request.POST.get("next") or request.GET.get("next") or ""
    return place if url_has_allowed_host_and_scheme(place, {request.get_host()}, request.is_secure()) else ""


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; one answer for every kind of wrong, so that accounts cannot be guessed from it."""
    context: dict[str, object] = {"next": wanted(request), "identity_provider": settings.CHENGXIN_IDENTITY_PROVIDER}
    if request.method == "GET":
        return redirect(home_of(request.user)) if isinstance(request.user, Account) else render(request, "site/login.html", context)
    username = request.POST.get("username", "").strip()
    try:
        account = authenticate(request, username=username, password=request.POST.get("password", ""))
    except Refused as refused:  # too many attempts
        return render(request, "site/login.html", {**context, "username": username, "refused": refused}, status=status_of(refused))
    if not isinstance(account, Account):
        return render(request, "site/login.html", {**context, "username": username, "refused": WRONG}, status=401)
    response = enter(request, account, "password", wanted(request))
    remember_device(request, response, account)
    return response


def enter(request: HttpRequest, account: Account, method: str, to: str) -> HttpResponse:
    """登录 with the first factor proved: on to the second where there is one, else in. What was proved counts as fresh for a while."""
    to = to if url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) else ""
    record_authentication(request, account, method=method, reauthenticated=True)
    response: HttpResponse = perform_login(request, Login(user=account, redirect_url=to or home_of(account)))
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the session."""
    logout(request)
    return redirect("/")
