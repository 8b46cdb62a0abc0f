"""``/robots.txt`` and ``/sitemap.xml``：only what is public for good; no subject and no adverse record is listed."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

#: Pages that a search engine may find. Subject and record pages come and go with their periods and are never listed.
LISTED = ("/", "/acts", "/lists", "/offices", "/policy", "/data", "/log", "/verify", "/about", "/complain", "/tour")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may read. Subject pages stay crawlable so that their ``noindex`` is seen."""
    lines = [
        "User-agent: *",
        "Disallow: /office/",
        "Disallow: /login",
        "Disallow: /search",
        "Disallow: /complain/follow",
        "Disallow: /api/",
        f"Sitemap: {settings.CHENGXIN_ORIGIN}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The lasting pages of the portal."""
    urls = "".join(f"<url><loc>{settings.CHENGXIN_ORIGIN}{path}</loc></url>" for path in LISTED)
    body = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
