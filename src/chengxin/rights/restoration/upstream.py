"""别处的修复结果。"部门修复以后，信用中国同步停止公示"，and the other way round: what was restored elsewhere ends here the day it arrives.

Called when a submission of ``restoration_result`` closes, inside its transaction; and when other adverse records come in later, because a
result may arrive before the record that it is about. Each result is an entry with what came of it; nothing that fits no record is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from chengxin.access.models import Account, Department
from chengxin.access.on_behalf import subjects_that_are
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import Role
from chengxin.casework.models import Case
from chengxin.casework.services import take_step
from chengxin.casework.types import THE_PLATFORM
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.states import SubmissionState
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.ports import open_submissions
from chengxin.foundation.records.queries import contents_of, spellings_of
from chengxin.foundation.records.types import ActVerb
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant, date_of
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem, Polarity
from chengxin.rights.abouts import RECORD
from chengxin.rights.restoration.conditions import end_everywhere
from chengxin.rights.restoration.differences import SYNC_DAYS, Kind, open_difference, settle_difference, settle_known
from chengxin.rights.restoration.models import Difference, UpstreamResult
from chengxin.rights.restoration.routes import PROCEDURE, routes_of
from chengxin.rights.restoration.rules import Way

ITEM: Final = "restoration_result"
TAKEN: Final = "restoration:result:taken"
AT_A_TIME: Final = 500


class Outcome(StrEnum):
    """结果在这里怎样。"""

    ENDED = "ended"  # it ended publication here
    AGREES = "agrees"  # it had ended here before
    UNMATCHED = "unmatched"
    AMBIGUOUS = "ambiguous"
    NOT_ENTITLED = "not_entitled"
    COURT_ONLY = "court_only"

    @property
    def waits(self) -> bool:
        """Whether a record that comes later may still fit it."""
        return self is Outcome.UNMATCHED


def results_closed(submission_id: int, at: Instant) -> None:
    """办结时, for ``collection.ports``: results end what they are about; other adverse items may be what a waiting result is about."""
    item = active.policy_set().item(Submission.objects.values_list("item", flat=True).get(pk=submission_id))
    if item.id == ITEM:
        _take_all(Record.objects.filter(submission_id=submission_id, item=item.number).order_by("pk"), item, at)
    elif item.polarity is Polarity.ADVERSE and UpstreamResult.objects.filter(record_id=None, item=item.number).exists():
        _look_again(Record.objects.filter(submission_id=submission_id), item, at)


def result_decided(row_id: int, at: Instant) -> None:
    """甄别后, for ``collection.ports``: the same for one row that a person decided about."""
    closed = QuarantinedRow.objects.filter(pk=row_id, submission__state=SubmissionState.CLOSED)
    row = closed.values("item", "record_id").first()
    if row is None or row["record_id"] is None:
        return  # closing will come to it
    item, of = active.policy_set().item(row["item"]), Record.objects.filter(pk=row["record_id"])
    if item.id == ITEM:
        _take_all(of.order_by("pk"), item, at)
    elif item.polarity is Polarity.ADVERSE:
        _look_again(of, item, at)


def _take_all(rows: QuerySet[Record], item: CatalogueItem, at: Instant) -> None:
    after = 0
    while part := list(rows.filter(pk__gt=after)[:AT_A_TIME]):
        after = part[-1].pk
        known = {each.result_record_id: each for each in UpstreamResult.objects.filter(result_record_id__in=[row.pk for row in part])}
        contents = contents_of(part)
        canonical = _canonical([row.subject_id for row in part])
        titles = {each.title: each for each in active.policy_set().catalogue.values()}
        found = []
        for row in part:
            said = contents.get(row.content_id, {})
            about = titles.get(said.get("XF_XXLB", ""))
            before = known.get(row.pk)
            if about is None or (before is not None and before.outcome in {Outcome.ENDED, Outcome.AGREES}):
                continue
            result = before or UpstreamResult(result_record_id=row.pk)
            result.item, result.subject_id, result.source_id = about.number, canonical[row.subject_id], row.authority_id
            result.document_number, result.authority_name = said.get("XF_WSH", ""), said.get("XF_RDJG", "")
            result.spelt = one_spelling(result.document_number)
            result.decision_number, result.decided_on = row.document_number, row.decided_on
            result.decided_by = said.get("XF_XFDW", "")
            found.append(result)
        _settle(found, at)


def _look_again(records: QuerySet[Record], item: CatalogueItem, at: Instant) -> None:
    after = 0
    while part := list(records.filter(pk__gt=after).order_by("pk")[:AT_A_TIME]):
        after = part[-1].pk
        subjects = set(_canonical([row.subject_id for row in part]).values())
        spelt = {one_spelling(row.document_number) for row in part}
        waiting = UpstreamResult.objects.filter(record_id=None, outcome=Outcome.UNMATCHED, item=item.number, subject_id__in=subjects)
        _settle([each for each in waiting if each.spelt in spelt], at)


def _settle(results: Sequence[UpstreamResult], at: Instant) -> None:
    """What each of ``results`` comes to here."""
    candidates = _candidates(results)
    entitled = _Entitled()
    fitting = {row.pk: row for rows in candidates.values() for row in rows}
    routes = routes_of(list(fitting.values()), at)
    ended = RecordAct.objects.filter(record_id__in=fitting, verb__in=(ActVerb.RESTORED, ActVerb.WITHDRAWN, ActVerb.ERASED))
    restored = set(ended.values_list("record_id", flat=True))
    for result in results:
        fit = candidates.get((result.subject_id, result.item, result.spelt), [])
        if len(fit) > 1:
            named = Department.objects.filter(name=result.authority_name).values_list("pk", flat=True).first()
            fit = [row for row in fit if row.authority_id == named] or fit
        if len(fit) != 1:
            kind = Kind.AMBIGUOUS if fit else Kind.UNMATCHED
            _wait(result, Outcome(kind.value), kind, None, f"“{result.document_number}”：{kind.label}。", at)
            continue
        (record,) = fit
        route = routes.get(record.pk)
        if route is None or route.way is Way.COURT:
            _wait(result, Outcome.COURT_ONLY, Kind.COURT_ONLY, record, f"“{result.document_number}”由法院列入。", at)
        elif not entitled.may(result.source_id, record):
            _wait(result, Outcome.NOT_ENTITLED, Kind.NOT_ENTITLED, record, f"“{result.document_number}”：报送单位无权代报。", at)
        elif record.pk in restored:
            _take(result, Outcome.AGREES, record, at)
            settle_known(record.pk, (Kind.MISSING_UPSTREAM,), because=f"上级的结果已到（{result.decision_number}）", at=at)
        else:
            restored.add(record.pk)
            _end(result, record, route.earliest_on, at)


def _end(result: UpstreamResult, record: Record, earliest_on: date | None, at: Instant) -> None:
    """当天停止公示；an open case about it is closed by the platform."""
    number = result.decision_number
    because, by = f"{result.decided_by}已准予修复：{number}"[:500], f"upstream:{result.decided_by}"[:150]
    end_everywhere(record.pk, number, because=because, by=by, at=at)
    here = Case.objects.select_for_update().filter(procedure=PROCEDURE, about_kind=RECORD, about_key=str(record.pk), closed_at=None)
    for case in here:
        take_step(
            case_id=case.pk, verb="end_elsewhere", version=case.version, actor=THE_PLATFORM, texts={"document_number": number[:200]}, at=at
        )
    _take(result, Outcome.ENDED, record, at)
    if earliest_on is not None and result.decided_on < earliest_on:
        sentence = f"{result.decided_by}于 {result.decided_on} 准予修复，这里算出的最早日期是 {earliest_on}；已按上级的决定停止公示。"
        open_difference(Kind.EARLY, subject_id=result.subject_id, record_id=record.pk, result=result, sentence=sentence, at=at)
    policy = active.policy_set()
    due = policy.calendar.add_working_days(result.decided_on, int(policy.value_at(SYNC_DAYS, result.decided_on).value))
    if date_of(at) > due.on and not due.provisional:
        sentence = f"{result.decided_on} 的决定，{date_of(at)} 才到，期限是 {due.on}。"
        open_difference(Kind.LATE, subject_id=result.subject_id, record_id=record.pk, result=result, sentence=sentence, at=at)


def _wait(  # noqa: PLR0917  (what waits, why, since when)
    result: UpstreamResult, outcome: Outcome, kind: Kind, record: Record | None, sentence: str, at: Instant
) -> None:
    if result.pk is not None and result.outcome == outcome:
        return
    _take(result, outcome, record, at)
    sentence += f"{result.decided_by}于 {result.decided_on} 修复（{result.decision_number}），原认定单位：{result.authority_name}。"
    about = record.pk if record is not None else None
    open_difference(kind, subject_id=result.subject_id, record_id=about, result=result, sentence=sentence, at=at)


def _take(result: UpstreamResult, outcome: Outcome, record: Record | None, at: Instant) -> None:
    waited = result.pk is not None and result.outcome == Outcome.UNMATCHED
    result.outcome, result.record_id, result.at = outcome, record.pk if record else None, at
    result.content_id = record_event(TAKEN, _said(result))
    result.save()
    if waited and record is not None:
        for row in Difference.objects.filter(kind=Kind.UNMATCHED, result=result, settled=False):
            settle_difference(row.pk, because=f"记录后来到了（编号 {record.pk}）", by="平台", at=at)


def _said(result: UpstreamResult) -> Mapping[str, str]:
    return {
        "_result": str(result.result_record_id),
        "_restored_item": str(result.item),
        "_subject": str(result.subject_id),
        "_document": result.document_number,
        "_decision": result.decision_number,
        "_decided_on": result.decided_on.isoformat(),
        "_decided_by": result.decided_by,
        "_source": str(result.source_id),
        "_outcome": str(result.outcome),
        "_record": str(result.record_id or ""),
        "_at": str(result.at),
    }


def one_spelling(number: str) -> str:
    """A document's number without what is only writing.

    >>> one_spelling("泰市监处罚 [2026] 3号") == one_spelling("泰市监处罚（2026）3号")
    True
    """
    return min(spellings_of(number))


def _candidates(results: Sequence[UpstreamResult]) -> dict[tuple[int, int, str], list[Record]]:
    """(subject, item, number) → records here that fit."""
    subjects = {each.subject_id for each in results}
    canonical = dict(Subject.objects.filter(canonical_id__in=subjects).values_list("pk", "canonical_id"))
    numbers = {spelling for each in results for spelling in spellings_of(each.document_number)}
    rows = Record.objects.filter(subject_id__in=canonical, item__in={each.item for each in results}, document_number__in=numbers).exclude(
        submission_id__in=open_submissions()
    )
    found: dict[tuple[int, int, str], list[Record]] = {}
    for row in rows.order_by("pk"):
        found.setdefault((canonical[row.subject_id], row.item, one_spelling(row.document_number)), []).append(row)
    return found


def _canonical(subject_ids: Sequence[int]) -> dict[int, int]:
    return dict(Subject.objects.filter(pk__in=set(subject_ids)).values_list("pk", "canonical_id"))


class _Entitled:
    """谁报送的结果可以停止公示：the credit office, the authority itself, and those above it."""

    def __init__(self) -> None:
        credit = Account.objects.filter(role=Role.CREDIT_OFFICE, revoked_at=None).values_list("department_id", flat=True)
        self.credit_offices = {each for each in credit if each is not None}
        self.below: dict[int, frozenset[int]] = {}
        self.own: dict[int, frozenset[int]] = {}

    def may(self, source_id: int, record: Record) -> bool:
        """Whether ``source_id`` may say that ``record`` is restored; nobody says it of what is about themselves."""
        if record.subject_id in self._own(source_id):
            return False
        if source_id in self.credit_offices or source_id == record.authority_id:
            return True
        if source_id not in self.below:
            self.below[source_id] = frozenset(subordinates_of(source_id))
        return record.authority_id in self.below[source_id]

    def _own(self, source_id: int) -> frozenset[int]:
        if source_id not in self.own:
            self.own[source_id] = subjects_that_are(Department.objects.filter(pk=source_id).first())
        return self.own[source_id]
