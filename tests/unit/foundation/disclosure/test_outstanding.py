"""What was handed in and is not on record is followed: to its real deadline, through returns and decisions, until it comes or is closed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chengxin.access.models import Account, Department
from chengxin.foundation.collection.models import QuarantinedRow, RejectedRow, Submission
from chengxin.foundation.collection.services import decide_quarantined, release_submission, return_submission
from chengxin.foundation.collection.types import Channel, QuarantineDecision
from chengxin.foundation.disclosure.closing_missing import ask_to_close, closed_of, settle_closing, waiting_of
from chengxin.foundation.disclosure.effects import TimelinessEffect
from chengxin.foundation.disclosure.models import OutstandingAct, OutstandingCount, OutstandingStep
from chengxin.foundation.disclosure.outstanding import renew_deadlines, track_read_submission
from chengxin.foundation.disclosure.overdue import coming_due, missing_acts, missing_page
from chengxin.foundation.disclosure.timeliness import Scope, added_up, timeliness
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, start_of_day
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import erase, fsck
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.bulk import insert_rows
from chengxin.storage.transactions import writing
from tests.harness import recording
from tests.harness.handing_in import HANDED_IN, hand_in, market_regulation
from tests.harness.penalties import code_of, penalty
from tests.unit.foundation.disclosure.test_effects import with_calendar

pytestmark = pytest.mark.usefixtures("db", "policy_set")
#: Days after the deadline of the sample penalties, and of those decided at the end of the year.
LATE = start_of_day(date(2026, 12, 15))
NEXT_YEAR = start_of_day(date(2027, 1, 20))
NUMBER = "泰市监处罚〔2026〕7号"
MANY = 100_000
#: Somebody else's code: a person must look.
WHOSE = {"CF_XDR_SHXYM": code_of(99), "CF_XDR_MC": "泰安市白石矿业有限公司"}


def missing(at: Instant = LATE) -> list[tuple[str, str]]:
    return sorted((act.document_number, str(act.reason)) for act in missing_acts(at))


def person(name: str, office: Department | None, role: str = "reviewer") -> Account:
    return Account.objects.create(username=name, role=role, department=office)


def test_counts_and_list_agree_all_the_way(policy_set: PolicySet) -> None:
    """A provisional deadline makes nobody late; when the calendar comes, what passed the real one is missing."""
    office = market_regulation()
    year_end = start_of_day(date(2026, 12, 30))
    hand_in(office, [penalty(99, office.code)], key="0", at=year_end)
    rows = [penalty(1, office.code, CF_NR_FK=""), penalty(2, office.code, **WHOSE)]
    told = hand_in(office, [{**row, "CF_JDRQ": "2026-12-29"} for row in rows], at=year_end)
    assert (told.rejected, told.quarantined) == (1, 1)
    assert (missing(NEXT_YEAR), list(coming_due(year_end))) == ([], [])
    after = with_calendar(policy_set)
    with active.use(after):
        TimelinessEffect().apply(policy_set, after, year_end + 60)
        assert {act.due_on for act in coming_due(year_end)} == {date(2027, 1, 8)}
        assert [reason for _, reason in missing(NEXT_YEAR)] == ["rejected", "quarantined"]
        assert timeliness(Scope(), NEXT_YEAR)[-1].missing == 2
        assert QuarantinedRow.objects.get().due_on == date(2027, 1, 8)
        hand_in(office, [{**penalty(1, office.code), "CF_JDRQ": "2026-12-29"}], key="2", at=NEXT_YEAR)
        assert [reason for _, reason in missing(NEXT_YEAR)] == ["quarantined"]


def test_rows_of_a_returned_submission_are_missing_until_they_come_back() -> None:
    office = market_regulation()
    rows = [penalty(7, office.code), penalty(8, office.code, CF_NR_FK="")]
    first = hand_in(office, rows, channel=Channel.PAGE, actor="甲")
    assert missing() == [("泰市监处罚〔2026〕8号", "rejected")]
    reviewer = person("乙", office)
    return_submission(first.pk, by=reviewer, because="文书尚未送达", at=HANDED_IN + 60)
    assert missing() == [(NUMBER, "sent_back"), ("泰市监处罚〔2026〕8号", "rejected")]
    again = hand_in(office, [penalty(7, office.code)], channel=Channel.PAGE, actor="甲", key="2", at=HANDED_IN + 120)
    assert missing() == [("泰市监处罚〔2026〕8号", "rejected")]
    release_submission(again.pk, by=reviewer, at=HANDED_IN + 180)
    assert missing_page(LATE).total == 1
    update = hand_in(office, [penalty(7, office.code, CF_NR="罚款叁仟元")], channel=Channel.PAGE, actor="甲", key="3", at=HANDED_IN + 240)
    return_submission(update.pk, by=reviewer, because="有误", at=HANDED_IN + 300)
    assert missing_page(LATE).total == 1  # the act is on record all the while


def test_a_row_sent_back_by_the_person_who_looked_may_come_back() -> None:
    office = market_regulation()
    hand_in(office, [penalty(99, office.code)], key="0")
    hand_in(office, [penalty(7, office.code, **WHOSE)])
    row = QuarantinedRow.objects.get()
    decide_quarantined(row_id=row.pk, decision=QuarantineDecision.RETURNED, because="没有代码", by="丙", at=HANDED_IN + 60)
    assert missing() == [(NUMBER, "returned")]
    hand_in(office, [penalty(7, office.code)], key="2", at=HANDED_IN + 120)
    assert missing() == []
    hand_in(office, [penalty(9, office.code, **WHOSE)], key="3")
    row = QuarantinedRow.objects.get(decided_at=None)
    assert len(missing()) == 1
    decide_quarantined(row_id=row.pk, decision=QuarantineDecision.OPENED, because="新主体", by="丙", at=HANDED_IN + 180)
    assert missing() == []


def test_an_office_closes_with_a_reason_and_a_second_person() -> None:
    office = market_regulation()
    hand_in(office, [penalty(1, office.code, CF_WSH="")])
    (act,) = missing_acts(LATE)
    assert act.document_number == ""
    clerk, reviewer, stranger = person("甲", office), person("乙", office), person("外", market_regulation(2))
    with pytest.raises(Refused):
        ask_to_close(outstanding_id=act.id, because=" ", by=clerk, office=office, at=LATE)
    with pytest.raises(NotFound):
        ask_to_close(outstanding_id=act.id, because="重复", by=stranger, office=stranger.department, at=LATE)
    asked = ask_to_close(outstanding_id=act.id, because="重复录入，已按另一文书号在案", by=clerk, office=office, at=LATE)
    with pytest.raises(Conflict):
        ask_to_close(outstanding_id=act.id, because="再请", by=clerk, office=office, at=LATE)
    settle = {"step_id": asked.pk, "office": office, "at": LATE + 60}
    with pytest.raises(Forbidden):
        settle_closing(agree=True, because="", by=clerk, **settle)
    with pytest.raises(Refused):
        settle_closing(agree=False, because="", by=reviewer, **settle)
    settle_closing(agree=False, because="请写明文书号", by=reviewer, **settle)
    assert len(missing()) == 1
    again = ask_to_close(outstanding_id=act.id, because="已按泰市监处罚〔2026〕70号在案", by=clerk, office=office, at=LATE + 120)
    assert [step.pk for step in waiting_of([office.pk], 10)] == [again.pk]
    settle_closing(step_id=again.pk, agree=True, because="", by=reviewer, office=office, at=LATE + 180)
    assert missing() == []
    assert timeliness(Scope(), LATE + 180) == []
    assert [step.outstanding_id for step in closed_of(None, 10)] == [act.id]
    with pytest.raises(Conflict):
        settle_closing(step_id=again.pk, agree=True, because="", by=reviewer, office=office, at=LATE + 240)
    assert steps_as_in_the_ledger()
    OutstandingStep.objects.filter(pk=again.pk).update(because="另一个理由")
    assert not steps_as_in_the_ledger()


def steps_as_in_the_ledger() -> bool:
    (found,) = [each for each in fsck().comparisons if each.table == "disclosure_outstandingstep"]
    return found.rows == 4 and found.equal


def test_the_pages_of_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.PINNED_CLOCK, str(LATE))
    office = market_regulation()
    hand_in(office, [penalty(1, office.code, CF_WSH="")])
    (act,) = missing_acts(LATE)

    def visitor(name: str, role: str, of: Department) -> Client:
        client = Client()
        client.force_login(person(name, of, role))
        return client

    clerk, reviewer = visitor("甲", "clerk", office), visitor("乙", "reviewer", office)
    assert f'href="/office/overdue/{act.id}"' in clerk.get("/office/overdue").content.decode()
    assert visitor("外", "clerk", market_regulation(2)).get(f"/office/overdue/{act.id}").status_code == 404
    page = f"/office/overdue/{act.id}"
    assert "提请结案" in clerk.get(page).content.decode()
    assert clerk.post(f"{page}/closings", {"because": ""}).status_code == 422
    assert clerk.post(f"{page}/closings", {"because": "重复录入"}).status_code == 302
    step = OutstandingStep.objects.get()
    assert "等待复核" in clerk.get("/office/overdue").content.decode()
    assert "同意，不再计为未报" in reviewer.get(page).content.decode()
    assert reviewer.post(f"{page}/closings/{step.pk}", {"verdict": "agree"}).status_code == 302
    board = reviewer.get("/office/overdue").content.decode()
    assert "没有逾期的" in board
    for words in ("已说明结案", "重复录入", "甲、乙"):
        assert words in board, words


def test_an_erased_act_is_missing_no_more_and_its_number_is_gone() -> None:
    office = market_regulation()
    hand_in(office, [penalty(99, office.code)], key="0")
    hand_in(office, [penalty(7, office.code, **WHOSE)])
    erase([QuarantinedRow.objects.get().content_id], "裁定", HANDED_IN + 60)
    assert missing() == []
    assert list(OutstandingAct.objects.values_list("document_number", "settled_by")) == [("", "erased")]


@pytest.mark.parametrize("again", ["泰市监处罚[2026]8号", "泰市监处罚（2026） 8 号", "泰市监处罚【２０２６】8号", "泰市监处罚〔2026〕 8号"])
def test_an_act_that_comes_back_with_other_brackets_or_spaces_is_missing_no_more(again: str) -> None:
    office = market_regulation()
    hand_in(office, [penalty(8, office.code, CF_NR_FK=""), penalty(9, office.code, CF_NR_FK="")])
    assert len(missing()) == 2
    hand_in(office, [penalty(8, office.code, CF_WSH=again)], key="2", at=HANDED_IN + 60)
    assert missing() == [("泰市监处罚〔2026〕9号", "rejected")]


@pytest.mark.parametrize("before", ["泰市监处罚[2026]8号", "泰市监处罚（2026）8号", "泰市监处罚〔2026〕8号"])
def test_an_act_on_record_is_not_missing_because_it_is_refused_in_another_spelling(before: str) -> None:
    office = market_regulation()
    hand_in(office, [penalty(8, office.code, CF_WSH=before)])
    hand_in(office, [penalty(8, office.code, CF_WSH="泰市监处罚【2026】 8 号", CF_NR_FK="")], key="2", at=HANDED_IN + 60)
    assert missing() == []


def test_one_act_refused_in_two_spellings_is_missing_once() -> None:
    office = market_regulation()
    for key, number in enumerate(("泰市监处罚〔2026〕8号", "泰市监处罚[2026]8号", "泰市监处罚（2026） 8号")):
        hand_in(office, [penalty(8, office.code, CF_WSH=number, CF_NR_FK="")], key=str(key), at=HANDED_IN + key)
    assert missing() == [("泰市监处罚〔2026〕8号", "rejected")]


def many_missing(n: int) -> Submission:
    """``n`` rejected rows of one submission, one every few days of a year, tracked."""
    into = recording.submission("administrative_penalty", HANDED_IN, closed_at=HANDED_IN)
    office = recording.department().pk
    days = pl.date_range(date(2025, 12, 1), date(2026, 10, 30), "1d", eager=True)
    rows = pl.DataFrame({"row": pl.int_range(1, n + 1, eager=True)}).with_columns(
        submission_id=pl.lit(into.pk), item=pl.lit(2), authority_id=pl.lit(office), sheet=pl.lit(""),
        document_number=pl.concat_str(pl.lit("丙〔2026〕"), pl.col("row"), pl.lit("号")),
        decided_on=days.gather(pl.int_range(0, n, eager=True) % len(days)),
        due_on=pl.lit(None, dtype=pl.Date),
    )  # fmt: skip
    columns = ["submission_id", "item", "authority_id", "sheet", "row", "document_number", "decided_on", "due_on"]
    with writing():
        insert_rows("collection_rejectedrow", columns, rows)
        track_read_submission(into.pk, HANDED_IN)
    return into


def test_pages_read_counts_however_many_never_came_back() -> None:
    """Numbers come from as many counts as there are days; a page of the list stops at its end."""
    many_missing(MANY)
    assert OutstandingAct.objects.count() == MANY
    assert OutstandingCount.objects.count() < 400
    with CaptureQueriesContext(connection) as asked:
        found = timeliness(Scope(), LATE)
        by_month = added_up(Scope(), LATE, "month")
    assert sum(line.missing for line in found) == MANY
    assert sum(line.missing for _, line in by_month[0]) == MANY
    assert not [each["sql"] for each in asked.captured_queries if "disclosure_outstandingact" in each["sql"]]
    page = missing_page(LATE)
    assert (page.total, len(page.acts)) == (MANY, 50)
    assert all(before.due_on <= after.due_on for before, after in pairwise(page.acts))


def test_what_came_is_struck_whether_it_is_less_or_more_than_what_is_missing() -> None:
    into = many_missing(500)
    office = Department.objects.get(code=recording.department().code)
    came = recording.records("administrative_penalty", [{"CF_WSH": f"丙〔2026〕{n}号"} for n in (1, 2, 3)], at=HANDED_IN + 60)
    Submission.objects.filter(pk=came[0].submission_id).update(rows=3, resume_point=3, accepted=3)
    with writing():
        track_read_submission(came[0].submission_id, HANDED_IN + 60)
    assert missing_page(LATE, authority_ids=[office.pk]).total == 497
    few = recording.records("administrative_penalty", [{"CF_WSH": f"丙〔2026〕{n}号"} for n in range(4, 504)], at=HANDED_IN + 120)
    Submission.objects.filter(pk=few[0].submission_id).update(rows=500, resume_point=500, accepted=500)
    with writing():
        track_read_submission(few[0].submission_id, HANDED_IN + 120)
    assert missing_page(LATE).total == 0
    assert RejectedRow.objects.filter(submission=into).count() == 500
    with writing():
        renew_deadlines()
    assert OutstandingCount.objects.count() == 0
