"""对评价的异议。A result is computed, so that nobody decides about the number: what went in is put right, and the result computed again.

Every step that matters writes down what the result is at that moment, and a digest of all its reasons; nobody reports a correction
while the reasons are still what they were when the objection was upheld. Clause: credit-regulation/2.5.4.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from chengxin.access.models import Read
from chengxin.access.types import Scope
from chengxin.casework.models import Case, CaseStep
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.casework.types import AboutFacts, Actor
from chengxin.during_event.evaluation.explaining import Explained, explain
from chengxin.during_event.evaluation.reads import KIND
from chengxin.during_event.evaluation.results import external_results, graded_subject
from chengxin.during_event.evaluation.runs import order_of
from chengxin.during_event.evaluation.showing import points
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.rights.abouts import publishers

EVALUATION: Final = "evaluation"
EVALUATION_OBJECTION: Final = "evaluation_objection"
ORDER: Final = "order_correction"
#: What a step writes down of the result: in words, and a digest of its reasons to compare with.
RESULT: Final = "result"
RESULT_DIGEST: Final = "result_digest"
#: Instead of the digest, where there is no result any more.
NO_RESULT: Final = "none"
#: Parameter: how far back whoever looked at a result is told that it was wrong.
TOLD_DAYS: Final = "evaluation_correction_told_days"


def key_of(subject_id: int, model: str) -> str:
    """What a case about this result is about."""
    return f"{subject_id}.{model}"


class EvaluationAbouts:
    """Fills ``casework.ports.abouts`` for ``evaluation``: the key is ``<number of the subject>.<model>``."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what has no result, and for everybody but the subject: who is graded how is not public."""
        subject, model = _parts(key)
        if not any(Scope.OBJECTION in actor.mandates.get(each, ()) for each in member_ids(subject.pk)):
            raise NotFound("no-such-evaluation", "没有这项评价，或者它与您无关。", "从企业中心的“评价”进入。")
        found = explain(subject, order_of(model, date_of(at), at))
        deciding, second = publishers(member_ids(subject.pk))
        title, href = f"{subject.name}：{found.model.title}", f"/s/{subject.code or subject.pk}/evaluation"
        return AboutFacts(key_of(subject.pk, model), title, href, subject.pk, deciding, second)


def links_of(case: Case) -> list[tuple[str, str]]:
    """Fills ``casework.ports.case_links``: who verifies or adjudicates looks at the result, upon a purpose that is logged."""
    if case.about_kind != EVALUATION or case.closed_at is not None or case.subject_id is None:
        return []
    subject = Subject.objects.filter(pk=case.subject_id).first()
    return [(f"/s/{subject.code or subject.pk}/evaluation", "看这项评价")] if subject is not None else []


def evaluation_can_be_objected_to(of: StepOf) -> None:
    """可以异议：somebody who did not make the evaluation can decide."""
    if of.case.office_id is None or of.case.second_office_id is None:
        sentence = "没有可以裁决的第二个机关，对评价的异议不能交给评价单位自己裁决。"
        raise Refused("no-second-office", sentence, "请信用办先登记上级机关，再提出异议；也可以在评价页请求人工复核。")


def note_result(of: StepOf, step: CaseStep) -> None:
    """当时的结果, as it is computed at this very step."""
    words, digest = _noted(of)
    step.said = {**step.said, RESULT: words, RESULT_DIGEST: digest}
    step.save(update_fields=["said"])


def result_changed(of: StepOf) -> None:
    """结果有变化：what is reported as put right shows in the result or in one of its reasons. Refused while all of it is as it was."""
    ordered = of.case.steps.filter(verb=ORDER).order_by("-place").first()
    words, digest = _noted(of)
    if ordered is not None and digest != NO_RESULT and ordered.said.get(RESULT_DIGEST) == digest:
        sentence = f"重新计算的结果和每一项理由，与裁决时完全一样（{words}），说明还没有改正。"
        raise Refused("result-not-changed", sentence, "先改正记录、登记信息或者方法，再报告；改正不了的，请裁决机关另行处理。")


def _noted(of: StepOf) -> tuple[str, str]:
    """The result of today in words, and the digest of its reasons. A result that is made no more stops no case: it is noted as that."""
    try:
        found = _result(of.case.about_key, of.at)
    except NotFound:
        return "现在没有结果：评价方法已经停用，或者不再评价这个主体", NO_RESULT
    return f"{found.grade_title}，{points(found.score)} 分", digest_of(found, of.at)


def digest_of(found: Explained, at: Instant) -> str:
    """A digest of the result, all its reasons and the results from outside beside it: SHA-256, hex, the first 32 digits."""
    outside = external_results(member_ids(found.subject.pk), date_of(at), at)
    reasons = sorted(
        f"{each.kind}|{each.indicator}|{each.dimension}|{each.record_id}|{each.milli_points}|{each.until or ''}" for each in found.reasons
    )
    said = {"grade": found.grade, "score": str(found.score), "floor": found.floor, "reasons": "\n".join(reasons)}
    said["outside"] = "\n".join(f"{each.kind}|{each.agency}|{each.grade}|{each.evaluated_on}" for each in outside)
    return sha256(canonical_bytes(said)).hexdigest()[:32]


def dispute(subject_id: int, model: str, at: Instant) -> str:
    """Fills ``evaluation.ports.disputes``."""
    keys = [key_of(each, model) for each in member_ids(subject_id)]
    case = Case.objects.filter(procedure=EVALUATION_OBJECTION, about_kind=EVALUATION, about_key__in=keys, closed_at=None).first()
    return f"评价异议{number_of(case)}正在办理" if case is not None else ""


def readers_of_result(case: Case, at: Instant) -> list[tuple[str, str]]:
    """Fills ``casework.ports.recipients``: the offices whose people or systems looked at the result within the days of the policy."""
    if case.about_kind != EVALUATION or case.subject_id is None:
        return []
    since = at - int(active.policy_set().value_at(TOLD_DAYS, date_of(at)).value) * 86_400
    looked = Read.objects.filter(kind=KIND, subject_id__in=member_ids(case.subject_id), at__gt=since)
    offices = looked.filter(department__isnull=False).values_list("department_id", flat=True).distinct()
    return [("office", str(each)) for each in offices.order_by("department_id")]


def _result(key: str, at: Instant) -> Explained:
    """The result of today. NotFound for who has none, or by a model there is not."""
    subject, model = _parts(key)
    return explain(subject, order_of(model, date_of(at), at))


def _parts(key: str) -> tuple[Subject, str]:
    number, _, model = key.partition(".")
    known = number.isascii() and number.isdigit() and len(number) < 15 and model in active.policy_set().evaluation_models
    if not known:
        raise NotFound("no-such-evaluation", "没有这项评价，或者它与您无关。", "从企业中心的“评价”进入。")
    return graded_subject(number), model
