"""政策集。Everything that the policy files say, typed and dated; the one thing that the rest of the platform asks."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from chengxin.kernel.workdays import WorkingCalendar, YearOnFile
from chengxin.policy.errors import NoSuchPolicy, NoValueYet
from chengxin.policy.types import (
    BannedLabel,
    CalendarYear,
    CatalogueItem,
    City,
    Clause,
    CodeTable,
    DatedValue,
    DepartmentKind,
    DishonestyList,
    Measure,
    Parameter,
    Power,
    PromiseKind,
    PublicationVersion,
    SeverityRule,
    Source,
)
from chengxin.policy.types_evaluation import EvaluationModel, SupervisionField
from chengxin.policy.types_inspection import InspectionMatter
from chengxin.policy.types_procedures import Procedure
from chengxin.policy.types_tiering import TieringGroup
from chengxin.policy.types_warnings import WarningRule

Key = TypeVar("Key", int, str)
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class PolicySet:
    """政策集：one adopted whole, known by its digest."""

    digest: str
    files: Mapping[str, str]
    city: City
    sources: Mapping[str, Source]
    clauses: Mapping[str, Clause]
    parameters: Mapping[str, Parameter]
    catalogue: Mapping[str, CatalogueItem]
    code_tables: Mapping[str, CodeTable]
    publication: tuple[PublicationVersion, ...]
    severity_tables: Mapping[str, tuple[SeverityRule, ...]]
    department_kinds: tuple[DepartmentKind, ...]
    powers: tuple[Power, ...]
    banned: tuple[BannedLabel, ...]
    calendar_years: Mapping[int, CalendarYear]
    lists: Mapping[str, DishonestyList]
    measures: Mapping[str, Measure]
    promises: Mapping[str, PromiseKind]
    supervision_fields: tuple[SupervisionField, ...]
    evaluation_models: Mapping[str, EvaluationModel]
    tiering_groups: Mapping[str, TieringGroup]
    warning_rules: Mapping[str, WarningRule]
    inspection_matters: Mapping[str, InspectionMatter]
    procedures: Mapping[str, Procedure]
    paths: Mapping[str, str]  # id of anything that has a file of its own → path

    def value_at(self, parameter_id: str, as_of: date, division: str | None = None, field: str | None = None) -> DatedValue:
        """某日的取值。The value of ``parameter_id`` in force on ``as_of``; a pilot's value if ``division`` or ``field`` is in one.

        Raises :class:`NoValueYet` before the first date, :class:`NoSuchPolicy` for an unknown parameter.
        """
        parameter = self.parameter(parameter_id)
        found: DatedValue | None = None
        for value in parameter.values:
            if value.from_on <= as_of and (value.until_on is None or as_of < value.until_on):
                if not value.applies_to:
                    found = value if found is None or not found.applies_to else found
                elif _applies(value.applies_to, division, field):
                    found = value
        if found is None:
            first = min((value.from_on for value in parameter.values), default=None)
            raise NoValueYet(
                slug="no-value-yet",
                sentence=f"“{parameter.title}”在 {as_of} 还没有取值，最早的取值从 {first} 起。",
                what_to_do="核对日期；确有更早的规定的，在政策文件里补上这一段并注明依据。",
                where={"parameter": parameter_id, "as_of": str(as_of)},
            )
        return found

    def parameter(self, parameter_id: str) -> Parameter:
        """The parameter with this id."""
        return _named(self.parameters, parameter_id, "参数")

    def item(self, number_or_id: int | str) -> CatalogueItem:
        """目录事项 by its stable number or its id."""
        if isinstance(number_or_id, int):
            return _named(self._items_by_number, number_or_id, "目录事项")
        return _named(self.catalogue, number_or_id, "目录事项")

    def code_table(self, table_id: str) -> CodeTable:
        """The code table with this id."""
        return _named(self.code_tables, table_id, "代码表")

    def evaluation_model(self, model_id: str) -> EvaluationModel:
        """评价模型 by its id."""
        return _named(self.evaluation_models, model_id, "评价模型")

    def inspection_matter(self, matter_id: str) -> InspectionMatter:
        """随机抽查事项 by its id."""
        return _named(self.inspection_matters, matter_id, "随机抽查事项")

    def procedure(self, procedure_id: str) -> Procedure:
        """程序 by its id."""
        return _named(self.procedures, procedure_id, "程序")

    def tiering_group(self, group_id: str) -> TieringGroup:
        """抽查事项类别 by its id."""
        return _named(self.tiering_groups, group_id, "抽查事项类别")

    def supervision_of(self, authority_name: str) -> int:
        """监管领域 of an office, told by its name; 0: none."""
        fits = (each.number for each in self.supervision_fields if any(word in authority_name for word in each.names_contain))
        return next(fits, 0)

    def severity_table(self, table_id: str) -> tuple[SeverityRule, ...]:
        """The lines that give an adverse record its class."""
        return _named(self.severity_tables, table_id, "严重程度表")

    def publication_period_at(self, as_of: date) -> PublicationVersion:
        """失信信息公示期 under the order in force on ``as_of``; NoValueYet before the first."""
        for version in reversed(self.publication):
            if version.from_on <= as_of:
                return version
        first = self.publication[0].from_on if self.publication else "（无）"
        raise NoValueYet(
            slug="no-value-yet",
            sentence=f"失信信息公示期在 {as_of} 还没有规定，最早的一版从 {first} 起。",
            what_to_do="核对日期；确有更早的规定的，在政策文件里补上这一版并注明依据。",
        )

    def banned_field(self, label: str) -> str | None:
        """禁采的理由, if a column with this label must not be taken in; else None."""
        text = "".join(label.split())
        for banned in self.banned:
            rest = text
            for excepted in banned.except_in:
                rest = rest.replace(excepted, "")
            if banned.word in rest:
                return banned.reason
        return None

    def department_kind(self, name: str, code: str = "") -> str:
        """机关类别 of an office, told by its name or code: the first kind that fits, "" if none does."""
        for kind in self.department_kinds:
            if name.endswith(kind.names_end or ("\0",)) or any(each in name for each in kind.names_contain):
                return kind.id
            if code and code.startswith(kind.codes_begin or ("\0",)):
                return kind.id
        return ""

    def power(self, item_id: str, authority: str) -> Power | None:
        """职权 of a kind of department (or of one department's code) to decide ``item_id``; None: it has none."""
        return next((power for power in self.powers if power.item == item_id and power.authority == authority), None)

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """工作日历 of all the years on file."""
        return WorkingCalendar.of(YearOnFile(each.year, each.days_off, each.working_days) for each in self.calendar_years.values())

    @cached_property
    def field_aliases(self) -> Mapping[str, Mapping[str, str]]:
        """Item id → header label → field code. Labels: the code, the Chinese name, the aliases."""
        found: dict[str, Mapping[str, str]] = {}
        for item in self.catalogue.values():
            labels: dict[str, str] = {}
            for field in item.fields:
                for label in (field.code, field.title, *field.aliases):
                    labels.setdefault(label, field.code)
            found[item.id] = labels
        return found

    @cached_property
    def _items_by_number(self) -> Mapping[int, CatalogueItem]:
        return {item.number: item for item in self.catalogue.values()}


def _applies(applies_to: Mapping[str, str], division: str | None, field: str | None) -> bool:
    asked = {"division": division, "field": field}
    for key, wanted in applies_to.items():
        given = asked.get(key)
        if given is None or not (given.startswith(wanted) if key == "division" else given == wanted):
            return False
    return True


def _named(table: Mapping[Key, Found], key: Key, kind: str) -> Found:
    if key not in table:
        near = difflib.get_close_matches(str(key), [str(each) for each in table], 3)
        raise NoSuchPolicy(
            slug="no-such-policy",
            sentence=f"政策集里没有{kind}“{key}”。",
            what_to_do=f"是不是 {'、'.join(near)}？" if near else "用 chengxin policy show 看有哪些。",
        )
    return table[key]
