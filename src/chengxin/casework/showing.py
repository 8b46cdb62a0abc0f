"""案件的展示。What the page of a case shows: conclusion, basis, clocks with their computation, what one can do, and the way so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chengxin.access.models import Department, ServiceAgency
from chengxin.casework import ports
from chengxin.casework.clocks import ClockReading, Level
from chengxin.casework.deadlines import readings
from chengxin.casework.models import Case, CaseDocument, CaseStep
from chengxin.casework.notices import moved_deadlines, number_of
from chengxin.casework.people import last_who_could_approve, may_take
from chengxin.casework.saying import ADVERSE, asked_by
from chengxin.casework.seeing import may_read, said_to
from chengxin.casework.standing import may_name, name_of, played_by
from chengxin.casework.types import Actor
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.periods import parse_period
from chengxin.kernel.refused import Refused
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import DatedValue, Parameter
from chengxin.policy.types_procedures import Asked, AskedKind, Procedure, StepRule, Who

#: The one step that nobody is waiting for.
WITHDRAW = "withdraw"
#: What a step says beyond what was asked: added from the policy, or by an effect.
_ADDED = {
    "reconsideration_period": "申请复议的期限",
    "suit_period": "起诉的期限",
    "disputed_version": "有误的版本",
    "result": "当时的结果",
    "result_digest": "当时各项理由的核验码",
    "breach_record": "政务失信记录的编号",
    "breach_href": "政务失信记录的地址",
}
_FIELD_KINDS = {AskedKind.LINE: "text", AskedKind.TEXT: "textarea", AskedKind.DAY: "date"}


@dataclass(frozen=True)
class ShownClock:
    """一个期限 on the page."""

    reading: ClockReading
    level: Level
    working_days_left: int | None

    @property
    def how(self) -> str:
        """How it was computed, in sentences."""
        return "；".join(self.reading.how) + "。"


def shown_clocks(case: Case, rule: Procedure, policy: PolicySet, today: date) -> list[ShownClock]:
    """期限, newest first."""
    shown = []
    for each in reversed(readings(case, rule, policy)):
        left = None if each.ended_on else policy.calendar.working_days_between(today, each.due_on)[0]
        shown.append(ShownClock(each, each.level(today, policy.calendar), left))
    return shown


def periods_of(rule: Procedure, policy: PolicySet, at: Instant) -> list[tuple[str, DatedValue, Parameter]]:
    """The periods of a procedure as they are at ``at``, before any of them runs: what it is, the value, the parameter with its unit."""
    return [(each.title, policy.value_at(each.days, date_of(at)), policy.parameter(each.days)) for each in rule.clocks]


def case_context(  # noqa: PLR0917
    case: Case, rule: Procedure, actor: Actor, policy: PolicySet, at: Instant, tried: str = "", given: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The context of ``casework/case.html``. ``given``: what was typed for the step ``tried``, which was refused."""
    steps = list(case.steps.order_by("place"))
    documents = list(case.documents.order_by("place", "id"))
    offices = {
        each.pk: each.name for each in Department.objects.filter(pk__in=[each for each in (case.office_id, case.second_office_id) if each])
    }
    acting = actor.agency_for(case.subject_id, rule.scope)
    named = {acting, *(each.agency_id for each in steps), *(each.agency_id for each in documents)}
    agencies = dict(ServiceAgency.objects.filter(pk__in=[each for each in named if each]).values_list("id", "name"))
    played = played_by(case, actor)
    takes = may_take(case, rule, actor, played, {each.verb for each in steps})
    there = {each.kind for each in documents}
    return {
        "case": case,
        "number": f"{rule.title}{number_of(case)}",
        "rule": rule,
        "state": rule.states[case.state],
        "clocks": shown_clocks(case, rule, policy, date_of(at)),
        "moved": moved_deadlines(case),
        "steps": [_shown_step(each, rule, _Names(offices, agencies), documents, played) for each in steps],
        "tried": tried if any(each.verb == tried for each in takes) else "",
        "moves": [
            form_of(each, rule, actor, there, (given or {}) if each.verb == tried else {})
            | {"tried": each.verb == tried, "last_approver": last_who_could_approve(rule, each, actor, played)}
            for each in takes
        ],
        "next": _others(case, rule, takes),
        "office": offices.get(case.office_id or 0, ""),
        "second_office": offices.get(case.second_office_id or 0, "") if _has_second(rule) else "",
        "about_href": _about_href(case, actor, at),
        "acting": agencies.get(acting or 0, ""),
        "acted": list(dict.fromkeys(agencies[each.agency_id] for each in steps if each.agency_id)),
        "confidence": rule.confidence.value,
        "links": [link for _, made in ports.case_links.items() for link in made(case)],
    }


def _has_second(rule: Procedure) -> bool:
    """Whether a second office has anything to do in this procedure; naming one that has not would mislead."""
    return any(Who.SECOND_OFFICE in part.who for part in rule.parts.values())


