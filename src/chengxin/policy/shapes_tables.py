"""代码表、日历、禁采项、职权、严重程度、依据与条款的文件形状。"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta

from chengxin.policy.nodes import Node
from chengxin.policy.types import (
    BannedLabel,
    CalendarYear,
    Clause,
    CodeTable,
    DepartmentKind,
    Power,
    Rank,
    Severity,
    SeverityRule,
    Source,
)


def read_source(node: Node, source_id: str) -> Source:
    """One document that values lean on."""
    in_force = node.node("in_force")
    from_on = in_force.day("from", required=False) if in_force else None
    until_on = in_force.day("until", required=False) if in_force else None
    if in_force:
        in_force.close()
    text = node.text("text")
    source = Source(
        source_id, node.text("title"), node.choice("rank", Rank), node.text("number", ""), from_on, until_on, node.texts("supersedes"),
        None if text == "not_on_file" else text, node.text("note", ""),
    )  # fmt: skip
    node.close()
    return source


def read_clause(node: Node, clause_id: str) -> Clause:
    """One sentence of a plan: its words, the mission rows it serves, and who does it."""
    clause = Clause(clause_id, clause_id.partition("/")[0], node.text("quote"), node.texts("mission"), node.text("owner"))
    if clause.owner.startswith("not_software") and not clause.owner.removeprefix("not_software").strip(": "):
        node.fault("owner", "没有说为什么不归软件。", "写成 not_software: 理由。")
    node.close()
    return clause


def read_codes(node: Node, table_id: str, files: Mapping[str, str]) -> CodeTable:
    """A code table: ``codes`` in the file itself, or ``codes_from`` a CSV file beside it (columns code, label)."""
    title = node.text("title")
    codes: dict[str, str] = {}
    if node.has("codes_from"):
        name = node.text("codes_from")
        path = f"{node.file.rpartition('/')[0]}/{name}"
        if path not in files:
            node.fault("codes_from", f"旁边没有文件 {name}。", "放入该文件，或改正文件名。")
        else:
            rows = csv.DictReader(io.StringIO(files[path].removeprefix("\ufeff")))
            codes = {row["code"]: row["label"] for row in rows}
    else:
        listed = node.node("codes")
        codes = {key: listed.text(key) for key in listed.keys()} if listed else {}  # noqa: SIM118
    if not codes:
        node.fault("codes", "代码表是空的。", "写上 代码: 名称。")
    named = node.node("aliases")
    aliases = {key: named.text(key) for key in named.keys()} if named else {}  # noqa: SIM118
    for alias, code in aliases.items():
        if code not in codes:
            node.fault(f"aliases.{alias}", f"别名指向的代码“{code}”不在表里。", "改成表里有的代码。")
    evidence = node.evidence()
    table = CodeTable(table_id, title, codes, aliases, node.texts("open_prefix"), evidence.reference, evidence.confidence)
    node.close()
    return table


def read_calendar(node: Node) -> CalendarYear:
    """One year's days off and make-up working days; ``days_off`` holds dates or ``first..last``."""
    node.text("title")
    year = node.number("year")
    off, working = _days(node, "days_off", year), _days(node, "working_days", year)
    for day in sorted(off & working):
        node.fault("working_days", f"{day} 既放假又上班。", "核对放假通知，只留一处。")
    for day in sorted(working):
        if day.weekday() < 5:
            node.fault("working_days", f"{day} 本来就是工作日，不是调休上班。", "只写周末调休上班的日子。")
    evidence = node.evidence()
    node.close()
    return CalendarYear(year, frozenset(off), frozenset(working), evidence.reference, evidence.note, evidence.confidence)


def _days(node: Node, key: str, year: int) -> set[date]:
    found: set[date] = set()
    for text in (str(each) for each in node.any(key, [])):
        first, _, last = text.partition("..")
        try:
            start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            node.fault(key, f"“{text}”不是日期。", "写成 2026-01-01 或 2026-01-01..2026-01-03。")
            continue
        if start > end or start.year != year or end.year != year:
            node.fault(key, f"“{text}”不在 {year} 年内，或首尾颠倒。", "一年一个文件，从早写到晚。")
            continue
        found |= {start + timedelta(days=index) for index in range((end - start).days + 1)}
    return found


def read_banned(node: Node) -> tuple[BannedLabel, ...]:
    """The labels that are refused by name."""
    node.text("title")
    found = []
    for each in node.nodes("banned"):
        words, excepted, reason = each.texts("words", required=True), each.texts("except_in"), each.text("reason")
        evidence = each.evidence()
        each.close()
        found += [BannedLabel(word, reason, evidence.reference, excepted, evidence.confidence) for word in words]
    node.close()
    return tuple(found)


def read_powers(node: Node) -> tuple[tuple[DepartmentKind, ...], tuple[Power, ...]]:
    """Kinds of departments, and who may decide what."""
    node.text("title")
    kinds = []
    for each in node.nodes("department_kinds", required=False):
        kinds.append(
            DepartmentKind(
                each.text("id"), each.text("title"), each.texts("names_end"), each.texts("names_contain"), each.texts("codes_begin")
            )
        )
        each.close()
    powers = []
    for each in node.nodes("powers"):
        items, authorities = each.texts("items", required=True), each.texts("authorities", required=True)
        evidence = each.evidence()
        each.close()
        powers += [Power(item, who, evidence.reference, evidence.note, evidence.confidence) for item in items for who in authorities]
    node.close()
    return tuple(kinds), tuple(powers)


def read_severity(node: Node) -> tuple[SeverityRule, ...]:
    """The table that gives a penalty its class: kinds first, then amounts; in doubt the milder."""
    node.text("title")
    rules = []
    for each in node.nodes("severity_rules"):
        severity, sentence = each.choice("severity", Severity), each.text("sentence")
        kinds, only_kinds = each.texts("penalty_kinds"), each.texts("only_kinds")
        procedure, fine = each.text("procedure", ""), each.text("fine_at_least", "")
        otherwise, provisional = each.truth("otherwise", False), each.truth("provisional", False)
        if bool(kinds or only_kinds or procedure or fine) == otherwise:
            each.fault(
                "otherwise",
                "这一条要么有条件，要么是兜底（otherwise），二者取一。",
                "写上 penalty_kinds、only_kinds、procedure 或 fine_at_least。",
            )
        evidence = each.evidence()
        each.close()
        rules.append(
            SeverityRule(
                severity, sentence, evidence.reference, kinds, only_kinds, procedure, fine, otherwise, provisional, evidence.confidence
            )
        )
    if not rules or not rules[-1].otherwise or any(rule.otherwise for rule in rules[:-1]):
        node.fault("severity_rules", "最后一条、且只有最后一条，应当是兜底（otherwise）。", "补上或移到最后。")
    node.close()
    return tuple(rules)
