"""名单、惩戒措施、政务承诺的文件形状。What weighs on somebody exists only with authority, basis, term and a way out."""

from __future__ import annotations

from typing import Final

from chengxin.policy.nodes import Node, Reading
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Confidence, DishonestyList, Duty, Measure, PromiseKind, Rank

#: 减损权益或者增加义务 needs one of these; so does a list that a city sets up.
LAW_OR_REGULATION: Final = frozenset({Rank.LAW, Rank.ADMINISTRATIVE_REGULATION, Rank.LOCAL_REGULATION})


def read_lists(node: Node) -> tuple[DishonestyList, ...]:
    """``lists``: the lists of serious dishonesty that an entry may name."""
    node.text("title")
    found = []
    for each in node.nodes("lists"):
        list_id, title, level = each.text("id"), each.text("title"), each.text("level")
        if level not in ("national", "local"):
            each.fault("level", f"不认识“{level}”。", "写 national（全国设列）或 local（地方设列）。")
        basis, confidence = _basis(each)
        found.append(
            DishonestyList(list_id, title, level, each.text("authority"), basis, each.text("term"), each.text("release"), confidence)
        )
        each.close()
    node.close()
    return tuple(found)


def read_measures(node: Node) -> tuple[Measure, ...]:
    """``measures``: what may be done to a subject, with its kind, basis, term and way out."""
    node.text("title")
    found = []
    for each in node.nodes("measures"):
        measure_id, title, kind = each.text("id"), each.text("title"), each.text("kind")
        if kind not in ("A", "B", "C"):
            each.fault("kind", f"不认识“{kind}”。", "A 减损权益或者增加义务，B 履职管理，C 由其他组织自主实施。")
        basis, _ = _basis(each)
        found.append(
            Measure(
                *(measure_id, title, kind, each.text("authority"), basis, each.texts("subjects", required=True)),
                *(each.text("field"), each.text("term"), each.text("release"), each.text("remedy")),
            )
        )
        each.close()
    node.close()
    return tuple(found)


def read_promises(node: Node) -> tuple[PromiseKind, ...]:
    """``promises``: kinds of promise that a government makes; every duty has its days and its clock."""
    node.text("title")
    found = []
    for each in node.nodes("promises"):
        duties = []
        for duty in each.nodes("duties"):
            if not duty.has("days"):
                duty.fault("days", "义务没有写明天数。", "写上 days: 天数；没有期限的义务无从核对。")
            duties.append(Duty(duty.text("id"), duty.text("title"), duty.number("days", 0), duty.text("clock_start")))
            duty.close()
        basis, _ = _basis(each)
        found.append(
            PromiseKind(
                *(each.text("id"), each.text("title"), each.text("promisor"), each.texts("stages", required=True), tuple(duties)),
                *(each.texts("evidence", required=True), each.text("change"), each.texts("warnings"), basis),
            )
        )
        each.close()
    node.close()
    return tuple(found)


def check_obligations(policy: PolicySet, reading: Reading) -> None:
    """A measure of kind A, and a local list, without a law or regulation are refused."""
    for measure in policy.measures.values():
        if measure.kind == "A" and not _stands_on_law(policy, measure.basis):
            reading.add(
                policy.paths[f"measure:{measure.id}"],
                f"{measure.id}.basis",
                f"“{measure.title}”减损权益或者增加义务，却没有法律、法规作依据。",
                "写明法律、行政法规或者地方性法规的依据；没有的，不得设定。",
            )
    for each in policy.lists.values():
        if each.level == "local" and not _stands_on_law(policy, each.basis):
            reading.add(
                policy.paths[f"list:{each.id}"],
                f"{each.id}.basis",
                f"“{each.title}”是地方设列的名单，却没有地方性法规作依据。",
                "地方名单只能由地方性法规设列；没有的，删去。",
            )


def _basis(node: Node) -> tuple[tuple[str, ...], Confidence]:
    evidence = []
    for each in node.nodes("basis"):
        evidence.append(each.evidence())
        each.close()
    confidence = evidence[0].confidence if evidence else Confidence.TO_CONFIRM
    return tuple(each.reference for each in evidence), confidence


def _stands_on_law(policy: PolicySet, references: tuple[str, ...]) -> bool:
    sources = (policy.sources.get(each.partition("/")[0]) for each in references)
    return any(source is not None and source.rank in LAW_OR_REGULATION for source in sources)
