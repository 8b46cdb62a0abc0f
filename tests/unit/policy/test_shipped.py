"""The set that the project ships: nineteen items, sealed persons, periods and amounts as the issue wants them."""

from __future__ import annotations

from datetime import date

import pytest

from chengxin.policy import PolicySet
from chengxin.policy.types import CatalogueItem, Confidence, FieldKind, Severity

NAMES = ("licence", "penalty", "compulsion", "confirmation", "expropriation", "payment", "ruling", "compensation", "reward", "inspection")
ACTS = tuple(f"administrative_{name}" for name in NAMES)
OTHERS = (
    "judgment_defaulters",
    "false_litigation",
    "serious_dishonesty_entries",
    "abnormal_operation",
    "registry_basics",
    "honours",
    "commitments",
    "restoration_result",
    "government_breaches",
)


def test_the_catalogue_has_its_nineteen_items_in_order(shipped_policy: PolicySet) -> None:
    assert list(shipped_policy.catalogue) == [*ACTS, *OTHERS]
    assert [item.number for item in shipped_policy.catalogue.values()] == list(range(1, 20))


def test_every_id_number_is_sealed_and_never_public(shipped_policy: PolicySet) -> None:
    numbers = [
        field
        for item in shipped_policy.catalogue.values()
        for field in item.fields
        if field.kind is FieldKind.ID_NUMBER or field.code.endswith(("_ZJHM", "_SFZ", "_SFZH"))
    ]
    assert len(numbers) == 7
    assert all(field.sealed and not field.public for field in numbers)


def test_natural_persons_are_taken_in_for_permits_and_penalties_only_and_never_shown_from_court_lists(shipped_policy: PolicySet) -> None:
    handling = {item.id: item.natural_person for item in shipped_policy.catalogue.values()}
    assert [each for each, how in handling.items() if how == "mask"] == ["administrative_licence", "administrative_penalty"]
    assert [each for each, how in handling.items() if how == "never"] == ["judgment_defaulters", "false_litigation"]
    for item in shipped_policy.catalogue.values():
        assert ("natural_person" in item.subjects) == (item.natural_person != "refuse"), item.id


@pytest.mark.parametrize(("item", "prefix", "count"), [("administrative_licence", "XK_", 28), ("administrative_penalty", "CF_", 30)])
def test_permits_and_penalties_have_the_complete_field_standard(shipped_policy: PolicySet, item: str, prefix: str, count: int) -> None:
    fields = [field for field in shipped_policy.item(item).fields if field.confidence is not Confidence.ASSUMED]
    assert len(fields) == count
    assert all(field.code.startswith(prefix) or field.code == "BZ" for field in fields)


