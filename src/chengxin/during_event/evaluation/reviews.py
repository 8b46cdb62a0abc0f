"""人工复核：somebody asks that a person look at a grade again, another person answers. No machine decides; both words are in the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chengxin.access.models import Account
from chengxin.access.roles import Role
from chengxin.during_event.evaluation.models import ReviewRequest
from chengxin.during_event.evaluation.runs import newest_run
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.policy.types_evaluation import EvaluationModel
from chengxin.storage.transactions import in_turn, writing

ASKED: Final = "evaluation:review:asked"
ANSWERED: Final = "evaluation:review:answered"
LONGEST: Final = 1000


def ask_review(subject: Subject, model: EvaluationModel, *, because: str, by: Account, at: Instant) -> ReviewRequest:
    """请求人工复核. Refused without a reason; Conflict while an earlier request about this result waits for its answer."""
    because = _words(because, "请求复核须写明理由。", "写明哪一项有误、依据什么材料。")
    with writing():
        in_turn()
        if waiting_for(subject, model.id) is not None:
            raise Conflict("already-done", "这项评价已有人请求复核，正等待答复。", "等答复；有新的材料，交给办理复核的人。")
        run = newest_run(model.id)
        said = {"_subject": str(subject.pk), "_model": model.id, "_because": because}
        content_id = record_event(ASKED, said | {"_by": by.username, "_at": str(at)})
        return ReviewRequest.objects.create(
            subject_id=subject.pk, model=model.id, run_id=run.pk if run else None, asked_by=by.username, asked_at=at,
            because=because, content_id=content_id,
        )  # fmt: skip


def answer_review(review_id: int, *, answer: str, by: Account, at: Instant) -> ReviewRequest:
    """答复. Forbidden for who asked and for who is not of the credit office; Conflict where it is answered already."""
    found = review_by_id(review_id)
    if Role(by.role) is not Role.CREDIT_OFFICE or by.revoked_at is not None:
        raise Forbidden("not-allowed", "人工复核由信用办答复。", "转给信用办的工作人员。")
    if by.username == found.asked_by:
        raise Forbidden("second-person-needed", "复核须由另一人答复，请求人自己不能答复。", "请信用办的另一位同事登录后办理。")
    answer = _words(answer, "答复须写明理由。", "写明看了哪些记录和材料，结论是什么，主体还可以做什么。")
    with writing():
        in_turn()
        if ReviewRequest.objects.filter(pk=found.pk, answered_at=None).first() is None:
            raise Conflict("already-done", "这项请求已经答复。", "刷新页面，看现在的状态。")
        content_id = record_event(ANSWERED, {"_asked": str(found.content_id), "_answer": answer, "_by": by.username, "_at": str(at)})
        found.answered_by, found.answered_at, found.answer, found.answer_content_id = by.username, at, answer, content_id
        found.save(update_fields=["answered_by", "answered_at", "answer", "answer_content_id"])
    return found


def review_by_id(review_id: int) -> ReviewRequest:
    """The request with this number. NotFound."""
    found = ReviewRequest.objects.filter(pk=review_id).first()
    if found is None:
        raise NotFound("no-such-review", f"没有第 {review_id} 号复核请求。", "从人工复核的列表进入。")
    return found


def waiting_for(subject: Subject, model_id: str) -> ReviewRequest | None:
    """The request about this result that waits for its answer."""
    waiting = ReviewRequest.objects.filter(subject_id__in=member_ids(subject.pk), model=model_id, answered_at=None)
    return waiting.order_by("id").first()


def reviews_of(subject: Subject) -> list[ReviewRequest]:
    """All requests of a subject, newest first."""
    return list(ReviewRequest.objects.filter(subject_id__in=member_ids(subject.pk)).order_by("-id"))


def reviews(*, waiting: bool, limit: int) -> Sequence[ReviewRequest]:
    """Requests that wait, oldest first; or answered ones, newest first."""
    found = ReviewRequest.objects.filter(answered_at__isnull=waiting)
    return list(found.order_by("id" if waiting else "-answered_at")[:limit])


def _words(text: str, sentence: str, what_to_do: str) -> str:
    text = text.strip()
    if not text:
        raise Refused("no-reason-given", sentence, what_to_do)
    if len(text) > LONGEST:
        raise Refused("reason-too-long", f"不得超过 {LONGEST} 个字，现在 {len(text)} 个字。", "写明要点，材料另存。")
    return text
