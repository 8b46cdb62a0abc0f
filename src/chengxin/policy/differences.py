"""两个政策集的差别。What a lawyer asks before adopting: which questions get another answer, from when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem, Parameter


@dataclass(frozen=True)
class Difference:
    """一处差别。``what``: added | removed | changed."""

    id: str
    title: str
    what: str
    key: str
    before: str
    after: str


def differences(before: PolicySet, after: PolicySet) -> tuple[Difference, ...]:
    """Every difference in meaning; two files that differ only in wording of comments give none."""
    found: list[Difference] = []
    for kind in (
        "sources",
        "clauses",
        "code_tables",
        "severity_tables",
        "calendar_years",
        "lists",
        "measures",
        "promises",
        "evaluation_models",
        "inspection_matters",
        "procedures",
    ):
        found += _tables(getattr(before, kind), getattr(after, kind))
    found += _tables(before.parameters, after.parameters, _parameter)
    found += _tables(before.catalogue, after.catalogue, _item)
    for key, title in (
        ("publication", "失信信息公示期"),
        ("powers", "职权"),
        ("department_kinds", "机关类别"),
        ("banned", "不得收取的信息"),
        ("supervision_fields", "监管领域"),
    ):
        was, now = getattr(before, key), getattr(after, key)
        found += [Difference(key, title, "removed", "", _said(each), "") for each in was if each not in now]
        found += [Difference(key, title, "added", "", "", _said(each)) for each in now if each not in was]
    if before.city != after.city:
        found.append(Difference("city", "本市", "changed", "", _said(before.city), _said(after.city)))
    return tuple(found)


def _tables(before: Mapping[Any, Any], after: Mapping[Any, Any], deeper: Any = None) -> Iterator[Difference]:
    for key in [*before, *(key for key in after if key not in before)]:
        was, now = before.get(key), after.get(key)
        title = str(getattr(now or was, "title", key))
        if was is None:
            yield Difference(str(key), title, "added", "", "", _said(now))
        elif now is None:
            yield Difference(str(key), title, "removed", "", _said(was), "")
        elif was != now:
            yield from deeper(was, now) if deeper else _by_field(str(key), title, was, now)


def _parameter(was: Parameter, now: Parameter) -> Iterator[Difference]:
    old = {(value.from_on, tuple(value.applies_to.items())): value for value in was.values}
    new = {(value.from_on, tuple(value.applies_to.items())): value for value in now.values}
    for key in sorted({*old, *new}, key=str):
        before, after = old.get(key), new.get(key)
        if before != after:
            what = "changed" if before and after else "added" if after else "removed"
            yield Difference(now.id, now.title, what, f"自 {key[0]} 起", _said(before), _said(after))
    if was.unit != now.unit:
        yield Difference(now.id, now.title, "changed", "unit", was.unit, now.unit)


def _item(was: CatalogueItem, now: CatalogueItem) -> Iterator[Difference]:
    old, new = {field.code: field for field in was.fields}, {field.code: field for field in now.fields}
    for code in [*old, *(code for code in new if code not in old)]:
        before, after = old.get(code), new.get(code)
        if before != after:
            what = "changed" if before and after else "added" if after else "removed"
            yield Difference(now.id, now.title, what, code, _said(before), _said(after))
    yield from (each for each in _by_field(now.id, now.title, was, now) if each.key not in ("fields", "path"))


def _by_field(key: str, title: str, was: Any, now: Any) -> Iterator[Difference]:
    if not hasattr(was, "__dataclass_fields__"):
        yield Difference(key, title, "changed", "", _said(was), _said(now))
        return
    for each in fields(was):
        before, after = getattr(was, each.name), getattr(now, each.name)
        if before != after and each.name != "path":
            yield Difference(key, title, "changed", each.name, _said(before), _said(after))


def _said(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "value") and hasattr(value, "from_on"):  # a dated value: the answer first
        return f"{value.value}（{value.reference}，{value.confidence.value}）"
    if hasattr(value, "__dataclass_fields__"):
        return "；".join(
            f"{each.name}={getattr(value, each.name)}" for each in fields(value) if getattr(value, each.name) not in ("", (), None)
        )
    return str(value)
