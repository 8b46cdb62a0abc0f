"""企业中心各页共有的：where one can go, who acts, and that nothing of it is kept by anybody on the way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from chengxin.access.caller import Caller, caller_of
from chengxin.access.models import Account
from chengxin.access.types import Scope
from chengxin.site.centre.own import Firm


def places(firm: Firm, scopes: frozenset[Scope]) -> dict[str, Any]:
    """Where one can go in the centre: the same line on every page of it."""
    found = [(firm.href, "档案"), (f"{firm.href}/evaluation", "评价"), (f"{firm.href}/reads", "谁看过")]
    # an office has no agents
    found += [(f"{firm.href}/agents", "代理人"), (f"{firm.href}/agencies", "服务机构")] if firm.mandate is not None else []
    found.append(("/cases", "案件"))
    if Scope.DOWNLOAD in scopes:
        found.append((f"{firm.href}/everything.json", "下载全部资料"))
    return {"places": found}


def framed(caller: Caller) -> dict[str, Any]:
    """In the frame of who looks, under the name that the centre has for them."""
    if caller.department is not None:
        return {"frame": "office.html", "centre_title": "关于本单位"}
    return {"frame": "portal.html", "centre_title": "企业中心"}


def plain(text: str) -> str:
    """A line without characters that the database does not keep."""
    return text.replace("\x00", "").strip()


def account_of(request: HttpRequest) -> Account:
    """Who acts; the door of the centre lets nobody else in."""
    account = caller_of(request).account
    assert account is not None  # own_firm lets nobody else in
    return account


def private(response: HttpResponse) -> HttpResponse:
    """An answer that no cache keeps."""
    response["Cache-Control"] = "no-store"
    return response
