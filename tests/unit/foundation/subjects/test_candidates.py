"""Proposals for a person: explained, bounded, never a decision."""

from __future__ import annotations

import polars as pl
import pytest

from chengxin.foundation.subjects import candidates, queries
from chengxin.foundation.subjects.matching import Described, explain_pair
from chengxin.foundation.subjects.models import CandidatePair, Subject, SubjectIdentifier, SubjectOffice
from chengxin.kernel.instants import FOREVER
from chengxin.storage.transactions import writing
from tests.harness.subjects import AT, invented_code, open_rows, open_subject


def features_of(left: Described, right: Described) -> dict[str, int]:
    return {feature.id: feature.speaks for feature in explain_pair(left, right)[1]}


def test_features_speak_for_and_against() -> None:
    address = "泰安市泰山区云步路118号"
    left = Described("泰安市岭上云商贸有限公司", "370902", "王某甲", address, numbers={"registration_number": "370902200012348"})
    same = Described("泰安岭上云商贸有限责任公司", "370902", "王某甲", address + "一楼", numbers={"registration_number": "370902200012348"})
    assert set(features_of(left, same)) == {
        "name_similarity",
        "division_same",
        "legal_representative_same",
        "address_shared",
        "number_shared",
    }
    assert explain_pair(left, same)[0] == 1000
    other = Described(
        "泰安市岭下云商贸有限公司", "370911", "李某乙", "泰安市岱岳区长城路9号", numbers={"registration_number": "370911200000019"}
    )
    assert {"division_mismatch", "legal_representative_mismatch", "registration_disjoint"} < set(features_of(left, other))
    assert explain_pair(left, other)[0] < 300


def test_what_is_not_known_says_nothing() -> None:
    assert set(features_of(Described("岭上云"), Described("岭上云", "370902", "王某甲", "某路1号"))) == {"name_similarity"}


def test_two_codes_contradict_and_old_names_speak_for() -> None:
    left = Described("泰安市旧时光商贸有限公司", code=invented_code(1))
    right = Described("泰安市岭上云商贸有限公司", code=invented_code(2), former_names=("泰安旧时光商贸有限责任公司",))
    found = features_of(left, right)
    assert found["former_name"] > 0 > found["registration_disjoint"]


@pytest.mark.django_db
def test_candidates_for_a_row_without_a_code() -> None:
    near = open_subject(1, "泰安市岭上云商贸有限公司")
    open_subject(2, "肥城市望河建材有限公司")
    typo = open_subject(3, "泰安市岭上芸商贸有限公司")
    SubjectOffice.objects.create(
        subject_id=near, office="legal_representative", name="王某甲", valid_from=AT, valid_until=FOREVER, content_id=1
    )
    rows = pl.DataFrame(
        {"quarantined_row_id": [7, 8], "name": ["泰安岭上云商贸公司", "无人知晓的店"], "legal_representative": ["王某甲", ""]}
    )
    with writing():
        assert candidates.propose_for_rows(rows, AT) == 2
        assert candidates.propose_for_rows(rows, AT) == 0  # proposed before: stays as it was explained then
    found = queries.candidates_for_rows([7, 8])
    assert [candidate["subject"].id for candidate in found[7]] == [near, typo]
    assert {feature["id"] for feature in found[7][0]["features"]} == {"name_similarity", "legal_representative_same"}
    assert found[8] == []
    assert not CandidatePair.objects.exclude(left_id=0).exists()


@pytest.mark.django_db
def test_the_bearer_of_the_rows_code_is_always_a_candidate() -> None:
    bearer = open_subject(1, "泰安市岭上云商贸有限公司")
    row = pl.DataFrame({"quarantined_row_id": [7], "name": ["肥城市望河建材有限公司"], "subject_id": [bearer]})
    with writing():
        assert candidates.propose_for_rows(row, AT) == 1
    (candidate,) = queries.candidates_for_rows([7])[7]
    assert candidate["subject"].id == bearer
    assert candidate["score"] < 500


@pytest.mark.django_db
def test_pairs_among_all_subjects() -> None:
    first = open_subject(1, "泰安市岭上云商贸有限公司")
    twin = open_subject(2, "泰安岭上云商贸有限责任公司")
    open_subject(3, "泰安市岭上芸商贸有限公司")  # alike, and each has a code of its own
    open_rows({"MC": "泰安市岭上云商贸有限公司", "LB": "自然人", "_person": b"\x01" * 32})
    SubjectIdentifier.objects.create(subject_id=first, kind="registration_number", value="370902200012348", content_id=1)
    with writing():
        assert candidates.propose_pairs(AT) == 1
        assert candidates.propose_pairs(AT) == 0
    (pair,) = queries.open_pairs(10)
    assert (pair["left"].id, pair["right"].id) == (first, twin)
    assert {feature["id"] for feature in pair["features"]} == {"name_similarity", "registration_disjoint"}
    assert Subject.objects.filter(canonical_id=first).count() == 1  # a proposal decides nothing
