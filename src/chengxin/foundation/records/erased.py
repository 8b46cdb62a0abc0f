"""删除跟进。When the content of a record's current version is erased, its standing ends on every surface, as if the office had done it;
what the row repeats of the content goes too. Ids and hashes stay."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Exists, OuterRef

from chengxin.foundation.records.contents import record_rows
from chengxin.foundation.records.models import Record, RecordAct, RecordVersion
from chengxin.foundation.records.ports import followers
from chengxin.foundation.records.rewriting import fresh_standings, standing_text, write_standings
from chengxin.foundation.records.types import ActVerb
from chengxin.foundation.subjects.forgetting import forget_subjects, forget_told
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant
from chengxin.ledger.models import Content
from chengxin.ledger.services import allocate_content_ids, append, prepare, read_contents
from chengxin.policy import active

__all__ = ["ErasedRecords"]

#: Who ended the standing where no office said so: whoever may erase contents of the ledger.
BY_LEDGER: Final = "ledger"


class ErasedRecords:
    """Fills ``ledger.ports.erased_contents``."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """End the standing of the records that say this now, blank the document number of these versions, and forget the subjects
        that nothing else is about.

        On PostgreSQL the dead rows are cleared after the commit.
        """
        said = read_contents(content_ids, using).values()
        record_ids = sorted({int(each["_record"]) for each in said if each.get("_record", "").isdigit()})
        if not record_ids:
            return
        _end_standing(content_ids, record_ids, because, at, using)
        Record.objects.using(using).filter(pk__in=record_ids, content_id__in=content_ids).update(document_number="")
        RecordVersion.objects.using(using).filter(record_id__in=record_ids, content_id__in=content_ids).update(document_number="")
        subjects = {int(each["_subject"]) for each in said if each.get("_subject", "").isdigit()}
        needed = _needed(subjects, content_ids, using)
        forget_subjects(subjects - needed, using)
        if needed:
            forget_told(needed - _needed(needed, content_ids, using, _registry()), using)
        if connections[using].vendor == "postgresql":
            transaction.on_commit(lambda: _forget(using), using=using)


def _end_standing(content_ids: Sequence[int], record_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
    """An act of its own for every record that now says what is erased, unless the office has erased the record itself."""
    current = Record.objects.using(using).select_for_update().filter(pk__in=record_ids, content_id__in=content_ids)
    done = RecordAct.objects.using(using).filter(record_id__in=record_ids, verb=ActVerb.ERASED).values("record_id")
    ended = list(current.exclude(pk__in=done).order_by("pk").values_list("pk", flat=True))
    if not ended:
        return
    said = {"effective_at": at, "at": at, "by": BY_LEDGER, "because": because}
    entries = dict(zip(ended, allocate_content_ids(len(ended), using), strict=True))
    RecordAct.objects.using(using).bulk_create(
        RecordAct(record_id=record_id, verb=ActVerb.ERASED, content_id=content_id, data={}, **said)
        for record_id, content_id in entries.items()
    )
    fresh = fresh_standings(record_rows(ended, using), active.policy_set())
    write_standings(fresh, at, using)
    if using == DEFAULT_DB_ALIAS:
        for _, each in followers.items():
            each.followed(ended, ActVerb.ERASED, because, at)
        fresh = fresh_standings(record_rows(ended, using), active.policy_set())  # what followed may have ended a hold
    event = f"records:record:{ActVerb.ERASED}"
    common = {"_event": event, "_because": because, "_by": BY_LEDGER, "_at": str(at)}
    stands = {int(row["id"]): standing_text(row) for row in fresh.iter_rows(named=True)}
    payloads = [canonical_bytes({**common, "_record": str(record_id), **stands[record_id]}) for record_id in entries]
    append(prepare(event, payloads, list(entries.values())), using)


def _registry() -> frozenset[int]:
    return frozenset(item.number for item in active.policy_set().catalogue.values() if item.group == "registry")


def _needed(subject_ids: Collection[int], content_ids: Collection[int], using: str, items: frozenset[int] = frozenset()) -> set[int]:
    """Those of ``subject_ids`` of which a version (of a record of ``items``) is on record that is neither erased nor being erased now."""
    needed: set[int] = set()
    for model in (Record, RecordVersion):
        rows = model.objects.using(using).filter(subject_id__in=subject_ids).exclude(content_id__in=content_ids)
        if items:
            among = Record.objects.using(using).filter(item__in=items, subject_id__in=subject_ids).values("id")
            rows = rows.filter(**{"pk__in" if model is Record else "record_id__in": among})
        lives = Content.objects.using(using).filter(pk=OuterRef("content_id"), erased_at=None)
        needed |= set(rows.filter(Exists(lives)).values_list("subject_id", flat=True).distinct())
    return needed


def _forget(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM records_record, records_recordversion")
