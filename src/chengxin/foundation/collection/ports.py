"""归集的端口：what else happens when a submission was read, closes or goes back, and when a row was decided about.

Later sections fill them in ``AppConfig.ready``. Each listener is called with an id and the instant, inside the transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from chengxin.kernel.instants import Instant

Listener: TypeAlias = Callable[[int, Instant], None]

_on_reading: list[Listener] = []
_on_closing: list[Listener] = []
_on_leaving: list[Listener] = []
_on_deciding: list[Listener] = []
_on_erasing: list[Listener] = []


def register_on_reading(listener: Listener) -> None:
    """Say what else happens when a submission was read to its end, or to where it was refused."""
    _register(_on_reading, listener)


def register_on_closing(listener: Listener) -> None:
    """Say what else happens when a submission closes, after its versions are swapped in (timeliness is counted)."""
    _register(_on_closing, listener)


def register_on_leaving(listener: Listener) -> None:
    """Say what else happens when a submission is returned or refused, before its rows leave the tables."""
    _register(_on_leaving, listener)


def register_on_deciding(listener: Listener) -> None:
    """Say what else happens when a person decided about a quarantined row."""
    _register(_on_deciding, listener)


def register_on_erasing(listener: Listener) -> None:
    """Say what else must be forgotten of a rejected row that is erased, while it still says its number."""
    _register(_on_erasing, listener)


def submission_read(submission_id: int, at: Instant) -> None:
    """读完时：tell everyone who registered."""
    _tell(_on_reading, submission_id, at)


def submission_closed(submission_id: int, at: Instant) -> None:
    """办结时：tell everyone who registered."""
    _tell(_on_closing, submission_id, at)


def submission_leaves(submission_id: int, at: Instant) -> None:
    """退回时：tell everyone who registered."""
    _tell(_on_leaving, submission_id, at)


def row_decided(row_id: int, at: Instant) -> None:
    """甄别时：tell everyone who registered."""
    _tell(_on_deciding, row_id, at)


def row_erased(rejected_row_id: int, at: Instant) -> None:
    """删除退回行时：tell everyone who registered."""
    _tell(_on_erasing, rejected_row_id, at)


def _register(listeners: list[Listener], listener: Listener) -> None:
    if listener not in listeners:
        listeners.append(listener)


def _tell(listeners: list[Listener], number: int, at: Instant) -> None:
    for listener in listeners:
        listener(number, at)
