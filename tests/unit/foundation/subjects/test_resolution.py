"""Whose row is it: code first, then numbers on record; never a name."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from chengxin.foundation.subjects import opening, resolution
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.codes import credit_code
from chengxin.storage.transactions import writing
from tests.harness.subjects import AT, ITEM, invented_code, open_rows, open_subject, rows

pytestmark = pytest.mark.django_db

CODE = invented_code(1)
NAME = "泰安市岭上云商贸有限公司"


def resolve(**row: object) -> tuple[int | None, str, bool]:
    answer = resolution.resolve_chunk(rows(row), ITEM, AT)
    return answer["subject_id"][0], answer["resolution"][0], answer["name_agrees"][0]


def test_a_valid_code_not_yet_known_opens_a_subject_outside_the_registry() -> None:
    subject_id = open_subject(1, NAME)
    subject = Subject.objects.get()
    assert (subject.id, subject.code, subject.name, subject.in_registry) == (subject_id, CODE, NAME, False)
    assert (subject.canonical_id, subject.opened_at, subject.kind) == (subject_id, AT, SubjectKind.ORGANIZATION)


def test_rows_of_one_new_code_open_one_subject() -> None:
    resolved = open_rows(
        {"MC": NAME, "SHXYM": CODE}, {"MC": "泰安市别处商贸有限公司", "SHXYM": CODE}, {"MC": NAME, "SHXYM": invented_code(2)}
    )
    assert resolved["resolution"].to_list() == ["opened"] * 3
    assert resolved["subject_id"].n_unique() == 2
    assert resolved["name_agrees"].to_list() == [True, False, True]
    assert opening.first_of_each_opening(resolved).to_list() == [True, False, True]
    payload = opening.opening_payload(resolved, ITEM)
    assert payload.rows()[:2] == [("organization", CODE, NAME), (None, None, None)]
    assert Subject.objects.count() == 2


def test_a_known_code_is_exact() -> None:
    subject_id = open_subject(1, NAME)
    assert resolve(MC=NAME, SHXYM=CODE) == (subject_id, "exact", True)
    assert Subject.objects.count() == 1


@pytest.mark.parametrize(
    "spelling", ["泰安岭上云商贸有限责任公司", "泰安市岭上云商贸公司", "泰安市岭上云（商贸）有限公司 ", "泰安市岭上云商贸有限公司\u200b"]
)
def test_a_spelling_of_the_same_name_agrees(spelling: str) -> None:
    subject_id = open_subject(1, NAME)
    assert resolve(MC=spelling, SHXYM=CODE) == (subject_id, "exact", True)


@pytest.mark.parametrize("name", ["泰安市岭下云商贸有限公司", "肥城市望河建材有限公司", ""])
def test_somebody_elses_code_is_told_by_the_name(name: str) -> None:
    subject_id = open_subject(1, NAME)
    assert resolve(MC=name, SHXYM=CODE) == (subject_id, "exact", False)


def test_former_and_judged_names_agree_reported_ones_do_not() -> None:
    subject_id = open_subject(1, NAME)
    for kind, name in (("former_name", "泰安市旧时光商贸有限公司"), ("known_name", "岭上云超市"), ("reported_name", "张冠李戴有限公司")):
        SubjectIdentifier.objects.create(subject_id=subject_id, kind=kind, value=name, content_id=1)
    assert resolve(MC="泰安旧时光商贸有限责任公司", SHXYM=CODE)[2]
    assert resolve(MC="岭上云超市", SHXYM=CODE)[2]
    assert not resolve(MC="张冠李戴有限公司", SHXYM=CODE)[2]


def test_another_number_counts_only_through_a_recorded_equivalence() -> None:
    subject_id = open_subject(1, NAME)
    # Characters 9–17 of the code are the organisation code, and still prove nothing until somebody has recorded it.
    assert resolve(MC=NAME, ZZJG=credit_code.organization_code_of(CODE)) == (None, "candidate", False)
    SubjectIdentifier.objects.create(
        subject_id=subject_id, kind="organization_code", value=credit_code.organization_code_of(CODE), content_id=1
    )
    assert resolve(MC=NAME, ZZJG=credit_code.organization_code_of(CODE)) == (subject_id, "number", True)
    assert resolve(MC="肥城市望河建材有限公司", ZZJG=credit_code.organization_code_of(CODE)) == (subject_id, "number", False)


def test_numbers_that_lead_to_different_subjects_lead_to_a_person() -> None:
    first, second = open_subject(1, NAME), open_subject(2, "泰安市别处商贸有限公司")
    SubjectIdentifier.objects.create(subject_id=first, kind="registration_number", value="370900200001235", content_id=1)
    SubjectIdentifier.objects.create(subject_id=second, kind="tax_number", value="370902123456789", content_id=1)
    assert resolve(MC=NAME, GSZC="370900200001235") == (first, "number", True)
    assert resolve(MC=NAME, GSZC="370900200001235", SWDJ="370902123456789") == (None, "candidate", False)


def test_a_name_alone_is_only_a_candidate() -> None:
    open_subject(1, NAME)
    assert resolve(MC=NAME) == (None, "candidate", False)
    assert resolve(MC=NAME, SHXYM=credit_code.PLACEHOLDER, LB="个体工商户") == (None, "candidate", False)


def test_a_code_that_is_not_valid_opens_nothing() -> None:
    wrong = CODE[:-1] + ("0" if CODE[-1] != "0" else "1")
    assert resolve(MC=NAME, SHXYM=wrong) == (None, "candidate", False)


def test_natural_persons_are_known_by_their_blind_index_never_by_name() -> None:
    person = {"MC": "李某云", "LB": "自然人", "_person": b"\x01" * 32}
    resolved = open_rows(person, {**person, "_person": b"\x02" * 32}, {**person, "_person": None})
    assert resolved["resolution"].to_list() == ["opened", "opened", "candidate"]
    subject = Subject.objects.get(person=b"\x01" * 32)
    assert (subject.kind, subject.code, subject.search_key) == (SubjectKind.NATURAL_PERSON, None, "")
    assert resolve(**person) == (subject.id, "exact", True)
    # A code in a natural person's row is a fault of that row; it never links to the company.
    company = open_subject(1, NAME)
    assert resolve(**person, SHXYM=CODE)[0] not in (None, company)


def test_individual_businesses_are_told_by_word_or_code() -> None:
    resolved = open_rows(
        {"MC": "泰山区圆月小吃店", "SHXYM": invented_code(3, "92")},
        {"MC": "泰山区弯月小吃店", "SHXYM": invented_code(4), "LB": "个体工商户"},
    )
    assert resolved["subject_kind"].to_list() == [SubjectKind.INDIVIDUAL_BUSINESS] * 2


def test_the_loser_of_a_race_is_told() -> None:
    stale = resolution.resolve_chunk(rows({"MC": NAME, "SHXYM": CODE}), ITEM, AT)
    open_subject(1, NAME)
    with pytest.raises(IntegrityError), writing():
        opening.open_subjects(stale.with_columns(content_id=1), ITEM, AT)
    assert Subject.objects.count() == 1
    assert resolve(MC=NAME, SHXYM=CODE)[1] == "exact"


def test_an_empty_chunk_is_answered() -> None:
    answer = resolution.resolve_chunk(rows(), ITEM, AT)
    assert answer.height == 0
    assert {"subject_id", "resolution", "name_agrees", "subject_kind"} <= set(answer.columns)
