"""政策页的表。What a policy that is not one number looks like in rows; every row carries its basis and how sure we are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chengxin.policy import PolicySet
from chengxin.policy.types import CatalogueItem, Confidence, DisclosureLevel, FieldKind, Polarity, Severity
from chengxin.policy.words import CONFIDENCE, RANK, period

TITLES: Final[Mapping[str, str]] = {
    "publication_period": "失信信息公示期",
    "severity_of_penalty": "行政处罚的失信严重程度",
    "severity_of_list_entry": "严重失信主体名单条目的失信严重程度",
    "serious_lists": "严重失信主体名单的种类",
    "powers": "职权：谁有权作出哪一类决定",
    "banned_fields": "不得收取的信息",
    "supervision_fields": "监管领域",
    "inspection_matters": "随机抽查事项清单",
}
SEVERITY: Final[Mapping[Severity, str]] = {Severity.MINOR: "轻微", Severity.GENERAL: "一般", Severity.SERIOUS: "严重"}
#: The same by the number that records keep.
LEVELS_OF_SEVERITY: Final[Mapping[int, str]] = {1: "轻微", 2: "一般", 3: "严重"}
LEVEL: Final[Mapping[DisclosureLevel, str]] = {
    DisclosureLevel.PUBLIC: "主动公开",
    DisclosureLevel.ON_REQUEST: "依申请公开",
    DisclosureLevel.SHARED: "部门共享",
    DisclosureLevel.NONE: "不公开",
}
POLARITY: Final[Mapping[Polarity, str]] = {Polarity.ADVERSE: "失信信息", Polarity.FAVOURABLE: "守信信息", Polarity.NEUTRAL: "一般信息"}
NATURAL_PERSON: Final[Mapping[str, str]] = {"mask": "收取，脱敏后公示", "never": "收取后封存，从不公示", "refuse": "不收"}
SUBJECTS: Final[Mapping[str, str]] = {
    "legal_person": "法人",
    "unincorporated_organization": "非法人组织",
    "individual_business": "个体工商户",
    "natural_person": "自然人",
}
SURFACES: Final[Mapping[str, str]] = {"public": "公示", "shared": "共享", "counted": "计入评价", "effective": "行为本身的效力"}
BY: Final[Mapping[str, str]] = {
    "publication_period": "按失信信息公示期",
    "until_field": "至字段所写日期",
    "until_exit": "至退出之日",
    "fixed": "自决定之日起固定期限",
    "open": "长期",
    "never": "从不",
}
SECTIONS: Final[Mapping[str, str]] = {
    "access": "权限与封存",
    "ledger": "账本",
    "foundation.catalogue": "目录",
    "foundation.subjects": "主体",
    "foundation.records": "记录",
    "foundation.collection": "归集",
    "foundation.disclosure": "公示",
    "casework": "办案",
    "during_event.evaluation": "评价",
    "during_event.tiering": "分级分类",
    "during_event.warnings": "风险预警",
    "during_event.inspection": "双随机抽查",
    "rights.restoration": "信用修复",
    "rights.objections": "异议",
    "rights.remedies": "更正告知和恢复信誉",
}
KINDS: Final[Mapping[FieldKind, str]] = {
    FieldKind.TEXT: "文字",
    FieldKind.DATE: "日期",
    FieldKind.DECIMAL: "数字",
    FieldKind.CODE: "代码",
    FieldKind.CODES: "代码（可多个）",
    FieldKind.CREDIT_CODE: "统一社会信用代码",
    FieldKind.ID_NUMBER: "证件号码",
}


@dataclass(frozen=True)
class Table:
    """一张表。``anchors``: one id a row, for links into the page; empty where nobody links."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    anchors: tuple[str, ...] = ()

    @property
    def lines(self) -> Iterator[Line]:
        """The rows as a template wants them."""
        anchors = self.anchors or ("",) * len(self.rows)
        for row, anchor in zip(self.rows, anchors, strict=True):
            yield Line(anchor, [Cell(column, text) for column, text in zip(self.columns, row, strict=True)])


@dataclass(frozen=True)
class Cell:
    """一格, with the name of its column for narrow screens."""

    column: str
    text: str

    @property
    def is_one_word(self) -> bool:
        """A code, a number or a date: never broken over two lines."""
        return len(self.text) <= 20 and self.text.isascii() and " " not in self.text


