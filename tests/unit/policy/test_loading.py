"""The small set loads; each fault in it is refused with its file, its key, a sentence, and what to do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from chengxin.policy import load, load_files
from chengxin.policy.errors import PolicyRefused

from .small_set import FILES, faults, files

VALUE = {"from": "2022-01-01", "value": 5, "reference": "law", "note": "五日", "confidence": "found"}
MEASURE = {
    "id": "ban",
    "title": "禁入",
    "kind": "A",
    "authority": "某局",
    "basis": [{"reference": "law", "note": "可以", "confidence": "found"}],
    "subjects": ["legal_person"],
    "field": "食品",
    "term": "一年",
    "release": "期满",
    "remedy": "复议",
}
LIST = {
    "id": "local",
    "title": "本市名单",
    "level": "local",
    "authority": "某局",
    "basis": [{"reference": "law", "note": "可以", "confidence": "found"}],
    "term": "一年",
    "release": "期满",
}
PROMISE = {
    "id": "quality",
    "title": "质量承诺",
    "promisor": "某局",
    "stages": ["作出"],
    "duties": [{"id": "answer", "title": "答复", "days": 5, "clock_start": "received_on"}],
    "evidence": ["答复书"],
    "change": "依法变更",
    "basis": [{"reference": "law", "note": "可以", "confidence": "found"}],
}
RULE_REFERENCE = [{"reference": "order", "note": "可以", "confidence": "found"}]


def test_the_small_set_loads() -> None:
    assert faults(files()) == []


REFUSED = [
    # YAML and shape
    ({"national/days.yaml": "a: [1"}, "national/days.yaml", "不是合格的 YAML"),
    ({"national/days.yaml": "title: a\ntitle: b\nunit: text\nvalues: []"}, "national/days.yaml", "写了两次"),
    ({"national/days.yaml": "- 1"}, "national/days.yaml", "“键: 值”的结构"),
    ({"national/days.yaml": "title: 无"}, "national/days.yaml", "看不出是哪一类"),
    ({"national/days.yaml": {"title": "甲", "values": [], "codes": {}}}, "national/days.yaml", "看不出是哪一类"),
    ({"national/days.yaml:colour": "red"}, "national/days.yaml", "没有人认识"),
    ({"national/days.yaml:title": None}, "national/days.yaml", "缺少这一项"),
    ({"national/days.yaml:title": 5.5}, "", ""),  # a number is text enough
    ({"national/days.yaml:title": True}, "national/days.yaml", "应当是文字"),
    # dated values
    ({"national/days.yaml:unit": "furlong"}, "national/days.yaml", "不认识单位"),
    ({"national/days.yaml:tighter": "sideways"}, "national/days.yaml", "不认识"),
    ({"national/days.yaml:values": []}, "national/days.yaml", "至少一条"),
    ({"national/days.yaml:values.0": "seven"}, "national/days.yaml", "“键: 值”的结构"),
    ({"national/days.yaml:values.0.value": "seven"}, "national/days.yaml", "不是单位 working_day 的值"),
    ({"national/days.yaml:values.0.value": -1}, "national/days.yaml", "不是单位 working_day 的值"),
    ({"national/days.yaml:values.0.value": True}, "national/days.yaml", "不是单位 working_day 的值"),
    ({"national/kept.yaml:values.0.value": "5Y"}, "national/kept.yaml", "不是单位 calendar_period 的值"),
    ({"national/fine.yaml:values.0.value": {"单位": "many"}}, "national/fine.yaml", "不是单位 yuan 的值"),
    ({"national/days.yaml:values.0.from": None}, "national/days.yaml", "缺少日期"),
    ({"national/days.yaml:values.0.from": "soon"}, "national/days.yaml", "应当是日期"),
    ({"national/days.yaml:values.0.from": "2023-01-01"}, "national/days.yaml", "从早到晚"),
    ({"national/days.yaml:values.0.from": "2021-01-01"}, "national/days.yaml", "从早到晚"),
    ({"national/days.yaml:values.1.until": "2021-01-01"}, "national/days.yaml", "终止日期不晚于起始日期"),
    ({"national/days.yaml:values.1.applies_to": {"division": "990101"}}, "national/days.yaml", "试点没有终止日期"),
    ({"national/days.yaml:values.1.applies_to": {"division": "990101", "until": "9"}}, "national/days.yaml", "until"),
    # a value without a reference, a quote without a text, a quote that the text does not contain
    ({"national/days.yaml:values.0.reference": None}, "national/days.yaml", "缺少这一项"),
    ({"national/days.yaml:values.0.reference": "nowhere"}, "national/days.yaml", "没有登记"),
    ({"national/days.yaml:values.1.reference": "plan/9.9.9"}, "national/days.yaml", "没有条款 plan/9.9.9"),
    ({"national/days.yaml:values.0.quote": "十日内公开"}, "national/days.yaml", "原文不在库"),
    ({"national/days.yaml:values.1.quote": "在5个工作日内"}, "national/days.yaml", "原文里没有"),
    ({"national/days.yaml:values.1": {**VALUE, "reference": "plan/1.1.2", "quote": "上网公开"}}, "national/days.yaml", "原文里没有"),
    ({"national/days.yaml:values.0.note": None}, "national/days.yaml", "没有原文（quote），也没有说明"),
    ({"national/days.yaml:values.0.confidence": None}, "national/days.yaml", "不是可用的值"),
    ({"national/days.yaml:values.0.confidence": "sure"}, "national/days.yaml", "不是可用的值"),
    # sources and clauses
    ({"sources.yaml:plan.rank": "decree"}, "sources.yaml", "不是可用的值"),
    ({"sources.yaml:plan.text": "sources/lost.txt"}, "sources.yaml", "没有文件"),
    ({"sources.yaml:order.supersedes": ["unknown"]}, "sources.yaml", "没有登记"),
    ({"sources.yaml:order.in_force.until": "2019-01-01"}, "sources.yaml", "失效日期不晚于生效日期"),
    ({"clauses.yaml:plan/1.1.2.quote": "公开后可以撤回。"}, "clauses.yaml", "原文里没有这句话"),
    ({"clauses.yaml:plan/1.1.2.owner": "not_software:"}, "clauses.yaml", "没有说为什么"),
    ({"clauses.yaml": {"other/1.1.1": {"quote": "甲", "owner": "planned"}}}, "clauses.yaml", "不在 sources.yaml 里"),
    # city and layers
    ({"city.yaml:chain": ["national", "moon"]}, "city.yaml", "没有“moon”这一层"),
    ({"city.yaml:chain": ["own"]}, "city.yaml", "没有“own”这一层"),
    ({"city.yaml:mayor": "甲"}, "city.yaml", "没有人认识"),
    ({"city.yaml": None}, "city.yaml", "缺少这个文件"),
    # code tables
    ({"national/kind.yaml:codes": {}}, "national/kind.yaml", "代码表是空的"),
    ({"national/kind.yaml:aliases": {"公司": "9"}}, "national/kind.yaml", "不在表里"),
    ({"national/kind.yaml:codes": None, "national/kind.yaml:codes_from": "lost.csv"}, "national/kind.yaml", "旁边没有文件"),
    # calendar
    ({"national/calendar/2026.yaml:days_off": ["2027-01-01"]}, "national/calendar/2026.yaml", "不在 2026 年内"),
    ({"national/calendar/2026.yaml:days_off": ["2026-01-03..2026-01-01"]}, "national/calendar/2026.yaml", "首尾颠倒"),
    ({"national/calendar/2026.yaml:days_off": ["new year"]}, "national/calendar/2026.yaml", "不是日期"),
    ({"national/calendar/2026.yaml:working_days": ["2026-01-05"]}, "national/calendar/2026.yaml", "本来就是工作日"),
    ({"national/calendar/2026.yaml:working_days": ["2026-01-03"]}, "national/calendar/2026.yaml", "既放假又上班"),
    ({"province/again.yaml": FILES["national/calendar/2026.yaml"]}, "province/again.yaml", "已经有了"),
    # powers, banned, severity
    ({"national/powers.yaml:powers.0.items": ["dream"]}, "powers.yaml", "目录里没有这个事项"),
    ({"national/powers.yaml:powers.0.authorities": ["nobody"]}, "powers.yaml", "不是机关类别"),
    ({"national/powers.yaml:powers.0.authorities": ["11" + "0" * 16]}, "national/act.yaml", "没有决定本事项的职权依据"),
    ({"national/powers.yaml:powers.0.reference": None}, "national/powers.yaml", "缺少这一项"),
    ({"national/banned.yaml:banned.0.reason": None}, "national/banned.yaml", "缺少这一项"),
    ({"national/severity.yaml:severity_rules.0.fine_at_least": "dream"}, "national/severity.yaml", "没有参数"),
    ({"national/severity.yaml:severity_rules.0.fine_at_least": "days"}, "national/severity.yaml", "单位是 working_day"),
    ({"national/severity.yaml:severity_rules.1.otherwise": False}, "national/severity.yaml", "二者取一"),
    ({"national/severity.yaml:severity_rules.1": None}, "national/severity.yaml", "应当是兜底"),
    ({"national/severity.yaml:severity_rules.0.severity": "awful"}, "national/severity.yaml", "不是可用的值"),
    # publication periods
    ({"national/publication_period.yaml:versions.0.classes.minor": None}, "national/publication_period.yaml", "三类失信信息都要写明"),
    ({"national/publication_period.yaml:versions.0.classes.minor.maximum": "soon"}, "national/publication_period.yaml", "不是期间"),
    ({"national/publication_period.yaml:versions.0.classes.minor.published": "no"}, "national/publication_period.yaml", "true 或 false"),
    ({"national/publication_period.yaml:versions.0.clock_start": "whenever"}, "national/publication_period.yaml", "不认识"),
    ({"national/publication_period.yaml:versions.0.from": "2019-01-01"}, "national/publication_period.yaml", "早于"),
    # obligations
    ({"national/m.yaml": {"title": "措施", "measures": [{**MEASURE, "basis": RULE_REFERENCE}]}}, "national/m.yaml", "没有法律、法规作依据"),
    ({"national/m.yaml": {"title": "措施", "measures": [{**MEASURE, "kind": "D"}]}}, "national/m.yaml", "不认识“D”"),
    ({"national/l.yaml": {"title": "名单", "lists": [{**LIST, "basis": RULE_REFERENCE}]}}, "national/l.yaml", "没有地方性法规作依据"),
    ({"national/l.yaml": {"title": "名单", "lists": [{**LIST, "level": "street"}]}}, "national/l.yaml", "不认识“street”"),
    (
        {"national/p.yaml": {"title": "承诺", "promises": [{**PROMISE, "duties": [{"id": "a", "title": "b", "clock_start": "c"}]}]}},
        "national/p.yaml",
        "没有写明天数",
    ),
]


@pytest.mark.parametrize(("changes", "file", "sentence"), REFUSED, ids=[f"{next(iter(each[0]))}-{each[2]}" for each in REFUSED])
def test_each_fault_is_refused_by_name(changes: dict[str, object], file: str, sentence: str) -> None:
    found = faults(files(**changes))
    if not file:
        assert found == []
        return
    named = [fault for fault in found if fault.file == file and sentence in fault.sentence]
    assert named, [str(fault) for fault in found]
    assert all(fault.what_to_do for fault in found)


def test_obligations_with_a_law_are_accepted() -> None:
    policy = load_files(
        files(
            **{
                "national/m.yaml": {
                    "title": "措施",
                    "measures": [MEASURE, {**MEASURE, "id": "note", "kind": "B", "basis": RULE_REFERENCE}],
                },
                "national/l.yaml": {
                    "title": "名单",
                    "lists": [LIST, {**LIST, "id": "whole", "level": "national", "basis": RULE_REFERENCE}],
                },
                "national/p.yaml": {"title": "承诺", "promises": [PROMISE]},
            }
        )
    )
    assert set(policy.measures) == {"ban", "note"}
    assert policy.code_table("serious_list").values == {"本市名单": "本市名单"}
    assert policy.promises["quality"].duties[0].days == 5


def test_all_faults_are_told_at_once() -> None:
    found = faults(files(**{"national/days.yaml:unit": "furlong", "national/kind.yaml:codes": {}, "city.yaml:mayor": "甲"}))
    assert {fault.file for fault in found} >= {"national/days.yaml", "national/kind.yaml", "city.yaml"}


def test_a_refusal_says_how_many_and_where() -> None:
    with pytest.raises(PolicyRefused) as refused:
        load_files(files(**{"national/days.yaml:colour": "red"}))
    assert "1 处" in refused.value.sentence
    assert refused.value.where == {"file": "national/days.yaml", "key": "colour"}


def test_the_shipped_set_loads_quickly(tmp_path: Path) -> None:
    folder = Path(__file__).parents[3] / "policies"
    own = tmp_path / "policies"
    own.mkdir()
    (own / "sources.yaml").write_text("fresh: {title: 新, rank: project, text: not_on_file}\n")
    started = time.perf_counter()
    policy = load([folder, own])
    assert time.perf_counter() - started < 2.0  # a quarter of that on an idle machine
    assert "fresh" in policy.sources


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match="没有这个文件夹"):
        load([tmp_path / "nothing"])


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city.yaml").write_bytes("title: 甲".encode("gb18030"))
    with pytest.raises(PolicyRefused, match="不是 UTF-8"):
        load([tmp_path])