def test_the_two_columns_that_state_the_class_are_optional(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    assert [item.field(code).title for code in ("CF_CFCX", "CF_SXYZCD")] == ["处罚程序", "失信严重程度"]
    assert not item.field("CF_CFCX").required
    assert not item.field("CF_SXYZCD").required
    assert "轻微" in item.field("CF_SXYZCDLY").required_when


@pytest.mark.parametrize(
    "label",
    ["CF_FR_SFZH", "处罚事由", "处罚类别1", "社会诚信代码", "作出行政处罚决定机关名称", "CF_XZJG", "行政相对人代码_2(组织机构代码)"],
)
def test_old_codes_and_labels_of_penalties_are_known(shipped_policy: PolicySet, label: str) -> None:
    assert label in shipped_policy.field_aliases["administrative_penalty"]


def test_the_catalogue_asks_for_nothing_that_is_banned(shipped_policy: PolicySet) -> None:
    for item, labels in shipped_policy.field_aliases.items():
        assert [label for label in labels if shipped_policy.banned_field(label)] == [], item


@pytest.mark.parametrize(
    "label", ["婚姻状况", "宗教信仰", "健康状况", "是否低保户", "指纹", "血型", "家庭住址", "政治面貌", "银行账号", "信访记录"]
)
def test_fields_about_private_life_are_refused_by_name(shipped_policy: PolicySet, label: str) -> None:
    assert shipped_policy.banned_field(label)


def test_every_act_runs_the_seven_working_days(shipped_policy: PolicySet) -> None:
    for each in ACTS:
        value = shipped_policy.value_at(shipped_policy.item(each).deadline, date(2026, 5, 1))
        assert value.value == 7
        assert value.quote == "在7个工作日内上网公开"


def test_only_public_and_court_sources_are_in_the_catalogue(shipped_policy: PolicySet) -> None:
    assert {item.source_class for item in shipped_policy.catalogue.values()} == {"public", "court"}


def test_each_owner_may_decide_its_item(shipped_policy: PolicySet) -> None:
    for item in shipped_policy.catalogue.values():
        assert all(shipped_policy.power(item.id, kind) for kind in item.owner_kinds), item.id
    assert shipped_policy.power("judgment_defaulters", "administrative_organ") is None
    assert shipped_policy.power("administrative_penalty", "peoples_court") is None


@pytest.mark.parametrize(
    ("name", "code", "kind"),
    [
        ("某市生态环境局", "11990100", "administrative_organ"),
        ("某市市场监督管理局", "11990100", "market_regulator"),
        ("国家税务总局某市税务局", "11990100", "tax_authority"),
        ("某区人民法院", "11990100", "peoples_court"),
        ("某市公共资源交易中心", "12990100", "authorized_organization"),
        ("某某有限公司", "91990100", ""),
    ],
)
def test_offices_are_told_by_name_and_code(shipped_policy: PolicySet, name: str, code: str, kind: str) -> None:
    assert shipped_policy.department_kind(name, code) == kind


def test_the_orders_and_their_classes(shipped_policy: PolicySet) -> None:
    before, after = shipped_policy.publication_period_at(date(2026, 3, 31)), shipped_policy.publication_period_at(date(2026, 4, 1))
    assert (before.reference, after.reference) == ("order-58-2023", "order-36-2025")
    assert {each["field"]: each["minimum"] for each in before.overrides} == dict.fromkeys(
        ("food", "drugs", "special_equipment", "work_safety", "fire"), "P1Y"
    )
    assert [(each.published, each.minimum, each.maximum) for each in after.classes.values()] == [
        (False, "P0M", "P3M"),
        (True, "P3M", "P1Y"),
        (True, "P1Y", "P3Y"),
    ]
    assert after.transition["never"] == "lengthen"
    assert after.transition["confidence"] == "to_confirm"


def test_the_amounts_are_assumed_and_say_so(shipped_policy: PolicySet) -> None:
    substantial = shipped_policy.value_at("substantial_fine", date(2026, 5, 1))
    huge = shipped_policy.value_at("huge_fine", date(2026, 5, 1))
    assert substantial.value["法人及非法人组织"] == 100_000
    assert substantial.value["个体工商户"] == 10_000
    assert set(huge.value.values()) == {1_000_000}
    assert {substantial.confidence, huge.confidence} == {Confidence.ASSUMED}


def test_in_doubt_the_milder_class_and_provisional(shipped_policy: PolicySet) -> None:
    last = shipped_policy.severity_table("severity_of_penalty")[-1]
    assert (last.otherwise, last.severity, last.provisional) == (True, Severity.MINOR, True)


def test_penalty_kinds_of_2018_and_of_the_law_of_2021_are_both_known(shipped_policy: PolicySet) -> None:
    table = shipped_policy.code_table("penalty_kind")
    assert {"暂扣许可证", "吊销执照", "通报批评", "降低资质等级", "限制从业", "责令关闭"} <= set(table.values)
    assert table.open_prefix == ("其他-",)


def test_streets_lie_in_the_citys_divisions_and_industries_in_their_sections(shipped_policy: PolicySet) -> None:
    divisions = shipped_policy.code_table("division").values
    assert all(code[:6] in divisions for code in shipped_policy.code_table("street").values)
    industries = shipped_policy.code_table("industry").values
    assert all(code[:-1] in industries or code[:3] in industries for code in industries if len(code) > 3)
    assert len(industries) == 1424


def test_what_has_no_standard_is_to_be_confirmed(shipped_policy: PolicySet) -> None:
    for each in ACTS[2:]:
        item: CatalogueItem = shipped_policy.item(each)
        own = [field for field in item.fields if field.confidence is Confidence.TO_CONFIRM]
        assert own, each
        assert all(field.confidence is not Confidence.FOUND for field in item.fields)


def test_limits_start_where_the_issue_starts_them(shipped_policy: PolicySet) -> None:
    as_of = date(2026, 5, 1)
    limits = {name: shipped_policy.value_at(f"collection_{name}", as_of).value for name in ("size_csv", "size_xlsx", "columns")}
    assert limits == {"size_csv": 2 * 1024**3, "size_xlsx": 100 * 1024**2, "columns": 1000}
