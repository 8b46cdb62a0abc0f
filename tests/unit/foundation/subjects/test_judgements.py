"""Judgements are added, never overwritten; undoing a merge restores exactly what was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.foundation.subjects import judging, queries, services
from chengxin.foundation.subjects.judging import in_order
from chengxin.foundation.subjects.models import CandidatePair, Judgement, Subject, SubjectIdentifier
from chengxin.foundation.subjects.types import Verdict
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from tests.harness.subjects import AT, open_rows, open_subject

WHY: dict[str, Any] = {"because": "档案核对", "by": "甄别员", "at": AT}


def subjects(count: int) -> list[int]:
    return [open_subject(number, f"泰安市第{number}号商贸有限公司") for number in range(1, count + 1)]


def canonical() -> dict[int, int]:
    return dict(Subject.objects.values_list("id", "canonical_id"))


def judge(left: int, right: int, verdict: Verdict) -> Judgement:
    return services.judge_pair(left_id=left, right_id=right, verdict=verdict, **WHY)


@pytest.mark.django_db
def test_a_merge_and_its_undoing() -> None:
    a, b, c = subjects(3)
    before = canonical()
    judge(b, a, Verdict.SAME)
    judge(b, c, Verdict.SAME)
    assert set(canonical().values()) == {a}
    assert queries.member_ids(c) == [a, b, c]
    services.retract_judgement(left_id=b, right_id=c, **WHY)
    assert canonical() == {a: a, b: a, c: c}
    services.retract_judgement(left_id=a, right_id=b, **WHY)
    assert canonical() == before
    assert Judgement.objects.count() == 4  # nothing was taken away
    assert queries.member_ids(b) == [b]


@pytest.mark.django_db
def test_each_judgement_is_an_entry() -> None:
    a, b = subjects(2)
    judgement = judge(a, b, Verdict.SAME)
    content = ledger.read_contents([judgement.content_id])[judgement.content_id]
    assert content["_event"] == "subjects:pair:judged"
    assert (content["_left"], content["_right"], content["_verdict"], content["_by"]) == (str(a), str(b), "same", "甄别员")


@pytest.mark.django_db
def test_same_and_different_must_fit_together() -> None:
    a, b, c = subjects(3)
    judge(a, b, Verdict.SAME)
    judge(a, c, Verdict.DIFFERENT)
    with pytest.raises(Conflict, match="将成为同一主体"):
        judge(b, c, Verdict.SAME)
    judge(a, c, Verdict.UNSURE)
    judge(b, c, Verdict.SAME)
    with pytest.raises(Conflict, match="不能判为不同"):
        judge(a, c, Verdict.DIFFERENT)
    assert Judgement.objects.count() == 4


@pytest.mark.django_db
def test_what_is_refused() -> None:
    a, b = subjects(2)
    person, other = open_rows(
        {"MC": "李某云", "LB": "自然人", "_person": b"\x01" * 32}, {"MC": "李某云", "LB": "自然人", "_person": b"\x02" * 32}
    )["subject_id"]
    for left, right in ((person, other), (a, person)):
        with pytest.raises(Refused, match="自然人"):
            judge(left, right, Verdict.SAME)
    with pytest.raises(Refused, match="自己"):
        judge(a, a, Verdict.SAME)
    with pytest.raises(NotFound):
        judge(a, 10**9, Verdict.SAME)
    with pytest.raises(Refused, match="理由"):
        services.judge_pair(left_id=a, right_id=b, verdict=Verdict.SAME, because=" ", by="甄别员", at=AT)
    with pytest.raises(Refused, match="无可撤回"):
        services.retract_judgement(left_id=a, right_id=b, **WHY)
    assert not Judgement.objects.exists()


@pytest.mark.django_db
def test_a_known_name_is_recorded_once_with_its_entry() -> None:
    (a,) = subjects(1)
    for _ in range(2):
        services.record_known_name(subject_id=a, name="第一商贸", **WHY)
    name = SubjectIdentifier.objects.get()
    assert ledger.read_contents([name.content_id])[name.content_id]["_known_name"] == "第一商贸"


@pytest.mark.django_db
def test_the_queue_holds_pairs_that_wait() -> None:
    a, b, c = subjects(3)
    for left, right, score in ((a, b, 700), (a, c, 900), (b, c, 800)):
        CandidatePair.objects.create(left_id=left, right_id=right, features=[], score=score, proposed_at=AT)
    assert [pair["score"] for pair in queries.open_pairs(10)] == [900, 800, 700]
    judge(a, c, Verdict.UNSURE)
    judge(b, c, Verdict.DIFFERENT)
    assert [(pair["score"], pair["verdict"]) for pair in queries.open_pairs(10)] == [(700, ""), (900, "unsure")]
    services.retract_judgement(left_id=b, right_id=c, **WHY)
    assert [pair["score"] for pair in queries.open_pairs(2)] == [800, 700]
    assert [pair["left"].id for pair in queries.open_pairs(2, offset=2)] == [a]


STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(list(Verdict))), max_size=12)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_canonical_ids_follow_from_the_judgements_in_effect_alone(steps: list[tuple[int, int, Verdict]]) -> None:
    """Whatever was judged and taken back, in whatever order: as if only the judgements in effect had ever been."""
    ids = sorted(Subject.objects.values_list("id", flat=True)) or subjects(5)
    for left, right in set(Judgement.objects.values_list("left_id", "right_id")):  # the example before ends here
        judge(left, right, Verdict.UNSURE)
    assert canonical() == {subject_id: subject_id for subject_id in ids}
    effective: dict[tuple[int, int], Verdict] = {}
    for left, right, verdict in steps:
        try:
            judge(ids[left], ids[right], verdict)
        except Refused:
            continue
        effective[in_order(ids[left], ids[right])] = verdict
        same = [pair for pair, said in effective.items() if said == Verdict.SAME]
        assert canonical() == {subject_id: min(judging.component(subject_id, same)) for subject_id in ids}
        assert not [pair for pair, said in effective.items() if said == Verdict.DIFFERENT and pair[1] in judging.component(pair[0], same)]
