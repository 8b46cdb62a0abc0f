"""可以公开的条目。The sealing of a draw's list may be shown to anybody, content and salt, from the moment it is in the ledger."""

from __future__ import annotations

from chengxin.during_event.inspection.models import Draw
from chengxin.kernel.instants import Instant


class DrawContents:
    """The entries by which lists were sealed; they hold counts and hashes only."""

    def content_of(self, record_id: int) -> int | None:
        """Draws are no records."""
        return None

    def may_show(self, content_id: int, at: Instant) -> bool:
        """At once: that the list was sealed before the numbers were opened is seen best by who looks before."""
        return Draw.objects.filter(content_id=content_id, committed_at__lte=at).exists()
