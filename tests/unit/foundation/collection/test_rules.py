"""Every rule can pass and can fail: for every kind of the catalogue one row keeps them all, and one change breaks each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest

from chengxin.foundation.collection.competence import Competence
from chengxin.foundation.collection.field_rules import field_rules
from chengxin.foundation.collection.remarks import broken_rules
from chengxin.foundation.collection.rules import rows_rules
from chengxin.foundation.collection.standard_rules import CLAUSE
from chengxin.kernel.codes.credit_code import PLACEHOLDER
from chengxin.kernel.rules import Level
from chengxin.policy.conditions import parse_condition
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem
from tests.harness.penalties import code_of, penalty, person_number, person_penalty
from tests.harness.valid_rows import valid_row

ON = date(2026, 11, 16)
OWN, BELOW, FOREIGN, POWERLESS = (code_of(n, "11370900MB") for n in range(1, 5))
COMPETENCE = Competence(
    known=frozenset({OWN, BELOW, FOREIGN, POWERLESS}), own=frozenset({OWN, BELOW, POWERLESS}), empowered=frozenset({OWN, BELOW})
)
ITEMS = (
    *("administrative_licence", "administrative_penalty", "administrative_compulsion", "administrative_confirmation"),
    *("administrative_expropriation", "administrative_payment", "administrative_ruling", "administrative_compensation"),
    *("administrative_reward", "administrative_inspection", "judgment_defaulters", "false_litigation"),
    *("serious_dishonesty_entries", "abnormal_operation", "registry_basics", "honours"),
)


def broken(item: CatalogueItem, policy: PolicySet, row: Mapping[str, str], **beside: object) -> dict[str, Level]:
    """The ids of the rules that ``row`` (in standard form) breaks."""
    cells = {field.code: pl.Series([row.get(field.code) or None], dtype=pl.String) for field in item.fields}
    helpers = {
        "_received_on": pl.Series([ON]),
        "_due_on": pl.Series([beside.get("due_on")], dtype=pl.Date),
        "_repeats": pl.Series([beside.get("repeats", False)]),
    }
    rules = rows_rules(item, policy, ON, COMPETENCE)
    return {rule.id: rule.level for rule, _places in broken_rules(pl.DataFrame({**cells, **helpers}), rules)}


@pytest.mark.parametrize("item_id", ITEMS)
def test_a_complete_row_of_every_kind_breaks_nothing(item_id: str, shipped_policy: PolicySet) -> None:
    item = shipped_policy.item(item_id)
    assert broken(item, shipped_policy, valid_row(item, shipped_policy, OWN)) == {}


@pytest.mark.parametrize("item_id", ITEMS)
def test_every_rule_of_the_field_list_can_fail(item_id: str, shipped_policy: PolicySet) -> None:
    """Each check of each field, broken on purpose; told under its own id, or under the V-rule that says the same."""
    item = shipped_policy.item(item_id)
    told = {rule.id for rule in rows_rules(item, shipped_policy, ON, COMPETENCE)}
    spoilt = {"length": "长", "date": "2026-02-30", "number": "一百", "negative": "-1", "code": "不存在的值", "required": ""}
    tried = 0
    for rule in field_rules(item, shipped_policy):
        if rule.id not in told:
            continue
        _, check, code = rule.id.split(".")
        field = item.field(code)
        row = valid_row(item, shipped_policy, OWN)
        row[code] = spoilt.get(check, "某某") * ((field.max_length or 0) + 1 if check == "length" else 1)
        for condition in filter(
            None, (field.required_when if check == "required" else "", field.forbidden_when if check == "forbidden" else "")
        ):
            row |= fulfilling(condition)
        assert rule.id in broken(item, shipped_policy, row), rule.id
        tried += 1
    assert tried


def fulfilling(text: str) -> dict[str, str]:
    """A cell that makes a condition of the catalogue hold."""
    condition = parse_condition(text)
    return {condition.field: "法人及非法人组织" if condition.operator == "!=" else condition.values[0]}


PENALTY_FAULTS: list[tuple[str, dict[str, str]]] = [
    ("V01.subject_code", {"CF_XDR_SHXYM": code_of(1)[:-1] + ("1" if code_of(1)[-1] != "1" else "2")}),
    ("V01.subject_code", {"CF_XDR_SHXYM": PLACEHOLDER}),
    ("V01.authority_code", {"CF_CFJGDM": "11370900MB0000000X"}),
    ("V01.source_code", {"CF_SJLYDM": PLACEHOLDER}),
    ("V01.organization_code", {"CF_XDR_ZZJG": "123456789"}),
    ("V03.subject_code", {"CF_XDR_SHXYM": ""}),
    ("V03.legal_representative", {"CF_FRDB": ""}),
    ("V03.person_id_kind", {"CF_XDR_ZJLX": "身份证"}),
    ("V03.person_id", {"CF_XDR_ZJHM": person_number(1)}),
    ("V04.legal_representative_id_kind", {"CF_FR_ZJLX": "身份证"}),
    ("V04.legal_representative_id_kind", {"CF_FR_ZJHM": person_number(1)}),
    ("V04.legal_representative_id", {"CF_FR_ZJLX": "身份证", "CF_FR_ZJHM": person_number(1)[:-1] + "A"}),
    ("V05.required.CF_NR_FK", {"CF_NR_FK": ""}),
    ("V05.required.CF_NR_FK", {"CF_NR_FK": "0"}),
    ("V05.forbidden.CF_NR_FK", {"CF_CFLB": "警告"}),
    ("V05.required.CF_NR_WFFF", {"CF_CFLB": "罚款;没收违法所得"}),
    ("V05.forbidden.CF_NR_WFFF", {"CF_NR_WFFF": "1"}),
    ("V05.required.CF_NR_ZKDX", {"CF_CFLB": "罚款;吊销许可证"}),
    ("V05.forbidden.CF_NR_ZKDX", {"CF_NR_ZKDX": "食品经营许可证"}),
    ("V06.decided_on", {"CF_JDRQ": "2026-11-17"}),
    ("V08.CF_CFLB", {"CF_CFLB": "罚款;其他-"}),
    ("V08.CF_CFLB", {"CF_CFLB": "罚款;其他"}),
    ("competence.unknown", {"CF_CFJGDM": code_of(77, "11370900MB")}),
    ("competence.foreign", {"CF_CFJGDM": FOREIGN}),
    ("competence.power", {"CF_CFJGDM": POWERLESS}),
]


@pytest.mark.parametrize(("rule", "changes"), PENALTY_FAULTS)
def test_a_penalty_that_breaks_a_rule_goes_back(rule: str, changes: dict[str, str], shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    assert rule not in broken(item, shipped_policy, penalty(1, OWN))
    found = broken(item, shipped_policy, penalty(1, OWN, **changes))
    assert found.get(rule) is Level.ERROR, found


PENALTY_WARNINGS: list[tuple[str, dict[str, str]]] = [
    ("V10", {"CF_NR_FK": "10000", "CF_NR": "罚款"}),
    ("V11.CF_SY", {"CF_SY": "当事人电话13812345678，经查属实"}),
    ("V11.CF_NR", {"CF_NR": f"罚款 3000 元，经营者身份证{person_number(7)}。"}),
    ("V11.BZ", {"BZ": "（商业秘密）"}),
    ("V11.CF_WSH", {"CF_WSH": f"泰罚{person_number(7)}"}),
    ("V11.CF_CFLB", {"CF_CFLB": f"罚款;其他-{person_number(7)}"}),
    ("V11.CF_XDR_MC", {"CF_XDR_MC": f"丁某某No{person_number(7)}"}),
    ("personal.CF_XDR_SWDJ", {"CF_XDR_SWDJ": person_number(7)}),
    ("personal.CF_XDR_GSZC", {"CF_XDR_GSZC": f"{person_number(7)}01"}),
    ("V13", {"CF_NR": "罚款人民币 30,000 元"}),
    ("V13", {"CF_NR": "罚款3万元"}),
]


@pytest.mark.parametrize(("rule", "changes"), PENALTY_WARNINGS)
def test_a_warning_does_not_send_a_penalty_back(rule: str, changes: dict[str, str], shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    assert rule not in broken(item, shipped_policy, penalty(1, OWN))
    found = broken(item, shipped_policy, penalty(1, OWN, **changes))
    assert found[rule] is Level.WARNING
    assert Level.ERROR not in found.values(), found


@pytest.mark.parametrize(
    "changes",
    [
        {"CF_NR_FK": "9999.99", "CF_NR": "罚款 9999.99 万元"},
        {"CF_SY": "侵犯商业秘密，案号 2026031381234567890"},
        {"CF_SY": "由 113709000043220235 移送", "CF_WSH": "泰罚13812345678"},
        {"CF_XDR_SWDJ": "370902600000001", "CF_XDR_GSZC": "370902200000016"},
        {"CF_NR": "罚款 0.3 万元"},
        {"CF_CFLB": "罚款;其他-责令公开检讨"},
        {"CF_XDR_ZZJG": code_of(1)[8:17]},
        {"CF_FR_ZJLX": "护照", "CF_FR_ZJHM": "E12345678"},
    ],
)
def test_what_only_looks_like_a_fault_is_none(changes: dict[str, str], shipped_policy: PolicySet) -> None:
    assert broken(shipped_policy.item("administrative_penalty"), shipped_policy, penalty(1, OWN, **changes)) == {}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("V02.subject_code", {"CF_XDR_SHXYM": code_of(1)}),
        ("V02.registration_number", {"CF_XDR_GSZC": "370902600000001"}),
        ("V02.organization_code", {"CF_XDR_ZZJG": "123456789"}),
        ("V02.tax_number", {"CF_XDR_SWDJ": "370902123456789"}),
        ("V02.institution_number", {"CF_XDR_SYDW": "137090200001"}),
        ("V02.society_number", {"CF_XDR_SHZZ": "3709020001"}),
        ("V02.legal_representative", {"CF_FRDB": "丙某某"}),
        ("V02.legal_representative_id_kind", {"CF_FR_ZJLX": "身份证"}),
        ("V02.legal_representative_id", {"CF_FR_ZJHM": person_number(3)}),
        ("V02.person_id_kind", {"CF_XDR_ZJLX": ""}),
        ("V02.person_id", {"CF_XDR_ZJHM": ""}),
        ("V04.person_id", {"CF_XDR_ZJHM": person_number(1)[:-1] + "A"}),
    ],
)
def test_a_natural_person_has_a_number_and_nothing_of_a_firm(rule: str, changes: dict[str, str], shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    row = person_penalty(1, OWN)
    assert broken(item, shipped_policy, row) == {}
    assert broken(item, shipped_policy, {**row, **changes}).get(rule) is Level.ERROR


def test_one_fault_is_told_once(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    assert broken(item, shipped_policy, penalty(1, OWN, CF_FR_ZJLX="身份证")) == {"V04.legal_representative_id_kind": Level.ERROR}


def test_the_placeholder_is_for_individual_businesses_alone(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    business = penalty(1, OWN, CF_XDR_LB="个体工商户", CF_XDR_SHXYM=PLACEHOLDER)
    assert broken(item, shipped_policy, business) == {}
    assert "V01.subject_code" in broken(item, shipped_policy, {**business, "CF_XDR_LB": "法人及非法人组织"})


def test_late_and_repeated_rows_are_told_but_taken(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_penalty")
    row = penalty(1, OWN)
    assert broken(item, shipped_policy, row, due_on=ON) == {}
    assert broken(item, shipped_policy, row, due_on=date(2026, 11, 13)) == {"V07": Level.WARNING}
    assert broken(item, shipped_policy, row, due_on=None) == {}  # a provisional deadline makes nobody late
    assert broken(item, shipped_policy, row, repeats=True) == {"V09": Level.WARNING}


def test_a_permit_ends_after_it_begins_and_a_revoked_one_is_not_published(shipped_policy: PolicySet) -> None:
    item = shipped_policy.item("administrative_licence")
    row = valid_row(item, shipped_policy, OWN)
    assert "V06.valid_until" in broken(item, shipped_policy, {**row, "XK_YXQZ": "2027-01-01", "XK_YXQZI": "2026-12-31"})
    invalid = next(code for code, label in shipped_policy.code_table(item.field("XK_ZT").codes).values.items() if label == "无效")
    assert broken(item, shipped_policy, {**row, "XK_ZT": invalid}) == {"V12": Level.WARNING}


@pytest.mark.parametrize("item_id", [item for item in ITEMS if item not in {"administrative_licence", "administrative_penalty"}])
def test_other_kinds_take_natural_persons_only_where_the_catalogue_says_so(item_id: str, shipped_policy: PolicySet) -> None:
    item = shipped_policy.item(item_id)
    row = {**valid_row(item, shipped_policy, OWN), item.roles["subject_kind"]: "自然人"}
    assert ("catalogue.natural_person" in broken(item, shipped_policy, row)) == (item.natural_person == "refuse")


def test_every_rule_says_what_where_why_and_what_to_do(shipped_policy: PolicySet) -> None:
    for item in shipped_policy.catalogue.values():
        for rule in rows_rules(item, shipped_policy, ON, COMPETENCE):
            assert rule.sentence.endswith("。"), rule.id
            assert rule.mend, rule.id
            assert rule.fields, rule.id
            assert rule.clause in shipped_policy.sources or rule.clause in shipped_policy.clauses, (rule.id, rule.clause)
    assert CLAUSE in shipped_policy.sources
