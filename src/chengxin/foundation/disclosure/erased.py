"""删除跟进。An act whose content is erased is missing no more, and its document number stands here no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
from django.db import connections, transaction
from django.db.models import Q

from chengxin.foundation.collection.models import RejectedRow
from chengxin.foundation.collection.settling import one_spelling
from chengxin.foundation.disclosure.models import OutstandingAct
from chengxin.foundation.disclosure.outstanding import strike
from chengxin.foundation.disclosure.types import SettledBy
from chengxin.kernel.instants import Instant
from chengxin.ledger.services import read_contents
from chengxin.policy import active

__all__ = ["ErasedOutstanding", "forget_rejected_row"]


class ErasedOutstanding:
    """Fills ``ledger.ports.erased_contents``."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Strike what is outstanding about these rows, and blank its number; on PostgreSQL dead rows are cleared after the commit."""
        rows = [said for said in read_contents(content_ids, using).values() if "_row" in said and "_item" in said]
        for said in rows:  # one by one: an erasure names a handful
            about = OutstandingAct.objects.using(using).filter(_about(said))
            strike(list(about.filter(settled_at=None).values_list("pk", flat=True)), SettledBy.ERASED, at)
            about.update(document_number="", number_key="")
        if rows and connections[using].vendor == "postgresql":
            transaction.on_commit(lambda: _forget(using), using=using)


def forget_rejected_row(rejected_row_id: int, at: Instant) -> None:
    """退回行的删除：the act at its place is missing no more, and its number stands here no more."""
    row = RejectedRow.objects.get(pk=rejected_row_id)
    about = OutstandingAct.objects.filter(submission_id=row.submission_id, sheet=row.sheet, row=row.row)
    strike(list(about.filter(settled_at=None).values_list("pk", flat=True)), SettledBy.ERASED, at)
    about.update(document_number="", number_key="")
    if connections["default"].vendor == "postgresql":
        transaction.on_commit(lambda: _forget("default"))


def _about(said: Mapping[str, str]) -> Q:
    item = active.policy_set().item(said["_item"])
    number = said.get(item.roles.get("document_number", ""), "")
    key = pl.select(one_spelling(pl.lit(number))).item()
    numbered = Q(item=item.number, number_key=key) if number else Q(pk__in=[])
    return numbered | Q(quarantined_row_id=int(said["_quarantined"])) if said.get("_quarantined") else numbered


def _forget(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM disclosure_outstandingact")
