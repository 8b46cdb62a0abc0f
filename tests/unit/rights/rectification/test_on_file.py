"""政务失信入档：the step that finds a breach is a record about the office, with everything that a record has."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from chengxin.access.models import Department
from chengxin.access.on_behalf import subjects_that_are
from chengxin.access.services import add_department
from chengxin.casework.models import Case, Notice
from chengxin.during_event.evaluation.snapshots import subject_rows
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import contents_of, visible
from chengxin.foundation.records.services import withdraw_record
from chengxin.foundation.records.types import Surface, WithdrawalReason
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.types import SubjectKind
from chengxin.kernel import clock
from chengxin.kernel.instants import start_of_day
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger.services import fsck, sign_checkpoint
from chengxin.policy import PolicySet
from tests.harness.breaches import FINDING, Above, a_breach_town, find, order, record_in, step
from tests.harness.handing_in import hand_in
from tests.harness.penalties import code_of, penalty
from tests.harness.rights import Town, browser_of, morning

pytestmark = pytest.mark.usefixtures("db", "policy_set")
HANDED_IN = morning(date(2026, 4, 14))
NOW = morning(date(2026, 5, 6))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> tuple[Town, Above]:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(NOW))
    return a_breach_town(HANDED_IN, decided_on=date(2026, 4, 10))


def test_the_finding_is_a_record_about_the_office_in_the_same_transaction(world: tuple[Town, Above], policy_set: PolicySet) -> None:
    town, above = world
    assert not subjects_that_are(town.office), "nothing about the office was on file"
    record = record_in(find(town, above, NOW))
    subject = Subject.objects.get(pk=record.subject_id)
    assert (subject.code, subject.name, subject.kind) == (town.office.code, town.office.name, SubjectKind.ORGANIZATION)
    assert subjects_that_are(town.office) == {record.subject_id}
    assert (record.item, record.authority_id, record.document_number, record.decided_on) == (
        policy_set.item("government_breaches").number, town.credit_office.pk, FINDING["document_number"], date(2026, 5, 6),
    )  # fmt: skip
    said = contents_of([record])[record.content_id]
    assert (said["ZS_SS"], said["ZS_YJ"], said["ZS_BJ"]) == (FINDING["facts"], FINDING["clause"], FINDING["remedy"])
    assert Submission.objects.get(pk=record.submission_id).channel == "case"
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound


def test_standing_alone_says_how_long_and_no_evaluation_counts_it(world: tuple[Town, Above]) -> None:
    record = record_in(find(*world, NOW))
    public_until, bar_until = start_of_day(date(2027, 5, 7)), start_of_day(date(2027, 5, 7))
    assert (record.public_from, record.public_until) == (NOW, public_until)
    assert (record.shared_from, record.shared_until) == (NOW, start_of_day(date(2029, 5, 7)))
    assert (record.counted_from, record.counted_until) == (0, 0), "organs are not graded"
    assert (record.effective_from, record.effective_until) == (start_of_day(date(2026, 5, 6)), bar_until)


def test_an_office_is_not_graded_for_it_and_a_public_institution_loses_nothing(world: tuple[Town, Above], policy_set: PolicySet) -> None:
    town, above = world
    institution = add_department(code=code_of(42, "12370900MB"), name="泰安市云杉中心", at=HANDED_IN, parent=town.credit_office)
    records = [record_in(find(town, above, NOW + place, office)) for place, office in enumerate((town.office, institution))]
    graded = [subject_rows([each.subject_id], moment=NOW + 60, known_at=NOW + 60, policy=policy_set) for each in records]
    assert [rows.height for rows, _ in graded] == [0, 1], "organs have no grade"
    assert [counted.height for _, counted in graded] == [0, 0], "what is never counted is in nobody's grade"


def test_the_notices_tell_the_authority_above_and_where_the_record_is(world: tuple[Town, Above]) -> None:
    town, _ = world
    county = add_department(code=code_of(41, "11370900MB"), name="云杉县云杉局", at=HANDED_IN, parent=town.office)
    # The authority above the county's office is the one that checks: two of its people find the breach.
    case = order(town, NOW, county)
    assert case.second_office_id == town.office.pk
    step(case, "note_default", town.clerk, NOW, how="refused", because="催办无果")
    step(case, "find_breach", town.reviewer, NOW, "delivery_proof", **FINDING, delivered_on="2026-05-06")
    told = {(each.to_kind, each.to_key): each.text for each in Notice.objects.filter(case=case, title__contains="认定失信")}
    assert set(told) == {("office", str(county.pk)), ("office", str(town.office.pk)), ("credit_office", "")}
    assert all(f"/r/{record_in(case).pk}" in text for text in told.values())
    page = browser_of(town.clerk).get(f"/cases/{case.pk}").content.decode()
    assert f'href="/r/{record_in(case).pk}"' in page
    assert "政务失信记录的编号" in page
    assert Client().get(f"/r/{record_in(case).pk}").status_code == 200


def test_the_office_is_known_by_its_code_however_it_was_called_before(world: tuple[Town, Above]) -> None:
    town, above = world
    before = penalty(2, town.credit_office.code, CF_XDR_MC="泰安市工商行政管理局", CF_XDR_SHXYM=town.office.code, CF_JDRQ="2026-04-10")
    assert hand_in(town.credit_office, [before], at=HANDED_IN).accepted == 1
    known = Subject.objects.get(code=town.office.code)
    assert record_in(find(town, above, NOW)).subject_id == known.pk
    assert Subject.objects.filter(code=town.office.code).count() == 1


def test_two_breaches_with_one_document_are_two_records(world: tuple[Town, Above]) -> None:
    first, second = (record_in(find(*world, NOW + place)) for place in (0, 60))
    assert first.pk != second.pk
    assert first.subject_id == second.subject_id


def test_what_cannot_be_put_on_file_is_not_found_either(world: tuple[Town, Above]) -> None:
    town, above = world
    with pytest.raises(Refused, match="认定文书号") as caught:
        find(town, above, NOW, document_number="号" * 150)
    assert caught.value.slug == "breach-not-recordable"
    assert (Case.objects.get().state, Record.objects.filter(item=19).count()) == ("wanting", 0)
    sign_checkpoint(NOW)
    assert fsck(at=NOW).sound
    Department.objects.filter(pk=town.credit_office.pk).update(kind="peoples_court")
    with pytest.raises(Refused, match="职权清单里没有"):
        step(Case.objects.get(), "find_breach", above.finder, NOW, "delivery_proof", **FINDING, delivered_on="2026-05-06")


def test_withdrawing_a_record_without_a_clock_leaves_ledger_and_tables_agreed(world: tuple[Town, Above]) -> None:
    record = record_in(find(*world, NOW))
    withdraw_record(
        record_id=record.pk, reason=WithdrawalReason.VOID, decided_on=date(2026, 5, 6), because="判决确认无效", by="法院", at=NOW + 60
    )
    sign_checkpoint(NOW + 60)
    assert fsck(at=NOW + 60).sound


def test_nobody_is_shown_it_before_the_step_and_the_step_is_taken_once(world: tuple[Town, Above]) -> None:
    town, above = world
    case = find(town, above, NOW)
    with pytest.raises(Conflict):
        step(case, "find_breach", above.finder, NOW, "delivery_proof", **FINDING, delivered_on="2026-05-06")
    assert Record.objects.filter(visible(Surface.PUBLIC, NOW), item=19).count() == 1
