"""查看留痕入账。Rows of sealed reads become leaves of the ledger, once a second, by its one sequencer."""

from __future__ import annotations

from collections.abc import Sequence

from chengxin.access.models import SealedRead
from chengxin.kernel.canonical import canonical_bytes

EVENT = "access:sealed_field:read"


class SealedReadLeaves:
    """Fills ``ledger.ports.pending_leaves``."""

    event = EVENT

    def take(self, limit: int) -> tuple[Sequence[int], Sequence[bytes]]:
        """The oldest reads without a leaf. What was read is named by its content and field; the value is nowhere."""
        rows = SealedRead.objects.filter(leaf_content_id=None).select_related("account", "department").order_by("id")
        taken = list(rows.select_for_update(of=("self",))[:limit])
        return [row.pk for row in taken], [canonical_bytes(_content(row)) for row in taken]

    def mark(self, row_ids: Sequence[int], content_ids: Sequence[int]) -> None:
        """Which content each read became."""
        rows = [SealedRead(pk=row, leaf_content_id=content) for row, content in zip(row_ids, content_ids, strict=True)]
        SealedRead.objects.bulk_update(rows, ["leaf_content_id"], batch_size=1000)


def _content(row: SealedRead) -> dict[str, str]:
    return {
        "_event": EVENT,
        "_at": str(row.at),
        "_account": str(row.account_id or ""),
        "_department": row.department.code if row.department else "",
        "_purpose": row.purpose,
        "_matter": row.matter,
        "_content": str(row.content_id),
        "_field": row.field,
    }