@dataclass(frozen=True)
class Line:
    """一行。"""

    anchor: str
    cells: list[Cell]


def tables_of(policy: PolicySet, policy_id: str) -> tuple[Table, ...]:
    """The tables of one policy's page; none for a plain parameter."""
    from chengxin.foundation.catalogue import method_tables

    made = method_tables.tables_of_method(policy, policy_id)
    if made:
        return made
    if policy_id in policy.catalogue:
        return _item(policy, policy.catalogue[policy_id])
    if policy_id in policy.code_tables:
        return (_codes(policy, policy_id),)
    if policy_id in policy.severity_tables:
        return (_severity(policy, policy_id),)
    if policy_id.isdigit() and int(policy_id) in policy.calendar_years:
        return (_calendar(policy, int(policy_id)),)
    return tuple(make(policy) for make in _OTHERS.get(policy_id, ()))


def sources(policy: PolicySet) -> Table:
    """依据文件。"""
    rows, anchors = [], []
    for source in sorted(policy.sources.values(), key=lambda each: (list(RANK).index(each.rank), each.id)):
        since = f"{source.in_force_from or ''} 起" if source.in_force_from else ""
        until = f"，{source.in_force_until} 失效" if source.in_force_until else ""
        rows.append((source.title, source.number, RANK[source.rank], since + until, "在库" if source.text else "未收录", source.note))
        anchors.append(source.id)
    return Table("依据文件", ("名称", "文号", "效力位阶", "施行", "原文", "说明"), tuple(rows), tuple(anchors))


def clauses(policy: PolicySet) -> tuple[Table, ...]:
    """逐句条款, one table per plan."""
    found = []
    for source in dict.fromkeys(clause.source for clause in policy.clauses.values()):
        own = [clause for clause in policy.clauses.values() if clause.source == source]
        rows = tuple((each.id.partition("/")[2], each.quote, "、".join(each.mission), owner_words(each.owner)) for each in own)
        anchors = tuple(each.id.replace("/", "-") for each in own)
        found.append(Table(policy.sources[source].title, ("编号", "原文", "任务", "落实"), rows, anchors))
    return tuple(found)


def owner_words(owner: str) -> str:
    """Who does it, in words."""
    if owner == "planned":
        return "尚未建"
    why = owner.removeprefix("not_software").removeprefix(":").strip()
    return f"不归软件：{why}" if owner.startswith("not_software") else f"由平台的“{SECTIONS.get(owner, owner)}”落实"


def basis_cells(policy: PolicySet, reference: str, note: str, confidence: str) -> tuple[str, ...]:
    """依据、说明、核实程度 as the last cells of a row."""
    source = policy.sources.get(reference.partition("/")[0])
    return (f"《{source.title}》" if source else reference, note, CONFIDENCE[Confidence(confidence)])


def _item(policy: PolicySet, item: CatalogueItem) -> tuple[Table, ...]:
    facts = [
        ("性质", POLARITY[item.polarity]),
        ("主体", "、".join(SUBJECTS[each] for each in item.subjects)),
        ("公开属性", LEVEL[item.level]),
        ("自然人", NATURAL_PERSON[item.natural_person]),
        ("提供单位", "、".join(_kind_title(policy, each) for each in item.owner_kinds)),
        ("周期", item.cycle),
        ("上网期限", policy.parameters[item.deadline].title if item.deadline else "不设"),
        ("认定同一条记录的字段", "、".join("主体" if each == "subject" else item.field(each).title for each in item.business_key)),
    ]
    basis = [basis_cells(policy, each["reference"], each["quote"] or each["note"], each["confidence"]) for each in item.basis]
    terms = []
    for surface, term in item.terms.items():
        where = item.field(term.field).title if term.field else policy.parameters[term.maximum].title if term.maximum else ""
        terms.append((SURFACES[surface], BY[term.by], where, *basis_cells(policy, term.reference, term.note, term.confidence.value)))
    fields = []
    for field in item.fields:
        need = "必填" if field.required else f"有条件：{field.required_when}" if field.required_when else "选填"
        shown = "封存，不公示" if field.sealed else "公示" if field.public else "不公示"
        size = f"≤{field.max_length} 字" if field.max_length else ""
        fields.append((field.code, field.title, KINDS[field.kind], size, need, shown, field.rule, CONFIDENCE[field.confidence], field.note))
    return (
        Table("基本情况", ("项目", "内容"), tuple(facts)),
        Table("纳入依据", ("文件", "内容", "核实程度"), tuple(basis)),
        Table("各方面的期限", ("方面", "算法", "字段或者期限", "依据", "说明", "核实程度"), tuple(terms)),
        Table("字段", ("代码", "名称", "类型", "长度", "填报", "公示", "规则", "核实程度", "说明"), tuple(fields)),
    )


