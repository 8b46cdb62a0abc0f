"""整条删除：what a record says is erased wherever a copy of it stands, in one transaction, and an entry lists what was done.

Every version (also those that went with a returned submission), rows that waited for a person, the names by which a subject was known
that nothing else is about, and the raw file with the annotated workbook of every submission that carried the row, also one that was
handed in again unchanged and one that was sent back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connections, transaction

from chengxin.foundation.collection.copies import (
    Identity,
    Place,
    contents_under_key,
    identity_of,
    places_in,
    quarantined_copies,
    submissions_to_read,
)
from chengxin.foundation.collection.models import RejectedRow, RowRemark, Submission
from chengxin.foundation.collection.retention import erase_raw_file
from chengxin.foundation.collection.row_erasing import erase_rejected_row
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.subjects.models import SubjectIdentifier
from chengxin.foundation.subjects.types import IdentifierKind
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.ledger.models import Content
from chengxin.ledger.ports import ErasedCopy
from chengxin.storage.transactions import in_turn, writing

ERASED_WHOLE: Final = "collection:record:erased"
_TITLES: Final = {
    "records:record:collected": "记录的版本",
    "records:record:updated": "记录的版本",
    "collection:row:quarantined": "待甄别的行",
    "subjects:name:recorded": "主体的已知名称",
}


@dataclass
class _Found:
    contents: list[int]
    places: list[Place] = field(default_factory=list)
    unread: list[Submission] = field(default_factory=list)
    alike: list[Place] = field(default_factory=list)


class WholeRecordErasure:
    """Fills ``ledger.ports.whole_records``."""

    def erase(self, record_id: int, because: str, at: Instant) -> Sequence[ErasedCopy]:
        """整条删除, with the refusals of :func:`erase_whole_record`."""
        return erase_whole_record(record_id=record_id, because=because, at=at)

    def erase_row(self, submission_id: int, row: int, because: str, at: Instant) -> Sequence[ErasedCopy]:
        """删除退回的一行, with the refusals of :func:`~.row_erasing.erase_rejected_row`."""
        return erase_rejected_row(submission_id=submission_id, row=row, because=because, at=at)


def erase_whole_record(*, record_id: int, because: str, at: Instant, while_reading: bool = False) -> list[ErasedCopy]:
    """整条删除：everything that says what the record says; returns what was erased, and which files nobody could read (``kind``
    ``unread``: look at them by hand).

    Refused without a reason, NotFound for an unknown record, Conflict while a file of the item is being read, unless ``while_reading``
    (a restored copy: nobody reads yet).
    """
    if not because.strip():
        raise Refused("erasure-without-reason", "删除账本内容必须写明理由。", "请说明依据，例如法院裁定或本人请求的文号。")
    record = Record.objects.filter(pk=record_id).first()
    if record is None:
        raise NotFound("no-such-record", f"没有编号为 {record_id} 的记录。", "核对记录编号。")
    if not while_reading and Submission.objects.filter(item=record.item, state=SubmissionState.READING).exists():
        raise Conflict("still-reading", "这类事项正有一份报送在核对，其中可能也有这一行。", "等它核对完，再删除。")
    found = _search(record)
    carried = _submissions_of(found)
    with writing():
        in_turn()
        done = _told(found, carried)
        ledger.erase(found.contents, because, at)
        for submission in carried:
            erase_raw_file(submission, because, at)
        _blank(found.places)
        ledger.record_event(ERASED_WHOLE, _said(record_id, because, at, found, carried))
    return done


def erased_wholes() -> list[tuple[int, str, Instant]]:
    """已整条删除的记录：(record, because, at), for a restored older copy to erase them again."""
    contents = Content.objects.filter(event=ERASED_WHOLE).order_by("id").values_list("id", flat=True)
    said = ledger.read_contents(list(contents))
    return [(int(each["_record"]), each["_because"], int(each["_at"])) for _, each in sorted(said.items())]


def _search(record: Record) -> _Found:
    versions = RecordVersion.objects.filter(record_id=record.pk).values_list("content_id", flat=True)
    ids = sorted({record.content_id, *versions, *contents_under_key(record)})
    identity = identity_of(record, ids)
    ids += [each for each in quarantined_copies(record, identity) if each not in ids]
    ids += _known_names(record)
    found = _Found([each for each in ids if Content.objects.filter(pk=each, erased_at=None).exists()])
    for submission in submissions_to_read(identity, set()):
        _look_into(submission, identity, found)
    return found


def _look_into(submission: Submission, identity: Identity, found: _Found) -> None:
    try:
        places = list(places_in(submission, identity))
    except Refused:
        found.unread.append(submission)
        return
    found.places += [place for place in places if place.certain]
    rejected = set(RejectedRow.objects.filter(submission=submission).values_list("sheet", "row"))
    found.alike += [place for place in places if not place.certain and (place.sheet, place.row) in rejected]


def _known_names(record: Record) -> list[int]:
    """Entries about names of a subject that no other record is about."""
    if Record.objects.filter(subject_id=record.subject_id).exclude(pk=record.pk).exists():
        return []
    known = SubjectIdentifier.objects.filter(subject_id=record.subject_id, kind=IdentifierKind.KNOWN_NAME.value)
    return sorted(known.values_list("content_id", flat=True))


def _submissions_of(found: _Found) -> list[Submission]:
    said = ledger.read_contents(found.contents).values()
    ids = {int(each["_submission"]) for each in said if "_row" in each and "_submission" in each}
    return list(Submission.objects.filter(pk__in=ids | {place.submission_id for place in found.places}).order_by("pk"))


def _told(found: _Found, carried: Sequence[Submission]) -> list[ErasedCopy]:
    events = dict(Content.objects.filter(pk__in=found.contents).values_list("id", "event"))
    said = ledger.read_contents(found.contents)
    copies = [
        ErasedCopy(_kind(events[each]), _TITLES[events[each]], content=each, submission=int(said[each].get("_submission", "0")))
        for each in found.contents
    ]
    copies += [ErasedCopy("file", "原始文件", submission=each.pk, file=each.file_sha256) for each in carried]
    copies += [ErasedCopy("remark", f"第 {each.row} 行的说明", submission=each.submission_id) for each in found.places]
    copies += [
        ErasedCopy("alike", f"第 {each.row} 行：同一主体、同一天、另一文书号", submission=each.submission_id, row=each.row)
        for each in found.alike
    ]
    return copies + [ErasedCopy("unread", "读不了，须人工查看", submission=each.pk, file=each.file_sha256) for each in found.unread]


def _kind(event: str) -> str:
    return {"collection:row:quarantined": "quarantined", "subjects:name:recorded": "name"}.get(event, "version")


def _blank(places: Sequence[Place]) -> None:
    for place in places:
        row = {"submission_id": place.submission_id, "sheet": place.sheet, "row": place.row}
        RowRemark.objects.filter(**row).update(value="", detail="")
        RejectedRow.objects.filter(**row).update(document_number="", decided_on=None)
    if places and connections["default"].vendor == "postgresql":
        transaction.on_commit(_forget)


def _forget() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("VACUUM collection_rowremark, collection_rejectedrow")


def _said(record_id: int, because: str, at: Instant, found: _Found, carried: Sequence[Submission]) -> dict[str, str]:
    return {
        "_record": str(record_id),
        "_because": because,
        "_at": str(at),
        "_contents": ",".join(map(str, found.contents)),
        "_submissions": ",".join(str(each.pk) for each in carried),
        "_rows": ",".join(f"{each.submission_id}:{each.row}" for each in found.places),
        "_unread": ",".join(str(each.pk) for each in found.unread),
    }
