"""统一身份认证的设置, from the environment, as django-allauth wants them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

#: The one provider: the city's.
PROVIDER_ID: Final = "city"


def provider_from_environment() -> tuple[dict[str, Any], str]:
    """(settings for allauth, the name on the button); nothing where ``CHENGXIN_OIDC_URL`` is not set."""
    url = os.environ.get("CHENGXIN_OIDC_URL", "")
    if not url:
        return {}, ""
    name = os.environ.get("CHENGXIN_OIDC_NAME", "统一身份认证")
    secret_file = os.environ.get("CHENGXIN_OIDC_SECRET_FILE", "")
    app = {
        "provider_id": PROVIDER_ID,
        "name": name,
        "client_id": os.environ.get("CHENGXIN_OIDC_CLIENT", "chengxin"),
        "secret": Path(secret_file).read_text(encoding="utf-8").strip() if secret_file else "",
        "settings": {"server_url": url, "fetch_userinfo": False, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True, "SCOPE": ["openid"]}}, name
