"""When the entry that opened a subject is erased and the subject lives on, fsck raises no false alarm, and still finds what was changed."""

from __future__ import annotations

import pytest

from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects import services
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier
from chengxin.foundation.subjects.types import Verdict
from chengxin.ledger.checking import Report
from chengxin.ledger.services import erase, fsck, sign_checkpoint
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty
from tests.unit.foundation.collection.test_registry_joining import basics

pytestmark = pytest.mark.usefixtures("db", "policy_set")
LATER = HANDED_IN + 600


def report() -> Report:
    sign_checkpoint(LATER + 60)
    return fsck(at=LATER + 60)


def unequal() -> list[tuple[str, int, int, int]]:
    return [(each.table, each.missing, each.extra, each.different) for each in report().comparisons if not each.equal]


def test_an_erased_opening_and_a_later_word_of_the_registry(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    opening = Record.objects.get()
    hand_in(office, [basics(policy_set, 1, office.code)], item="registry_basics", at=HANDED_IN + 60)
    subject = Subject.objects.get()
    assert subject.content_id != opening.content_id
    erase([opening.content_id], "裁定", LATER)
    assert Subject.objects.get().name == subject.name  # the registry's entry needs it
    assert report().sound
    Subject.objects.update(name="改名有限公司")
    assert unequal() == [("subjects_subject", 0, 0, 1)]


def test_an_erased_opening_of_one_that_was_judged_the_same(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code), penalty(2, office.code)])
    first, second = Subject.objects.order_by("id")
    services.judge_pair(left_id=first.pk, right_id=second.pk, verdict=Verdict.SAME, because="档案", by="甄别员", at=HANDED_IN + 60)
    services.record_known_name(subject_id=first.pk, name="云杉一号", because="招牌", by="甄别员", at=HANDED_IN + 60)
    assert report().sound
    erase([Record.objects.get(subject_id=first.pk).content_id], "裁定", LATER)
    assert not SubjectIdentifier.objects.exists()
    assert unequal() == []


def test_numbers_that_an_erased_entry_of_the_registry_told(policy_set: PolicySet) -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code)])
    told = basics(policy_set, 1, office.code)
    hand_in(office, [told], item="registry_basics", at=HANDED_IN + 60)
    before = Record.objects.get(item=15)
    hand_in(office, [{**told, "DJ_GSZC": "370902200000024"}], item="registry_basics", at=HANDED_IN + 120, key="2")
    assert SubjectIdentifier.objects.filter(kind="registration_number").count() == 2
    erase([before.content_id], "裁定", LATER)
    assert unequal() == []
    erase([Record.objects.get(item=15).content_id], "裁定", LATER + 1)
    assert not SubjectIdentifier.objects.filter(kind="registration_number").exists()
    assert Subject.objects.get().name != ""
    assert unequal() == []
