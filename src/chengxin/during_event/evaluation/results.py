"""一个主体的各项结果。Three kinds that are never mixed: the national one as it came, the city's own, and those of agencies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chengxin.during_event.evaluation.explaining import Explained, explain
from chengxin.during_event.evaluation.models import ExternalEvaluation, RegisteredAgency
from chengxin.during_event.evaluation.runs import Order, order_of
from chengxin.during_event.evaluation.snapshots import KINDS, ORGANS
from chengxin.during_event.evaluation.types import NATIONAL_AGENCY, PUBLIC_MODEL, EvaluationKind
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy.errors import NothingAdopted
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_evaluation import EvaluationModel


@dataclass(frozen=True)
class External:
    """外来的结果 as it came. ``valid``: whether it still holds on the day that is shown."""

    kind: EvaluationKind
    agency: str
    grade: str
    grade_title: str
    method: str
    evaluated_on: date
    valid_until: date | None
    valid: bool


@dataclass(frozen=True)
class Results:
    """各项结果，互不混合。``industries``: the city's models for the subject's industry."""

    national: Sequence[External]
    city: Explained
    industries: Sequence[Explained]
    industry_external: Sequence[External]
    market: Sequence[External]

    def of_model(self, model: EvaluationModel) -> Explained:
        """The city's own result by this model. NotFound for a model that is not for the subject's industry."""
        found = next((each for each in (self.city, *self.industries) if each.model.id == model.id), None)
        if found is None:
            sentence = f"“{model.title}”不评价这个行业的主体。"
            raise NotFound("subject-not-graded", sentence, "看本市公共信用综合评价，或者换一个本行业的模型。")
        return found


def graded_subject(code: str) -> Subject:
    """评价的主体 by its code or number; what was judged to be another is that other. NotFound for who has no grade, by construction."""
    text = code.strip().upper()
    numbered = text.isascii() and text.isdigit() and len(text) < 15
    found = Subject.objects.filter(pk=int(text)).first() if numbered else Subject.objects.filter(code=text).first()
    if found is not None and found.canonical_id != found.pk:
        found = Subject.objects.get(pk=found.canonical_id)
    if found is None or found.kind == SubjectKind.NATURAL_PERSON:
        raise NotFound("subject-not-found", "没有查到这个主体。", "请核对统一社会信用代码，或者按名称查询。本站不评价自然人。")
    if found.kind not in KINDS or (found.code or "").startswith(ORGANS.rstrip("%")):
        raise NotFound(
            "subject-not-graded",
            f"{found.name}是{SubjectKind(found.kind).label}，不评价：自然人、个体工商户和机关都没有等级。",
            "个体工商户的检查按普通的比例和频次；要看记录的，看主体页。",
        )
    return found


def order_asked(model_id: str, as_of: date, at: Instant) -> Order:
    """The order for a question from a page or the API. Refused for a day to come, and for one on which nothing was adopted yet."""
    try:
        return order_of(model_id, as_of, at)
    except NothingAdopted:
        raise Refused(
            "date-before-policy",
            f"{as_of} 还没有采纳政策集，那天没有评价的方法。",
            "写本平台采纳政策集以后的日期；采纳的经过见政策依据。",
            where={"as_of": str(as_of)},
        ) from None


def models_for(subject: Subject, policy: PolicySet) -> list[EvaluationModel]:
    """The city's models that are about this subject: its public one and those of its industry."""
    fitting = [each for each in policy.evaluation_models.values() if not each.industries or subject.industry.startswith(each.industries)]
    return sorted(fitting, key=_by_id)


def _by_id(model: EvaluationModel) -> str:
    return model.id


def results_of(subject: Subject, as_of: date, at: Instant) -> Results:
    """各项结果 on a day, as known then. Refused for a day to come; NotFound for a subject that was not there yet."""
    city = order_of(PUBLIC_MODEL, as_of, at)
    own = explain(subject, city)
    # On a past day the registry may have named another industry: then every model is asked.
    fitting = models_for(subject, city.policy) if as_of == date_of(at) else sorted(city.policy.evaluation_models.values(), key=_by_id)
    others = [each for each in fitting if each.id != PUBLIC_MODEL]
    industries = [found for model in others if (found := _in_industry(subject, replace(city, model=model))) is not None]
    outside = external_results(member_ids(subject.pk), as_of, city.known_at)
    by_kind = {kind: [each for each in outside if each.kind is kind] for kind in EvaluationKind}
    return Results(
        by_kind[EvaluationKind.NATIONAL], own, industries, by_kind[EvaluationKind.INDUSTRY], by_kind[EvaluationKind.MARKET]
    )  # fmt: skip


def _in_industry(subject: Subject, order: Order) -> Explained | None:
    """None where the registry named another industry on that day."""
    try:
        return explain(subject, order)
    except NotFound:
        return None


def external_results(members: Collection[int], as_of: date, known_at: Instant) -> list[External]:
    """外来的结果: the one of each agency that came last by then, expired ones too, which say so; none that was taken back."""
    rows = ExternalEvaluation.objects.filter(subject_id__in=list(members), received_at__lte=known_at, evaluated_on__lte=as_of)
    newest = {row.agency_id: row for row in rows.order_by("id")}
    agencies = RegisteredAgency.objects.in_bulk(list(newest))
    found = [_external(row, agencies.get(pk), as_of) for pk, row in newest.items() if row.grade]
    return sorted(found, key=lambda each: (each.kind, each.agency))


def _external(row: ExternalEvaluation, agency: RegisteredAgency | None, as_of: date) -> External:
    valid = row.valid_until is None or row.valid_until >= as_of
    kind, name, title = EvaluationKind.NATIONAL, NATIONAL_AGENCY, row.grade
    if agency is not None:
        kind, name, title = EvaluationKind(agency.kind), agency.name, str(dict(agency.scale).get(row.grade, row.grade))
        valid = valid and (agency.ended_at is None or agency.ended_at >= end_of_day(as_of))
    return External(kind, name, row.grade, title, row.method, row.evaluated_on, row.valid_until, valid)


def graded_by(code: str, members: Collection[int], as_of: date, known_at: Instant) -> bool:
    """Whether the registered agency with this code has a result about the subject that still holds."""
    rows = ExternalEvaluation.objects.filter(subject_id__in=list(members), received_at__lte=known_at)
    agency = RegisteredAgency.objects.filter(code=code, ended_at=None).first()
    newest = rows.filter(agency_id=agency.pk).order_by("-id").first() if agency is not None else None
    return newest is not None and bool(newest.grade) and (newest.valid_until is None or newest.valid_until >= as_of)
