"""What a policy of risk classes or of warnings must not say: each refused with its sentence and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from chengxin.policy import load
from chengxin.policy.errors import PolicyRefused

PROJECT = Path(__file__).parents[3]
TIERING = "national/during_event/tiering"
WARNINGS = "national/during_event/warnings"


def refused(tmp_path: Path, path: str, *changes: tuple[str, str]) -> str:
    """What the check says of the shipped set with one file changed, as a city's own layer would write it."""
    text = (PROJECT / "policies" / path).read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    own = tmp_path / "own"
    own.mkdir()
    (own / Path(path).name).write_text(text, encoding="utf-8")
    with pytest.raises(PolicyRefused) as told:
        load([PROJECT / "policies", own])
    return "\n".join(f"{fault.sentence}{fault.what_to_do}" for fault in told.value.faults)


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("labour_matters", "per_mille: 10,", "per_mille: 0,", "抽查比例是零，等于免查"),
        ("labour_matters", "per_mille: 10,", "per_mille: 1001,", "超过全部"),
        ("labour_matters", "rounds: 1,", "rounds: 0,", "一年抽取零轮"),
        ("labour_matters", "per_mille: 125", "per_mille: 49", "D 类全年抽得比 C 类少"),
        ("labour_matters", "without_grade: B", "without_grade: X", "没有风险类别“X”"),
        ("labour_matters", "{A: A, B: B, C: C, D: D}", "{A: A, B: B, C: C}", "等级 D 没有对应的风险类别"),
        ("labour_matters", "{A: A, B: B, C: C, D: D}", "{A: A, B: B, C: C, D: D, N: D}", "“数据不足”不能对应另外的类别"),
        ("labour_matters", "models: [public_comprehensive]", "models: [nothing]", "没有评价模型“nothing”"),
        ("labour_matters", "matters: [labour_use]", "matters: [food_business]", "写在不止一个类别里"),
        ("labour_matters", "matters: [labour_use]\n", "", "“labour_use”没有归入任何类别"),
        ("labour_matters", "scope: everyone", "scope: industries", "对象范围和行业对不上"),
        ("food_matters", "per_mille: 1000, rounds: 1", "per_mille: 999, rounds: 1", "A 类也要全覆盖"),
        ("food_matters", "life_and_safety: true\n", "", "这里不再全覆盖"),
        ("food_matters", "rounds: 2, most_visits: 2", "rounds: 3, most_visits: 2", "次数上限却少于轮数"),
    ],
)
def test_a_bad_policy_of_classes_is_refused(tmp_path: Path, file: str, before: str, after: str, said: str) -> None:
    assert said in refused(tmp_path, f"{TIERING}/{file}.yaml", (before, after))


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("penalty_burst", "least: 3", "least: 0", "写的是零，这条规则就不起作用"),
        ("shared_person", "least: 2", "least: 1", "至少要两个才算多个"),
        ("licence_ending", "days: 60", "days: 60, least: 2", "这个键没有人认识"),
        ("licence_ending", "inbox: deciding_office", "inbox: nobody", "不知道“nobody”是哪个部门"),
        ("licence_ending", "[administrative_licence]", "[gossip]", "目录里没有“gossip”"),
        ("penalty_burst", "[general, serious]", "[awful]", "不认识“awful”"),
    ],
)
def test_a_bad_rule_of_warnings_is_refused(tmp_path: Path, file: str, before: str, after: str, said: str) -> None:
    assert said in refused(tmp_path, f"{WARNINGS}/{file}.yaml", (before, after))
