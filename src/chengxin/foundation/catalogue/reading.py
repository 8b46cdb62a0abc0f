"""政策页读的东西。Every policy by theme; and of one of them every value, its quote or note, since when, how sure we are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.foundation.catalogue import page_tables
from chengxin.foundation.catalogue.page_tables import Table
from chengxin.kernel.refused import NotFound
from chengxin.policy import PolicySet
from chengxin.policy.errors import NoValueYet
from chengxin.policy.types import Confidence, Parameter
from chengxin.policy.words import CONFIDENCE, say

#: Folder of the file → theme of the page, in the order of the page.
THEMES: Final[Mapping[str, str]] = {
    "catalogue": "信用信息目录",
    "disclosure": "公示与修复的期限",
    "records": "严重程度、公示期、名单",
    "access": "个人信息保护",
    "casework": "办案的程序和期限",
    "calendar": "工作日历",
    "collection": "报送文件的限额",
    "codes": "代码表",
    "foundation": "职权",
    "evaluation": "信用评价的方法",
    "tiering": "风险分类和抽查比例",
    "warnings": "风险预警",
    "inspection": "双随机抽查",
}
LAYERS: Final[Mapping[str, str]] = {"national": "全国", "shandong": "山东省", "taian": "泰安市", "own": "本市自定"}
#: What has no file of its own, but a page.
SOURCES, CLAUSES = "sources", "clauses"


@dataclass(frozen=True)
class Line:
    """一项政策 in the list of its theme."""

    id: str
    title: str
    layer: str
    now: str
    confidence: str
    confidence_word: str


@dataclass(frozen=True)
class Theme:
    """一个主题 and its policies."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Value:
    """一个取值 with everything that a citizen may ask about it."""

    from_on: date
    until_on: date | None
    said: str
    in_force: bool
    pilot: str
    quote: str
    note: str
    reference: str
    reference_title: str
    href: str
    confidence: str
    confidence_word: str


