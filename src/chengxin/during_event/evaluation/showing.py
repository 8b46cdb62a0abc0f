"""评价怎样示人：points in words, reasons by dimension with their basis, what was spared and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chengxin.during_event.evaluation.explaining import Explained, Reason, is_unknown
from chengxin.engine.columns import Kind
from chengxin.foundation.records.showing import ShownBasis, shown_basis
from chengxin.policy.policy_set import PolicySet


@dataclass(frozen=True)
class Line:
    """一行理由。``href``: the record's page, where it has a public one."""

    points: str
    title: str
    document_number: str
    href: str
    decided_on: date | None
    until: date | None
    basis: ShownBasis
    takes: bool
    follows: bool  # it ends with the records above it
    disputed: str = ""  # what is disputed about the record, in words


@dataclass(frozen=True)
class Part:
    """一个维度：what it starts with, its lines, what it has in the end; ``has`` = ``start`` + the lines, exactly."""

    id: str
    title: str
    most: str
    start: str
    has: str
    lines: Sequence[Line]


def points(milli: int, signed: bool = False) -> str:
    """Milli-points as points, exactly.

    >>> points(915420), points(-4580, signed=True), points(1_920_000), points(0, signed=True)
    ('915.42', '−4.58', '1,920', '0')
    """
    whole, rest = divmod(abs(milli), 1000)
    text = f"{whole:,}.{rest:03d}".rstrip("0") if rest else f"{whole:,}"
    sign = "−" if milli < 0 else "+" if signed and milli > 0 else ""
    return sign + text


def parts_of(found: Explained, policy: PolicySet, public: frozenset[int], marks: Mapping[int, str]) -> list[Part]:
    """The reasons by dimension; ``public``: records that have a page of their own today; ``marks``: record → what is disputed."""
    shown = []
    for dimension in found.model.dimensions:
        reasons = [each for each in found.reasons if each.dimension == dimension.id]
        has = found.dimensions[dimension.id]
        lines = [line_of(each, policy, public, marks) for each in reasons]
        shown.append(
            Part(dimension.id, dimension.title, points(dimension.points * 1000), points(dimension.start * 1000), points(has), lines)
        )
    return shown


def line_of(reason: Reason, policy: PolicySet, public: frozenset[int], marks: Mapping[int, str]) -> Line:
    """A reason as a line of the table."""
    basis = shown_basis(reason.reference, policy, note=reason.words, confidence=reason.confidence or "found")
    href = f"/r/{reason.record_id}" if reason.record_id in public else ""
    return Line(
        points(reason.milli_points, signed=True), reason.title, reason.document_number, href, reason.decided_on, reason.until, basis,
        reason.milli_points < 0, reason.kind in {Kind.FEW_OBSERVATIONS, Kind.CAP, Kind.LIMIT}, marks.get(reason.record_id, ""),
    )  # fmt: skip


def conclusion_of(found: Explained) -> str:
    """结论 in one sentence."""
    if is_unknown(found.grade):
        return f"数据不足：计入评价的记录只有 {found.records} 条，不足以评价，不给等级。这不是坏的结果。"
    listed = f"{found.floor}，直接判为{found.grade_title}" if found.floor else f"按分数为{found.grade_title}"
    return f"{found.grade_title}（{found.grade}），{points(found.score)} 分（满分 {found.model.scale}）。{listed}。"


def remarks_of(found: Explained) -> list[str]:
    """What else was considered, in words: few observations, the worst grade that was not given."""
    few = [each for each in found.reasons if each.kind is Kind.FEW_OBSERVATIONS]
    said = []
    if few:
        back = points(sum(each.milli_points for each in few))
        said.append(f"检查等观察的次数少，一两次结果不足以断定，按可信下限返还 {back} 分；次数多了，返还就少了。")
    if found.spared:
        worst, kept = found.model.grades[-1], found.grade_title
        said.append(f"分数在“{worst.title}”的范围，但既没有列入名单，扣分的可信下限也没有越线，所以不判“{worst.title}”，判“{kept}”。")
    if any(each.kind is Kind.CAP for each in found.reasons):
        said.append("有的指标扣分或加分到了上限，超过的部分不计，单列一行。")
    if any(each.kind is Kind.LIMIT for each in found.reasons):
        said.append("有的维度到了满分或者零分，超过的部分不计，单列一行。")
    return said
