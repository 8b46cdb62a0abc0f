"""信用记录的接口：subjects, their records, one record, its former versions. Only what is public now, whatever day is asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chengxin.access.caller import caller_of
from chengxin.foundation.records import queries, schemas
from chengxin.foundation.records.showing import ShownRecord, is_natural_person, shown_records, shown_versions
from chengxin.foundation.records.subject_overview import counts_of_subjects
from chengxin.foundation.records.types import Surface
from chengxin.foundation.records.uses import Channel, note_uses
from chengxin.foundation.subjects import search
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.policy import active

router = Router(tags=["信用记录"])

MOST_SUBJECTS = 50
MOST_RECORDS = 200
#: What is public now may not be so in a second: nobody keeps an answer without asking again.
FRESH = "no-cache"


class Paging(Schema):
    """翻页。"""

    limit: int = Field(50, ge=1, le=MOST_RECORDS, description="一页多少条，至多 200")
    cursor: str = Field("", max_length=200, description="上一页给出的 next_cursor；第一页不填")


class SubjectRecordsAsked(Paging):
    """要哪些记录。"""

    item: str = Field("", max_length=64, description="只要这一类事项，如 administrative_penalty")
    as_of: date | None = Field(None, description="只看这一天（含）以前已知、今天仍公示的")


class NameAsked(Schema):
    """要找谁。"""

    q: str = Field(min_length=2, max_length=100, description="名称的一部分（至少两个字），或代码的开头")


class DocumentAsked(Schema):
    """要找哪份文书。"""

    document_number: str = Field(min_length=2, max_length=128, description="文书号，全文")


@router.get("/subjects", response=schemas.SubjectsFound, summary="按名称的一部分或代码查找主体", operation_id="find_subjects")
def find_subjects(request: HttpRequest, response: HttpResponse, asked: Query[NameAsked]) -> dict[str, Any]:
    """自然人查不到。"""
    response["Cache-Control"] = FRESH
    at = clock.now()
    found = search.find_subjects(asked.q.strip(), MOST_SUBJECTS, at)
    subjects = {subject.pk: subject for subject in Subject.objects.filter(pk__in=[each.id for each in found])}
    counts = counts_of_subjects(list(subjects), Surface.PUBLIC, at)
    return {"subjects": [_subject_out(subjects[each.id], counts[each.id]) for each in found if each.id in subjects]}


@router.get("/subjects/{code}", response=schemas.SubjectOut, summary="取一个主体", operation_id="get_subject")
def get_subject(request: HttpRequest, code: str, response: HttpResponse) -> dict[str, Any]:
    """``code``：统一社会信用代码，或主体编号。被判定为同一主体的，给出合并后的那一个。"""
    response["Cache-Control"] = FRESH
    at = clock.now()
    subject = _subject(code, at)
    return _subject_out(subject, queries.counts_by_item(subject.pk, Surface.PUBLIC, at))


@router.get("/subjects/{code}/records", response=schemas.RecordPage, summary="取一个主体公示中的记录", operation_id="get_subject_records")
def get_subject_records(request: HttpRequest, code: str, response: HttpResponse, asked: Query[SubjectRecordsAsked]) -> dict[str, Any]:
    """按作出日期从新到旧。"""
    response["Cache-Control"] = FRESH
    at, policy = clock.now(), active.policy_set()
    number = policy.item(asked.item).number if asked.item else None
    as_of = _instant(asked.as_of, at)
    page = queries.page_of_subject(_subject(code, at).pk, at, item=number, as_of=as_of, cursor=asked.cursor, limit=asked.limit)
    shown = shown_records(page.records, policy, at)
    _note(request, shown, at)
    _say_when_gone(response, [record.public_until for record in page.records])
    return {"records": [schemas.record_out(record) for record in shown], "next_cursor": page.next_cursor}


@router.get("/records", response=schemas.RecordPage, summary="按文书号查公示中的记录", operation_id="find_records")
def find_records(request: HttpRequest, response: HttpResponse, asked: Query[DocumentAsked]) -> dict[str, Any]:
    """括号写法不同的视为相同。"""
    response["Cache-Control"] = FRESH
    at = clock.now()
    rows = queries.by_document_number(asked.document_number, at)
    shown = shown_records(rows, active.policy_set(), at)
    _note(request, shown, at)
    return {"records": [schemas.record_out(each) for each in shown], "next_cursor": ""}


@router.get("/records/{record_id}", response=schemas.RecordOut, summary="取一条记录", operation_id="get_record")
def get_record(request: HttpRequest, record_id: int, response: HttpResponse) -> dict[str, Any]:
    """不在公示期内的与不存在的，答复相同。"""
    response["Cache-Control"] = FRESH
    at = clock.now()
    record = queries.public_record(record_id, at)
    _say_when_gone(response, [record.public_until])
    shown = shown_records([record], active.policy_set(), at)
    if not shown:
        raise _not_shown()
    _note(request, shown, at)
    return schemas.record_out(shown[0])


@router.get("/records/{record_id}/versions", response=schemas.Versions, summary="取一条记录以前的各版", operation_id="get_record_versions")
def get_record_versions(request: HttpRequest, record_id: int, response: HttpResponse) -> dict[str, Any]:
    """更正前的内容；自然人的不提供。"""
    response["Cache-Control"] = FRESH
    at, policy = clock.now(), active.policy_set()
    record = queries.public_record(record_id, at)
    said = read_contents([record.content_id]).get(record.content_id)
    if said is None:
        raise _not_shown()
    versions = [] if is_natural_person(said, policy.item(record.item), policy) else queries.prior_versions(record_id)
    return {
        "versions": [
            {
                "version": version.version,
                "submission": version.submission_id,
                "fields": [{"code": each.code, "label": each.label, "value": each.value} for each in fields],
            }
            for version, fields in shown_versions(record, versions, policy)
        ]
    }


def _note(request: HttpRequest, shown: Sequence[ShownRecord], at: Instant) -> None:
    """What an account or a department's system receives is noted, so that a correction reaches it."""
    note_uses(caller_of(request), [(each.id, each.version) for each in shown], Channel.ANSWER, at)


