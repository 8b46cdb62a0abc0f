"""Every kind of page, at the width of a phone and of a desk, light and dark: accessible, no sideways scrolling, titled.

The pages are found by following links, one sample for each line of the URL table, so that a page added tomorrow is visited too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Page

from tests.harness.penalties import code_of
from tests.journeys.conftest import City, Visit

pytestmark = pytest.mark.browser
START = ("/", "/search?q=云杉", "/search?q=没有这一家", f"/s/{code_of(3)}", f"/s/{code_of(20)}", "/nosuch-page", "/login")
WINDOWS = ((390, "dark"), (1440, "light"))
#: Addresses that answer with something else than a page.
NO_PAGE = ("/api/", "/log/", "/static/", "/metrics", "/healthz", "/robots.txt", "/sitemap.xml", "/logout")
#: How many samples of one line are looked at.
SAMPLES = 1


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") and "download" not in given:
            self.found.append(given["href"] or "")


def line_of(path: str) -> str:
    """Which line of the URL table answers."""
    try:
        return resolve(path).route
    except Resolver404:
        return "nothing"


def pages(window: Page, starts: tuple[str, ...]) -> Iterator[str]:
    """Addresses of pages within reach, at most ``SAMPLES`` for a line."""
    waiting, seen, sampled = deque(starts), set(starts), dict[str, int]()
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        line = line_of(path)
        enough = line != "nothing" and sampled.get(line, 0) >= SAMPLES and address not in starts
        if path.startswith(NO_PAGE) or enough:
            continue
        answer = window.request.get(address, max_redirects=0)
        if "text/html" not in answer.headers.get("content-type", "") or "attachment" in answer.headers.get("content-disposition", ""):
            continue
        sampled[line] = sampled.get(line, 0) + 1
        yield address
        for link in Links(answer.text()).found:
            target = urlsplit(urljoin(address, link))
            known = f"{target.path}?{target.query}" if target.query else target.path
            if not target.netloc and known not in seen:
                seen.add(known)
                waiting.append(known)


def faults_of(window: Page, address: str, width: int) -> list[str]:
    """What is wrong with one page in this window."""
    window.goto(address)
    window.wait_for_load_state("networkidle")
    found = [
        f"{violation['impact']} {violation['id']}: {[node['target'] for node in violation['nodes']][:3]}"
        for violation in Axe().run(window).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    if window.evaluate("document.documentElement.scrollWidth") > width:
        found.append("scrolls sideways")
    if window.evaluate("document.documentElement.lang") != "zh-Hans" or not window.title():
        found.append("language or title is missing")
    if window.locator("h1").count() != 1 or window.locator("main").count() != 1:
        found.append("not exactly one h1 and one main")
    return [f"{address} at {width}: {fault}" for fault in found]


@pytest.mark.parametrize("role", ["", "clerk", "credit_office", "audit_admin"])
def test_every_page_is_accessible_and_fits(visit: Visit, city: City, role: str) -> None:
    starts = ("/office/",) if role else START
    listing = visit(role=role)
    addresses = [address for address in pages(listing, starts) if not role or address.startswith(("/office", "/evaluation"))]
    assert len(addresses) >= (2 if role else 10)
    faults: list[str] = []
    for width, scheme in WINDOWS:
        window = visit(width=width, scheme=scheme, role=role)
        for address in addresses:
            faults += faults_of(window, address, width)
    assert faults == []


def test_pages_reached_by_links_exist(visit: Visit) -> None:
    window = visit()
    broken = [address for address in pages(window, ("/",)) if window.request.get(address).status >= 400]
    assert broken == []
