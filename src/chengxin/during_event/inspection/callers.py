"""谁在办。Steps of an inspection are taken by people, not by a department's system."""

from __future__ import annotations

from django.http import HttpRequest

from chengxin.access.caller import caller_of
from chengxin.access.models import Account
from chengxin.kernel.refused import Forbidden


def person(request: HttpRequest) -> Account:
    """The account that asks. Forbidden for a token."""
    account = caller_of(request).account
    if account is None:
        raise Forbidden("person-needed", "这件事须由工作人员登录办理，不能用部门令牌。", "请登录后办理。")
    return account
