"""删除跟进。When the content of an entry is erased, its boxes and blind indexes go with it: nothing is left to open or to look up."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections, transaction

from chengxin.access.models import SealedIndex
from chengxin.kernel.instants import Instant

__all__ = ["ErasedSealedFields"]


class ErasedSealedFields:
    """Fills ``ledger.ports.erased_contents``."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Overwrite the boxes and indexes; on PostgreSQL the dead rows are cleared once the erasure is committed."""
        rows = SealedIndex.objects.using(using).filter(content_id__in=content_ids)
        if not rows.exists():
            return
        rows.update(box=None, blind=b"")
        if connections[using].vendor == "postgresql":
            transaction.on_commit(lambda: _forget(using), using=using)


def _forget(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM access_sealedindex")