def _about_href(case: Case, actor: Actor, at: Instant) -> str:
    """Where to look at what the case is about; "" where there is nothing to see for ``actor``. What ended with its case has no page."""
    known = dict(ports.abouts.items())
    if case.closed_at is not None or case.about_kind not in known:
        return ""
    try:
        return known[case.about_kind].facts_of(case.about_key, actor, at).href
    except Refused:
        return ""


def _others(case: Case, rule: Procedure, takes: Sequence[StepRule]) -> list[tuple[str, str]]:
    """等谁办理：the steps of others, where this reader can do no more than withdraw, or add to the case where it stands. Nobody waits for
    what the platform does by itself, nor for what leaves the case where it is."""
    if any(each.verb != WITHDRAW and each.to != case.state for each in takes):
        return []
    others = [
        each
        for each in rule.steps_from(case.state)
        if each not in takes and each.verb != WITHDRAW and each.to != case.state and rule.parts[each.by].who != (Who.PLATFORM,)
    ]
    return [(each.title, rule.parts[each.by].title) for each in others]


def form_of(step: StepRule, rule: Procedure, actor: Actor, there: set[str], given: Mapping[str, str]) -> dict[str, Any]:
    """What the form of a step shows to ``actor``: in whose name they act is asked only of who could act in somebody's."""
    missing = [each for each in rule.needed_by(step) if each not in there]
    fields = []
    for asked in asked_by(step):
        field = field_of(asked, step.verb, given.get(asked.id, ""))
        if asked.kind is AskedKind.IN_NAME_OF:
            named = [(str(number), name) for number, name in may_name(rule, actor)]
            field |= {"kind": "choice", "choices": named, "blank": "本人"}
        if field["choices"] or asked.kind is not AskedKind.IN_NAME_OF:
            fields.append(field)
    return {
        "step": step,
        "fields": fields,
        "documents": [rule.documents[each] for each in missing],
        "kinds": list(rule.kinds_of(step.by)),
        "adverse": step.adverse,
    }


def field_of(asked: Asked, verb: str, value: str) -> dict[str, Any]:
    """One field of a form."""
    return {
        "name": asked.id,
        "id": f"{verb}-{asked.id}",
        "label": asked.title,
        "kind": _FIELD_KINDS.get(asked.kind, asked.kind.value),
        "hint": asked.hint,
        "required": asked.required,
        "maxlength": asked.longest,
        "choices": list(asked.choices.items()),
        "value": value,
    }


@dataclass(frozen=True)
class _Names:
    offices: Mapping[int, str]
    agencies: Mapping[int, str]


def _shown_step(step: CaseStep, rule: Procedure, names: _Names, documents: list[Any], played: str) -> dict[str, Any]:
    taken = rule.opening if not step.from_state else next((each for each in rule.steps if each.verb == step.verb), rule.opening)
    titles = {each.id: each for each in (*ADVERSE, *taken.asks)}  # what the file itself calls it goes before
    part = rule.parts[step.part].title if step.part in rule.parts else step.part
    # Whoever is affected is not told by their office either: it may be the very one that the case is about.
    affected = step.part in rule.parts and Who.AFFECTED in rule.parts[step.part].who
    by = (
        part
        if affected or (step.person.startswith("account:") and step.office_id is None)
        else f"{part} {names.offices.get(step.office_id or 0, '')}".strip()
    )
    by += f"，由{names.agencies[step.agency_id]}代办" if step.agency_id else ""
    return {
        "title": taken.title,
        "state": rule.states[step.to_state].title if step.to_state in rule.states else step.to_state,
        "at": step.at,
        "by": by,
        "said": [(_title(titles, key), _value(titles, key, value)) for key, value in said_to(rule, step, played).items()],
        "documents": [
            (each, _document_title(rule, each, names)) for each in documents if each.place == step.place and may_read(rule, each, played)
        ],
    }


def _document_title(rule: Procedure, document: CaseDocument, names: _Names) -> str:
    """What it is, and of a document that an agency made: which, and that it was registered for it on the day it came."""
    title = rule.documents[document.kind].title if document.kind in rule.documents else document.kind
    return f"{title}（{names.agencies[document.agency_id]}出具，交来当日登记有效）" if document.agency_id else title


def _title(titles: dict[str, Asked], key: str) -> str:
    if key in titles:
        return titles[key].title
    return _ADDED.get(key, key)


def _value(titles: dict[str, Asked], key: str, value: str) -> str:
    asked = titles.get(key)
    if asked is not None and asked.kind is AskedKind.CHOICE:
        return asked.choices.get(value, value)
    if asked is not None and asked.kind is AskedKind.TRUTH:
        return "已同意"
    if asked is not None and asked.kind is AskedKind.IN_NAME_OF:
        return name_of(value)
    return parse_period(value).chinese if key.endswith("_period") else value
