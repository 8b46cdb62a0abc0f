"""评价的接口：one subject's results with every reason, for offices with a matter. The look is on record before the answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from chengxin.during_event.evaluation.counted_facts import facts_of
from chengxin.during_event.evaluation.explaining import Explained, Reason, explain
from chengxin.during_event.evaluation.ports import dispute_of
from chengxin.during_event.evaluation.reads import matter_of, record_look
from chengxin.during_event.evaluation.results import External, external_results, graded_subject, order_asked
from chengxin.during_event.evaluation.reviews import waiting_for
from chengxin.during_event.evaluation.types import PUBLIC_MODEL
from chengxin.foundation.records.showing import marks_of
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel import clock
from chengxin.kernel.instants import date_of, end_of_day, utc_text
from chengxin.kernel.refused import Refused

router = Router(tags=["信用评价"])


class EvaluationAsked(Schema):
    """要哪一项评价，为哪件事。"""

    model: str = Field(PUBLIC_MODEL, max_length=64, description="评价模型，如 food_and_drugs；不填为本市公共信用综合评价")
    as_of: date | None = Field(None, description="哪一天的评价，按那天所知的事实和那天采纳的政策；不填为今天")
    purpose: str = Field("部门系统查询", max_length=200, description="用途")
    facts: bool = Field(False, description="同时给出据以评价的全部事实，用来重算")
    matter: str = Field("", max_length=200, description="事项（文号或案号），必填，记入查看留痕")


class ReasonOut(Schema):
    """一项加减分。各项的 milli_points 相加，等于 score_milli_points。"""

    kind: str = Field(description="start 起评分，record 记录，fact 登记状况，few_observations 观察次数少，cap 指标封顶，limit 维度上下限")
    dimension: str
    title: str
    milli_points: int
    record: int | None = Field(description="记录编号；不对应某一条记录的为空")
    document_number: str
    decided_on: date | None
    until: date | None = Field(description="计到哪一天（含）；不会自己结束的为空")
    reference: str = Field(description="依据")
    disputed: str = Field(description="所依据的记录有争议的，写明哪一件异议正在办理；没有为空")


class ExternalOut(Schema):
    """外来的结果，原样。"""

    kind: str = Field(description="national 全国，industry 行业，market 市场")
    agency: str
    grade: str
    grade_title: str
    evaluated_on: date
    valid_until: date | None
    valid: bool


class EvaluationOut(Schema):
    """一项评价和它的全部理由；外来的结果并列，互不混合。"""

    code: str
    name: str
    model: str
    model_title: str
    method: str = Field(description="公开的方法")
    as_of: date
    known_at: str = Field(description="按这一时刻所知（UTC）")
    policy: str = Field(description="政策集的摘要")
    grade: str
    grade_title: str
    score_milli_points: int
    scale: int = Field(description="满分，以分计")
    records: int = Field(description="计入多少条记录")
    floor: str = Field(description="直接判级的情形；没有为空")
    spared: bool = Field(description="分数在最低一等的范围，但因观察次数少而没有判最低一等")
    reasons: list[ReasonOut]
    not_collected: list[str] = Field(description="本市还没有归集的指标，不加分也不扣分")
    external: list[ExternalOut] = Field(description="全国的结果和登记机构的结果，不与本市的混合")
    facts: dict[str, Any] | None = Field(description="据以评价的全部事实（要 facts=true 才给）；加上公布的方法，就能自己重算")
    disputed: str = Field(description="有争议的，写明哪一件异议正在办理；没有为空")
    review_waiting: bool = Field(description="有人请求人工复核，正等待答复")
    page: str


@router.get("/subjects/{code}/evaluation", response=EvaluationOut, summary="取一个主体的评价和理由", operation_id="get_evaluation")
def get_evaluation(request: HttpRequest, code: str, response: HttpResponse, asked: Query[EvaluationAsked]) -> dict[str, Any]:
    """不公开：凭部门令牌，写明事项。自然人、个体工商户和机关没有评价。"""
    response["Cache-Control"] = "no-store"
    at = clock.now()
    matter = matter_of(asked.purpose, asked.matter)
    as_of = asked.as_of or date_of(at)
    _representable(as_of)
    order = order_asked(asked.model, as_of, at)
    subject = graded_subject(code)
    record_look(request, matter, f"api {asked.model} {as_of}", at, subject.pk)
    found = explain(subject, order)
    marks = marks_of([each.record_id for each in found.reasons if each.record_id], at)
    outside = external_results(member_ids(subject.pk), as_of, order.known_at)
    return _out(found, marks) | {
        "known_at": utc_text(order.known_at),
        "policy": order.policy.digest,
        "external": [_external_out(each) for each in outside],
        "facts": facts_of(subject, order) if asked.facts else None,
        "disputed": dispute_of(subject.pk, asked.model, at),
        "review_waiting": waiting_for(subject, asked.model) is not None,
    }


def _representable(day: date) -> None:
    try:
        end_of_day(day)
    except OverflowError:
        raise Refused("date-unreadable", f"“{day}”不能作为评价的日期。", "写成 2026-04-01 这样的日期。") from None


def _out(found: Explained, marks: Mapping[int, str]) -> dict[str, Any]:
    subject, model = found.subject, found.model
    return {
        **{"code": subject.code or "", "name": subject.name, "model": model.id, "model_title": model.title, "as_of": found.as_of},
        **{"grade": found.grade, "grade_title": found.grade_title, "score_milli_points": found.score, "scale": model.scale},
        **{"records": found.records, "floor": found.floor, "spared": found.spared, "method": f"/evaluation/method/{model.id}"},
        "reasons": [_reason_out(each) | {"disputed": marks.get(each.record_id, "")} for each in found.reasons],
        "not_collected": [each.title for each in found.not_collected],
        "page": f"/s/{subject.code or subject.pk}/evaluation",
    }


def _reason_out(reason: Reason) -> dict[str, Any]:
    return {
        **{"kind": reason.kind.name.lower(), "dimension": reason.dimension, "title": reason.title, "milli_points": reason.milli_points},
        **{"record": reason.record_id or None, "document_number": reason.document_number, "decided_on": reason.decided_on},
        **{"until": reason.until, "reference": reason.reference},
    }


def _external_out(each: External) -> dict[str, Any]:
    return {
        **{"kind": each.kind.value, "agency": each.agency, "grade": each.grade, "grade_title": each.grade_title},
        **{"evaluated_on": each.evaluated_on, "valid_until": each.valid_until, "valid": each.valid},
    }
