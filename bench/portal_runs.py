"""The parts of :mod:`bench.portal` that run in a process of their own: ``python -m bench.portal_runs fill|pages|served …``."""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from bench.portal_rows import CHARACTERS, OFFICES, TODAY, TRADES, fill, office_code

#: What is asked before anything is measured, for each kind of page.
WARM_UP = 5
NAMED = ("search", "subject")


def main(part: str, *arguments: str) -> None:
    """Run one part, print one JSON object."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "chengxin.site.settings"
    import django

    django.setup()
    print(json.dumps({"fill": _fill, "pages": _pages, "served": _served, "addresses": _addresses}[part](*arguments)))


def _fill(subjects: str) -> dict[str, float]:
    from django.db import connection

    from chengxin.foundation.records.models import Record
    from chengxin.kernel import clock
    from chengxin.site.installing import install

    install(clock.now())
    started = time.perf_counter()
    fill(int(subjects))
    took = time.perf_counter() - started
    return {"seconds": round(took, 1), "records": Record.objects.count(), "on_postgresql": float(connection.vendor == "postgresql")}


def addresses(count: int) -> dict[str, list[str]]:
    """Kind of page → so many addresses of it, the same for the same contents of the tables."""
    chance = random.Random(1)
    found = {**_searches(count, chance), **_subjects(count, chance), **_listings(count, chance)}
    return {**found, "home": ["/"] * count, "home, nothing remembered": ["/#anew"] * count, "offices": ["/offices"] * count}


def _searches(count: int, chance: random.Random) -> dict[str, list[str]]:
    from chengxin.foundation.subjects.models import Subject

    common = ["有限", "公司", "泰安", "商贸", "限公", "安市", "食品", "有限公司", "限公司", "泰安市", "工程有限", "贸有限公"]
    last = Subject.objects.order_by("-id").values_list("id", flat=True)[0]
    some = list(
        Subject.objects.filter(id__in=chance.sample(range(1, last + 1), min(last, 4 * count)), kind__lt=5).values_list("name", "code")
    )
    chance.shuffle(some)

    def part(name: str, length: int) -> str:
        at = chance.randrange(0, len(name) - length)
        return name[at : at + length]

    rare = ["".join(chance.sample(CHARACTERS, 2)) + chance.choice(TRADES)[:2] for _ in range(count)]
    texts = {
        "search: very common part": [common[n % len(common)] for n in range(count)],
        "search: 2 characters": [part(name, 2) for name, _ in some[:count]],
        "search: 3 characters": [part(name, 3) for name, _ in some[:count]],
        "search: 4 characters": [part(name, 4) for name, _ in some[:count]],
        "search: common bigrams, rare together": rare,
        "search: begins in the middle of two common words": [name[2:7] for name, _ in some[:count]],
        "search: beginning of a code": [code[: chance.randrange(6, 17)] for _, code in some[:count]],
        "search: beginning of a number": [f"37091{str(n)[: n % 5]}" for n in range(count)],
        "search: nothing found": [f"{chance.choice('鑫魍魉')}{chance.choice('饕餮')}有限{n}" for n in range(count)],
    }
    found = {kind: [f"/search?{urlencode({'q': text})}" for text in several] for kind, several in texts.items()}
    mixed = [address for several in zip(*found.values(), strict=True) for address in several]
    chance.shuffle(mixed)
    typed = [text for several in list(texts.values())[:4] for text in several]
    chance.shuffle(typed)
    asked = [f"/api/v1/subjects?{urlencode({'q': text})}" for text in typed[:count]]
    return {
        "interface: search": asked,
        "search": mixed[:count],
        **found,
        "suggestions": [f"/search/suggest?{urlencode({'q': text, 'field': 'q'})}" for text in typed[:count]],
    }


def _subjects(count: int, chance: random.Random) -> dict[str, list[str]]:
    from chengxin.foundation.records.models import Record
    from chengxin.foundation.records.queries import visible
    from chengxin.foundation.records.types import Surface
    from chengxin.foundation.subjects.models import Subject
    from chengxin.kernel import clock

    at = clock.now()
    last = Record.objects.order_by("-id").values_list("id", flat=True)[0]
    drawn = Record.objects.filter(visible(Surface.PUBLIC, at), id__in=chance.sample(range(1, last), min(last - 1, 6 * count)))
    public = list(drawn.values_list("id", "subject_id"))
    chance.shuffle(public)
    own = [
        subject
        for subject, canonical in Subject.objects.filter(id__in=[s for _, s in public]).values_list("id", "canonical_id")
        if subject == canonical
    ]
    codes = list(Subject.objects.filter(id__in=own).values_list("code", flat=True))
    chance.shuffle(codes)
    large = list(
        Subject.objects.filter(id__lte=20, code__isnull=False, canonical_id__lte=20, in_registry=True).values_list("code", flat=True)
    )
    return {
        "subject": _repeated([f"/s/{code}" for code in codes], count),
        "subject: one of the 20 largest": _repeated([f"/s/{code}" for code in large], count),
        "record": _repeated([f"/r/{record}" for record, _ in public], count),
    }


def _repeated(several: Sequence[str], count: int) -> list[str]:
    return [several[n % len(several)] for n in range(count)]


def _listings(count: int, chance: random.Random) -> dict[str, list[str]]:
    from chengxin.foundation.records.queries import make_cursor

    kinds = ["/acts/administrative_penalty", "/acts/administrative_licence", "/acts/administrative_inspection", "/lists/abnormal_operation"]

    def asked(**filters: Callable[[], str]) -> list[str]:
        return [f"{kinds[n % len(kinds)]}?{urlencode({name: value() for name, value in filters.items()})}" for n in range(count)]

    def day(first: int, last: int) -> str:
        return (TODAY - timedelta(days=chance.randrange(first, last))).isoformat()

    return {
        "list: first page": asked(),
        "list: of one office": asked(department=lambda: office_code(chance.randrange(OFFICES))),
        "list: of an office that did nothing": asked(department=lambda: office_code(OFFICES - 1)),
        "list: of one county": asked(division=lambda: chance.choice(["370902", "370982", "370921"])),
        "list: of a month": asked(**{"from": lambda: day(200, 400), "until": lambda: day(170, 199)}),
        "list: before all that is public": asked(until=lambda: day(4 * 365, 6 * 365)),
        "list: deep cursor": asked(cursor=lambda: make_cursor(day(300, 1500), "1000")),
        "list: penalties of a kind": [f"{kinds[0]}?kind={chance.choice(['警告', '暂扣许可证件'])}" for _ in range(count)],
        "list: document number": asked(number=lambda: f"泰演政处〔2024〕第{chance.randrange(10**6)}号"),
    }


def _addresses(count: str) -> dict[str, list[str]]:
    return addresses(int(count))


def _pages(count: str, only: str = "") -> dict[str, dict[str, float]]:
    """Every kind of page through Django's handler: milliseconds, and the number of queries."""
    from django.core.cache import cache
    from django.db import connection, reset_queries
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    found = {}
    for kind, several in addresses(int(count)).items():
        if only and not kind.startswith(only):
            continue

        def once(address: str) -> None:
            if address.endswith("#anew"):
                cache.clear()
            answer = client.get(address)
            if answer.status_code >= 400:
                raise SystemExit(f"{address}: {answer.status_code}")

        found[kind] = _timed(once, several)
        connection.force_debug_cursor = True
        reset_queries()
        once(several[0])
        found[kind]["queries"] = len(connection.queries)
        connection.force_debug_cursor = False
        print(kind, found[kind], file=sys.stderr, flush=True)
    return found


def _served(port: str, count: str) -> dict[str, dict[str, float]]:
    """The named pages over HTTP on loopback, one after the other over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port))

    def once(address: str) -> None:
        connection.request("GET", address)
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 400:
            raise SystemExit(f"{address}: {answer.status}")

    known = addresses(int(count))
    return {kind: _timed(once, known[kind]) for kind in NAMED}


def _timed(once: Callable[[str], None], several: Sequence[str]) -> dict[str, float]:
    for address in several[:WARM_UP]:
        once(address)
    times, processor = [], time.process_time()
    for address in several:
        started = time.perf_counter()
        once(address)
        times.append((time.perf_counter() - started) * 1000)
    spent = (time.process_time() - processor) * 1000 / len(several)
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    found = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(times), "processor": spent}
    return {name: round(value, 1) for name, value in found.items()}


if __name__ == "__main__":
    main(*sys.argv[1:])
