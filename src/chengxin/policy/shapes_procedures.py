"""程序的文件形状（``transitions``）：one file per procedure. What could never be reached, ended or decided is refused here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from chengxin.policy.nodes import Node
from chengxin.policy.types import Parameter
from chengxin.policy.types_procedures import Asked, AskedKind, CaseState, ClockRule, DocumentKind, Part, Procedure, StepRule, Told, Who

OPENING: Final = "open"
#: Besides the parts of the case, these can be told.
ALSO_TOLD: Final = (
    "subject", "deciding_office", "second_office", "service_agency", "credit_office", "audit_admin", "security_admin", "recipients",
)  # fmt: skip
_DAYS: Final = frozenset({"working_day", "calendar_day", "calendar_period"})
_LONGEST: Final[Mapping[AskedKind, int]] = {AskedKind.LINE: 200, AskedKind.TEXT: 2_000}


def read_procedure(node: Node, procedure_id: str, parameters: Mapping[str, Parameter]) -> Procedure:
    """One procedure."""
    title, opens_on, alone = node.text("title"), node.texts("opens_on", required=True), node.truth("one_at_a_time", True)
    scope = node.text("scope", procedure_id)
    parts = {each.id: each for each in map(_part, node.nodes("parts"))}
    states = {each.id: each for each in map(_state, node.nodes("states"))}
    documents = {each.id: each for each in map(_document, node.nodes("documents", required=False))}
    clocks = tuple(_clock(each, states, parameters) for each in node.nodes("clocks", required=False))
    known = _Known(parts, states, documents, clocks, parameters)
    first = node.node("opening")
    opening = _step(first, known, opens=True) if first is not None else StepRule(OPENING, "", (), "", "")
    if first is None:
        node.fault("opening", "没有写怎样开始。", "补上 opening：由谁、填什么、进入哪个状态。")
    steps = tuple(_step(each, known) for each in node.nodes("transitions"))
    evidence = node.evidence()
    node.close()
    found = Procedure(
        procedure_id, title, opens_on, alone, scope, parts, states, documents, clocks, opening, steps, evidence.reference, evidence.quote,
        evidence.note, evidence.confidence, node.file,
    )  # fmt: skip
    _check(found, node)
    _check_names(found, node)
    _check_documents(found, node)
    return found


class _Known:
    def __init__(
        self, parts: Mapping[str, Part], states: Mapping[str, CaseState], documents: Mapping[str, DocumentKind],
        clocks: Sequence[ClockRule], parameters: Mapping[str, Parameter],
    ) -> None:  # fmt: skip
        self.parts, self.states, self.documents, self.parameters = parts, states, documents, parameters
        self.clocks = {each.id for each in clocks}


def _part(node: Node) -> Part:
    words = node.texts("who", required=True)
    who = [each for each in Who if each.value in words]
    if len(who) != len(words):
        node.fault("who", f"不认识 {words} 里的词。", f"从这些里选：{'、'.join(Who)}。")
    part = Part(node.text("id"), node.text("title"), tuple(who))
    node.close()
    return part


def _state(node: Node) -> CaseState:
    state = CaseState(node.text("id"), node.text("title"), node.truth("closed", False))
    node.close()
    return state


def _document(node: Node) -> DocumentKind:
    kind = DocumentKind(
        node.text("id"), node.text("title"), node.text("hint", ""), node.texts("shown_to"), node.texts("by"), node.text("service", ""),
        node.text("named_by", ""),
    )  # fmt: skip
    if bool(kind.service) != bool(kind.named_by):
        node.fault("named_by", "service 和 named_by 要写就一起写。", "named_by 写填机构代码的那一项；service 写机构登记的服务。")
    node.close()
    return kind


def _clock(node: Node, states: Mapping[str, CaseState], parameters: Mapping[str, Parameter]) -> ClockRule:
    clock = ClockRule(
        node.text("id"), node.text("title"), node.texts("starts", required=True), node.texts("stops", required=True), node.text("days"),
        node.texts("pauses"),
    )  # fmt: skip
    for state in (*clock.starts, *clock.stops, *clock.pauses):
        _among(node, "states", state, states)
    _a_period(node, "days", clock.days, parameters)
    node.close()
    return clock


def _step(node: Node, known: _Known, opens: bool = False) -> StepRule:
    from_states = () if opens else node.texts("from", required=True)
    step = StepRule(
        verb=OPENING if opens else node.text("verb"),
        title=node.text("title"),
        from_states=from_states,
        to=node.text("to"),
        by=node.text("by"),
        asks=tuple(map(_asked, node.nodes("asks", required=False))),
        documents=node.texts("documents"),
        guards=node.texts("guards"),
        effects=node.texts("effects"),
        tells=tuple(map(_told, node.nodes("tells", required=False))),
        adverse=node.truth("adverse", False),
        once=node.truth("once", False),
        extends=node.text("extends", ""),
        extends_by=node.text("extends_by", ""),
        hint=node.text("hint", ""),
    )
    for state in (*step.from_states, step.to):
        _among(node, "to", state, known.states)
    _among(node, "by", step.by, known.parts)
    for each in step.documents:
        _among(node, "documents", each, known.documents)
    for told in step.tells:
        _among(node, "tells", told.to, {*known.parts, *ALSO_TOLD})
    if step.extends:
        _among(node, "extends", step.extends, known.clocks)
        _a_period(node, "extends_by", step.extends_by, known.parameters)
    node.close()
    return step


def _asked(node: Node) -> Asked:
    kind = node.choice("kind", AskedKind, AskedKind.LINE)
    inner = node.node("choices")
    choices = {key: inner.text(key) for key in inner.keys()} if inner is not None else {}  # noqa: SIM118
    asked = Asked(
        node.text("id"),
        node.text("title"),
        kind,
        node.truth("required", True),
        choices,
        node.text("hint", ""),
        _LONGEST.get(kind, 40),
        node.texts("shown_to"),
    )
    if (kind is AskedKind.CHOICE) != bool(choices):
        node.fault("choices", "选择项与可选的值对不上。", "kind: choice 的写 choices，其余的不写。")
    node.close()
    return asked


def _told(node: Node) -> Told:
    told = Told(node.text("to"), node.text("text"))
    node.close()
    return told


def _among(node: Node, key: str, word: str, known: Collection[str]) -> None:
    if word not in known:
        node.fault(key, f"“{word}”没有在这个文件里写明。", f"从这些里选：{'、'.join(known)}。")


def _a_period(node: Node, key: str, parameter_id: str, parameters: Mapping[str, Parameter]) -> None:
    found = parameters.get(parameter_id)
    if found is None or found.unit not in _DAYS:
        node.fault(key, f"没有名为“{parameter_id}”的期限参数。", "写一个单位是工作日、日或者期间的参数的名称。")


def _check(procedure: Procedure, node: Node) -> None:
    """Every state can be reached and left, every clock can start and stop, a verb means one thing in a state."""
    reached, frontier = {procedure.opening.to}, [procedure.opening.to]
    while frontier:
        following = {each.to for each in procedure.steps_from(frontier.pop())} - reached
        reached |= following
        frontier += following
    for state in procedure.states.values():
        leaves = procedure.steps_from(state.id)
        if state.id not in reached:
            node.fault("states", f"状态“{state.title}”永远到不了。", "补上通往它的一步，或者删去它。")
        if state.closed and leaves:
            node.fault("transitions", f"状态“{state.title}”已经办结，却还能“{leaves[0].title}”。", "办结的状态不再有下一步。")
        if not state.closed and not leaves:
            node.fault("states", f"状态“{state.title}”没有办结，也没有下一步。", "写明下一步，或者标明 closed: true。")
        verbs = [each.verb for each in leaves]
        if len(verbs) != len(set(verbs)):
            node.fault("transitions", f"在“{state.title}”里同一个动词写了两次。", "每个状态里一个动词只写一次。")


def _check_names(procedure: Procedure, node: Node) -> None:
    """What is shown to some parts only is told to nobody else, and names parts that there are."""
    named = [part for each in procedure.documents.values() for part in each.shown_to]
    named += [part for step in (procedure.opening, *procedure.steps) for asked in step.asks for part in asked.shown_to]
    asked_for = {asked.id for step in (procedure.opening, *procedure.steps) for asked in step.asks}
    for kind in procedure.documents.values():
        if kind.named_by:
            _among(node, "named_by", kind.named_by, asked_for)
    for part in named:
        _among(node, "shown_to", part, procedure.parts)
    in_name = [(step, each) for step in (procedure.opening, *procedure.steps) for each in step.asks if each.kind is AskedKind.IN_NAME_OF]
    for step, asked in in_name:
        by = procedure.parts.get(step.by)
        if step is not procedure.opening or len(in_name) > 1 or by is None or Who.REPRESENTED not in by.who or asked.required:
            sentence = f"“{asked.title}”（in_name_of）只能在提出时由 represented 的一方填，只填一次，可以不填。"
            node.fault("asks", sentence, "写在 opening 里，required: false；由谁提出的一方写上 represented。")
    for step in (procedure.opening, *procedure.steps):
        for asked in (each for each in step.asks if each.shown_to):
            for told in step.tells:
                if "{" + asked.id + "}" in told.text and told.to not in asked.shown_to:
                    node.fault("tells", f"“{step.title}”的通知会把“{asked.title}”告诉 {told.to}。", "从通知里删去，或者写进 shown_to。")


def _check_documents(procedure: Procedure, node: Node) -> None:
    """Who hands in a document sees it, and who takes a step can hand in what the step needs: nobody has to put theirs under the kind of
    another part, where others would see it."""
    for kind in procedure.documents.values():
        for part in kind.by:
            _among(node, "by", part, procedure.parts)
            if kind.shown_to and part not in kind.shown_to:
                node.fault("shown_to", f"“{kind.title}”由 {part} 提交，却不给它看。", "写进 shown_to，或者不写进 by。")
    for step in (procedure.opening, *procedure.steps):
        offered = {each.id for each in procedure.kinds_of(step.by)}
        for each in sorted(set(procedure.needed_by(step)) - offered):
            node.fault("documents", f"“{step.title}”要有“{each}”，办这一步的 {step.by} 却不能提交它。", "把这一方写进这种材料的 by。")
