"""删除跟进。When a row must be erased, the raw file in which it stood goes, its annotated workbook, and what remarks repeat of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connections, transaction
from django.db.models import Q

from chengxin.foundation.collection.models import RejectedRow, RowRemark, Submission
from chengxin.foundation.collection.retention import erase_raw_file
from chengxin.foundation.subjects.models import CandidatePair
from chengxin.kernel.instants import Instant
from chengxin.ledger.services import read_contents
from chengxin.policy import active

__all__ = ["ErasedRows"]


class ErasedRows:
    """Fills ``ledger.ports.erased_contents``."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Destroy the keys of the files that the rows with these contents came in; blank the values told in remarks about them.

        Other rows of the same file stay on record: they are entries of their own.
        """
        rows = [said for said in read_contents(content_ids, using).values() if "_row" in said and "_submission" in said]
        if not rows:
            return
        for submission in Submission.objects.using(using).filter(pk__in={int(said["_submission"]) for said in rows}).order_by("pk"):
            erase_raw_file(submission, because, at)
        for said in rows:  # one by one: an erasure names a handful
            place = {"submission_id": int(said["_submission"]), "sheet": said.get("_sheet", ""), "row": int(said["_row"])}
            RowRemark.objects.using(using).filter(**place).update(value="", detail="")
            RejectedRow.objects.using(using).filter(_handed_in_before(said)).update(document_number="", decided_on=None)
        waited = [int(said["_quarantined"]) for said in rows if said.get("_quarantined", "").isdigit()]
        CandidatePair.objects.using(using).filter(quarantined_row_id__in=waited).update(features=[])  # their sentences quote names
        if connections[using].vendor == "postgresql":
            transaction.on_commit(lambda: _forget(using), using=using)


def _handed_in_before(said: Mapping[str, str]) -> Q:
    """Rejected rows of the same document: it was sent back before it was taken, so it is missing no more."""
    item = active.policy_set().item(said["_item"])
    number = said.get(item.roles.get("document_number", ""), "")
    return Q(item=item.number, document_number=number) if number else Q(pk__in=[])


def _forget(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM collection_rowremark, collection_rejectedrow, subjects_candidatepair")
