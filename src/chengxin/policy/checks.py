"""政策集的核对。What can only be seen when all files lie side by side: references, quotes, ids, powers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from chengxin.policy.nodes import Reading
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, Source


def squeeze(text: str) -> str:
    """The text without white space: how a quote is held against its source."""
    return "".join(text.split())


def check(policy: PolicySet, reading: Reading) -> None:
    """Run every check; faults go to ``reading``."""
    texts = {
        source.id: squeeze(policy.files[source.text or ""]) for source in policy.sources.values() if (source.text or "") in policy.files
    }
    for each in _CHECKS:
        each(policy, reading)
    _check_citations(policy, reading, texts)
    for clause in policy.clauses.values():
        if clause.source not in policy.sources:
            reading.add("clauses.yaml", clause.id, f"依据文件“{clause.source}”不在 sources.yaml 里。", "改正编号，或先登记依据文件。")
        elif squeeze(clause.quote) not in texts.get(clause.source, ""):
            reading.add("clauses.yaml", clause.id, "原文里没有这句话。", "从 sources/ 里的原文照抄。")


def _check_sources(policy: PolicySet, reading: Reading) -> None:
    for source in policy.sources.values():
        place = "sources.yaml"
        if source.text is not None and source.text not in policy.files:
            reading.add(place, f"{source.id}.text", f"没有文件 {source.text}。", "放入原文，或写 text: not_on_file。")
        for earlier in source.supersedes:
            if earlier not in policy.sources:
                reading.add(place, f"{source.id}.supersedes", f"“{earlier}”没有登记。", "登记该文件，或改正编号。")
        if source.in_force_from and source.in_force_until and source.in_force_until <= source.in_force_from:
            reading.add(place, f"{source.id}.in_force", "失效日期不晚于生效日期。", "until 当日起不再有效，应当晚于 from。")


def _check_citations(policy: PolicySet, reading: Reading, texts: Mapping[str, str]) -> None:
    for citation in reading.citations:
        source_id, _, part = citation.reference.partition("/")
        source: Source | None = policy.sources.get(source_id)
        if source is None:
            reading.add(citation.file, citation.key, f"依据“{citation.reference}”没有登记。", "在 sources.yaml 里登记，或改正编号。")
            continue
        if part and source.text is not None and citation.reference not in policy.clauses:
            reading.add(citation.file, citation.key, f"clauses.yaml 里没有条款 {citation.reference}。", "改正条款编号。")
            continue
        if not citation.quote:
            continue
        if source_id not in texts:
            reading.add(
                citation.file, citation.key, f"“{source.title}”的原文不在库，不能写 quote。", "改用自己的话写在 note 里，并写 confidence。"
            )
            continue
        clause = policy.clauses.get(citation.reference)
        if squeeze(citation.quote) not in (squeeze(clause.quote) if clause else texts[source_id]):
            reading.add(citation.file, citation.key, f"{citation.reference} 的原文里没有“{citation.quote}”。", "照抄原文，一字不改。")


def _check_items(policy: PolicySet, reading: Reading) -> None:
    for number, count in Counter(item.number for item in policy.catalogue.values()).items():
        if count > 1:
            reading.add("catalogue", "number", f"编号 {number} 用了 {count} 次。", "每个目录事项的编号唯一，且从不改动。")
    for item in policy.catalogue.values():
        wanted = [("disclosure.clock", item.deadline, {"working_day"}), ("retention", item.retention, {"calendar_period"})]
        wanted += [(f"terms.{surface}.maximum", term.maximum, {"calendar_period"}) for surface, term in item.terms.items()]
        for key, parameter_id, units in wanted:
            _check_parameter(policy, reading, (item.path, key), parameter_id, units)
        for field in item.fields:
            if field.codes and field.codes not in policy.code_tables:
                reading.add(item.path, f"fields.{field.code}.codes", f"没有代码表“{field.codes}”。", "改正名称，或加上代码表。")
            if field.unit and field.unit not in ("10000_yuan", "yuan"):
                reading.add(item.path, f"fields.{field.code}.unit", f"不认识金额单位“{field.unit}”。", "写 10000_yuan 或 yuan。")
        if item.severity and item.severity not in policy.severity_tables:
            reading.add(item.path, "severity.by", f"没有严重程度表“{item.severity}”。", "改正名称，或加上该表。")
        if any(term.by == "publication_period" for term in item.terms.values()) and not policy.publication:
            reading.add(item.path, "terms", "没有失信信息公示期的规定。", "加上 publication_period.yaml。")
        _check_aliases(item, reading)


def _check_aliases(item: CatalogueItem, reading: Reading) -> None:
    owner: dict[str, str] = {}
    for field in item.fields:
        for label in {field.code, field.title, *field.aliases}:
            if owner.setdefault(label, field.code) != field.code:
                reading.add(item.path, f"fields.{field.code}.aliases", f"“{label}”也是 {owner[label]} 的名称。", "一个表头只能指一个字段。")


def _check_parameter(policy: PolicySet, reading: Reading, place: tuple[str, str], parameter_id: str, units: Iterable[str]) -> None:
    if not parameter_id:
        return
    parameter = policy.parameters.get(parameter_id)
    if parameter is None:
        reading.add(*place, f"没有参数“{parameter_id}”。", "改正名称，或加上该参数的文件。")
    elif parameter.unit not in units:
        reading.add(*place, f"参数“{parameter_id}”的单位是 {parameter.unit}。", f"这里要的单位是 {'、'.join(units)}。")


def _check_severity(policy: PolicySet, reading: Reading) -> None:
    for table_id, rules in policy.severity_tables.items():
        for index, rule in enumerate(rules):
            key = f"severity_rules[{index}].fine_at_least"
            _check_parameter(policy, reading, (policy.paths[table_id], key), rule.fine_at_least, {"yuan"})


def _check_powers(policy: PolicySet, reading: Reading) -> None:
    kinds = {kind.id for kind in policy.department_kinds}
    for power in policy.powers:
        if power.item not in policy.catalogue:
            reading.add("powers.yaml", power.item, "目录里没有这个事项。", "改正名称。")
        if power.authority not in kinds and len(power.authority) != 18:
            reading.add("powers.yaml", power.authority, "既不是机关类别，也不是统一社会信用代码。", "先在 department_kinds 里写明该类别。")
    for item in policy.catalogue.values():
        missing = [kind for kind in item.owner_kinds if policy.power(item.id, kind) is None]
        if missing:
            reading.add(item.path, "owner_kinds", f"{'、'.join(missing)} 没有决定本事项的职权依据。", "在 powers.yaml 里写明职权及其依据。")


def _check_publication(policy: PolicySet, reading: Reading) -> None:
    for version in policy.publication:
        source = policy.sources.get(version.reference.partition("/")[0])
        if source and source.in_force_from and version.from_on < source.in_force_from:
            _early(reading, policy.paths.get("publication_period", ""), version.from_on, source)


def _early(reading: Reading, file: str, from_on: date, source: Source) -> None:
    reading.add(file, str(from_on), f"早于“{source.title}”的施行日期 {source.in_force_from}。", "起始日期不得早于依据文件的施行日期。")


_CHECKS: tuple[Callable[[PolicySet, Reading], None], ...] = (
    _check_sources,
    _check_items,
    _check_severity,
    _check_powers,
    _check_publication,
)
