"""Second factors in tests: a session in which one was shown, and the code that an app on a phone would show."""

from __future__ import annotations

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from chengxin.access.models import Account


def shown(client: Client, account: Account) -> Client:
    """Sign in as somebody who has shown a second factor."""
    client.force_login(account, backend="chengxin.site.signing_in.SlowingBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    return client


def code_of_app(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
