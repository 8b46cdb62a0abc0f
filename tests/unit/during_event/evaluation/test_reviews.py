"""A person asks a person: reasons, two people, the ledger, and no machine in between."""

from __future__ import annotations

import pytest

from chengxin.during_event.evaluation.models import ReviewRequest
from chengxin.during_event.evaluation.reviews import answer_review, ask_review, review_by_id, waiting_for
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import fsck, read_contents
from chengxin.policy import PolicySet
from chengxin.policy.types_evaluation import EvaluationModel
from tests.harness.evaluation_town import AT, Town
from tests.harness.penalties import code_of

PAGE = f"/s/{code_of(1)}/evaluation"


@pytest.fixture
def model(policy_set: PolicySet) -> EvaluationModel:
    """The city's own model."""
    return policy_set.evaluation_model("public_comprehensive")


def test_one_asks_another_answers_and_both_are_in_the_ledger(town: Town, model: EvaluationModel) -> None:
    asked = ask_review(town.firm(1), model, because=" 第 1 号处罚已经撤销 ", by=town.person("clerk"), at=AT)
    assert waiting_for(town.firm(1), model.id) == asked
    assert waiting_for(town.firm(2), model.id) is None
    assert fsck(rebuild=True).sound
    answered = answer_review(asked.pk, answer="已核对决定书，仍然有效", by=town.person("credit_office"), at=AT + 60)
    said = read_contents([asked.content_id, answered.answer_content_id or 0])
    assert [each["_event"] for each in said.values()] == ["evaluation:review:asked", "evaluation:review:answered"]
    assert said[asked.content_id]["_because"] == "第 1 号处罚已经撤销"
    assert waiting_for(town.firm(1), model.id) is None
    assert fsck(rebuild=True).sound
    ask_review(town.firm(1), model, because="又有新的材料", by=town.person("clerk"), at=AT + 120)  # one may ask again


def test_fsck_finds_an_answer_that_nobody_gave(town: Town, model: EvaluationModel) -> None:
    asked = ask_review(town.firm(1), model, because="有误", by=town.person("clerk"), at=AT)
    ReviewRequest.objects.filter(pk=asked.pk).update(answered_by="谁", answered_at=AT, answer="没有问题")
    report = fsck(rebuild=True)
    assert not report.sound
    assert "人工复核的请求" in {comparison.title for comparison in report.comparisons if not comparison.equal}


def test_who_asked_does_not_answer_and_only_the_credit_office_does(town: Town, model: EvaluationModel) -> None:
    asked = ask_review(town.firm(1), model, because="有误", by=town.person("credit_office"), at=AT)
    for role, sentence in (("credit_office", "另一人"), ("clerk", "信用办"), ("reviewer", "信用办")):
        with pytest.raises(Forbidden, match=sentence):
            answer_review(asked.pk, answer="没有问题", by=town.person(role), at=AT)
    answer_review(asked.pk, answer="没有问题", by=town.person("credit_office", "another"), at=AT)
    with pytest.raises(Conflict):
        answer_review(asked.pk, answer="又没有问题", by=town.person("credit_office", "another"), at=AT)


def test_words_are_needed_and_have_an_end(town: Town, model: EvaluationModel) -> None:
    for because in ("", "  ", "长" * 1001):
        with pytest.raises(Refused):
            ask_review(town.firm(1), model, because=because, by=town.person("clerk"), at=AT)
    asked = ask_review(town.firm(1), model, because="有误", by=town.person("clerk"), at=AT)
    with pytest.raises(Conflict, match="正等待答复"):
        ask_review(town.firm(1), model, because="有误", by=town.person("clerk"), at=AT)
    with pytest.raises(Refused):
        answer_review(asked.pk, answer=" ", by=town.person("credit_office"), at=AT)
    with pytest.raises(NotFound):
        review_by_id(asked.pk + 1)


def test_it_goes_by_the_pages(town: Town) -> None:
    clerk = town.told_why("clerk", code_of(1))
    empty = clerk.post(f"{PAGE}/review", {"because": " "})
    assert empty.status_code == 422
    assert "请求复核须写明理由" in empty.content.decode()
    assert clerk.post(f"{PAGE}/review", {"because": "第 1 号处罚已经撤销"}).status_code == 302
    assert "有人请求复核，等待答复" in clerk.get(PAGE).content.decode()
    assert clerk.get("/evaluation/reviews").status_code == 403
    office = town.client("credit_office")
    asked = ReviewRequest.objects.get()
    assert "第 1 号处罚已经撤销" in office.get("/evaluation/reviews").content.decode()
    page = f"/evaluation/reviews/{asked.pk}"
    assert f"review={asked.pk}" in office.get(page).content.decode()
    assert f"第 {asked.pk} 号复核请求" in office.get(f"{PAGE}?review={asked.pk}").content.decode()
    assert office.post(f"{page}/answer", {"answer": ""}).status_code == 422
    assert town.client("auditor").post(f"{page}/answer", {"answer": "好"}).status_code == 403
    assert office.post(f"{page}/answer", {"answer": "决定书仍然有效"}).status_code == 302
    assert "决定书仍然有效" in clerk.get(PAGE).content.decode()
    assert "决定书仍然有效" in office.get("/evaluation/reviews").content.decode()


def test_nobody_asks_without_a_matter_or_about_another_industry(town: Town) -> None:
    assert town.client("clerk").post(f"{PAGE}/review", {"because": "有误"}).status_code == 422
    assert town.told_why("clerk", code_of(1)).post(f"{PAGE}/review", {"because": "有误", "model": "construction"}).status_code == 404
    assert not ReviewRequest.objects.exists()
