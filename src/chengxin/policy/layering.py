"""各层的叠加。A later layer may add or tighten; it never loosens protection. What would loosen is refused, not ignored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from chengxin.policy.nodes import Node
from chengxin.policy.shapes_catalogue import NATURAL_PERSON, read_basis, read_field
from chengxin.policy.types import CatalogueField, CatalogueItem, CodeTable, DisclosureLevel, Parameter, PublicationVersion

#: From open to closed, from shown to not taken in: a later layer may go to the right only.
LEVELS: Final = (DisclosureLevel.PUBLIC, DisclosureLevel.ON_REQUEST, DisclosureLevel.SHARED, DisclosureLevel.NONE)
_PERIOD: Final = re.compile(r"^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$")
_LOOSER: Final = "后一层只能增加或收紧保护，不能放宽。"


def period_days(text: str) -> int:
    """The longest that a period can be, in days: for comparing two periods only, never for reckoning a date."""
    match = _PERIOD.match(text)
    if match is None:
        raise ValueError(text)
    years, months, days = (int(each or 0) for each in match.groups())
    return years * 366 + months * 31 - (months * 31 + 11) // 372 * 6 + days


def amend_parameter(before: Parameter, after: Parameter, node: Node) -> Parameter:
    """The parameter with the later layer's values added, each held against the value in force at its date."""
    if after.unit != before.unit or after.tighter not in ("fixed", before.tighter):
        node.fault("unit", f"单位或收紧方向与前一层（{before.path}）不同。", f"单位写 {before.unit}，不另写 tighter。")
        return before
    if before.tighter == "fixed":
        node.fault("values", f"“{before.title}”不许后一层改动（{before.path}）。", "删去本文件；确需改动的，改前一层并说明依据。")
        return before
    for index, value in enumerate(after.values):
        for earlier in _in_force_during(before, value.from_on, value.until_on):
            if _looser(earlier, value.value, before):
                node.fault(f"values[{index}].value", f"{value.value!r} 比前一层的 {earlier!r} 宽。", _LOOSER)
    covered = {(value.from_on, tuple(value.applies_to.items())) for value in after.values}
    kept = tuple(value for value in before.values if (value.from_on, tuple(value.applies_to.items())) not in covered)
    return replace(before, values=tuple(sorted(kept + after.values, key=lambda value: value.from_on)), path=after.path)


def _in_force_during(parameter: Parameter, from_on: Any, until_on: Any) -> list[Any]:
    general = [value for value in parameter.values if not value.applies_to]
    started = [value for value in general if value.from_on <= from_on][-1:]
    during = [value for value in general if value.from_on > from_on and (until_on is None or value.from_on < until_on)]
    return [value.value for value in started + during]


def _looser(before: Any, after: Any, parameter: Parameter) -> bool:
    if isinstance(before, Mapping) or isinstance(after, Mapping):
        if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
            return True
        return any(key not in after or _looser(each, after[key], parameter) for key, each in before.items())
    if parameter.tighter == "free":
        return False
    low, high = (period_days(before), period_days(after)) if parameter.unit == "calendar_period" else (before, after)
    return bool(high > low) if parameter.tighter == "lower" else bool(high < low)


def amend_publication(
    before: tuple[PublicationVersion, ...], after: tuple[PublicationVersion, ...], node: Node
) -> tuple[PublicationVersion, ...]:
    """Versions with the later layer's put in; no class may be published where it was not, or for longer."""
    for index, version in enumerate(after):
        bound = [each for each in before if each.from_on <= version.from_on][-1:]
        bound += [each for each in before if each.from_on > version.from_on]
        for earlier in bound[:1]:
            for severity, each in version.classes.items():
                was = earlier.classes[severity]
                if (each.published and not was.published) or period_days(each.maximum) > period_days(was.maximum):
                    node.fault(f"versions[{index}].classes.{severity.value}", "公示得比前一层久，或前一层不公示而这里公示。", _LOOSER)
                if period_days(each.minimum) > period_days(was.minimum):
                    node.fault(f"versions[{index}].classes.{severity.value}.minimum", "最短公示期比前一层长，修复更晚。", _LOOSER)
    starts = {version.from_on for version in after}
    kept = tuple(version for version in before if version.from_on not in starts)
    return tuple(sorted(kept + after, key=lambda version: version.from_on))


def amend_codes(before: CodeTable, after: CodeTable, node: Node) -> CodeTable:
    """The table with codes and other spellings added; a label is never changed."""
    for code, label in after.values.items():
        if before.values.get(code, label) != label:
            node.fault(f"codes.{code}", f"代码 {code} 在前一层是“{before.values[code]}”。", "已有代码不改名，另编一个。")
    return replace(before, values={**before.values, **after.values}, aliases={**before.aliases, **after.aliases})


def amend_item(before: CatalogueItem, node: Node) -> CatalogueItem:
    """The item with fields added or tightened, a closer level, another basis. ``amends`` has been taken off ``node``."""
    basis = before.basis + tuple(read_basis(each) for each in node.nodes("basis"))
    level = node.choice("level", DisclosureLevel, before.level)
    if LEVELS.index(level) < LEVELS.index(before.level):
        node.fault("level", f"公开属性从 {before.level.value} 改成 {level.value}。", _LOOSER)
    person = node.text("natural_person", before.natural_person)
    if person not in NATURAL_PERSON or NATURAL_PERSON.index(person) < NATURAL_PERSON.index(before.natural_person):
        node.fault("natural_person", f"自然人信息从 {before.natural_person} 改成 {person}。", _LOOSER)
        person = before.natural_person
    fields = {field.code: field for field in before.fields}
    for each in node.nodes("fields", required=False):
        place, field = each.place, read_field(each)
        was = fields.get(field.code)
        if was is not None and _loosens(was, field):
            node.reading.add(node.file, place, f"字段 {field.code} 比前一层放宽了。", _LOOSER)
        fields[field.code] = field if was is None else replace(field, aliases=tuple(dict.fromkeys(was.aliases + field.aliases)))
    node.close()
    return replace(before, basis=basis, level=level, natural_person=person, fields=tuple(fields.values()))


def _loosens(was: CatalogueField, now: CatalogueField) -> bool:
    shown = (now.public and not was.public) or (was.masked and not now.masked) or (was.sealed and not now.sealed)
    checked = (was.required and not now.required) or was.kind != now.kind or was.codes != now.codes
    conditions = was.required_when != now.required_when and not now.required
    longer = was.max_length is not None and (now.max_length is None or now.max_length > was.max_length)
    return shown or checked or conditions or was.forbidden_when != now.forbidden_when or longer
