"""一个主体的评价，逐项说明：the same expressions over one subject's rows, each contribution with its record, clause and end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chengxin.during_event.evaluation.runs import Order
from chengxin.during_event.evaluation.snapshots import subject_rows
from chengxin.engine.columns import Kind
from chengxin.engine.one_subject import Contribution, evaluate_one
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import FOREVER, date_of
from chengxin.kernel.refused import NotFound
from chengxin.policy.types_evaluation import NOT_ENOUGH, EvaluationModel, Indicator


@dataclass(frozen=True)
class Reason:
    """一项加减分。``until``: the last day on which it counts as things stand; None: it does not end by itself."""

    kind: Kind
    dimension: str
    title: str
    milli_points: int
    record_id: int = 0
    document_number: str = ""
    decided_on: date | None = None
    until: date | None = None
    reference: str = ""
    words: str = ""
    confidence: str = ""
    indicator: str = ""


@dataclass(frozen=True)
class Explained:
    """说明。``dimensions``: dimension → milli-points it has; they add up to ``score`` as the reasons do."""

    subject: Subject
    model: EvaluationModel
    as_of: date
    grade: str
    grade_title: str
    score: int
    records: int
    floor: str
    spared: bool  # the points alone would be the worst grade, which neither a listing nor a credible bound bears
    reasons: Sequence[Reason]
    dimensions: Mapping[str, int]
    not_collected: Sequence[Indicator]


def explain(subject: Subject, order: Order, *, without: Collection[int] = ()) -> Explained:
    """评价说明 of one subject on the day of ``order``. NotFound for those who are not graded: persons, individual businesses, organs.

    ``without``: as if these records did not count (any more): what a restoration would come to.
    """
    rows, records = subject_rows(member_ids(subject.pk), moment=order.moment, known_at=order.known_at, policy=order.policy)
    records = records.filter(~records["record_id"].is_in(list(without))) if without else records
    if rows.is_empty():
        raise NotFound(
            "subject-not-graded",
            "这个主体不在评价的范围：自然人、个体工商户和机关不评价，评价日以后才出现的也不评价。",
            "个体工商户的检查按普通的比例和频次；要看记录的，看主体页。",
        )
    found = evaluate_one(rows.to_dicts()[0], records.to_dicts(), order.model, order.as_of)
    if found is None:
        raise NotFound("subject-not-graded", f"“{order.model.title}”不评价这个行业的主体。", "看本市公共信用综合评价。")
    known = {row.pk: row for row in Record.objects.filter(pk__in=[line.record_id for line in found.contributions if line.record_id])}
    reasons = [_reason(line, known.get(line.record_id), order.model) for line in found.contributions]
    grade = order.model.grade(found.grade)
    return Explained(
        subject, order.model, order.as_of, found.grade, grade.title if grade else "数据不足", found.score, found.records,
        _floor_title(found.floor, order.model), found.spared, reasons, _by_dimension(reasons, order.model),
        [each for each in order.model.indicators if not each.collected],
    )  # fmt: skip


def _reason(line: Contribution, record: Record | None, model: EvaluationModel) -> Reason:
    if line.kind is Kind.START:
        own = Reason(line.kind, "", "起评分", line.milli_points, reference=model.reference)
        return replace(own, words=model.note, confidence=model.confidence)
    if line.kind is Kind.LIMIT:
        dimension = next(each for each in model.dimensions if each.id == line.indicator.removeprefix("limit:"))
        return Reason(line.kind, dimension.id, f"{dimension.title}：到维度的上下限为止", line.milli_points, reference=model.reference)
    indicator = model.indicator(line.indicator)
    endings = {Kind.FEW_OBSERVATIONS: "：观察次数少，返还", Kind.CAP: "：超过指标上限的部分返还"}
    return Reason(
        line.kind, indicator.dimension, indicator.title + endings.get(line.kind, ""), line.milli_points, line.record_id,
        record.document_number if record else "", record.decided_on if record else None,
        date_of(line.until - 1) if 0 < line.until < FOREVER else None, indicator.reference, indicator.quote or indicator.note,
        indicator.confidence, indicator.id,
    )  # fmt: skip


def _by_dimension(reasons: Sequence[Reason], model: EvaluationModel) -> dict[str, int]:
    found = {each.id: each.start * 1000 for each in model.dimensions}
    for reason in reasons:
        if reason.dimension:
            found[reason.dimension] += reason.milli_points
    return found


def _floor_title(item_id: str, model: EvaluationModel) -> str:
    return next((each.title for each in model.floors if each.item_id == item_id), "")


def is_unknown(grade: str) -> bool:
    """数据不足。"""
    return grade == NOT_ENOUGH
