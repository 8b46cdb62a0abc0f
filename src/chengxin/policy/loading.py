"""政策文件的载入。Files → one :class:`PolicySet`, or a refusal that lists every fault.

A file's shape is told by the one key that only this shape has; its id is its name. Layers are read in the order of
``city.yaml``, the city's own folder last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from chengxin.policy import layering
from chengxin.policy.checks import check
from chengxin.policy.errors import PolicyRefused
from chengxin.policy.files import OWN, digest_of, read_files
from chengxin.policy.methods import METHOD_SHAPES, Methods
from chengxin.policy.nodes import Node, Reading, read_yaml
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.shapes_catalogue import read_item
from chengxin.policy.shapes_obligations import check_obligations, read_lists, read_measures, read_promises
from chengxin.policy.shapes_parameters import read_parameter, read_publication
from chengxin.policy.shapes_tables import read_banned, read_calendar, read_clause, read_codes, read_powers, read_severity, read_source
from chengxin.policy.types import (
    BannedLabel,
    CalendarYear,
    CatalogueItem,
    City,
    Clause,
    CodeTable,
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

ROOT_FILES: Final = ("city.yaml", "sources.yaml", "clauses.yaml")
_loaded: dict[str, PolicySet] = {}


def load(folders: Sequence[Path]) -> PolicySet:
    """The policy set in these folders: the shipped one, then (if it exists) the city's own. Raises :class:`PolicyRefused`."""
    return load_files(read_files(folders))


def load_files(files: Mapping[str, str]) -> PolicySet:
    """The policy set that these files say; the same files are read once in a process."""
    digest = digest_of(files)
    if digest not in _loaded:
        _loaded[digest] = _Draft(files).finish(digest)
    return _loaded[digest]


