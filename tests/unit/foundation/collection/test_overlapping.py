"""Settling a batch while the one before it is being written gives what doing one after the other gives."""

from __future__ import annotations

import random

import pytest

from chengxin.access.models import Department
from chengxin.foundation.catalogue.services import adopt_shipped_set
from chengxin.foundation.collection import preparing
from chengxin.foundation.collection.models import QuarantinedRow, Submission
from chengxin.foundation.collection.services import counts_of
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.models import Subject
from chengxin.policy.files import read_files, shipped_folder
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.intake_check import intake_faults
from tests.harness.penalties import code_of, penalty, person_penalty

ROWS = 120


def tangled_rows(office: Department) -> list[dict[str, str]]:
    """Firms that come back, rows that come twice, corrections, another name for a code that was just opened, persons."""
    chance = random.Random(7)
    rows = [penalty(n, office.code, CF_XDR_SHXYM=code_of(n % 17), CF_XDR_MC=f"泰安云杉{n % 17:05d}商贸有限公司") for n in range(ROWS)]
    rows += [person_penalty(n % 5, office.code, CF_WSH=f"泰市监处罚〔2026〕人{n}号") for n in range(20)]
    rows += [penalty(n, office.code, CF_XDR_SHXYM=code_of(n % 17), CF_XDR_MC="泰安白石矿业有限公司") for n in range(ROWS, ROWS + 6)]
    rows += [{**row, "CF_WFXW": "改正后的类型"} for row in rows[:30]] + rows[10:40]
    chance.shuffle(rows)
    return rows


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [2, 7, 40])
def test_both_ways_write_the_same(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    adopt_shipped_set(files=read_files([shipped_folder()]), at=HANDED_IN - 86_400)
    office = market_regulation()
    rows = tangled_rows(office)
    monkeypatch.setattr(preparing, "ROWS_AT_A_TIME", size)
    submission = hand_in(office, rows)
    assert submission.state == "closed"
    counts = counts_of(submission)
    assert counts.rows == len(rows)
    assert intake_faults(HANDED_IN) == []
    assert (counts.accepted, Record.objects.count()) == (Record.objects.count(), ROWS + 20)
    assert Subject.objects.count() == 17 + 5
    again = hand_in(office, rows, key="again")
    assert again.accepted == 0
    assert again.quarantined == counts.quarantined == 6
    assert Submission.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", [1, 4, 50])
def test_one_document_from_two_offices_about_a_firm_opened_in_the_same_run_waits_for_a_person(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt_shipped_set(files=read_files([shipped_folder()]), at=HANDED_IN - 86_400)
    office = market_regulation()
    below = market_regulation(2, parent=office)
    monkeypatch.setattr(preparing, "ROWS_AT_A_TIME", size)
    rows = [*(penalty(n, office.code) for n in range(6)), *(penalty(n, below.code) for n in range(3, 9))]
    submission = hand_in(office, rows)
    assert (submission.state, submission.accepted, submission.quarantined) == ("closed", 9, 3)
    waiting = QuarantinedRow.objects.order_by("row")
    assert [(row.reason, row.authority_id) for row in waiting] == [("duplicate", below.pk)] * 3
    assert intake_faults(HANDED_IN) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("policy_set")
def test_two_documents_of_two_offices_about_one_firm_on_one_day_are_two_records() -> None:
    """Other documents about one firm from two offices in one file are nobody's doubles."""
    office = market_regulation()
    below = market_regulation(2, parent=office)
    rows = [{**penalty(1, each.code), "CF_WSH": f"泰市监处罚〔2026〕{each.pk}号"} for each in (office, below)]
    assert hand_in(office, rows).accepted == 2
