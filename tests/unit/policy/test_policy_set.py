"""What a set answers: a value at a date is a look-up that never falls back silently."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.policy import PolicySet, active, load_files
from chengxin.policy.errors import NoSuchPolicy, NothingAdopted, NoValueYet
from chengxin.policy.files import digest_of, pack, unpack

from .small_set import FILES, files

EARLIEST = date(2020, 1, 1)
days = st.dates(EARLIEST - timedelta(days=2000), date(2040, 1, 1))


@pytest.fixture(scope="module")
def small() -> PolicySet:
    return load_files(files())


def with_values(*dates: date, pilots: tuple[dict[str, object], ...] = ()) -> PolicySet:
    value = {"reference": "law", "note": "几日", "confidence": "found"}
    values = [{"from": each.isoformat(), "value": index, **value} for index, each in enumerate(dates)]
    return load_files(files(**{"national/days.yaml:values": [*values, *({**value, **pilot} for pilot in pilots)]}))


@given(st.lists(st.dates(EARLIEST, date(2030, 1, 1)), min_size=1, max_size=5, unique=True), st.lists(days, min_size=2, max_size=8))
def test_a_value_is_a_monotone_look_up(dates: list[date], asked: list[date]) -> None:
    policy = with_values(*sorted(dates))
    seen = -1
    for day in sorted(asked):
        if day < min(dates):
            with pytest.raises(NoValueYet):
                policy.value_at("days", day)
            continue
        found = policy.value_at("days", day)
        assert found.from_on == max(each for each in dates if each <= day)
        assert found.value >= seen
        seen = found.value


def test_before_the_first_date_there_is_an_error_that_says_the_first(small: PolicySet) -> None:
    with pytest.raises(NoValueYet, match="2020-01-01"):
        small.value_at("days", date(2019, 12, 31))
    with pytest.raises(NoValueYet, match="2020-01-01"):
        small.publication_period_at(date(2019, 12, 31))


def test_a_value_that_has_ended_is_not_in_force() -> None:
    policy = load_files(files(**{"national/days.yaml:values.1.until": "2022-01-01"}))
    assert policy.value_at("days", date(2021, 12, 31)).value == 7
    assert policy.value_at("days", date(2022, 1, 1)).value == 10  # the earlier one has no end


def test_a_pilot_holds_for_its_division_and_its_time_only() -> None:
    pilot = {"from": "2022-01-01", "until": "2023-01-01", "value": 3, "applies_to": {"division": "990101"}}
    policy = with_values(EARLIEST, pilots=(pilot,))
    assert policy.value_at("days", date(2022, 6, 1)).value == 0
    assert policy.value_at("days", date(2022, 6, 1), "990101").value == 3
    assert policy.value_at("days", date(2022, 6, 1), "990101004").value == 3
    assert policy.value_at("days", date(2022, 6, 1), "990102").value == 0
    assert policy.value_at("days", date(2023, 1, 1), "990101").value == 0


def test_what_is_not_there_is_named_with_its_neighbours(small: PolicySet) -> None:
    with pytest.raises(NoSuchPolicy) as refused:
        small.value_at("dais", EARLIEST)
    assert "days" in refused.value.what_to_do
    for asked in (lambda: small.item("dream"), lambda: small.item(99), lambda: small.code_table("x"), lambda: small.severity_table("x")):
        with pytest.raises(NoSuchPolicy):
            asked()


def test_an_item_is_found_by_number_and_by_id(small: PolicySet) -> None:
    assert small.item(1) is small.item("act")
    assert small.field_aliases["act"]["旧文号"] == "A_NO"


def test_a_banned_label_is_refused_by_name_except_where_it_means_something_else(small: PolicySet) -> None:
    assert small.banned_field(" 宗教 信仰") == "不收"
    assert small.banned_field("宗教局意见") is None
    assert small.banned_field("宗教局登记的宗教") == "不收"
    assert small.banned_field("名称") is None


def test_who_may_decide(small: PolicySet) -> None:
    assert small.department_kind("乙市某局") == "organ"
    assert small.department_kind("某处", "11990100") == "organ"
    assert small.department_kind("某公司", "91990100") == ""
    power = small.power("act", "organ")
    assert power is not None
    assert power.basis == "law"
    assert small.power("act", "") is None


def test_the_digest_is_of_the_content_alone() -> None:
    one, other = files(), dict(reversed(files().items()))
    assert digest_of(one) == digest_of(other) == load_files(one).digest
    assert load_files(one) is load_files(other)
    assert digest_of({**one, "sources/plan.txt": "x"}) != digest_of(one)
    assert unpack(pack(one)) == one
    assert pack(one) == pack(other)


def test_the_one_in_force_is_asked_at_one_place(small: PolicySet) -> None:
    with active.use(small) as used:
        assert used is small
        assert active.policy_set() is small
        other = load_files(files(**{"national/days.yaml:title": "另一个"}))
        with active.use(other):
            assert active.policy_set(12345) is other
        assert active.policy_set() is small


def test_before_any_adoption_everything_is_refused() -> None:
    with pytest.raises(NothingAdopted, match="尚未采纳"):
        raise active.nothing_adopted()


def test_the_calendar_is_the_kernels(small: PolicySet) -> None:
    assert small.calendar.is_working_day(date(2026, 1, 4))
    assert not small.calendar.is_working_day(date(2026, 1, 2))
    assert set(FILES) >= {"national/calendar/2026.yaml"}
