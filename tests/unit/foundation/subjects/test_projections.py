"""The tables of this section follow from the ledger: fsck finds them equal, and finds what was changed behind its back."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chengxin.foundation.subjects import services
from chengxin.foundation.subjects.models import Judgement, Subject, SubjectIdentifier
from chengxin.foundation.subjects.projections import register_projections
from chengxin.foundation.subjects.types import Verdict
from chengxin.ledger import projecting
from chengxin.ledger import services as ledger
from chengxin.ledger.ports import Port, Projection
from chengxin.policy import active
from tests.harness.subjects import AT, ITEM, invented_code, open_rows, open_subject

pytestmark = pytest.mark.django_db

BASICS = {
    "MC": "泰安市第1号商贸有限公司",
    "SHXYM": invented_code(1),
    "GSZC": "370902200012348",
    "XZQH": "370902",
    "HY": "F5199",
    "JYZT": "K",
}
WHY: dict[str, Any] = {"because": "档案核对", "by": "甄别员", "at": AT}


@pytest.fixture(autouse=True)
def only_this_section(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    port: Port[Projection] = Port("test")
    register_projections(port)
    monkeypatch.setattr(projecting, "projections", port)
    active.use(cast(Any, SimpleNamespace(item=lambda _: ITEM)))
    yield
    active.use(None)


def differences() -> dict[str, tuple[int, int, int]]:
    report = ledger.fsck()
    return {each.table: (each.missing, each.extra, each.different) for each in report.comparisons}


SOUND = dict.fromkeys(["subjects_subject", "subjects_subjectidentifier", "subjects_judgement"], (0, 0, 0))


def test_an_empty_platform_is_sound() -> None:
    assert differences() == SOUND


def lived_in() -> list[int]:
    ids = [open_subject(number, f"泰安市第{number}号商贸有限公司") for number in range(1, 6)]
    open_rows({"MC": "李某云", "LB": "自然人", "_person": b"\x01" * 32})
    services.join_registry(submission_id=7, item=ITEM, chunks=[open_rows(BASICS, submission_id=7)], at=AT + 1)
    open_rows({**BASICS, "MC": "泰安市尚未办结商贸有限公司"}, submission_id=8)  # its submission was never joined
    services.judge_pair(left_id=ids[0], right_id=ids[1], verdict=Verdict.SAME, **WHY)
    services.judge_pair(left_id=ids[1], right_id=ids[2], verdict=Verdict.SAME, **WHY)
    services.judge_pair(left_id=ids[3], right_id=ids[4], verdict=Verdict.SAME, **WHY)
    services.retract_judgement(left_id=ids[3], right_id=ids[4], **WHY)
    services.record_known_name(subject_id=ids[0], name="第一商贸", **WHY)
    return ids


def test_what_happened_gives_the_tables() -> None:
    ids = lived_in()
    assert Subject.objects.get(id=ids[0]).industry == "F5199"
    assert Subject.objects.get(id=ids[2]).canonical_id == ids[0]
    assert differences() == SOUND


def test_changes_behind_the_ledgers_back_are_found() -> None:
    ids = lived_in()
    Subject.objects.filter(id=ids[4]).update(canonical_id=ids[3])
    Subject.objects.filter(id=ids[0]).update(name="改名有限公司")
    Subject.objects.filter(id=ids[2]).delete()
    Judgement.objects.filter(verdict="same").update(verdict="different")
    SubjectIdentifier.objects.filter(kind="registration_number").update(value="1")
    assert differences() == {
        "subjects_subject": (1, 0, 2),
        "subjects_subjectidentifier": (1, 1, 0),
        "subjects_judgement": (0, 0, 3),
    }
