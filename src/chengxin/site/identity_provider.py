"""统一身份认证 ``/login/city``：OpenID Connect by django-allauth, with the provider's signature checked on every token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import jwt
import requests
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengxin.kernel.refused import NotFound, Refused
from chengxin.site.errors import refused_page

#: Signatures by a key pair only: a secret that both sides know proves less, "none" proves nothing.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


class SignedTokens(OpenIDConnectOAuth2Adapter):
    """The library trusts a token that came over TLS; here its signature, issuer, audience and time are checked too."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
            answer.raise_for_status()
        try:
            keys = jwt.PyJWKSet.from_dict(answer.json()).keys
            named = jwt.get_unverified_header(id_token).get("kid")
            fitting = [key for key in keys if named in {None, key.key_id}]
            if len(fitting) != 1:
                raise OAuth2Error("no key, or more than one, for this token")
            said: dict[str, Any] = jwt.decode(
                id_token,
                fitting[0].key,
                algorithms=list(_ALGORITHMS),
                audience=app.client_id,
                issuer=config["issuer"],
                options={"require": ["iss", "aud", "exp", "iat", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(str(error)) from error
        return said


@never_cache
@require_GET
def start(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider."""
    return _answer(request, provider_id, OAuth2LoginView.adapter_view)


@never_cache
@require_GET
def come_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """From the provider, with a code."""
    return _answer(request, provider_id, OAuth2CallbackView.adapter_view)


def _answer(request: HttpRequest, provider_id: str, view_of: Callable[[Any], Callable[[HttpRequest], HttpResponse]]) -> HttpResponse:
    try:
        return view_of(SignedTokens(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise NotFound("identity-provider-missing", "本平台没有接入统一身份认证。", "请用账号和口令登录。") from None
    except requests.RequestException:
        away = Refused("identity-provider-away", "连不上统一身份认证，没有登录。", "请稍后再试，或者用账号和口令登录。")
        return refused_page(request, away)
