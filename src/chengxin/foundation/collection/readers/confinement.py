"""收紧。Takes away from the reading process what a parser does not need; every step is one way only."""

from __future__ import annotations

import resource
from pathlib import Path

from chengxin.foundation.collection.readers.types import Limits


def confine(limits: Limits) -> None:
    """Bounded memory and processor time, no file written, no core dumped."""
    confine_memory(limits.reading_memory)
    # At the first limit the kernel says which one it was (SIGXCPU), at the second it only kills.
    _lower(resource.RLIMIT_CPU, limits.reading_cpu_seconds, limits.reading_cpu_seconds + 5)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)


def confine_memory(more: int) -> None:
    """At most ``more`` bytes of address space beyond what the process has now."""
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_AS, has + more)


def _lower(which: int, value: int, last: int | None = None) -> None:
    _, hard = resource.getrlimit(which)
    ceiling = (last or value) if hard == resource.RLIM_INFINITY else min(last or value, hard)
    resource.setrlimit(which, (min(value, ceiling), ceiling))
