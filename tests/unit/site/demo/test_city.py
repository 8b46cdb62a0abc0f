"""The invented city: invented throughout, valid where codes must be, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from chengxin.foundation.collection.labels import header_finder, map_columns
from chengxin.foundation.collection.readers import Limits, read
from chengxin.kernel.codes import citizen_number, credit_code, registration_number
from chengxin.policy.policy_set import PolicySet
from chengxin.site.demo.acts import PLAN, hand_ins
from chengxin.site.demo.city import COUNTIES, LOGINS, OFFICES, Firm, firms
from chengxin.site.demo.dirt import SHARE
from chengxin.site.demo.files import file_of
from chengxin.site.demo.numbers import NOWHERE

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def everybody() -> list[Firm]:
    return list(firms(600, 7, TODAY.toordinal()))


def test_thirteen_offices_with_valid_codes_that_say_they_are_not_real() -> None:
    assert len(OFFICES) == len({office.code for office in OFFICES}) == 13
    for office in OFFICES:
        assert credit_code.is_valid(office.code)
        assert office.name.endswith("（演示）")
    assert len({login.role for login in LOGINS}) == 7


def test_subjects_are_invented_and_their_numbers_valid(everybody: list[Firm]) -> None:
    assert len({firm.name for firm in everybody}) == len({firm.code for firm in everybody}) == 600
    assert {firm.division for firm in everybody} == {code for code, _, _ in COUNTIES}
    for firm in everybody:
        assert credit_code.is_valid(firm.code)
        assert not firm.registration_number or registration_number.is_valid(firm.registration_number)
        assert citizen_number.is_valid(firm.representative_id)
        assert firm.representative_id.startswith(NOWHERE), "a number that somebody may have"


def test_same_seed_same_city(everybody: list[Firm], shipped_policy: PolicySet) -> None:
    assert list(firms(600, 7, TODAY.toordinal())) == everybody
    assert list(firms(600, 8, TODAY.toordinal())) != everybody
    plans = [list(hand_ins(900, everybody, shipped_policy, 7, TODAY)) for _ in range(2)]
    assert plans[0] == plans[1]


def test_all_items_over_several_years_up_to_today(everybody: list[Firm], shipped_policy: PolicySet) -> None:
    plan = list(hand_ins(20_000, everybody, shipped_policy, 7, TODAY))
    acts_and_lists = {item.id for item in shipped_policy.catalogue.values() if item.group != "results"}  # they answer to records
    assert {each.item.id for each in plan} | {"registry_basics", "government_breaches"} == acts_and_lists, "breaches come of cases"
    assert sum(share for share, _ in PLAN.values()) == 1000
    days = [each.on for each in plan]
    assert days == sorted(days)
    assert days[-1] < TODAY
    assert (TODAY - days[-1]).days < 20
    assert len({day.year for day in days}) >= 4
    assert all(shipped_policy.calendar.is_working_day(day) for day in days)
    rows = sum(len(each.rows) for each in plan)
    assert 19_000 < rows < 21_000


def test_dirt_has_its_share(everybody: list[Firm], shipped_policy: PolicySet) -> None:
    plan = [each for each in hand_ins(4_000, everybody, shipped_policy, 7, TODAY) if each.item.id == "administrative_licence"]
    rows = [row for each in plan for row in each.rows]
    dirty = [row for row in rows if row.get("XK_XDR_SHXYM") and not credit_code.is_valid(row["XK_XDR_SHXYM"])]
    assert 0 < len(dirty) < len(rows) * SHARE / 1000 * 1.5


def test_every_office_s_file_reads_as_its_item(everybody: list[Firm], shipped_policy: PolicySet) -> None:
    limits = Limits.of(shipped_policy, TODAY)
    seen: Counter[str] = Counter()
    for each in hand_ins(900, everybody, shipped_policy, 7, TODAY):
        if seen[each.office.style]:
            continue
        seen[each.office.style] += 1
        content, name = file_of(each.rows, each.item, each.office.style, "演示")
        (chunk,) = read([content], file_name=name, limits=limits, find_header=header_finder(each.item))
        assert chunk.frame.height == len(each.rows)
        assert map_columns(chunk.columns, each.item, shipped_policy).codes
    assert len(seen) == len({office.style for office in OFFICES})