@dataclass
class _Draft:
    """A set while it is being read."""

    files: Mapping[str, str]
    reading: Reading = field(default_factory=Reading)
    sources: dict[str, Source] = field(default_factory=dict)
    clauses: dict[str, Clause] = field(default_factory=dict)
    parameters: dict[str, Parameter] = field(default_factory=dict)
    catalogue: dict[str, CatalogueItem] = field(default_factory=dict)
    codes: dict[str, CodeTable] = field(default_factory=dict)
    publication: tuple[PublicationVersion, ...] = ()
    severity: dict[str, tuple[SeverityRule, ...]] = field(default_factory=dict)
    kinds: list[DepartmentKind] = field(default_factory=list)
    powers: list[Power] = field(default_factory=list)
    banned: list[BannedLabel] = field(default_factory=list)
    calendar: dict[int, CalendarYear] = field(default_factory=dict)
    lists: dict[str, DishonestyList] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    promises: dict[str, PromiseKind] = field(default_factory=dict)
    methods: Methods = field(default_factory=Methods)
    paths: dict[str, str] = field(default_factory=dict)

    def finish(self, digest: str) -> PolicySet:
        """Read all layers, check the whole, and hand it out."""
        city = self._city()
        self._read_roots()
        for layer in (*city.chain, OWN):
            for path in sorted(path for path in self.files if path.startswith(f"{layer}/") and path.endswith(".yaml")):
                if path.removeprefix(f"{OWN}/") not in ROOT_FILES:
                    self._read_file(path, layer)
        self.methods.read(self.catalogue, self.parameters, self.files, self.reading)
        methods = self.methods
        policy = PolicySet(
            digest, dict(self.files), city, self.sources, self.clauses, self.parameters,
            dict(sorted(self.catalogue.items(), key=lambda pair: pair[1].number)), self.codes, self.publication, self.severity,
            tuple(self.kinds), tuple(self.powers), tuple(self.banned), dict(sorted(self.calendar.items())), self.lists, self.measures,
            self.promises, methods.supervision, methods.models, methods.tiering, methods.warning_rules, methods.matters, methods.procedures,
            self.paths,
        )  # fmt: skip
        check(policy, self.reading)
        check_obligations(policy, self.reading)
        if self.reading.found:
            raise PolicyRefused(self.reading.found)
        return policy

    def _city(self) -> City:
        path = f"{OWN}/city.yaml" if f"{OWN}/city.yaml" in self.files else "city.yaml"
        if path not in self.files:
            self.reading.add(path, "", "缺少这个文件。", "写上 title、division 和 chain：本市的名称、区划代码、用哪几层政策。")
            return City("", "", ())
        node = Node(read_yaml(path, self.files[path], self.reading) or {}, path, "", self.reading)
        title, division = node.text("title"), node.text("division")
        chain = node.texts("chain", required=True)
        node.close()
        for layer in chain:
            if layer == OWN or not any(each.startswith(f"{layer}/") for each in self.files):
                node.fault("chain", f"没有“{layer}”这一层的文件夹。", "改正层名；本市自己的文件夹自动排在最后，不用写。")
        return City(title, division, chain)

    def _read_roots(self) -> None:
        for prefix in ("", f"{OWN}/"):
            for each in self._entries(f"{prefix}sources.yaml"):
                source = read_source(each, each.place)
                self._put(self.sources, source.id, source, each)
            for each in self._entries(f"{prefix}clauses.yaml"):
                clause = read_clause(each, each.place)
                self._put(self.clauses, clause.id, clause, each)

    def _entries(self, path: str) -> list[Node]:
        if path not in self.files:
            return []
        top = Node(read_yaml(path, self.files[path], self.reading) or {}, path, "", self.reading)
        return [found for key in top.keys() if (found := top.node(key)) is not None]  # noqa: SIM118

    def _put(self, table: dict, key: object, value: object, node: Node) -> None:  # type: ignore[type-arg]
        if key in table:
            node.fault("", f"“{key}”已经有了。", "每一项只写一处；后一层改写不了这一类。")
        table[key] = value

    def _read_file(self, path: str, layer: str) -> None:
        value = read_yaml(path, self.files[path], self.reading)
        if value is None:
            return
        node, name = Node(value, path, "", self.reading), path.rpartition("/")[2].removesuffix(".yaml")
        shapes = [shape for shape in _SHAPES if node.has(shape)]
        if len(shapes) != 1:
            node.fault("", "看不出是哪一类政策文件。", f"这些键恰好写一个：{'、'.join(_SHAPES)}。")
            return
        self.paths[name] = path
        _SHAPES[shapes[0]](self, node, name, layer)

    def read_parameter(self, node: Node, name: str, layer: str) -> None:
        """``values``"""
        parameter, before = read_parameter(node, name, layer), self.parameters.get(name)
        self.parameters[name] = parameter if before is None else layering.amend_parameter(before, parameter, node)

    def read_item(self, node: Node, name: str, layer: str) -> None:
        """``business_key``: an item of the catalogue"""
        self._put(self.catalogue, name, read_item(node, name), node)

    def amend_item(self, node: Node, name: str, layer: str) -> None:
        """``amends``: another layer's word on an item"""
        item_id = node.text("amends")
        if item_id not in self.catalogue:
            node.fault("amends", f"前面各层没有目录事项“{item_id}”。", "改正名称。")
            return
        self.catalogue[item_id] = layering.amend_item(self.catalogue[item_id], node)

    def read_publication(self, node: Node, name: str, layer: str) -> None:
        """``versions``"""
        versions = read_publication(node)
        self.publication = layering.amend_publication(self.publication, versions, node) if self.publication else versions

    def read_codes(self, node: Node, name: str, layer: str) -> None:
        """``codes`` or ``codes_from``"""
        table, before = read_codes(node, name, self.files), self.codes.get(name)
        self.codes[name] = table if before is None else layering.amend_codes(before, table, node)

    def read_calendar(self, node: Node, name: str, layer: str) -> None:
        """``days_off``"""
        year = read_calendar(node)
        self._put(self.calendar, year.year, year, node)

    def read_severity(self, node: Node, name: str, layer: str) -> None:
        """``severity_rules``"""
        self._put(self.severity, name, read_severity(node), node)

    def read_powers(self, node: Node, name: str, layer: str) -> None:
        """``powers``"""
        kinds, powers = read_powers(node)
        self.kinds += kinds
        self.powers += powers

    def read_banned(self, node: Node, name: str, layer: str) -> None:
        """``banned``"""
        self.banned += read_banned(node)

    def read_lists(self, node: Node, name: str, layer: str) -> None:
        """``lists``; they are the values of the code table of the same name"""
        for each in read_lists(node):
            self._put(self.lists, each.id, each, node)
            self.paths[f"list:{each.id}"] = node.file
        titles = {each.title: each.title for each in self.lists.values()}
        self.codes["serious_list"] = CodeTable("serious_list", "严重失信主体名单的种类", titles)

    def read_measures(self, node: Node, name: str, layer: str) -> None:
        """``measures``"""
        for each in read_measures(node):
            self._put(self.measures, each.id, each, node)
            self.paths[f"measure:{each.id}"] = node.file

    def read_promises(self, node: Node, name: str, layer: str) -> None:
        """``promises``"""
        for each in read_promises(node):
            self._put(self.promises, each.id, each, node)

    def lay_method_by(self, node: Node, name: str, layer: str) -> None:
        """One of ``METHOD_SHAPES``: read when the catalogue is whole"""
        self.methods.lay_by(node, name)


_SHAPES: Final[Mapping[str, Callable[[_Draft, Node, str, str], None]]] = {
    "values": _Draft.read_parameter,
    "business_key": _Draft.read_item,
    "amends": _Draft.amend_item,
    "versions": _Draft.read_publication,
    "codes": _Draft.read_codes,
    "codes_from": _Draft.read_codes,
    "days_off": _Draft.read_calendar,
    "severity_rules": _Draft.read_severity,
    "powers": _Draft.read_powers,
    "banned": _Draft.read_banned,
    "lists": _Draft.read_lists,
    "measures": _Draft.read_measures,
    "promises": _Draft.read_promises,
    **dict.fromkeys(METHOD_SHAPES, _Draft.lay_method_by),
}
