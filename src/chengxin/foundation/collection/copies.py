"""同一行的副本：where else what a record says is written: entries of the ledger under its key, rows that wait, and files handed in.

An erasure asks rarely and must miss nothing: the ledger's contents are searched from end to end, and every file of the item in which a
row may have left no entry of its own is read again.
"""

# ruff: noqa: S608  (names in the SQL are constants)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Q

from chengxin.access import vault
from chengxin.access.models import VaultFile
from chengxin.foundation.collection.labels import header_finder, map_columns
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.readers import ROW, Limits, read
from chengxin.foundation.collection.settling import one_spelling
from chengxin.foundation.collection.standardising import standardised
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import date_of
from chengxin.ledger.services import read_contents
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem

_ROWS_AT_A_TIME: Final = 5_000
_SAYING: Final = ("records:record:collected", "records:record:updated", "collection:row:quarantined")


@dataclass(frozen=True)
class Identity:
    """认得出这一行的事实：what its versions say of the document and of whose it is, in one spelling. Empty sets: nothing is left."""

    item: CatalogueItem
    numbers: frozenset[str]
    names: frozenset[str]
    codes: frozenset[str]
    decided_on: frozenset[str]

    def said_in(self, rows: pl.DataFrame) -> pl.Series:
        """Which of ``rows`` (columns: the item's fields) are copies: the same document, about the same subject as far as it is told."""
        number, code = (_plain(rows, self.item.roles.get(role, "")) for role in ("document_number", "subject_code"))
        name, day = _plain(rows, self.item.roles["subject_name"]), _plain(rows, self.item.roles["decided_on"])
        document = number.is_in(list(self.numbers)) if self.numbers else day.is_in(list(self.decided_on))
        told = ((name == "") & (code == "")) if self.numbers else pl.Series([False]).new_from_index(0, rows.height)
        return document & (name.is_in(list(self.names)) | code.is_in(list(self.codes)) | told)

    def like_it(self, rows: pl.DataFrame) -> pl.Series:
        """Which of ``rows`` are about the same subject and the same day, whatever the number: they may be copies with a slip."""
        code, name = _plain(rows, self.item.roles.get("subject_code", "")), _plain(rows, self.item.roles["subject_name"])
        day = _plain(rows, self.item.roles["decided_on"])
        return day.is_in(list(self.decided_on)) & (name.is_in(list(self.names)) | code.is_in(list(self.codes)))


@dataclass(frozen=True)
class Place:
    """文件里的一处：a row of a submission's file; ``certain``: it is the row, not one that may be."""

    submission_id: int
    sheet: str
    row: int
    certain: bool = True


def contents_under_key(record: Record, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """Entries that say what this record says or said: its versions, also those that left the tables with a returned submission."""
    postgresql = connections[using].vendor == "postgresql"
    holds = "position(%s::bytea in payload) > 0" if postgresql else "instr(payload, %s) > 0"
    marks = ", ".join(["%s"] * len(_SAYING))
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM ledger_content WHERE payload IS NOT NULL AND event IN ({marks}) AND {holds} ORDER BY id",
            [*_SAYING, b'"_key":"%s"' % bytes(record.business_key).hex().encode()],
        )
        return [row[0] for row in cursor.fetchall()]


def identity_of(record: Record, content_ids: list[int]) -> Identity:
    """What is still known of the row."""
    item = active.policy_set().item(record.item)
    said = list(read_contents(content_ids).values())

    def told(role: str, *more: str) -> frozenset[str]:
        values = [*(each.get(item.roles.get(role, ""), "") for each in said), *more]
        return frozenset(_one_spelling([value for value in values if value]))

    subject = Subject.objects.filter(pk=record.subject_id).first()
    return Identity(
        item,
        told("document_number", record.document_number),
        told("subject_name", subject.name if subject else ""),
        told("subject_code", (subject.code if subject else "") or ""),
        told("decided_on", record.decided_on.isoformat()),
    )


def quarantined_copies(record: Record, identity: Identity) -> list[int]:
    """Contents of the rows that waited for a person and say the same: those that became this record, and those that became none."""
    versions = RecordVersion.objects.filter(record_id=record.pk).values_list("fingerprint", flat=True)
    fingerprints = {bytes(record.fingerprint), *map(bytes, versions)}
    fields = [field.code for field in identity.item.fields]
    found: list[int] = []
    last = 0
    among = QuarantinedRow.objects.filter(Q(record_id=None) | Q(record_id=record.pk), item=record.item).order_by("pk")
    while rows := list(among.filter(pk__gt=last)[:_ROWS_AT_A_TIME]):
        last = rows[-1].pk
        said = read_contents([row.content_id for row in rows])
        live = [row for row in rows if row.content_id in said]
        frame = pl.DataFrame(
            [{code: said[row.content_id].get(code, "") for code in fields} for row in live], schema=dict.fromkeys(fields, pl.String)
        )
        same = identity.said_in(frame)
        found += [
            row.content_id
            for row, is_same in zip(live, same, strict=True)
            if is_same or row.record_id == record.pk or bytes(row.fingerprint) in fingerprints
        ]
    return found


def submissions_to_read(identity: Identity, known: set[int]) -> list[Submission]:
    """Submissions of the item whose raw file is still there and in which a row may have left no entry: equal to what is on record,
    rejected, waiting already, or not read to the end."""
    without_entry = Q(unchanged__gt=0) | Q(rejected__gt=0) | Q(quarantined__gt=0) | ~Q(rows=F("accepted") + F("updated"))
    unfinished = Q(state__in=[SubmissionState.REFUSED, SubmissionState.READING])
    kept = VaultFile.objects.filter(wrapped_key__isnull=False).values("sha256")
    found = Submission.objects.filter(without_entry | unfinished, item=identity.item.number, file_sha256__in=kept)
    return list(found.exclude(pk__in=known).order_by("pk"))


def places_in(submission: Submission, identity: Identity) -> Iterator[Place]:
    """Where the row stands in the raw file, and where one stands that may be it. Refused if the file cannot be read."""
    policy, item = active.policy_set(), identity.item
    limits = Limits.of(policy, date_of(submission.received_at))
    with vault.open_file(submission.file_sha256) as file:
        for chunk in read(file, file_name=submission.file_name, limits=limits, find_header=header_finder(item)):
            columns = map_columns(chunk.columns, item, policy)
            for part in chunk.frame.iter_slices(_ROWS_AT_A_TIME):
                rows, _ = standardised(part, chunk, columns, item, policy)
                same = identity.said_in(rows)
                yield from (Place(submission.pk, chunk.sheet, row) for row in rows.filter(same)[ROW])
                alike = rows.filter(identity.like_it(rows) & ~same)[ROW]
                yield from (Place(submission.pk, chunk.sheet, row, certain=False) for row in alike)


def _plain(rows: pl.DataFrame, field: str) -> pl.Series:
    if field not in rows.columns:
        return pl.Series([""], dtype=pl.String).new_from_index(0, rows.height)
    return rows.select(one_spelling(pl.col(field).fill_null(""))).to_series()


def _one_spelling(values: list[str]) -> Mapping[str, None]:
    spelt = pl.DataFrame({"value": pl.Series(values, dtype=pl.String)}).select(one_spelling(pl.col("value"))).to_series()
    return dict.fromkeys(value for value in spelt if value)
