"""预警看的事实：records that standing counts now, by canonical subject. One statement whatever the number of subjects.

What is withdrawn, restored, held, expired, or in a submission that is not closed is not here: standing decides what counts, not a
rule. Natural persons are not warned about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from chengxin.foundation.records.types import SourceClass
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.instants import Instant
from chengxin.storage.temporary import read_frame, temporary_join

SCHEMA: Final = {
    **{"subject_id": pl.Int64, "record_id": pl.Int64, "item": pl.Int16, "severity": pl.Int16, "outcome": pl.Int16},
    **{"authority_id": pl.Int64, "decided_on": pl.Date, "received_at": pl.Int64, "effective_until": pl.Int64},
    **{"document_number": pl.String, "content_id": pl.Int64},
}
_CLASSES: Final = ", ".join(str(int(each)) for each in (SourceClass.PUBLIC, SourceClass.COURT))
_RECORDS: Final = """
    SELECT s.canonical_id, r.id, r.item, r.severity, r.act_outcome, r.authority_id, r.decided_on, r.received_at, r.effective_until,
           r.document_number, r.content_id
    FROM records_record r
    JOIN subjects_subject s ON s.id = r.subject_id
    JOIN collection_submission b ON b.id = r.submission_id AND b.closed_at <= %s
    WHERE r.item IN ({items}) AND r.counted_from <= %s AND r.counted_until > %s AND s.kind <> {person} AND r.source_class IN ({classes})
"""
#: A subject and whoever was judged to be it: the second half is looked up in the small index of merged subjects.
_MEMBERS: Final = """
    SELECT g.subject_id, g.subject_id FROM {given} g
    UNION ALL
    SELECT g.subject_id, s.id FROM {given} g JOIN subjects_subject s ON s.canonical_id = g.subject_id AND s.canonical_id <> s.id
"""
_OFFICES: Final = """
    SELECT g.subject_id, o.person FROM {given} g JOIN subjects_subjectoffice o ON o.subject_id = g.member_id
    WHERE o.person IS NOT NULL AND o.valid_from <= %s AND o.valid_until > %s
"""
_DIVISIONS: Final = "SELECT g.subject_id, s.division FROM {given} g JOIN subjects_subject s ON s.id = g.subject_id"


def counted_records(
    items: Sequence[int],
    at: Instant,
    *,
    since: date | None = None,
    severities: Sequence[int] = (),
    ending: tuple[Instant, Instant] | None = None,
) -> pl.DataFrame:
    """计入评价的记录 of these items; ``since``: decided on this day or later; ``ending``: in effect, and ending after the first instant and
    no later than the second. Columns :data:`SCHEMA`, by subject, then newest first."""
    sql = _RECORDS.format(items=", ".join(str(int(each)) for each in items), classes=_CLASSES, person=int(SubjectKind.NATURAL_PERSON))
    given: list[object] = [at, at, at]
    if since is not None:
        sql, given = f"{sql} AND r.decided_on >= %s", [*given, since]
    if severities:
        sql += f" AND r.severity IN ({', '.join(str(int(each)) for each in severities)})"
    if ending is not None:
        sql += " AND r.effective_from <= %s AND r.effective_until > %s AND r.effective_until <= %s"
        given += [at, *ending]
    found = read_frame(sql, SCHEMA, parameters=given)
    return found.sort(["subject_id", "decided_on", "record_id"], descending=[False, True, True])


def members_of(subject_ids: Sequence[int]) -> pl.DataFrame:
    """These canonical subjects and whoever was judged to be one of them: subject_id, member_id."""
    given = pl.DataFrame({"subject_id": subject_ids}, schema={"subject_id": pl.Int64})
    return temporary_join(given, _MEMBERS, {"subject_id": pl.Int64, "member_id": pl.Int64})


def persons_in_office(subject_ids: Sequence[int], at: Instant) -> pl.DataFrame:
    """在任责任人 of these subjects, on record: subject_id and the person's blind index. Who is known by name only is not here."""
    schema = {"subject_id": pl.Int64, "person": pl.Binary}
    found = temporary_join(members_of(subject_ids), _OFFICES, schema, parameters=[at, at])
    return found.unique(maintain_order=False).sort("subject_id", "person")


def divisions_of(subject_ids: Sequence[int]) -> pl.DataFrame:
    """区划 of these subjects: subject_id, division ("" where unknown)."""
    given = pl.DataFrame({"subject_id": subject_ids}, schema={"subject_id": pl.Int64})
    return temporary_join(given, _DIVISIONS, {"subject_id": pl.Int64, "division": pl.String})
