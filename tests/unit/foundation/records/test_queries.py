"""What is read follows standing and nothing else: what is not public leaves no trace in any answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chengxin.foundation.records import queries, services
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.showing import shown_records
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import end_of_day, start_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy.policy_set import PolicySet
from tests.harness import recording

pytestmark = pytest.mark.usefixtures("db", "policy_set")

HANDED_IN = start_of_day(date(2026, 4, 14)) + 36_000
LATER = start_of_day(date(2026, 5, 6)) + 36_000
PENALTY = 2


def public_answers(at: int, policy: PolicySet) -> list[object]:
    """Everything that the public can read, as plain values."""
    subject = recording.subject()
    page = queries.browse(PENALTY, queries.Filters(), at, limit=20)
    return [
        shown_records(page.records, policy, at),
        page.next_cursor,
        [r.id for r in queries.records_of_subject(subject.canonical_id, Surface.PUBLIC, at)],
        queries.counts_by_item(subject.canonical_id, Surface.PUBLIC, at),
        [r.id for r in queries.by_document_number("泰市监处罚〔2026〕甲号", at)],
    ]


def test_two_worlds_that_differ_only_in_what_is_not_public_answer_alike(policy_set: PolicySet) -> None:
    shown = recording.records("administrative_penalty", [{"CF_WSH": "泰市监处罚〔2026〕甲号"}, {"CF_NR_FK": "200"}], at=HANDED_IN)
    before = public_answers(LATER, policy_set)
    recording.record(at=HANDED_IN, CF_CFLB="警告", CF_NR_FK="")  # minor
    recording.record(at=HANDED_IN, CF_JDRQ="2024-04-10")  # over
    recording.record(at=HANDED_IN, closed=False)  # its submission is open
    recording.record(at=HANDED_IN, _blocked="V11")
    held = recording.record(at=HANDED_IN)
    services.place_hold(record_id=held.id, surfaces=[Surface.PUBLIC], because="异议", clause="", by="信用办", at=LATER - 60)
    withdrawn = recording.record(at=HANDED_IN)
    services.withdraw_record(
        record_id=withdrawn.id, reason="revoked", decided_on=date(2026, 5, 6), because="撤销", by="经办", at=LATER - 60
    )
    recording.new_version(shown[0], at=LATER - 60, closed=False, CF_NR="没有人应当看到的内容")
    assert public_answers(LATER, policy_set) == before
    for record in Record.objects.exclude(id__in=[each.id for each in shown]):
        with pytest.raises(NotFound):
            queries.public_record(record.id, LATER)


def test_a_record_is_public_to_the_last_second_of_its_last_day_and_not_after(policy_set: PolicySet) -> None:
    record = recording.record(at=HANDED_IN)
    end = end_of_day(date(2027, 4, 10))
    assert queries.public_record(record.id, end - 1).id == record.id
    for at in (HANDED_IN - 1, end, end + 86_400):
        with pytest.raises(NotFound):
            queries.public_record(record.id, at)


def test_pages_follow_each_other_without_gap_or_double() -> None:
    rows = [{"CF_JDRQ": (date(2026, 4, 1) + timedelta(days=day % 3)).isoformat()} for day in range(23)]
    made = recording.records("administrative_penalty", rows, at=HANDED_IN)
    seen: list[int] = []
    cursor = ""
    while True:
        page = queries.browse(PENALTY, queries.Filters(), LATER, cursor=cursor, limit=5)
        seen += [record.id for record in page.records]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [record.id for record in sorted(made, key=lambda record: (record.decided_on, record.id), reverse=True)]


@pytest.mark.parametrize("filters", [queries.Filters(), queries.Filters(kind="罚款"), queries.Filters(division="3709")])
def test_a_page_looks_so_far_and_no_farther(filters: queries.Filters, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind what has ended there may be more; a page says that it stopped looking, and the next ones miss nothing."""
    monkeypatch.setattr(queries, "LOOKED_AT_MOST", 4)
    long, short = {"CF_NR_FK": "120", "CF_JDRQ": "2026-04-01"}, {"CF_JDRQ": "2026-04-02"}
    made = recording.records("administrative_penalty", [long] * 3 + [short] * 9, at=HANDED_IN)
    at = max(record.public_until for record in made[3:])
    public = [record.id for record in reversed(made[:3]) if record.public_until > at]
    assert public, "the larger fine is shown longer"
    seen: list[int] = []
    pages = [queries.browse(PENALTY, filters, at, limit=2)]
    while pages[-1].next_cursor:
        pages.append(queries.browse(PENALTY, filters, at, limit=2, cursor=pages[-1].next_cursor))
    for page in pages:
        seen += [record.id for record in page.records]
    assert seen == public
    assert pages[0].scanned_out
    assert not pages[0].records
    assert not pages[-1].scanned_out


