"""归集的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from chengxin.kernel.instants import Instant

#: Called with the id of a submission and the instant, inside the transaction that closes it, after its versions are swapped in.
OnClosing: TypeAlias = Callable[[int, Instant], None]

_on_closing: list[OnClosing] = []


def register_on_closing(listener: OnClosing) -> None:
    """Say what else happens when a submission closes (timeliness is counted)."""
    if listener not in _on_closing:
        _on_closing.append(listener)


def submission_closed(submission_id: int, at: Instant) -> None:
    """办结时：tell everyone who registered."""
    for listener in _on_closing:
        listener(submission_id, at)
