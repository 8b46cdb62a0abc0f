"""信用主体的端口, filled by later sections in ``AppConfig.ready``."""

from __future__ import annotations

from collections.abc import Collection, Set
from typing import Protocol

from chengxin.kernel.instants import Instant
from chengxin.ledger.ports import Port


class ShownSubjects(Protocol):
    """可以示人的主体：which subjects outside the registry anybody may find, because something public is known of them."""

    def __call__(self, subject_ids: Collection[int], at: Instant) -> Set[int]:
        """Those of ``subject_ids`` that have a public record at ``at``."""
        ...


#: A subject outside the registry is found by the public only when one of those who fill this port shows it.
shown_subjects: Port[ShownSubjects] = Port("subjects.shown_subjects")