def test_filters_all_hold_together(policy_set: PolicySet) -> None:
    other = recording.department("泰山区市场监督管理局", "113709020043420158")
    other.division = "370902"
    other.save()
    mine = recording.record(at=HANDED_IN, office=other, CF_CFLB="罚款;没收违法所得", CF_NR_WFFF="1")
    recording.record(at=HANDED_IN, office=other)
    recording.record(at=HANDED_IN, CF_CFLB="罚款;没收违法所得", CF_NR_WFFF="1")
    filters = queries.Filters(division="370902", kind="没收违法所得", decided_from=date(2026, 4, 10), decided_until=date(2026, 4, 10))
    assert [record.id for record in queries.browse(PENALTY, filters, LATER).records] == [mine.id]
    assert not queries.browse(PENALTY, queries.Filters(decided_until=date(2026, 4, 9)), LATER).records
    with pytest.raises(Refused, match="没有按种类筛选"):
        queries.browse(1, queries.Filters(kind="罚款"), LATER)
    with pytest.raises(Refused, match="翻页标记"):
        queries.browse(PENALTY, queries.Filters(), LATER, cursor="nonsense")


def test_the_past_never_shows_what_is_not_public_now() -> None:
    kept, gone = recording.records("administrative_penalty", [{}, {}], at=HANDED_IN)
    subject = recording.subject()

    def seen(as_of: int, at: int) -> set[int]:
        return {r.id for r in queries.records_of_subject(subject.canonical_id, Surface.PUBLIC, at, as_of=as_of)}

    assert seen(LATER, LATER) == {kept.id, gone.id}
    services.withdraw_record(record_id=gone.id, reason="void", decided_on=date(2026, 5, 6), because="无效", by="经办", at=LATER + 60)
    assert seen(LATER, LATER + 60) == {kept.id}
    hold = services.place_hold(record_id=kept.id, surfaces=[Surface.PUBLIC], because="异议", clause="", by="信用办", at=LATER + 100)
    services.end_hold(hold_id=hold.pk, because="不成立", by="信用办", at=LATER + 200)
    assert seen(LATER, LATER + 300) == {kept.id}
    assert seen(LATER + 150, LATER + 300) == set()
    assert seen(HANDED_IN - 1, LATER + 300) == set()


def test_a_document_number_is_found_whichever_brackets_are_typed() -> None:
    record = recording.record(at=HANDED_IN, CF_WSH="泰市监处罚〔2026〕77号")
    for typed in ("泰市监处罚〔2026〕77号", "泰市监处罚[2026]77号", " 泰市监处罚（2026）77号"):
        assert [found.id for found in queries.by_document_number(typed, LATER)] == [record.id]


def test_a_natural_persons_name_and_numbers_are_not_shown(policy_set: PolicySet) -> None:
    person = {
        "CF_XDR_LB": "自然人", "CF_XDR_MC": "欧阳明远", "CF_XDR_SHXYM": "", "CF_FRDB": "",
        "CF_XDR_ZJLX": "01", "CF_XDR_ZJHM": "sealed:v1:xyz",
        "CF_SY": "欧阳明远在路边经营。", "CF_NR_FK": "2",
    }  # fmt: skip
    record = recording.record(at=HANDED_IN, **person)
    (shown,) = shown_records([record], policy_set, LATER)
    text = repr(shown)
    assert "欧阳" not in text
    assert "sealed:v1" not in text
    assert shown.subject_name == "欧***"
    assert (shown.subject_code, shown.subject_href) == ("", "")


def test_any_number_of_records_is_shown_with_four_questions(policy_set: PolicySet) -> None:
    records = recording.records("administrative_penalty", [{} for _ in range(12)], at=HANDED_IN)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(shown_records(records, policy_set, LATER)) == 12
    assert len(asked) == 4, "contents, subjects, offices, marks of what is disputed"
