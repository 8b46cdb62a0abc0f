"""归集的读取。What an office may see of submissions: its own and its subordinates'; the credit office and auditors see everybody's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from chengxin.access.caller import Caller
from chengxin.access.paging import Page, decode_cursor, page_of
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import Role
from chengxin.foundation.collection.explaining import rule_reader
from chengxin.foundation.collection.models import QuarantinedRow, RowRemark, Submission
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.kernel.refused import NotFound
from chengxin.kernel.rules import Rule
from chengxin.policy import active

__all__ = ["RemarkShown", "quarantined_row", "quarantined_rows", "remarks_page", "submission_for", "submissions_about", "submissions_of"]

_SEES_ALL = frozenset({Role.CREDIT_OFFICE, Role.AUDITOR})


@dataclass(frozen=True)
class RemarkShown:
    """一处说明 in words: what, where, which rule, what to do."""

    level: str
    sheet: str
    row: int
    field: str
    field_title: str
    value: str
    rule: str
    sentence: str
    clause: str
    mend: str
    detail: str


def submissions_of(caller: Caller) -> QuerySet[Submission]:
    """报送, the newest first, as far as ``caller`` may see them."""
    if caller.role in _SEES_ALL:
        return Submission.objects.order_by("-id")
    if caller.department is None:
        return Submission.objects.none()
    offices = {caller.department.pk} | subordinates_of(caller.department.pk)
    return Submission.objects.filter(department_id__in=offices).order_by("-id")


def submission_for(caller: Caller, submission_id: int) -> Submission:
    """一份报送; NotFound for one that does not exist, and the same for one of another department."""
    submission = submissions_of(caller).filter(pk=submission_id).first()
    if submission is None:
        raise NotFound("no-such-submission", f"没有编号为 {submission_id} 的报送。", "核对编号；其他部门的报送看不到。")
    return submission


def submissions_about(subject_ids: Collection[int]) -> set[str]:
    """报送 in which one of these subjects stands, by number: whoever looks at the file looks at them."""
    found: set[str] = set()
    for model in (Record, RecordVersion):
        numbers = model.objects.filter(subject_id__in=subject_ids).values_list("submission_id", flat=True).distinct()
        found |= {str(number) for number in numbers}
    return found


def remarks_page(submission: Submission, *, level: str = "", cursor: str = "", limit: int = 50) -> Page[RemarkShown]:
    """说明, in the order of the file."""
    found = RowRemark.objects.filter(submission=submission, **({"level": level} if level else {})).order_by("id")
    after = decode_cursor(cursor, int)
    if after:
        found = found.filter(pk__gt=after[0])
    page = page_of(lambda n: list(found[:n]), limit, lambda remark: (remark.pk,))
    return Page(_in_words(submission, page.rows), page.next_cursor)


def quarantined_rows(caller: Caller) -> QuerySet[QuarantinedRow]:
    """待甄别的行 that wait for a decision, the most urgent first."""
    waiting = QuarantinedRow.objects.filter(decided_at=None, submission__in=submissions_of(caller))
    return waiting.select_related("submission").order_by("due_on", "id")


def quarantined_row(caller: Caller, row_id: int) -> QuarantinedRow:
    """一行, decided or not; NotFound as for submissions."""
    row = QuarantinedRow.objects.filter(pk=row_id, submission__in=submissions_of(caller)).select_related("submission").first()
    if row is None:
        raise NotFound("no-such-quarantined-row", f"没有编号为 {row_id} 的待甄别行。", "核对编号；其他部门的看不到。")
    return row


def _in_words(submission: Submission, remarks: Sequence[RowRemark]) -> list[RemarkShown]:
    rule_of = rule_reader(submission)
    titles = {field.code: field.title for field in active.policy_set().item(submission.item).fields}
    return [_shown(remark, rule_of(remark.rule), titles) for remark in remarks]


def _shown(remark: RowRemark, rule: Rule, titles: Mapping[str, str]) -> RemarkShown:
    return RemarkShown(
        level=remark.level,
        sheet=remark.sheet,
        row=remark.row,
        field=remark.field,
        field_title=titles.get(remark.field, ""),
        value=remark.value,
        rule=remark.rule,
        sentence=rule.sentence,
        clause=rule.clause,
        mend=rule.mend,
        detail=remark.detail,
    )