def _not_shown() -> NotFound:
    return NotFound("record-not-found", "没有这条记录，或者它不在公示期内。", "可以按主体名称或代码查询现在公示的信息。")


def _subject(code: str, at: Instant) -> Subject:
    """The canonical subject; one of which nothing is public and that the registry does not know is as good as none."""
    text = code.strip().upper()
    found = Subject.objects.filter(code=text).first()
    if found is None and text.isascii() and text.isdigit() and len(text) < 15:
        found = Subject.objects.filter(pk=int(text)).first()
    if found is not None and found.canonical_id != found.pk:
        found = Subject.objects.get(pk=found.canonical_id)
    known = found is not None and found.kind != SubjectKind.NATURAL_PERSON
    if found is None or not known or not (found.in_registry or queries.counts_by_item(found.pk, Surface.PUBLIC, at)):
        raise NotFound("subject-not-found", "没有查到这个主体。", "请核对统一社会信用代码，或者按名称查询。本站不按自然人姓名查询。")
    return found


def _subject_out(subject: Subject, counts: Mapping[int, int]) -> dict[str, Any]:
    policy = active.policy_set()
    return {
        "id": subject.pk,
        "name": subject.name,
        "code": subject.code or "",
        "kind": SubjectKind(subject.kind).label,
        "division": subject.division,
        "in_registry": subject.in_registry,
        "records": {policy.item(number).id: count for number, count in counts.items()},
        "page": f"/s/{subject.code or subject.pk}",
    }


def _instant(as_of: date | None, at: Instant) -> Instant | None:
    if as_of is None:
        return None
    try:
        return min(end_of_day(as_of) - 1, at)
    except OverflowError:
        raise Refused("date-unreadable", f"“{as_of}”不能作为查询日期。", "写成 2026-04-01 这样的日期。") from None


def _say_when_gone(response: HttpResponse, ends: list[Instant]) -> None:
    """When the first of the records ends, this answer is wrong."""
    if ends:
        response["X-Public-Until"] = str(min(ends))
