"""A submission of registry basics closes, and its subjects are in the registry; replayed from the ledger they are the same."""

from __future__ import annotations

import pytest

from chengxin.foundation.collection.models import QuarantinedRow
from chengxin.foundation.collection.services import decide_quarantined
from chengxin.foundation.collection.types import QuarantineDecision
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier, SubjectOffice
from chengxin.ledger.models import Content
from chengxin.ledger.services import fsck
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty, person_number
from tests.harness.valid_rows import valid_row

pytestmark = pytest.mark.django_db(transaction=True)


def basics(policy: PolicySet, number: int, authority: str, **changes: str) -> dict[str, str]:
    """One row of the registry about an invented firm, as in ``penalty``."""
    name = f"泰安云杉{number:05d}商贸有限公司"
    kinds = {"DJ_LB": "法人", "DJ_FRDB": "甲某某", "DJ_GSZC": f"3709022000{number:05d}", "DJ_QH": "370902", "DJ_HY": "F"}
    item = policy.item("registry_basics")
    known = {code: value for code, value in kinds.items() if any(field.code == code for field in item.fields)}
    return {**valid_row(item, policy, authority, number), "DJ_MC": name, "DJ_SHXYM": code_of(number), **known, **changes}


def differing() -> list[str]:
    """What the tables say otherwise than the ledger."""
    return [str(found) for found in fsck().comparisons if not found.equal]


def test_closing_puts_subjects_into_the_registry(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    assert not Subject.objects.get().in_registry
    person = {"DJ_FR_ZJLX": "身份证", "DJ_FR_ZJHM": person_number(5)}
    rows = [basics(policy_set, 1, office.code, **person), *(basics(policy_set, n, office.code) for n in range(2, 30))]
    submission = hand_in(office, rows, item="registry_basics")
    assert (submission.state, submission.accepted) == ("closed", 29), submission.refusal
    assert Subject.objects.filter(in_registry=True).count() == Subject.objects.count() == 29
    first = Subject.objects.get(code=code_of(1))
    assert (first.division, first.industry, first.state != "") == ("370902", "F", True)
    assert SubjectOffice.objects.filter(name="甲某某").count() == 29
    assert [bool(office.person) for office in SubjectOffice.objects.filter(subject_id=first.id)] == [True]
    assert SubjectIdentifier.objects.filter(subject_id=first.id, kind="registration_number").exists()
    assert differing() == []


def test_a_later_submission_tells_what_changed_and_an_earlier_one_decided_later_only_its_own_row(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(2, office.code, CF_XDR_MC="肥城市望河建材有限公司")])
    first = hand_in(office, [basics(policy_set, 1, office.code), basics(policy_set, 2, office.code)], item="registry_basics")
    assert first.quarantined == 1
    hand_in(office, [basics(policy_set, 1, office.code, DJ_MC="泰安海棠贸易有限公司")], item="registry_basics", at=HANDED_IN + 60)
    waiting = QuarantinedRow.objects.filter(decided_at=None)
    for row in waiting:  # both bear a name that the subject of their code does not
        subject = Subject.objects.get(code=code_of(2) if row.submission_id == first.pk else code_of(1))
        decision = QuarantineDecision.LINKED
        decide_quarantined(row_id=row.pk, decision=decision, because="核对了执照", by="甄别员", at=HANDED_IN + 90, subject_id=subject.pk)
    assert set(Subject.objects.filter(in_registry=True).values_list("code", "name")) == {
        (code_of(1), "泰安海棠贸易有限公司"),
        (code_of(2), "泰安云杉00002商贸有限公司"),
    }
    assert differing() == []


def test_other_kinds_of_item_join_nothing(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    assert not Content.objects.filter(event="subjects:registry:joined").exists()
    assert not Subject.objects.filter(in_registry=True).exists()
