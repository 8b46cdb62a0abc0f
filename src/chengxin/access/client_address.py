"""来访地址。Behind a proxy of ours every request comes from the proxy; whom it saw stands in a header that it alone may write."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks: the last one in ``X-Forwarded-For`` where the request came from a proxy in ``CHENGXIN_PROXIES``,
    otherwise that of the connection. What strangers write into the header counts nowhere."""
    address = str(request.META.get("REMOTE_ADDR") or "")
    if address not in settings.CHENGXIN_PROXIES:
        return address or "0.0.0.0"  # noqa: S104  no address, as in a test client without one
    seen = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        return str(ip_address(seen))
    except ValueError:
        return address
