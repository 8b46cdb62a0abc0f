"""``/metrics``：counts for Prometheus. Labels are names of views, methods and parts of the platform, never of people or subjects."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from chengxin.site import health

registry = CollectorRegistry()
requests = Counter("chengxin_requests", "Requests answered.", ["view", "method", "status"], registry=registry)
seconds = Histogram("chengxin_request_seconds", "Time to answer.", ["view"], registry=registry)


def count_request(view: str, method: str, status: int, took: float) -> None:
    """One request more."""
    requests.labels(view, method if method in _METHODS else "other", str(status)).inc()
    seconds.labels(view).observe(took)


class _State(Collector):
    """What is read from the database and the heartbeats when somebody asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        alive = GaugeMetricFamily("chengxin_part_alive", "Whether a part of the platform gave a sign lately.", labels=["part"])
        for part, state in health.parts().items():
            alive.add_metric([part], float(state.alive))
        yield alive
        for name, words, value in health.figures():
            yield GaugeMetricFamily(f"chengxin_{name}", words, value=value)


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@require_safe
def metrics(_request: HttpRequest) -> HttpResponse:
    """All of it, in the text form of Prometheus. Under ``serve`` the counts of all web workers together."""
    shown = registry
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        shown = CollectorRegistry()
        MultiProcessCollector(shown)  # type: ignore[no-untyped-call]
    state = CollectorRegistry()
    state.register(_State())
    return HttpResponse(generate_latest(shown) + generate_latest(state), content_type=CONTENT_TYPE_LATEST)
