"""第二因子：验证码应用、安全密钥、备用码。Pages of django-allauth in our layout; failures counted, changes in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ReauthenticateView
from allauth.mfa import app_settings, signals
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.views import AuthenticateView, IndexView
from allauth.mfa.base.views import ReauthenticateView as ReauthenticateByCodeView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, ReauthenticateWebAuthnView, RemoveWebAuthnView
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe
from django.views.generic.base import TemplateResponseMixin

from chengxin.access.accounts import record_second_factor
from chengxin.access.attempts import keyed
from chengxin.access.limits import needs_second_factor
from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.kernel import clock
from chengxin.site.adapters import keys_work_here
from chengxin.site.pages_of_accounts import frame_of
from chengxin.site.signing_in import count_failure_of, refuse_guessing_of

STEP = "second-factor"


class _CountedCode:
    """验证码：so many wrong ones, then a pause. Whoever is asked for one has already shown the password."""

    user: Account

    def clean_code(self) -> str:
        """The library's check between our count's two ends."""
        refuse_guessing_of(self.user, STEP)
        try:
            code = str(super().clean_code())  # type: ignore[misc]
            self._use_up(code)
        except ValidationError:
            count_failure_of(self.user, STEP)
            raise
        return code

    def _use_up(self, code: str) -> None:
        """The library remembers used codes in its own process; there are several."""
        lasting = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if not caches["shared"].add(keyed(f"used:{self.user.pk}:{code}").hex(), True, lasting):
            raise get_adapter().validation_error("incorrect_code")


class SignInCode(_CountedCode, AuthenticateForm):
    """登录的第二步。"""


class ConfirmingCode(_CountedCode, ReauthenticateForm):
    """办理前的再次验证。"""


class _Framed:
    """Pages of one's own account, in the frame of who looks."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the frame, and whether keys work under this address."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "frame": frame_of(self.request), "keys_work_here": keys_work_here(self.request)}


class SecondStep(AuthenticateView):
    """登录第二步 ``/login/second-factor``。"""

    template_name = "site/login_second_step.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Which kinds the account has."""
        kinds = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return {**super().get_context_data(**kwargs), "kinds": kinds, "failed": bool(self.form and self.form.errors)}


class SecondFactor(_Framed, IndexView):
    """第二因子 ``/account/second-factor``。"""

    template_name = "site/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With whether the role must have one."""
        account = self.request.user
        required = isinstance(account, Account) and needs_second_factor(Role(account.role), clock.now())
        return {**super().get_context_data(**kwargs), "required": required}


class RemoveKey(_Framed, RemoveWebAuthnView):
    """去掉一把安全密钥。"""

    template_name = "site/second_factor_remove.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> Any:
        """Not the last one of somebody who must have one."""
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            form.add_error(None, adapter.validation_error("cannot_delete_authenticator"))
            return self.form_invalid(form)
        return super().form_valid(form)


_form = require_http_methods(["GET", "HEAD", "POST"])


def _page(view: type[TemplateResponseMixin], template: str, methods: Callable[..., Any] = _form) -> Any:
    """A page of the library's in our frame: the view as it is, with our template."""
    framed: Any = type(view.__name__, (_Framed, view), {"template_name": f"site/{template}.html"})
    return methods(framed.as_view())


second_step = _form(SecondStep.as_view())
second_factor = require_safe(SecondFactor.as_view())
# 登记、去掉
add_app = _page(ActivateTOTPView, "second_factor_app")
remove_app = _page(DeactivateTOTPView, "second_factor_remove")
add_key = _page(AddWebAuthnView, "second_factor_key")
remove_key = _form(RemoveKey.as_view())
# 备用码，只显示一次
recovery_codes = _page(ViewRecoveryCodesView, "second_factor_codes", require_safe)
new_recovery_codes = _page(GenerateRecoveryCodesView, "second_factor_new_codes")
# 办理前再次验证：口令、验证码、安全密钥
confirm = _page(ReauthenticateView, "confirm")
confirm_by_code = _page(ReauthenticateByCodeView, "confirm")
confirm_by_key = _page(ReauthenticateWebAuthnView, "confirm_by_key")


@receiver(signals.authenticator_added)
def _added(request: HttpRequest, user: Account, authenticator: Authenticator, **_: Any) -> None:
    record_second_factor(user, "added", authenticator.type, clock.now(), user)
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:  # its owner has just shown it
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(signals.authenticator_removed)
def _removed(user: Account, authenticator: Authenticator, **_: Any) -> None:
    record_second_factor(user, "removed", authenticator.type, clock.now(), user)


@receiver(signals.authenticator_reset)
def _renewed(user: Account, authenticator: Authenticator, **_: Any) -> None:
    record_second_factor(user, "renewed", authenticator.type, clock.now(), user)
