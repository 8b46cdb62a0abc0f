"""先办的事。Who must have a second factor, or whose password is over its time, sees to that before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import user_logged_in
from allauth.mfa.utils import is_mfa_enabled
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from chengxin.access.caller import caller_of
from chengxin.access.limits import needs_second_factor
from chengxin.access.models import Account
from chengxin.access.passwords import due_at
from chengxin.access.roles import Role
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden
from chengxin.site.access_matrix import ANYONE, OWN_ACCOUNT, line_of
from chengxin.site.adapters import FACTORS
from chengxin.site.errors import refused_page
from chengxin.site.problems import problem_response, speaks_problem_json
from chengxin.site.views_by_name import view_name

Answer = Callable[[HttpRequest], HttpResponseBase]
_DUE: Final = "password_due_at"


class FirstThingsFirst:
    """Middleware after the access matrix: leads to what is owed. Pages for anyone, and those of one's own account, stay open."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """Refuse or redirect while something is owed."""
        account = caller_of(request).account
        if account is None or line_of(view_name(request) or "") in {ANYONE, OWN_ACCOUNT}:
            return None
        owed = _second_factor_owed(request, account) or _password_owed(request)
        if owed is None:
            return None
        refused, place = owed
        if speaks_problem_json(request):
            return problem_response(request, refused)
        if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
            return redirect(f"{reverse(place)}?{urlencode({'next': request.get_full_path()})}")
        return refused_page(request, refused)


def _second_factor_owed(request: HttpRequest, account: Account) -> tuple[Forbidden, str] | None:
    """None if the role needs none, or one was shown in this session."""
    if not needs_second_factor(Role(account.role), clock.now()):
        return None
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, account)):
        return None
    place = "mfa_reauthenticate" if is_mfa_enabled(account, FACTORS) else "mfa_index"
    words = "您的岗位必须先用第二因子验证。"
    return Forbidden("second-factor-owed", words, "请到“我的账户”登记验证码应用或者安全密钥，然后再办。"), place


def _password_owed(request: HttpRequest) -> tuple[Forbidden, str] | None:
    due = request.session.get(_DUE)
    if due is None or clock.now() < due:
        return None
    return Forbidden("password-due", "口令已到更换期限。", "请先到“我的账户”更换口令。"), "own_password"


@receiver(user_logged_in)
def _note_when_due(request: HttpRequest, user: Account, **_: Any) -> None:
    """When this session's password ends, looked up once."""
    due = due_at(user)
    if due is not None:
        request.session[_DUE] = due
