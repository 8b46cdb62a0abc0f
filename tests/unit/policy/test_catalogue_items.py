"""Faults of a catalogue item: what it refers to must be there, what is personal must be sealed."""

from __future__ import annotations

import pytest

from chengxin.policy.conditions import parse_condition

from .small_set import FILES, faults, files

ITEM = "national/act.yaml"
ITEM_FAULTS = [
    ({f"{ITEM}:polarity": "bad"}, "不是可用的值"),
    ({f"{ITEM}:group": "crowd"}, "不认识“crowd”"),
    ({f"{ITEM}:source_class": "hearsay"}, "不认识“hearsay”"),
    ({f"{ITEM}:number": "one"}, "应当是不小于零的整数"),
    ({f"{ITEM}:subjects": ["robot"]}, "不认识主体类别"),
    ({f"{ITEM}:owner_kinds": None}, "缺少这一项"),
    ({f"{ITEM}:basis": None}, "至少一条"),
    ({f"{ITEM}:basis.0.reference": "law/1"}, "不能写 quote"),
    ({f"{ITEM}:disclosure": None}, "不是可用的值"),
    ({f"{ITEM}:disclosure.natural_person": "shame"}, "不认识“shame”"),
    ({f"{ITEM}:disclosure.clock": "dream"}, "没有参数“dream”"),
    ({f"{ITEM}:disclosure.clock": "kept"}, "单位是 calendar_period"),
    ({f"{ITEM}:subjects": ["legal_person"]}, "不收自然人，却写了脱敏公示"),
    ({f"{ITEM}:retention": "days"}, "单位是 working_day"),
    ({f"{ITEM}:terms.shared": None}, "四个方面"),
    ({f"{ITEM}:terms.shared.by": "whim"}, "不认识“whim”"),
    ({f"{ITEM}:terms.effective.field": None}, "没有说以哪个字段"),
    ({f"{ITEM}:terms.effective.field": "A_LOST"}, "不在本事项的字段表里"),
    ({f"{ITEM}:terms.counted.maximum": None}, "没有说期限多长"),
    ({f"{ITEM}:terms.public.reference": None}, "缺少这一项"),
    ({f"{ITEM}:terms.elsewhere": {"by": "open"}}, "没有人认识"),
    ({f"{ITEM}:severity.by": "dream"}, "没有严重程度表"),
    ({"national/publication_period.yaml": None}, "没有失信信息公示期的规定"),
    ({f"{ITEM}:business_key": ["A_LOST", "subject"]}, "不在本事项的字段表里"),
    ({f"{ITEM}:roles.subject_name": "A_LOST"}, "不在本事项的字段表里"),
    ({f"{ITEM}:roles.nickname": "A_NAME"}, "不认识这个含义"),
    ({f"{ITEM}:fields.3.sealed": False}, "必须封存"),
    ({f"{ITEM}:fields.3.public": True}, "封存的字段不得公示"),
    ({f"{ITEM}:fields.3.required_when": "A_KIND is 个人"}, "读不懂条件"),
    ({f"{ITEM}:fields.3.required_when": "A_LOST = 个人"}, "不在本事项的字段表里"),
    ({f"{ITEM}:fields.1.codes": None}, "没有指明代码表"),
    ({f"{ITEM}:fields.1.codes": "dream"}, "没有代码表“dream”"),
    ({f"{ITEM}:fields.0.type": "poem"}, "不认识类型"),
    ({f"{ITEM}:fields.4.unit": "shells"}, "不认识金额单位"),
    ({f"{ITEM}:fields.5.code": "A_NO"}, "写了两次"),
    ({f"{ITEM}:fields.0.aliases": ["旧文号"]}, "一个表头只能指一个字段"),
    ({f"{ITEM}:fields.0.colour": "red"}, "没有人认识"),
    ({"national/second.yaml": FILES[ITEM]}, "编号 1 用了 2 次"),
]


@pytest.mark.parametrize(("changes", "words"), ITEM_FAULTS, ids=[f"{next(iter(each[0]))}-{each[1]}" for each in ITEM_FAULTS])
def test_each_fault_of_an_item_is_refused(changes: dict[str, object], words: str) -> None:
    found = faults(files(**changes))
    assert any(words in f"{fault.sentence}{fault.what_to_do}" for fault in found), [str(fault) for fault in found]


@pytest.mark.parametrize("text", ["CF_CFLB contains 暂扣|吊销", "A = 甲", "A_B != 自然人"])
def test_the_language_of_conditions(text: str) -> None:
    condition = parse_condition(text)
    assert f"{condition.field} {condition.operator} {'|'.join(condition.values)}" == text


@pytest.mark.parametrize(
    ("text", "value", "holds"),
    [
        ("A contains 罚款|没收", "警告;没收违法所得", True),
        ("A contains 罚款|没收", "警告", False),
        ("A = 甲|乙", "乙", True),
        ("A = 甲|乙", "甲乙", False),
        ("A != 自然人", "个体工商户", True),
        ("A != 自然人", "自然人", False),
    ],
)
def test_conditions_hold(text: str, value: str, holds: bool) -> None:
    assert parse_condition(text).holds(value) is holds


@pytest.mark.parametrize("text", ["", "A", "A =", "A = ", "a = 甲", "A contains 甲|", "A > 3"])
def test_what_is_not_in_the_language_is_an_error(text: str) -> None:
    with pytest.raises(ValueError):
        parse_condition(text)