def _kind_title(policy: PolicySet, kind_id: str) -> str:
    return next((kind.title for kind in policy.department_kinds if kind.id == kind_id), kind_id)


def _codes(policy: PolicySet, table_id: str) -> Table:
    table = policy.code_tables[table_id]
    others: dict[str, list[str]] = {}
    for alias, code in table.aliases.items():
        others.setdefault(code, []).append(alias)
    rows = tuple((code, label, "、".join(others.get(code, []))) for code, label in table.values.items())
    return Table(table.title, ("代码", "名称", "也认这些写法"), rows)


def _severity(policy: PolicySet, table_id: str) -> Table:
    rows = []
    for number, rule in enumerate(policy.severity_tables[table_id], 1):
        mark = "暂定" if rule.provisional else ""
        basis = basis_cells(policy, rule.reference, "", rule.confidence.value)
        rows.append((str(number), SEVERITY[rule.severity], rule.sentence, mark, basis[0], basis[2]))
    return Table("从上往下，第一条合适的定类", ("序", "严重程度", "规则", "", "依据", "核实程度"), tuple(rows))


def _calendar(policy: PolicySet, year: int) -> Table:
    each = policy.calendar_years[year]
    rows = [(str(day), "放假") for day in each.days_off] + [(str(day), "调休上班") for day in each.working_days]
    return Table(f"{year} 年（{each.note}，{CONFIDENCE[each.confidence]}）", ("日期", "安排"), tuple(sorted(rows)))


def _publication(policy: PolicySet) -> Table:
    rows = []
    for version in reversed(policy.publication):
        basis = basis_cells(policy, version.reference, "", version.confidence.value)
        for severity, each in version.classes.items():
            shown = "公示" if each.published else "不公示"
            rows.append(
                (f"自 {version.from_on} 起", SEVERITY[severity], shown, period(each.minimum), period(each.maximum), each.note, *basis[::2])
            )
        for other in version.overrides:
            own = basis_cells(policy, other["reference"], "", other["confidence"])
            rows.append((f"自 {version.from_on} 起", other["title"], "公示", period(other["minimum"]), "", other["note"], *own[::2]))
    columns = ("版本", "类别", "公示", "最短", "最长", "说明", "依据", "核实程度")
    return Table("各版公示期：从文书认定之日起算，到期当日仍公示，次日零时停止", columns, tuple(rows))


def _powers(policy: PolicySet) -> Table:
    rows = []
    for power in policy.powers:
        basis = basis_cells(policy, power.basis, power.note, power.confidence.value)
        rows.append((policy.catalogue[power.item].title, _kind_title(policy, power.authority), *basis))
    return Table("谁有权作出哪一类决定", ("事项", "机关", "依据", "说明", "核实程度"), tuple(rows))


def _banned(policy: PolicySet) -> Table:
    rows = []
    for each in policy.banned:
        basis = basis_cells(policy, each.reference, "", each.confidence.value)
        rows.append((each.word, each.reason, "、".join(each.except_in), basis[0], basis[2]))
    return Table("表头里有这些词的列一律不收", ("词", "理由", "不算在内的", "依据", "核实程度"), tuple(rows))


def _lists(policy: PolicySet) -> Table:
    rows = []
    for each in policy.lists.values():
        basis = "、".join(basis_cells(policy, reference, "", each.confidence.value)[0] for reference in each.basis)
        level = "全国" if each.level == "national" else "地方"
        rows.append((each.title, level, each.authority, each.term, each.release, basis, CONFIDENCE[each.confidence]))
    return Table("只有列在这里的名单才收", ("名单", "层级", "认定单位", "期限", "移出", "依据", "核实程度"), tuple(rows))


_OTHERS: Final[Mapping[str, tuple[Callable[[PolicySet], Table], ...]]] = {
    "publication_period": (_publication,),
    "powers": (_powers,),
    "banned_fields": (_banned,),
    "serious_lists": (_lists,),
}
