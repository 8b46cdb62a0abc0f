"""Finding subjects: part of a name, beginning of a code; never a natural person, never what is not public."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Set

import pytest

from chengxin.foundation.subjects import registry, services
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier
from chengxin.foundation.subjects.ports import shown_subjects
from chengxin.foundation.subjects.search import find_subjects
from chengxin.foundation.subjects.types import Verdict
from chengxin.storage.transactions import writing
from tests.harness.subjects import AT, ITEM, invented_code, open_rows, open_subject

pytestmark = pytest.mark.django_db


def found(text: str, limit: int = 10) -> list[str]:
    return [subject.name for subject in find_subjects(text, limit, AT, everyone=True)]


@pytest.fixture
def companies() -> dict[str, int]:
    names = ("泰安市岭上云商贸有限公司", "岭上云科技（泰安）有限公司", "肥城市望河建材有限公司", "ABC新能源(泰安)有限公司")
    return {name: open_subject(number, name) for number, name in enumerate(names, start=1)}


def test_part_of_a_name_finds_it(companies: dict[str, int]) -> None:
    assert found("岭上云") == ["岭上云科技（泰安）有限公司", "泰安市岭上云商贸有限公司"]
    assert found("望河") == ["肥城市望河建材有限公司"]
    assert found("泰安有限公司") == ["岭上云科技（泰安）有限公司", "ABC新能源(泰安)有限公司"]  # brackets are no part of a name
    assert found("新能源（泰安）") == ["ABC新能源(泰安)有限公司"]
    assert found("ａｂｃ新") == found("abc新") == ["ABC新能源(泰安)有限公司"]


def test_control_characters_are_no_part_of_a_name(companies: dict[str, int]) -> None:
    assert found("岭\0上\x07云") == found("岭上云")
    assert found("\0a") == found("\0\0") == []


@pytest.mark.parametrize(
    "text", ["", "泰", "  ", "（）", "云岭", "有限公司泰安", "%", "岭%云", '"岭上" OR "望河"', "{岭上,望河}", "'; DROP TABLE"]
)
def test_texts_that_stand_in_no_name_find_nothing(companies: dict[str, int], text: str) -> None:
    assert found(text) == []


def test_a_code_or_number_is_found_by_its_beginning(companies: dict[str, int]) -> None:
    code = invented_code(3)
    assert found(code) == found(code[:17]) == found(code.lower()) == ["肥城市望河建材有限公司"]
    assert len(found("91370902")) == 4
    SubjectIdentifier.objects.create(
        subject_id=companies["肥城市望河建材有限公司"], kind="registration_number", value="370902200012348", content_id=1
    )
    assert found("3709022000") == ["肥城市望河建材有限公司"]


def test_the_limit_is_kept(companies: dict[str, int]) -> None:
    assert len(found("有限公司", limit=3)) == 3
    assert len(found("91370902", limit=2)) == 2


def test_natural_persons_are_never_found() -> None:
    open_rows({"MC": "李某云泰安", "LB": "自然人", "_person": b"\x01" * 32})
    assert found("李某云泰安") == []
    assert Subject.objects.count() == 1


def test_merged_subjects_are_found_under_their_canonical_one(companies: dict[str, int]) -> None:
    left, right = companies["泰安市岭上云商贸有限公司"], companies["岭上云科技（泰安）有限公司"]
    services.judge_pair(left_id=left, right_id=right, verdict=Verdict.SAME, because="营业执照变更登记核对一致", by="甄别员", at=AT)
    assert found("岭上云") == ["泰安市岭上云商贸有限公司"]
    services.retract_judgement(left_id=left, right_id=right, because="两照并存，并非同一主体", by="甄别员", at=AT)
    assert len(found("岭上云")) == 2


class Shown:
    def __init__(self) -> None:
        self.ids: set[int] = set()

    def __call__(self, subject_ids: Collection[int], at: int) -> Set[int]:
        return self.ids & set(subject_ids)


@pytest.fixture
def shown() -> Iterator[Shown]:
    before = dict(shown_subjects.items())
    for name in before:
        shown_subjects.forget(name)
    port = Shown()
    shown_subjects.register("test", port)
    yield port
    shown_subjects.forget("test")
    for name, implementation in before.items():
        shown_subjects.register(name, implementation)


def test_the_public_finds_who_is_registered_or_has_something_public(companies: dict[str, int], shown: Shown) -> None:
    assert find_subjects("岭上云", 10, AT) == []
    shown.ids = {companies["岭上云科技（泰安）有限公司"]}
    assert [subject.name for subject in find_subjects("岭上云", 10, AT)] == ["岭上云科技（泰安）有限公司"]
    Subject.objects.filter(id=companies["泰安市岭上云商贸有限公司"]).update(in_registry=True)
    assert len(find_subjects("岭上云", 10, AT)) == 2


def test_the_public_finds_those_shown_behind_many_that_are_not(shown: Shown) -> None:
    resolved = open_rows(*({"MC": f"泰安市第{number}号望河建材厂", "SHXYM": invented_code(number)} for number in range(1, 421)))
    shown.ids = {resolved["subject_id"][-1]}
    assert [subject.name for subject in find_subjects("望河建材", 10, AT)] == ["泰安市第420号望河建材厂"]


def test_a_new_name_is_found_and_the_old_one_no_longer(companies: dict[str, int]) -> None:
    subject_id = companies["肥城市望河建材有限公司"]
    with writing():
        frame = open_rows({"MC": "肥城市听泉建材有限公司", "SHXYM": invented_code(3)})
        registry.apply_registry_basics(frame, ITEM, AT)
    assert found("听泉") == ["肥城市听泉建材有限公司"]
    assert found("望河") == []
    assert Subject.objects.get(id=subject_id).in_registry
