"""组件：geometry, words and escaping of the named pieces."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from chengxin.kernel.instants import FOREVER, end_of_day, start_of_day
from chengxin.kernel.refused import Refused
from chengxin.policy import PolicySet
from chengxin.site import gallery_samples, icons, pieces
from chengxin.site.templatetags import chengxin_pieces as tags

DAY = date(2026, 11, 22)
days = st.dates(date(2007, 1, 1), date(2090, 12, 31))


def piece(name: str, **context: object) -> str:
    """A piece rendered alone."""
    return render_to_string(f"pieces/{name}.html", context)


@given(starts=days, length=st.integers(0, 4000), earliest=st.integers(-10, 5000), today=days)
def test_every_mark_of_a_period_bar_lies_on_the_bar(starts: date, length: int, earliest: int, today: date) -> None:
    bar = pieces.period_bar(starts, starts + timedelta(days=length), starts + timedelta(days=earliest), today)
    for place in (bar.today_at, bar.earliest_at, bar.gone):
        assert place is None or 0 <= place <= 1000
    assert (bar.today_at is None) == (today < starts or today > starts + timedelta(days=length))


def test_the_last_day_is_still_shown_and_the_next_is_over() -> None:
    last = pieces.period_bar(DAY - timedelta(days=90), DAY, None, DAY)
    over = pieces.period_bar(DAY - timedelta(days=90), DAY, None, DAY + timedelta(days=1))
    assert (last.today_at, last.sentence) == (1000, "今天是最后一天。")
    assert (over.today_at, over.gone) == (None, 1000)


def test_a_period_without_an_end_has_no_right_end() -> None:
    bar = pieces.period_bar(DAY, None, None, DAY)
    assert bar.ends is None
    assert bar.sentence == "长期，没有截止日。"


def test_an_exclusive_instant_and_its_last_day_draw_the_same_bar() -> None:
    starts = DAY - timedelta(days=10)
    by_date = tags.period_geometry(starts, DAY, None, DAY)
    by_instant = tags.period_geometry(start_of_day(starts), end_of_day(DAY), None, DAY)
    assert by_date == by_instant


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=12))
def test_the_bars_of_a_waterfall_meet_and_end_at_the_total(points: list[int]) -> None:
    fall = pieces.waterfall([(None, point) for point in points])
    assert fall.total == sum(points)
    assert fall.bars[-1].running == fall.total
    assert all(0 <= bar.left <= 1000 for bar in fall.bars)
    assert [bar.kind == "minus" for bar in fall.bars] == [point < 0 for point in points]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0.2", "2,000 元"),
        ("35", "350,000 元（35 万元）"),
        ("0.000001", "0.01 元"),
        ("", ""),
        (None, ""),
        ("十万", "十万"),
        ("1,234.5", "12,345,000 元（1,234.5 万元）"),
    ],
)
def test_amounts_in_ten_thousands_are_shown_in_yuan(value: str | None, shown: str) -> None:
    assert tags.wan(value) == shown


def test_a_credit_code_is_grouped_for_the_eye_and_whole_for_the_clipboard() -> None:
    shown = tags.credit_code(gallery_samples.CODE)
    assert shown.count("<span>") == 4
    assert Template("{{ text|striptags }}").render(Context({"text": shown})) == gallery_samples.CODE


def test_a_credit_code_is_escaped() -> None:
    assert "<script" not in tags.credit_code("<script>alert(1)</script>")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 4, 1), "2026-04-01"),
        ("2026/04/01", "2026-04-01"),
        ("2099-12-31", "长期"),
        (date(2099, 12, 31), "长期"),
        (FOREVER, "长期"),
        (None, ""),
        (0, ""),
    ],
)
def test_dates_are_shown_one_way(value: object, shown: str) -> None:
    assert tags.on(value) == shown  # type: ignore[arg-type]


def test_an_exclusive_end_is_shown_as_the_last_day() -> None:
    assert tags.until(end_of_day(DAY)) == DAY.isoformat()
    assert tags.until(FOREVER) == "长期"


def test_every_state_has_a_word_and_a_shape_of_its_own() -> None:
    shapes = {name: icons.icon_svg(pieces.STATUS_SHAPES.get(name, name)) for name in pieces.STATUS_WORDS}
    alone = [shape for name, shape in shapes.items() if name not in pieces.STATUS_SHAPES]
    assert len(set(alone)) == len(alone)
    for name, word in pieces.STATUS_WORDS.items():
        assert word in tags.status(name)


def test_a_state_without_a_word_is_an_error_not_an_empty_label() -> None:
    with pytest.raises(KeyError):
        tags.status("blacklisted")


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ({"due_on": DAY - timedelta(days=3)}, "逾期"),
        ({"due_on": DAY}, "今天到期"),
        ({"due_on": DAY + timedelta(days=4)}, "还有 4 天"),
        ({"due_on": DAY + timedelta(days=4), "working_days_left": 2}, "还有 2 个工作日"),
        ({"due_on": DAY, "done_on": DAY}, "按时"),
        ({"due_on": DAY, "done_on": DAY + timedelta(days=1)}, "迟报"),
        ({"due_on": DAY + timedelta(days=9), "provisional": True}, "暂定"),
        ({"due_on": None}, "不计期限"),
    ],
)
def test_a_deadline_says_how_it_stands(context: dict[str, object], says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_CLOCK", str(start_of_day(DAY) + 3600))
    assert says in piece("deadline_pill", **context)


def test_a_fact_without_a_value_says_so() -> None:
    assert "未填" in piece("fact_row", label="登记状态", value="")
    assert "未填" not in piece("fact_row", label="退回", value=0)


def test_a_basis_opens_its_quote_and_an_uncertain_one_is_marked() -> None:
    shown = piece("basis_link", basis=pieces.Basis("信用修复管理办法", "公示期自文书认定之日起计算。", confidence="to_confirm"))
    assert "公示期自文书认定之日起计算。" in shown
    assert "待业务核定" in shown
    assert "依据未填" in piece("basis_link", basis=pieces.Basis(""))


def test_what_a_department_wrote_cannot_become_markup() -> None:
    evil = '"><img src=x onerror=alert(1)>'
    remark = {"level": "error", "row": 2, "field": evil, "value": evil, "sentence": evil, "mend": evil}
    record = {"title": evil, "subject_name": evil, "subject_code": evil, "summary": evil, "statuses": []}
    for shown in (
        piece("row_error", remark=remark),
        piece("record_row", record=record),
        piece("refusal", refused=Refused("x", evil, evil)),
    ):
        assert "<img" not in shown


def test_a_reference_is_shown_as_the_title_of_its_document(db: None, policy_set: PolicySet) -> None:
    shown = piece("refusal", refused=Refused("x", "办不了。", clause="credit-regulation/2.1.1"))
    assert f"依据：《{policy_set.sources['credit-regulation'].title}》" in shown
    assert "依据：某法第一条" in piece("refusal", refused=Refused("x", "办不了。", clause="某法第一条"))


def test_a_chart_carries_its_table() -> None:
    shown = piece("chart", chart=gallery_samples.CHART)
    assert all(month in shown for month in gallery_samples.MONTHS)
    assert '<script id="option-rates" type="application/json">' in shown


def test_progress_asks_again_only_while_reading() -> None:
    reading = SimpleNamespace(**gallery_samples.SUBMISSION)
    closed = SimpleNamespace(**{**gallery_samples.SUBMISSION, "state": "closed"})
    assert "hx-trigger" in piece("upload_progress", submission=reading, poll_href="/x")
    assert "hx-trigger" not in piece("upload_progress", submission=closed, poll_href="/x")


def test_no_piece_has_an_inline_style_or_script() -> None:
    for name in ("period_bar", "county_map", "distribution_shift", "reason_waterfall", "chart"):
        shown = piece(
            name,
            starts=DAY,
            ends=DAY,
            counties=gallery_samples.COUNTIES,
            groups=gallery_samples.GROUPS,
            reasons=gallery_samples.REASONS,
            chart=gallery_samples.CHART,
        )
        assert " style=" not in shown
        assert " onclick=" not in shown
