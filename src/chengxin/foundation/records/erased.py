"""删除跟进。When the content of a record's version is erased, what its row repeats of it goes too; ids, hashes and standing stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import connections, transaction
from django.db.models import Exists, OuterRef

from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.subjects.forgetting import forget_subjects
from chengxin.kernel.instants import Instant
from chengxin.ledger.models import Content
from chengxin.ledger.services import read_contents

__all__ = ["ErasedRecords"]


class ErasedRecords:
    """Fills ``ledger.ports.erased_contents``."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Blank the document number of the versions with these contents, and forget the subjects that nothing else is about.

        On PostgreSQL the dead rows are cleared after the commit.
        """
        said = read_contents(content_ids, using).values()
        record_ids = sorted({int(each["_record"]) for each in said if each.get("_record", "").isdigit()})
        if not record_ids:
            return
        Record.objects.using(using).filter(pk__in=record_ids, content_id__in=content_ids).update(document_number="")
        RecordVersion.objects.using(using).filter(record_id__in=record_ids, content_id__in=content_ids).update(document_number="")
        subjects = {int(each["_subject"]) for each in said if each.get("_subject", "").isdigit()}
        forget_subjects(subjects - _needed(subjects, content_ids, using), using)
        if connections[using].vendor == "postgresql":
            transaction.on_commit(lambda: _forget(using), using=using)


def _needed(subject_ids: Collection[int], content_ids: Collection[int], using: str) -> set[int]:
    """Those of ``subject_ids`` of which a version is on record that is neither erased nor being erased now."""
    needed: set[int] = set()
    for model in (Record, RecordVersion):
        rows = model.objects.using(using).filter(subject_id__in=subject_ids).exclude(content_id__in=content_ids)
        lives = Content.objects.using(using).filter(pk=OuterRef("content_id"), erased_at=None)
        needed |= set(rows.filter(Exists(lives)).values_list("subject_id", flat=True).distinct())
    return needed


def _forget(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM records_record, records_recordversion")
