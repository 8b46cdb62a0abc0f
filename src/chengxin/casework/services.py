"""办案的门。"谁认定、谁修复；异议不由作出决定的人自己裁决。" One engine for every procedure with a clock.

Each step is one transaction and one entry of the ledger; of concurrent steps exactly one wins. A procedure is a policy file: who may
take which step from which state, what it must say, which documents must be there, which clocks run, and what follows. Nothing is
decided by a clock that ran out. Clauses: credit-regulation/2.5.1 to 2.5.6, government-integrity/2.5.2, 2.5.3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError

from chengxin.casework import deadlines, notices, ports
from chengxin.casework.documents import Kept, keep_documents, keep_on_case
from chengxin.casework.models import Case, CasePerson, CaseStep
from chengxin.casework.people import require_part
from chengxin.casework.ports import StepOf
from chengxin.casework.saying import read_said
from chengxin.casework.standing import named_in, row_of
from chengxin.casework.types import PLATFORM, About, AboutFacts, Actor
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types_procedures import Procedure, StepRule, Who
from chengxin.storage.transactions import in_turn, writing

__all__ = ["STEP_TAKEN", "check_opening", "open_case", "take_step"]

STEP_TAKEN = "casework:case:step_taken"

Files = Sequence[tuple[str, Any]]


def open_case(*, procedure: str, about: About, actor: Actor, texts: Mapping[str, str], files: Files = (), at: Instant) -> Case:
    """立案：open a case about ``about``. ``files``: (kind of document, upload).

    NotFound for what does not exist or may not be seen; Forbidden for somebody who may not; Conflict if a case of this procedure about
    the same thing is open; Refused for what is missing, with the field.
    """
    policy = active.policy_set()
    rule = _procedure(policy, procedure)
    facts = _facts(rule, about, actor, at)
    about, step = About(about.kind, facts.key), rule.opening
    said = read_said(step, texts, policy=policy, at=at)
    case = _new(rule, policy, about, facts, at)
    part = require_part(case, rule, step, actor, played="", at=at)
    stands_as = named_in(rule, step, actor, said, at) or actor.person
    of = StepOf(case, step.verb, actor, said, at)
    _require(of, step)
    _documents_there(rule, step, set(), files)
    kept = keep_documents(rule, step, files, said, policy=policy, at=at)
    try:
        with writing():
            in_turn()  # the case, its record and the head of the ledger are touched by withdrawals in another order
            _require(of, step)  # nothing that was checked outside may have changed
            case.save(force_insert=True)
            _take(case, rule, step, (part.id, stands_as), of, kept, policy)
    except IntegrityError as error:
        if "casework_one_open_case" in str(error) or "about_key" in str(error):
            raise _open_already(rule, about) from error
        raise
    return case


def check_opening(*, procedure: str, about: About, actor: Actor, at: Instant) -> None:
    """能否立案, before anybody fills in a form: the refusals of :func:`open_case` that do not depend on what is said."""
    policy = active.policy_set()
    rule = _procedure(policy, procedure)
    facts = _facts(rule, about, actor, at)
    about = About(about.kind, facts.key)
    case = _new(rule, policy, about, facts, at)
    require_part(case, rule, rule.opening, actor, played="", at=at)
    _require(StepOf(case, rule.opening.verb, actor, {}, at), rule.opening)
    if case.alone and Case.objects.filter(procedure=rule.id, about_kind=about.kind, about_key=about.key, closed_at=None).exists():
        raise _open_already(rule, about)


def take_step(*, case_id: int, verb: str, version: int, actor: Actor, texts: Mapping[str, str], files: Files = (), at: Instant) -> CaseStep:
    """办理一步. ``version``: of the case as the person saw it; Conflict if somebody else was faster. The other refusals as above."""
    policy = active.policy_set()
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise NotFound("no-such-case", f"没有编号为 {case_id} 的案件。", "从案件列表进入。")
    rule = _procedure(policy, case.procedure)
    step = _step(rule, case, verb)
    stands = row_of(case, rule, actor)
    part = require_part(case, rule, step, actor, played=stands.part if stands else "", at=at)
    said = read_said(step, texts, policy=policy, at=at)
    of = StepOf(case, verb, actor, said, at)
    if step.once and case.steps.filter(verb=verb).exists():
        raise Conflict("step-only-once", f"“{step.title}”在一个案件里只能办一次。", "按现有材料办理。")
    _require(of, step)
    _documents_there(rule, step, set(case.documents.values_list("kind", flat=True)), files)
    kept = keep_documents(rule, step, files, said, policy=policy, at=at)
    try:
        with writing():
            in_turn()
            _advance(case, rule, step, version, at)
            _require(of, step)
            return _take(case, rule, step, (part.id, stands.person if stands else actor.person), of, kept, policy)
    except IntegrityError as error:
        raise _lost(rule, case) from error


def _procedure(policy: PolicySet, procedure_id: str) -> Procedure:
    if procedure_id not in policy.procedures:
        raise NotFound(
            "no-such-procedure", f"没有“{procedure_id[:40]}”这种程序。", f"可以办：{'、'.join(policy.procedures) or '（没有）'}。"
        )
    return policy.procedures[procedure_id]


def _facts(rule: Procedure, about: About, actor: Actor, at: Instant) -> AboutFacts:
    known = dict(ports.abouts.items())
    if about.kind not in rule.opens_on or about.kind not in known:
        raise Refused("about-unknown", f"{rule.title}不能针对“{about.kind[:40]}”提出。", f"可以针对：{'、'.join(rule.opens_on)}。")
    return known[about.kind].facts_of(about.key, actor, at)


def _new(rule: Procedure, policy: PolicySet, about: About, facts: AboutFacts, at: Instant) -> Case:
    alone = rule.one_at_a_time and not facts.many
    return Case(
        procedure=rule.id, policy=policy.digest, about_kind=about.kind, about_key=about.key, title=facts.title[:300],
        subject_id=facts.subject_id, office_id=facts.office_id, second_office_id=facts.second_office_id, alone=alone,
        state=rule.opening.to, opened_at=at, closed_at=at if rule.states[rule.opening.to].closed else None,
    )  # fmt: skip


def _step(rule: Procedure, case: Case, verb: str) -> StepRule:
    found = rule.step(verb, case.state)
    if found is not None:
        return found
    allowed = "、".join(each.title for each in rule.steps_from(case.state))
    state = rule.states[case.state].title if case.state in rule.states else case.state
    title = next((each.title for each in rule.steps if each.verb == verb), verb[:40])
    raise Conflict(
        "not-allowed-in-this-state", f"案件现在是“{state}”，不能“{title}”。", f"现在可以：{allowed}。" if allowed else "已经办结。"
    )


def _require(of: StepOf, step: StepRule) -> None:
    known = dict(ports.guards.items())
    for name in step.guards:
        known[name](of)


def _documents_there(rule: Procedure, step: StepRule, there: set[str], files: Files) -> None:
    missing = [each for each in rule.needed_by(step) if each not in there | {kind for kind, _ in files}]
    if missing:
        titles = "、".join(rule.documents[each].title for each in missing)
        raise Refused(
            "documents-missing", f"“{step.title}”还缺材料：{titles}。", "补上以后再提交，已经填的不用重填。", where={"field": missing[0]}
        )


def _advance(case: Case, rule: Procedure, step: StepRule, version: int, at: Instant) -> None:
    """状态：compare-and-set; the loser is told, and nothing of theirs is written."""
    closed_at = at if rule.states[step.to].closed else None
    row = Case.objects.filter(pk=case.pk, state=case.state, version=version)
    if not row.update(state=step.to, version=version + 1, closed_at=closed_at):
        raise _lost(rule, case)


def _take(  # noqa: PLR0917  (what one step is, in the order in which it is written)
    case: Case, rule: Procedure, step: StepRule, standing: tuple[str, str], of: StepOf, kept: Sequence[Kept], policy: PolicySet
) -> CaseStep:
    """Everything that belongs to one step, inside the caller's transaction; the entry of the ledger comes last. ``standing``: the part,
    and the key under which the actor plays it (:mod:`chengxin.casework.standing`)."""
    actor, at, (part, stands_as) = of.actor, of.at, standing
    if actor.person != PLATFORM:
        person, _ = CasePerson.objects.get_or_create(case=case, person=stands_as, defaults={"part": part})
        if person.part != part:
            raise Forbidden("second-person-needed", "您在本案已经是另一方，不能再办这一步。", "请另一位同事登录后办理。")
    (content_id,) = ledger.allocate_content_ids(1)
    opens = not step.from_states
    taken = CaseStep.objects.create(
        case=case, place=0 if opens else case.steps.count(), verb=step.verb, from_state="" if opens else case.state, to_state=step.to,
        part=part, person=actor.person, by=actor.name, office_id=actor.department_id, at=at, said=of.said, content_id=content_id,
        agency_id=_agency_acting(case, rule, part, actor),
    )  # fmt: skip
    keep_on_case(case, taken, kept)
    deadlines.settle(case, rule, policy)
    known = dict(ports.effects.items())
    for name in step.effects:
        known[name](of, taken)
    notices.tell(case, rule, step, taken)
    ledger.append(ledger.prepare(STEP_TAKEN, [canonical_bytes(_content(case, taken, kept))], [content_id]))
    case.state, case.version = step.to, case.version + (0 if opens else 1)
    return taken


def _agency_acting(case: Case, rule: Procedure, part: str, actor: Actor) -> int | None:
    """由哪家机构代办, where the step is taken for the subject under the mandate of an agency."""
    return actor.agency_for(case.subject_id, rule.scope) if Who.SUBJECT in rule.parts[part].who else None


def _content(case: Case, step: CaseStep, kept: Sequence[Kept]) -> dict[str, str]:
    said = {f"said.{key}": value for key, value in step.said.items()}
    said |= {"_agency": str(step.agency_id)} if step.agency_id is not None else {}
    made = [f"{each.kind}:{each.agency_id}" for each in kept if each.agency_id is not None]
    said |= {"_made_by": ",".join(dict.fromkeys(made))} if made else {}
    return said | {
        "_event": STEP_TAKEN,
        "_case": str(case.pk),
        "_procedure": case.procedure,
        "_about": f"{case.about_kind}:{case.about_key}",
        "_subject": str(case.subject_id or ""),
        "_office": str(case.office_id or ""),
        "_second_office": str(case.second_office_id or ""),
        "_place": str(step.place),
        "_verb": step.verb,
        "_from": step.from_state,
        "_to": step.to_state,
        "_part": step.part,
        "_person": step.person,
        "_at": str(step.at),
        "_documents": ",".join(f"{each.kind}:{each.sha256}" for each in kept),
        "_policy": case.policy,
    }


def _open_already(rule: Procedure, about: About) -> Conflict:
    number = Case.objects.filter(procedure=rule.id, about_kind=about.kind, about_key=about.key, closed_at=None).values_list("id", flat=True)
    return Conflict(
        "case-open-already",
        f"同一事项的{rule.title}正在办理（第 {number.first()} 号），不能再提一次。",
        "到该案查看进度，需要补充的在该案提交。",
    )


def _lost(rule: Procedure, case: Case) -> Conflict:
    now = Case.objects.filter(pk=case.pk).values_list("state", flat=True).first() or case.state
    title = rule.states[now].title if now in rule.states else now
    return Conflict(
        "somebody-was-faster", f"您打开页面以后，案件已有新的办理，现在是“{title}”。", "刷新页面，看了新的情况再办；您填的没有提交。"
    )
