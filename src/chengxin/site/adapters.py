"""与 django-allauth 的衔接。Accounts are opened by the office, never by a log-in; secrets of second factors are sealed; names are ours."""

from __future__ import annotations

import io
import ipaddress
from typing import Any, Final

import polars as pl
import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest, HttpResponse

from chengxin.access.client_address import client_address
from chengxin.access.identities import account_of_identity
from chengxin.access.limits import needs_second_factor
from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.access.sealing import seal_column, unseal
from chengxin.kernel import clock
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.site.errors import refused_page
from chengxin.site.layout import city
from chengxin.site.login import enter

_SECRET: Final = "second_factor"  # noqa: S105  the field a sealed secret is bound to
#: Authenticators that prove something by themselves; recovery codes only stand in for them.
FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class AccountAdapter(DefaultAccountAdapter):
    """账户。"""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """As the throttle sees it."""
        return client_address(request)

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        """A revoked account."""
        return refused_page(request, Forbidden("account-revoked", "这个账户已经停用。", "需要恢复的，请联系安全管理员。"))


class SecondFactorAdapter(DefaultMFAAdapter):
    """第二因子。"""

    error_messages: Final = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "验证没有通过：验证码不对、已经用过，或者密钥不是登记的那一把。",
        "cannot_delete_authenticator": "您的岗位必须有第二因子，不能去掉最后一个。请先登记另一个。",
    }

    def get_totp_issuer(self) -> str:
        """The city's platform, as it stands in the app on the phone."""
        named = city()
        return f"{named.name}{named.platform}"

    def build_totp_svg(self, url: str) -> str:
        """The square to be scanned."""
        picture = io.BytesIO()
        segno.make(url, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff", dark="#000")
        return picture.getvalue().decode()

    def encrypt(self, text: str) -> str:
        """A secret never lies in the database in clear."""
        boxes, _ = seal_column(pl.Series([text], dtype=pl.String), _SECRET)
        return str(boxes[0])

    def decrypt(self, encrypted_text: str) -> str:
        """The reverse of :meth:`encrypt`."""
        return unseal(encrypted_text, _SECRET)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whoever must have a second factor keeps the last one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists() or not needs_second_factor(Role(authenticator.user.role), clock.now())

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        """Keys by number; their owner may name them."""
        return f"密钥 {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Keys belong to the host under which the platform is reached."""
        return {"id": context.request.get_host().partition(":")[0], "name": self.get_totp_issuer()}


class IdentityAdapter(DefaultSocialAccountAdapter):
    """统一身份认证：leads to the account that an administrator has linked, or nowhere."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Whom the provider vouches for is looked up among the links; the library goes no further in either case."""
        account = account_of_identity(sociallogin.provider.app.provider_id, sociallogin.account.uid)
        if account is None:
            unknown = Forbidden(
                "identity-unknown",
                "统一身份认证已经通过，但这个身份没有绑定本平台的账户。",
                "本平台不自动开户。请把您的单位、姓名告诉安全管理员，由其绑定后再登录。",
            )
            raise ImmediateHttpResponse(refused_page(request, unknown))
        raise ImmediateHttpResponse(enter(request, account, "socialaccount", sociallogin.get_redirect_url(request) or ""))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """The provider did not vouch for anybody, or what it said cannot be believed."""
        failed = Refused("identity-failed", "统一身份认证没有完成，没有登录。", "请从登录页重新开始；反复出现时请告诉系统管理员。")
        raise ImmediateHttpResponse(refused_page(request, failed))


def keys_work_here(request: HttpRequest) -> bool:
    """安全密钥能否在这个地址使用：browsers bind a key to a name, not to a bare address."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False
