"""A later layer may add or tighten; what would loosen protection is refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengxin.policy import load_files
from chengxin.policy.layering import period_days

from .small_set import FILES, as_yaml, faults, files

AS_OF = date(2026, 5, 1)
DAYS = {"title": "公开期限", "unit": "working_day"}
PERIOD = {"national": FILES["national/publication_period.yaml"]}
ACT = {"amends": "act", "basis": [{"reference": "order", "note": "本省另有规定", "confidence": "found"}]}


def value(from_on: str, number: object, **more: object) -> dict[str, object]:
    return {"from": from_on, "value": number, "reference": "order", "note": "本省", "confidence": "found", **more}


def publication(severity: str, **changed: object) -> dict[str, object]:
    text = as_yaml(FILES["national/publication_period.yaml"]).replace("2020-01-01", "2023-01-01")
    import yaml

    shaped: dict[str, object] = yaml.safe_load(text)
    version = shaped["versions"][0]  # type: ignore[index]
    version["from"] = "2023-01-01"
    version["classes"][severity] |= changed
    return shaped


ACCEPTED = {
    "a shorter deadline": {"province/days.yaml": {**DAYS, "values": [value("2022-01-01", 5)]}},
    "the same deadline": {"province/days.yaml": {**DAYS, "values": [value("2022-01-01", 7)]}},
    "another code": {
        "province/kind.yaml": {"title": "类别", "reference": "order", "note": "三", "confidence": "found", "codes": {"3": "其他"}}
    },
    "a shorter publication": {"province/publication_period.yaml": publication("general", maximum="P6M")},
    "a class no longer published": {"province/publication_period.yaml": publication("general", published=False)},
    "a closer level": {"province/act_province.yaml": {**ACT, "level": "shared"}},
    "natural persons no longer taken in": {"province/act_province.yaml": {**ACT, "natural_person": "refuse"}},
    "another field": {"province/act_province.yaml": {**ACT, "fields": [{"code": "A_MORE", "title": "更多", "type": "text(10)"}]}},
    "a field no longer public": {
        "province/act_province.yaml": {**ACT, "fields": [{"code": "A_END", "title": "有效期至", "type": "date", "public": False}]}
    },
}
REFUSED = {
    "a longer deadline": ({"province/days.yaml": {**DAYS, "values": [value("2022-01-01", 9)]}}, "比前一层"),
    "a deadline that was fine once but is longer later": (
        {"province/days.yaml": {**DAYS, "values": [value("2020-06-01", 9)]}},
        "比前一层",
    ),
    "a pilot with a longer deadline": (
        {"province/days.yaml": {**DAYS, "values": [value("2022-01-01", 9, until="2023-01-01", applies_to={"division": "990101"})]}},
        "比前一层",
    ),
    "another unit": ({"province/days.yaml": {**DAYS, "unit": "calendar_day", "values": [value("2022-01-01", 5)]}}, "单位"),
    "a fixed value": (
        {"province/fine.yaml": {"title": "大额", "unit": "yuan", "values": [value("2022-01-01", {"单位": 9, "个人": 9})]}},
        "不许",
    ),
    "a longer retention": (
        {"province/kept.yaml": {"title": "保存期", "unit": "calendar_period", "values": [value("2022-01-01", "P6Y")]}},
        "比前一层",
    ),
    "a longer publication": ({"province/publication_period.yaml": publication("general", maximum="P2Y")}, "公示得比前一层久"),
    "minor ones published": ({"province/publication_period.yaml": publication("minor", published=True)}, "公示得比前一层久"),
    "later restoration": ({"province/publication_period.yaml": publication("general", minimum="P6M")}, "修复更晚"),
    "another label": (
        {"province/kind.yaml": {"title": "类别", "reference": "order", "note": "三", "confidence": "found", "codes": {"1": "机关"}}},
        "已有代码不改名",
    ),
    "an item that is not there": ({"province/x.yaml": {**ACT, "amends": "dream"}}, "前面各层没有"),
    "natural persons in full": ({"province/x.yaml": {**ACT, "natural_person": "show"}}, "自然人信息"),
    "a field no longer sealed": (
        {
            "province/x.yaml": {
                **ACT,
                "fields": [{"code": "A_ID", "title": "证件号码", "type": "text(20)", "required_when": "A_KIND = 个人"}],
            }
        },
        "放宽",
    ),
    "a field no longer required": (
        {"province/x.yaml": {**ACT, "fields": [{"code": "A_NO", "title": "文号", "type": "text(64)"}]}},
        "放宽",
    ),
    "a longer field": (
        {"province/x.yaml": {**ACT, "fields": [{"code": "A_NO", "title": "文号", "type": "text(65)", "required": True}]}},
        "放宽",
    ),
    "the item written anew": ({"province/act.yaml": {**FILES["national/act.yaml"], "number": 2}}, "已经有了"),  # type: ignore[dict-item]
    "no basis": ({"province/x.yaml": {"amends": "act", "level": "shared"}}, "至少一条"),
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=list(ACCEPTED))
def test_a_later_layer_may_add_or_tighten(changes: dict[str, object]) -> None:
    assert [str(fault) for fault in faults(files(**changes))] == []


@pytest.mark.parametrize(("changes", "words"), REFUSED.values(), ids=list(REFUSED))
def test_a_later_layer_must_not_loosen(changes: dict[str, object], words: str) -> None:
    found = faults(files(**changes))
    assert any(words in fault.sentence + fault.what_to_do for fault in found), [str(fault) for fault in found]


def test_levels_go_from_open_to_closed_only() -> None:
    closed = files(**{"national/act.yaml:disclosure.level": "shared", "province/x.yaml": {**ACT, "level": "public"}})
    assert any("公开属性" in fault.sentence for fault in faults(closed))


def test_what_a_later_layer_says_counts() -> None:
    policy = load_files(
        files(**{"province/days.yaml": {**DAYS, "values": [value("2022-01-01", 5)]}, "province/x.yaml": {**ACT, "level": "shared"}})
    )
    assert policy.value_at("days", AS_OF).value == 5
    assert policy.value_at("days", date(2021, 6, 1)).value == 7
    assert policy.item("act").level == "shared"
    assert len(policy.item("act").basis) == 2


def test_the_citys_own_folder_is_the_last_layer_and_bound_like_the_others() -> None:
    own = as_yaml({**DAYS, "values": [value("2022-01-01", 3)]})
    assert load_files({**files(), "own/days.yaml": own}).value_at("days", AS_OF).value == 3
    longer = as_yaml({**DAYS, "values": [value("2022-01-01", 30)]})
    assert faults({**files(), "own/days.yaml": longer})


def test_the_citys_own_folder_may_name_another_chain() -> None:
    own = {"own/city.yaml": as_yaml({"title": "丙市", "division": "990200", "chain": ["national"]})}
    policy = load_files({**files(), **own})
    assert policy.city.title == "丙市"
    assert "note" not in policy.parameters


def test_the_citys_own_folder_must_not_rewrite_a_source() -> None:
    own = as_yaml({"law": {"title": "我的法", "rank": "law", "text": "not_on_file"}})
    assert any("已经有了" in fault.sentence for fault in faults({**files(), "own/sources.yaml": own}))


@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 400), st.integers(0, 40), st.integers(0, 60), st.integers(0, 400))
def test_periods_compare_as_their_parts_do(a: int, b: int, c: int, d: int, e: int, f: int) -> None:
    """Longer in every part is never shorter; twelve months are a year."""
    first, second = f"P{a}Y{b}M{c}D", f"P{a + d}Y{b + e}M{c + f}D"
    assert period_days(first) <= period_days(second)
    assert period_days(f"P{a}Y") == period_days(f"P{12 * a}M")
