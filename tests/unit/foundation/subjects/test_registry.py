"""What the registry says joins what departments have opened."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from chengxin.foundation.subjects import queries, registry
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier, SubjectOffice
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel.instants import FOREVER
from chengxin.storage.transactions import writing
from tests.harness.subjects import AT, ITEM, invented_code, open_rows, open_subject

pytestmark = pytest.mark.django_db

NAME = "泰安市岭上云商贸有限公司"
BASICS = {
    "MC": NAME,
    "SHXYM": invented_code(1),
    "LB": "法人",
    "GSZC": "370902200012348",
    "FRDB": "王某甲",
    "XZQH": "370902",
    "HY": "F5199",
    "JYZT": "K",
}


def register(*given: dict[str, Any], at: int = AT, people: list[bytes | None] | None = None) -> registry.RegistryOutcome:
    with writing():
        frame = open_rows(*given, at=at)
        if people is not None:
            frame = frame.with_columns(pl.Series("_legal_representative_person", people, dtype=pl.Binary))
        return registry.apply_registry_basics(frame, ITEM, at)


def test_registry_basics_join_a_subject_that_a_department_opened() -> None:
    subject_id = open_subject(1, NAME, at=AT - 86_400)
    outcome = register(BASICS)
    assert (outcome.joined, outcome.renamed, outcome.doubtful.height) == (1, 0, 0)
    subject = Subject.objects.get()
    assert (subject.id, subject.in_registry, subject.kind) == (subject_id, True, SubjectKind.LEGAL_PERSON)
    assert (subject.division, subject.industry, subject.state) == ("370902", "F5199", "K")
    assert SubjectIdentifier.objects.values_list("kind", "value").get() == ("registration_number", "370902200012348")


def test_the_same_basics_twice_change_nothing() -> None:
    register(BASICS)
    register(BASICS)
    assert SubjectIdentifier.objects.count() == SubjectOffice.objects.count() == Subject.objects.count() == 1


def test_a_new_name_keeps_the_former_one() -> None:
    register(BASICS)
    outcome = register({**BASICS, "MC": "泰安市海上云商贸有限公司"})
    assert outcome.renamed == 1
    subject = Subject.objects.get()
    assert subject.name == "泰安市海上云商贸有限公司"
    assert [i.value for i in queries.identifiers_of(subject.id) if i.kind == "former_name"] == [NAME]


def test_a_subject_opened_under_another_name_deserves_a_second_look() -> None:
    subject_id = open_subject(1, "肥城市望河建材有限公司")
    outcome = register(BASICS)
    assert outcome.doubtful.rows() == [(subject_id, "肥城市望河建材有限公司", NAME)]
    assert SubjectIdentifier.objects.filter(kind="reported_name").get().value == "肥城市望河建材有限公司"


def test_offices_end_when_another_person_takes_them() -> None:
    register(BASICS, people=[b"\x01" * 32])
    register({**BASICS, "FRDB": "王某甲"}, at=AT + 10, people=[None])  # nothing known against its being the same
    assert SubjectOffice.objects.count() == 1
    register({**BASICS, "FRDB": "李某乙"}, at=AT + 20, people=[b"\x02" * 32])
    subject = Subject.objects.get()
    assert list(SubjectOffice.objects.order_by("id").values_list("name", "valid_from", "valid_until")) == [
        ("王某甲", AT, AT + 20),
        ("李某乙", AT + 20, FOREVER),
    ]
    assert [office.name for office in queries.offices_of(subject.id, AT + 19)] == ["王某甲"]
    assert [office.name for office in queries.offices_of(subject.id, AT + 20)] == ["李某乙"]
    register({**BASICS, "FRDB": "李某乙"}, at=AT + 30, people=[b"\x03" * 32])  # a namesake
    assert SubjectOffice.objects.count() == 3


def test_of_several_rows_the_last_counts() -> None:
    register(BASICS, {**BASICS, "JYZT": "D"})
    assert Subject.objects.get().state == "D"
