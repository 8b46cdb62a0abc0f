"""方法类的政策：evaluation models, risk classes, warning rules, inspection matters, procedures.

They name items of the catalogue, fields of supervision or each other, and are read when those are whole; a later layer replaces a
whole one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from chengxin.policy.nodes import Node, Reading
from chengxin.policy.shapes_evaluation import Known, read_model, read_supervision
from chengxin.policy.shapes_inspection import read_matters
from chengxin.policy.shapes_procedures import read_procedure
from chengxin.policy.shapes_tiering import check_matters, read_group
from chengxin.policy.shapes_warnings import read_rule
from chengxin.policy.types import CatalogueItem, Parameter
from chengxin.policy.types_evaluation import EvaluationModel, SupervisionField
from chengxin.policy.types_inspection import InspectionMatter
from chengxin.policy.types_procedures import Procedure
from chengxin.policy.types_tiering import TieringGroup
from chengxin.policy.types_warnings import WarningRule


@dataclass
class Methods:
    """What was laid by while the layers were read, and what it became."""

    supervision: tuple[SupervisionField, ...] = ()
    models: dict[str, EvaluationModel] = field(default_factory=dict)
    tiering: dict[str, TieringGroup] = field(default_factory=dict)
    warning_rules: dict[str, WarningRule] = field(default_factory=dict)
    matters: dict[str, InspectionMatter] = field(default_factory=dict)
    procedures: dict[str, Procedure] = field(default_factory=dict)
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    waiting: list[tuple[Node, str]] = field(default_factory=list)

    def lay_by(self, node: Node, name: str) -> None:
        """Keep a file for :meth:`read`."""
        self.waiting.append((node, name))

    def read(
        self, catalogue: Mapping[str, CatalogueItem], parameters: Mapping[str, Parameter], files: Mapping[str, str], reading: Reading
    ) -> None:
        """All that waits, in the order in which one names the other."""
        self.parameters = parameters
        known = Known(catalogue, {}, files)
        for shape, read in METHOD_SHAPES.items():
            for node, name in [each for each in self.waiting if each[0].has(shape)]:
                read(self, node, name, known)
        check_matters(self.tiering, self.matters, reading)

    def _fields(self) -> dict[str, SupervisionField]:
        return {each.id: each for each in self.supervision}

    def _read_supervision(self, node: Node, name: str, known: Known) -> None:
        self.supervision += read_supervision(node)

    def _read_model(self, node: Node, name: str, known: Known) -> None:
        self.models[name] = read_model(node, name, Known(known.catalogue, self._fields(), known.files))

    def _read_group(self, node: Node, name: str, known: Known) -> None:
        self.tiering[name] = read_group(node, name, self.models, self._fields(), self.tiering.get(name))

    def _read_matters(self, node: Node, name: str, known: Known) -> None:
        self.matters |= {each.id: each for each in read_matters(node, self._fields())}

    def _read_rule(self, node: Node, name: str, known: Known) -> None:
        self.warning_rules[name] = read_rule(node, name, known.catalogue, self._fields())

    def _read_procedure(self, node: Node, name: str, known: Known) -> None:
        self.procedures[name] = read_procedure(node, name, self.parameters)


#: The key that tells the shape, in the order of reading.
METHOD_SHAPES: Final[Mapping[str, Callable[[Methods, Node, str, Known], None]]] = {
    "supervision_fields": Methods._read_supervision,
    "indicators": Methods._read_model,
    "risk_classes": Methods._read_group,
    "inspection_matters": Methods._read_matters,
    "warns_when": Methods._read_rule,
    "transitions": Methods._read_procedure,
}
