"""全部资料：everything the platform holds about a firm, as one JSON document that a machine can read, written as it is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet

from chengxin.access.marks import Mark
from chengxin.access.models import Mandate, ReadQuestion
from chengxin.access.subject_reads import ReadShown, every_read_about, reads_about
from chengxin.casework.models import Case, CaseDeadline, CaseDocument, CasePerson, CaseStep, Notice
from chengxin.casework.standing import key_of_subject
from chengxin.during_event.evaluation.models import EvaluationGrade, ExternalEvaluation, ReviewRequest
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Hold, Record, RecordAct, RecordUse, RecordVersion, StandingHistory
from chengxin.foundation.records.showing import shown_records
from chengxin.foundation.subjects.models import Judgement, Subject, SubjectIdentifier, SubjectOffice
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import Instant, utc_text
from chengxin.ledger.services import read_contents
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem, FieldKind
from chengxin.rights.remedies.models import Retraction, RetractionReceipt

ROWS_AT_A_TIME: Final = 500
#: Columns that say nothing to anybody outside: keyed hashes.
_LEFT_OUT: Final = frozenset({"business_key", "fingerprint"})


def everything_about(subject: Subject, at: Instant, mark: Mark) -> Iterator[str]:
    """The document, in pieces: who took it, then one object of lists.

    Sealed fields (numbers of persons) are not in it: they are read with a purpose.
    """
    members = member_ids(subject.pk)
    said: dict[str, Any] = {
        "format": "chengxin-own-file/1",
        "at": utc_text(at),
        "subject": subject.code or str(subject.pk),
        "name": subject.name,
    }
    said["taken"] = {"number": mark.number, "by": mark.who, "at": utc_text(mark.at), "mark": mark.line}
    said["reads_delayed"] = reads_about(subject.pk, at, limit=1).delayed  # how many lines of "reads" come later, by law
    yield json.dumps(said, ensure_ascii=False)[:-1]
    for name, rows in _lists(subject.pk, members, at):
        yield f',\n"{name}": ['
        first = True
        for row in rows:
            yield ("" if first else ",") + "\n" + json.dumps(row, ensure_ascii=False, cls=DjangoJSONEncoder)
            first = False
        yield "]"
    yield "}\n"


def _lists(subject_id: int, members: Iterable[int], at: Instant) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    members = list(members)
    records = Record.objects.filter(subject_id__in=members).exclude(submission_id__in=ports.open_submissions())
    numbers = records.values("pk")
    in_its_name = CasePerson.objects.filter(person__in=[key_of_subject(each) for each in members]).values("case_id")
    cases = Case.objects.filter(Q(subject_id__in=members) | Q(pk__in=in_its_name))
    yield "subjects", _rows(Subject.objects.filter(pk__in=members))
    yield "identifiers", _rows(SubjectIdentifier.objects.filter(subject_id__in=members))
    yield "offices", _rows(SubjectOffice.objects.filter(subject_id__in=members), leave="sealed")
    yield "judgements", _rows(Judgement.objects.filter(left_id__in=members) | Judgement.objects.filter(right_id__in=members))
    yield "records", _records(records, at)
    closed = RecordVersion.objects.exclude(submission_id__in=ports.open_submissions())  # what is not checked yet is seen by nobody
    yield "former_versions", _rows(closed.filter(record_id__in=numbers))
    yield "acts", _rows(RecordAct.objects.filter(record_id__in=numbers))
    yield "holds", _rows(Hold.objects.filter(record_id__in=numbers))
    yield "standing_history", _rows(StandingHistory.objects.filter(record_id__in=numbers))
    yield "uses", _rows(RecordUse.objects.filter(record_id__in=numbers))
    yield "retractions", _rows(Retraction.objects.filter(record_id__in=numbers))
    yield "receipts", _rows(RetractionReceipt.objects.filter(retraction__record_id__in=numbers))
    yield "cases", _rows(cases)
    yield "case_steps", _rows(CaseStep.objects.filter(case__in=cases), leave="person")
    yield "case_documents", _rows(CaseDocument.objects.filter(case__in=cases), leave="person")
    yield "case_deadlines", _rows(CaseDeadline.objects.filter(case__in=cases))
    told = Q(to_kind="subject", to_key__in=[str(each) for each in members])
    told |= Q(to_kind="person", to_key__in=[key_of_subject(each) for each in members])
    yield "notices", _rows(Notice.objects.filter(told))
    yield "grades", _rows(EvaluationGrade.objects.filter(subject_id__in=members))
    yield "grades_from_outside", _rows(ExternalEvaluation.objects.filter(subject_id__in=members))
    yield "reviews", _rows(ReviewRequest.objects.filter(subject_id__in=members))
    yield "mandates", _rows(Mandate.objects.filter(subject_id__in=members))
    yield "reads", (_read(each) for each in every_read_about(subject_id, at))
    yield "read_questions", _rows(ReadQuestion.objects.filter(subject_id__in=members))


def _read(line: ReadShown) -> dict[str, Any]:
    """谁看过 as the page says it; its questions are a list of their own."""
    words = ("id", "office", "who", "role", "purpose", "matter", "kind", "what")
    return {name: getattr(line, name) for name in words} | {"at": utc_text(line.at)}


def _rows(found: QuerySet[Any, Any], leave: str = "") -> Iterator[dict[str, Any]]:
    row: Model
    for row in found.order_by("pk").iterator(ROWS_AT_A_TIME):
        said = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.attname not in _LEFT_OUT}
        yield {name: value for name, value in said.items() if name != leave and not isinstance(value, bytes | memoryview)}


def _records(found: QuerySet[Record, Record], at: Instant) -> Iterator[dict[str, Any]]:
    """Records with all that they say but sealed fields, and their standing on every surface."""
    policy = active.policy_set()
    after = 0
    while rows := list(found.filter(pk__gt=after).order_by("pk")[:ROWS_AT_A_TIME]):
        after = rows[-1].pk
        contents = read_contents([row.content_id for row in rows])
        words = {each.id: each for each in shown_records(rows, policy, at)}
        for row, plain in zip(rows, _rows(Record.objects.filter(pk__in=[row.pk for row in rows])), strict=True):
            said = contents.get(row.content_id)
            shown = words.get(row.pk)
            yield plain | {
                "item_id": policy.item(row.item).id,
                "fields": _fields(said, policy.item(row.item)) if said else None,
                "because_words": shown.because.label if shown else "",
                "disputed": shown.disputed if shown else "",
            }


def _fields(said: dict[str, Any], item: CatalogueItem) -> dict[str, str]:
    sealed = {field.code for field in item.fields if field.sealed or field.kind is FieldKind.ID_NUMBER}
    return {code: value for code, value in said.items() if code not in sealed and not code.startswith("_")}
