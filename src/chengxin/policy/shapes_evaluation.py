"""评价模型的文件形状。``indicators``: one published method; ``supervision_fields``: which office works in which field.

Models are read last: they name items of the catalogue. An item that the city does not collect is allowed, and the indicator neutral.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chengxin.policy.nodes import Node
from chengxin.policy.shapes_parameters import is_period
from chengxin.policy.types import CatalogueItem, Outcome, Severity
from chengxin.policy.types_evaluation import (
    NOT_ENOUGH,
    Dimension,
    EvaluationModel,
    Exposure,
    Floor,
    Grade,
    Indicator,
    Points,
    SupervisionField,
)

SEVERITIES: Final = {Severity.MINOR.value: 1, Severity.GENERAL.value: 2, Severity.SERIOUS.value: 3}
#: Properties of the subject itself that an indicator may count (``engine.facts``).
FACTS: Final = ("not_in_registry", "no_industry", "no_division")


@dataclass(frozen=True)
class Known:
    """What a model may name: items, fields of supervision, the other files."""

    catalogue: Mapping[str, CatalogueItem]
    supervision: Mapping[str, SupervisionField]
    files: Mapping[str, str]


def read_supervision(node: Node) -> tuple[SupervisionField, ...]:
    """``supervision_fields``: numbers never change their meaning."""
    node.text("title")
    found = []
    for each in node.nodes("supervision_fields"):
        found.append(
            SupervisionField(each.number("number"), each.text("id"), each.text("title"), each.texts("names_contain", required=True))
        )
        each.close()
    if len({each.number for each in found}) != len(found) or any(not each.number for each in found):
        node.fault("supervision_fields", "编号重复，或者用了 0。", "每个领域一个编号，从 1 起，从不改动。")
    node.evidence()
    node.close()
    return tuple(found)


def read_model(node: Node, model_id: str, known: Known) -> EvaluationModel:
    """One model: dimensions, indicators, grades, floors, and how few observations are treated."""
    title, scale = node.text("title"), node.number("scale")
    dimensions = tuple(_dimension(each) for each in node.nodes("dimensions"))
    if sum(each.points for each in dimensions) != scale:
        node.fault("dimensions", f"各维度的分值合计 {sum(each.points for each in dimensions)}，不等于满分 {scale}。", "改成合计等于满分。")
    indicators = tuple(_indicator(each, known) for each in node.nodes("indicators"))
    _check_indicators(node, indicators, dimensions)
    grades = tuple(Grade(each.text("id"), each.text("title"), each.number("least")) for each in _closing(node, "grades"))
    if [each.least for each in grades] != sorted({each.least for each in grades}, reverse=True) or (grades and grades[-1].least):
        node.fault("grades", "等级没有从高分到低分排，或者最低一级不是从 0 分起。", "从好到差排，最后一级写 least: 0。")
    if any(each.id == NOT_ENOUGH for each in grades):
        node.fault("grades", f"{NOT_ENOUGH} 是“数据不足”，不能作等级的名称。", "换一个名称。")
    floors = tuple(_floor(each, known, grades) for each in node.nodes("floors", required=False))
    relief, table, digest = _relief(node, known.files)
    if any(each.few_observations for each in indicators) and not relief:
        node.fault("few_observations", "有指标按观察次数处理，却没有指明表格。", "写上 few_observations: 表格的文件名。")
    evidence = node.evidence()
    model = EvaluationModel(
        model_id, title, scale, dimensions, indicators, grades, floors, node.number("insufficient_below"), relief, table, digest,
        node.texts("industries"), evidence.reference, evidence.quote or evidence.note, evidence.confidence.value,
        node.text("public_clause", ""), node.file,
    )  # fmt: skip
    node.close()
    return model


def _closing(node: Node, key: str) -> list[Node]:
    return list(node.nodes(key))


def _dimension(node: Node) -> Dimension:
    found = Dimension(node.text("id"), node.text("title"), node.number("points"), node.number("start"))
    if found.start > found.points:
        node.fault("start", "起评分高于本维度的分值。", "起评分不高于分值。")
    node.close()
    return found


def _indicator(node: Node, known: Known) -> Indicator:
    item_id, fact = node.text("item", ""), node.text("fact", "")
    if bool(item_id) == bool(fact):
        node.fault("item", "每个指标写一个目录事项（item），或者一项登记状况（fact）。", "两者留一个。")
    if fact and fact not in FACTS:
        node.fault("fact", f"不认识“{fact}”。", f"从这些里选：{'、'.join(FACTS)}。")
    number = known.catalogue[item_id].number if item_id in known.catalogue else 0
    if item_id and not number and not node.truth("not_collected", False):
        node.fault("item", f"目录里没有“{item_id}”。", "改正名称；本市不归集的，写 not_collected: true，这个指标就不加分也不扣分。")
    elif item_id and number:
        node.truth("not_collected", False)
    evidence_title = node.text("title")
    points = tuple(_points(each) for each in node.nodes("points"))
    found = Indicator(
        id=node.text("id"), title=evidence_title, dimension=node.text("dimension"), item=number, item_id=item_id, points=points,
        reference="", window_months=_months(node, "window"), decay=_decay(node),
        cap=node.signed("cap") if node.has("cap") else None, supervision=_supervision(node, known), in_force=node.truth("in_force", False),
        exposure=_exposure(node, known), few_observations=node.truth("few_observations", False),
        listing=node.truth("listing", False), fact=fact,
    )  # fmt: skip
    evidence = node.evidence()
    node.close()
    return Indicator(
        **{
            **{name: getattr(found, name) for name in found.__dataclass_fields__},
            "reference": evidence.reference,
            "quote": evidence.quote,
            "note": evidence.note,
            "confidence": evidence.confidence.value,
        }
    )


def _points(node: Node) -> Points:
    severity, outcome = node.text("severity", ""), node.text("outcome", "")
    if severity and severity not in SEVERITIES:
        node.fault("severity", f"不认识“{severity}”。", f"从这些里选：{'、'.join(SEVERITIES)}。")
    meaning = next((each for each in Outcome if each and each.word == outcome), Outcome.NONE)
    if outcome and not meaning:
        node.fault("outcome", f"不认识“{outcome}”。", f"从这些里选：{'、'.join(each.word for each in Outcome if each)}。")
    found = Points(node.signed("points"), SEVERITIES.get(severity, 0), int(meaning))
    node.close()
    return found


def _months(node: Node, key: str) -> int:
    text = node.text(key, "")
    if not text:
        return 0
    years, _, rest = text.removeprefix("P").rpartition("Y")
    months = rest.removesuffix("M") if rest.endswith("M") else ""
    if not is_period(text) or "D" in text:
        node.fault(key, f"“{text}”不是整年整月的期间。", "写成 P3Y 或 P18M。")
        return 0
    return int(years or 0) * 12 + int(months or 0)


def _decay(node: Node) -> tuple[int, ...]:
    """``decay``: per mille by full month; ``12 x 1000`` is twelve months of the same."""
    found: list[int] = []
    for text in node.texts("decay"):
        times, _, value = text.rpartition("x")
        if not value.strip().isdecimal() or (times.strip() and not times.strip().isdecimal()) or int(value) > 1000:
            node.fault("decay", f"“{text}”不是千分数。", "写成 944，或者 12 x 1000（连续 12 个月都是 1000）；不超过 1000。")
            continue
        found += [int(value)] * int(times or 1)
    if found != sorted(found, reverse=True):
        node.fault("decay", "衰减表后面的数大于前面的。", "越久远的越轻。")
    return tuple(found)


def _supervision(node: Node, known: Known) -> tuple[int, ...]:
    found = []
    for each in node.texts("supervision"):
        if each not in known.supervision:
            node.fault("supervision", f"没有监管领域“{each}”。", f"从这些里选：{'、'.join(known.supervision)}。")
        else:
            found.append(known.supervision[each].number)
    return tuple(found)


def _exposure(node: Node, known: Known) -> Exposure | None:
    given = node.node("exposure")
    if given is None:
        return None
    item, reference = given.text("item"), given.number("reference")
    if item not in known.catalogue or not reference:
        given.fault("item", "观察次数要写目录里有的事项，和不小于 1 的基准次数。", "改正 item 和 reference。")
    given.close()
    return Exposure(known.catalogue[item].number if item in known.catalogue else 0, max(reference, 1))


def _floor(node: Node, known: Known, grades: tuple[Grade, ...]) -> Floor:
    item, grade = node.text("item"), node.text("grade")
    if item not in known.catalogue:
        node.fault("item", f"目录里没有“{item}”。", "改正名称。")
    if grade not in {each.id for each in grades}:
        node.fault("grade", f"没有等级“{grade}”。", "写 grades 里有的等级。")
    title = node.text("title")
    evidence = node.evidence()
    node.close()
    return Floor(known.catalogue[item].number if item in known.catalogue else 0, item, grade, title, evidence.reference)


def _relief(node: Node, files: Mapping[str, str]) -> tuple[dict[tuple[int, int], int], str, str]:
    name = node.text("few_observations", "")
    if not name:
        return {}, "", ""
    path = f"{node.file.rpartition('/')[0]}/{name}"
    if path not in files:
        node.fault("few_observations", f"旁边没有文件 {name}。", "放入该文件，或改正文件名。")
        return {}, name, ""
    found: dict[tuple[int, int], int] = {}
    for row in csv.DictReader(io.StringIO(files[path])):
        found[int(row["observations"]), int(row["count"])] = int(row["milli_points"])
    most = max((n for n, _ in found), default=0)
    wanted = {(n, k) for n in range(1, most + 1) for k in range(1, n + 1)}
    if set(found) != wanted or not all(0 <= value <= 1000 for value in found.values()):
        node.fault("few_observations", "表格不全，或者有的值不在 0 到 1000 之间。", "用同一文件夹里的脚本重新生成。")
    return found, path, hashlib.sha256(files[path].encode()).hexdigest()


def _check_indicators(node: Node, indicators: tuple[Indicator, ...], dimensions: tuple[Dimension, ...]) -> None:
    known = {each.id for each in dimensions}
    ids = [each.id for each in indicators]
    for each in indicators:
        if each.dimension not in known:
            node.fault(f"indicators.{each.id}.dimension", f"没有维度“{each.dimension}”。", f"从这些里选：{'、'.join(sorted(known))}。")
        if ids.count(each.id) > 1:
            node.fault(f"indicators.{each.id}", "写了两次。", "每个指标一个名称。")
        signs = {points.points > 0 for points in each.points if points.points}
        if len(signs) > 1 and (each.cap is not None or each.few_observations):
            node.fault(f"indicators.{each.id}.points", "同一个指标又加又扣，不能封顶或者按观察次数处理。", "分成两个指标。")
        if each.cap is not None and signs and (each.cap > 0) != next(iter(signs)):
            node.fault(f"indicators.{each.id}.cap", "封顶的正负与分值不一致。", "扣分的写负数。")
