"""登录与退出 ``/login`` ``/logout``。"""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from chengxin.kernel.refused import Refused
from chengxin.site.problems import status_of

OFFICE = "/office/"
WRONG = Refused("wrong-login", "账号或口令不对，或者账号已停用。", "核对后重填；忘记口令的，请联系本部门的账户管理员。")


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or OFFICE
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else OFFICE


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The form; one answer for every kind of wrong, so that accounts cannot be guessed from it."""
    context: dict[str, object] = {"next": _target(request)}
    if request.method == "GET":
        return redirect(OFFICE) if request.user.is_authenticated else render(request, "site/login.html", context)
    username = request.POST.get("username", "").strip()
    try:
        account = authenticate(request, username=username, password=request.POST.get("password", ""))
    except Refused as refused:  # too many attempts
        return render(request, "site/login.html", {**context, "username": username, "refused": refused}, status=status_of(refused))
    if account is None:
        return render(request, "site/login.html", {**context, "username": username, "refused": WRONG}, status=401)
    login(request, account)
    return redirect(_target(request))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget the session."""
    logout(request)
    return redirect("/")
