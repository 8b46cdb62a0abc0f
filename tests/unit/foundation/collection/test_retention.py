"""The raw file is kept, readable only with its own key, and that key goes at the end of the item's retention."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from chengxin.access import vault
from chengxin.access.models import VaultFile
from chengxin.foundation.collection.annotating import annotated_file
from chengxin.foundation.collection.retention import apply_retention, erase_raw_file
from chengxin.kernel.instants import date_of, end_of_day
from chengxin.kernel.periods import last_day
from chengxin.kernel.refused import NotFound
from chengxin.policy.policy_set import PolicySet
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import penalty, person_number, person_penalty

pytestmark = pytest.mark.usefixtures("db")


def retention_end(policy: PolicySet) -> int:
    period = str(policy.value_at(policy.item("administrative_penalty").retention, date(2026, 11, 16)).value)
    return end_of_day(last_day(date_of(HANDED_IN), period))


def test_the_key_goes_when_the_term_ends_and_not_a_day_before(policy_set: PolicySet) -> None:
    office = market_regulation()
    submission = hand_in(office, [penalty(1, office.code), penalty(2, office.code, CF_NR_FK="")])
    annotated_file(submission, HANDED_IN).close()
    end = retention_end(policy_set)
    assert apply_retention(end - 1) == 0
    vault.open_file(submission.file_sha256).close()
    assert apply_retention(end) == 2  # the raw file and its annotated workbook
    assert apply_retention(end) == 0
    with pytest.raises(NotFound):
        vault.open_file(submission.file_sha256)
    assert VaultFile.objects.get(pk=submission.file_sha256).destroyed_at == end


def test_a_file_handed_in_twice_is_kept_until_the_later_term_ends(policy_set: PolicySet) -> None:
    office = market_regulation()
    rows = [penalty(1, office.code)]
    hand_in(office, rows, key="first")
    later = hand_in(office, rows, key="second", at=HANDED_IN + 10 * 86_400)
    assert apply_retention(retention_end(policy_set)) == 0
    vault.open_file(later.file_sha256).close()


def test_a_file_with_a_row_to_be_erased_goes_at_once(policy_set: PolicySet) -> None:
    office = market_regulation()
    submission = hand_in(office, [penalty(1, office.code)])
    erase_raw_file(submission, "依法删除其中一行", HANDED_IN + 60)
    with pytest.raises(NotFound):
        vault.open_file(submission.file_sha256)


def test_a_known_number_is_found_in_no_file_of_the_home(policy_set: PolicySet) -> None:
    office = market_regulation()
    representative, person, mistyped = "11010519491231002X", person_number(70), person_number(8)[:-1] + "A"
    rows = [
        penalty(1, office.code, CF_FR_ZJLX="身份证", CF_FR_ZJHM=representative),
        person_penalty(70, office.code),
        penalty(3, office.code, CF_FR_ZJLX="身份证", CF_FR_ZJHM=mistyped),
        penalty(4, office.code, CF_SY=f"经营者身份证号码{representative}，经查属实"),
    ]
    submission = hand_in(office, rows)
    assert (submission.accepted, submission.rejected, submission.blocked) == (3, 1, 1)
    kept = b"".join(path.read_bytes() for path in Path(settings.CHENGXIN_HOME).rglob("*") if path.is_file())
    for number in (representative, person, mistyped):
        assert number.encode() not in kept, number