@dataclass(frozen=True)
class Page:
    """一项政策的整页。"""

    id: str
    title: str
    theme: str
    layer: str
    path: str
    note: str
    values: tuple[Value, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Basis:
    """依据 as the piece ``pieces/basis_link.html`` shows it."""

    title: str
    quote: str
    note: str
    confidence: str
    href: str


def policy_index(policy: PolicySet, as_of: date) -> list[Theme]:
    """政策按主题列出, with the value of the day where there is one."""
    lines: dict[str, list[Line]] = {theme: [] for theme in THEMES}
    for policy_id, path in policy.paths.items():
        if ":" not in policy_id:
            lines[_theme(path)].append(_line(policy, policy_id, path, as_of))
    order = {item.id: item.number for item in policy.catalogue.values()}
    for found in lines.values():
        found.sort(key=lambda line: (order.get(line.id, len(order) + 1), line.id))
    themes = [Theme(each, THEMES[each], tuple(found)) for each, found in lines.items()]
    whole = (
        Line(SOURCES, "依据文件", "", f"{len(policy.sources)} 件", "", ""),
        Line(CLAUSES, "两个方案的逐句条款", "", f"{len(policy.clauses)} 句", "", ""),
    )
    return [theme for theme in themes if theme.lines] + [Theme("sources", "依据文件和条款", whole)]


def policy_page(policy: PolicySet, policy_id: str, as_of: date) -> Page:
    """一项政策的整页。NotFound if the set has no such policy."""
    if policy_id == SOURCES:
        return Page(SOURCES, "依据文件", "依据文件和条款", "", "sources.yaml", "", (), (page_tables.sources(policy),))
    if policy_id == CLAUSES:
        note = "原文照抄两个方案；“尚未建”的写明尚未建，不归软件的写明理由。"
        return Page(CLAUSES, "两个方案的逐句条款", "依据文件和条款", "", "clauses.yaml", note, (), page_tables.clauses(policy))
    path = policy.paths.get(policy_id) if ":" not in policy_id else None
    if path is None:
        raise NotFound("no-such-policy", f"政策集里没有“{policy_id}”。", "从政策依据的目录里找。")
    parameter = policy.parameters.get(policy_id)
    values = tuple(_values(policy, parameter, as_of)) if parameter else ()
    item = policy.catalogue.get(policy_id)
    model = policy.evaluation_models.get(policy_id)
    note = item.note if item else model.note if model else ""
    title, tables = title_of(policy, policy_id), page_tables.tables_of(policy, policy_id)
    return Page(policy_id, title, THEMES[_theme(path)], _layer(path), path, note, values, tables)


def basis_of(policy: PolicySet, reference: str, note: str = "", confidence: Confidence | None = None) -> Basis:
    """依据 of a reference (a clause or a source), ready for the piece ``basis_link``; the quote if it is on file."""
    source = policy.sources.get(reference.partition("/")[0])
    clause = policy.clauses.get(reference)
    title = f"《{source.title}》" + (source.number and f"（{source.number}）") if source else reference
    word = "" if confidence in (None, Confidence.FOUND) else str(confidence)
    return Basis(title, clause.quote if clause else "", note, word, _href(policy, reference))


def title_of(policy: PolicySet, policy_id: str) -> str:
    """The Chinese title of anything that has a file of its own."""
    methods = (policy.evaluation_models, policy.tiering_groups, policy.warning_rules, policy.procedures)
    for table in (policy.parameters, policy.catalogue, policy.code_tables, *methods):
        if policy_id in table:
            return str(table[policy_id].title)
    if policy_id.isdigit() and int(policy_id) in policy.calendar_years:
        return f"{policy_id} 年放假和调休安排"
    return page_tables.TITLES.get(policy_id, policy_id)


def confidence_counts(policy: PolicySet) -> dict[str, int]:
    """核实程度 of all dated values, code tables and severity lines: word → how many."""
    found = Counter(value.confidence for parameter in policy.parameters.values() for value in parameter.values)
    found.update(table.confidence for table in policy.code_tables.values())
    found.update(rule.confidence for rules in policy.severity_tables.values() for rule in rules)
    found.update(field.confidence for item in policy.catalogue.values() for field in item.fields)
    return {CONFIDENCE[each]: found[each] for each in Confidence}


def _line(policy: PolicySet, policy_id: str, path: str, as_of: date) -> Line:
    now, confidence = "", None
    parameter = policy.parameters.get(policy_id)
    if parameter is not None:
        try:
            value = policy.value_at(policy_id, as_of)
            now, confidence = say(value.value, parameter.unit), value.confidence
        except NoValueYet:
            now = "此日尚无取值"
    elif policy_id in policy.code_tables:
        now, confidence = f"{len(policy.code_tables[policy_id].values)} 个代码", policy.code_tables[policy_id].confidence
    elif policy_id in policy.catalogue:
        item = policy.catalogue[policy_id]
        now = f"{page_tables.LEVEL[item.level]}，{len(item.fields)} 个字段"
    elif policy_id in policy.evaluation_models:
        model = policy.evaluation_models[policy_id]
        now, confidence = f"满分 {model.scale}，{len(model.indicators)} 个指标", Confidence(model.confidence)
    elif policy_id in policy.tiering_groups:
        group = policy.tiering_groups[policy_id]
        now, confidence = "全覆盖" if group.life_and_safety else "按风险类别", Confidence(group.versions[-1].confidence)
    elif policy_id in policy.procedures:
        procedure = policy.procedures[policy_id]
        now, confidence = f"{len(procedure.steps) + 1} 步，{len(procedure.clocks)} 个期限", procedure.confidence
    elif policy_id in policy.warning_rules:
        confidence = Confidence(policy.warning_rules[policy_id].versions[-1].confidence)
    sure = (confidence.value, CONFIDENCE[confidence]) if confidence else ("", "")
    return Line(policy_id, title_of(policy, policy_id), _layer(path), now, *sure)


def _values(policy: PolicySet, parameter: Parameter, as_of: date) -> list[Value]:
    try:
        current = policy.value_at(parameter.id, as_of)
    except NoValueYet:
        current = None
    found = []
    for value in reversed(parameter.values):
        pilot = "；".join(f"{key} {each}" for key, each in value.applies_to.items())
        running = value is current or (bool(pilot) and value.from_on <= as_of and (value.until_on is None or as_of < value.until_on))
        basis = basis_of(policy, value.reference)
        found.append(
            Value(
                *(value.from_on, value.until_on, say(value.value, parameter.unit), running, pilot, value.quote, value.note),
                *(value.reference, basis.title, basis.href, value.confidence.value, CONFIDENCE[value.confidence]),
            )
        )
    return found


def _href(policy: PolicySet, reference: str) -> str:
    if reference in policy.clauses:
        return f"/policy/{CLAUSES}#{reference.replace('/', '-')}"
    return f"/policy/{SOURCES}#{reference.partition('/')[0]}"


def _theme(path: str) -> str:
    folders = path.split("/")[:-1]
    return next((folder for folder in reversed(folders) if folder in THEMES), "foundation")


def _layer(path: str) -> str:
    layer = path.partition("/")[0]
    return LAYERS.get(layer, layer)
