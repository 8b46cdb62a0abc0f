"""案件的页面。One page serves every procedure: what its file says is what the page asks for. Seen by those on the case only."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.agencies import agency_name
from chengxin.access.caller import caller_of
from chengxin.access.entrusted_reads import note_for_firm
from chengxin.access.models import Department
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.casework import ports, queries
from chengxin.casework.forms import answer_with_document, files_of, status_with, texts_of, version_of
from chengxin.casework.models import Case, CaseDeadline
from chengxin.casework.notices import ROLES_TOLD, inbox, number_of
from chengxin.casework.people import actor_of
from chengxin.casework.seeing import note_cases
from chengxin.casework.services import check_opening, open_case, take_step
from chengxin.casework.showing import case_context, form_of, periods_of
from chengxin.casework.standing import addresses_in_name_of
from chengxin.casework.types import SERVICE_AGENCY, About, Actor
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.policy.types_procedures import Procedure, Who

LISTED: Final = 50
_NOTICES: Final = 20
#: Parts of people who are in no office.
_OUTSIDE: Final = frozenset({Who.SUBJECT, Who.AFFECTED, Who.REPRESENTED, Who.PERSON})


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """``/cases``：the cases of whoever is signed in, by what is due first among those on the page, and what they were told."""
    actor, policy, at = actor_of(caller_of(request), clock.now()), active.policy_set(), clock.now()
    everything, before = request.GET.get("state") == "all", request.GET.get("before", "")
    found = queries.cases_of(
        actor,
        only_open=not everything,
        procedure=chosen if (chosen := request.GET.get("procedure", "")) in policy.procedures else "",
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else 0,
        limit=LISTED + 1,
    )
    nearest = queries.nearest_deadlines(found[:LISTED])
    note_cases(request, found[:LISTED], "案件列表", at)
    context = {
        "lines": [
            _line(each, policy.procedures[each.procedure], nearest.get(each.pk), at)
            for each in found[:LISTED]
            if each.procedure in policy.procedures
        ],
        "everything": everything,
        "filters": [
            {
                "name": "state",
                "label": "状态",
                "kind": "select",
                "value": "all" if everything else "",
                "options": [("", "办理中"), ("all", "全部")],
            },
            {
                "name": "procedure",
                "label": "程序",
                "kind": "select",
                "value": request.GET.get("procedure", ""),
                "options": [("", "全部"), *((each.id, each.title) for each in policy.procedures.values() if _concerns(each, actor))],
            },
        ],
        "next_href": f"?{urlencode({'state': 'all' if everything else '', 'before': found[LISTED - 1].pk})}" if len(found) > LISTED else "",
        "offers": [each for _, offered in ports.offers.items() for each in offered(actor)],
        "notices": inbox(addresses_of(actor), _NOTICES),
        "frame": _frame(actor),
        **_where_to_begin(actor),
    }
    return _private(render(request, "casework/cases.html", context))


@require_safe
def case_page(request: HttpRequest, case_id: int) -> HttpResponse:
    """``/cases/<id>``。"""
    return _page(request, case_id)


@require_POST
def case_step(request: HttpRequest, case_id: int, verb: str) -> HttpResponse:
    """办理一步. What was typed stays after a refusal."""
    at = clock.now()
    actor = actor_of(caller_of(request), at)
    queries.own_case(case_id, actor)
    try:
        take_step(
            case_id=case_id,
            verb=verb[:32],
            version=version_of(request),
            actor=actor,
            texts=texts_of(request),
            files=files_of(request),
            at=at,
        )
    except Refused as refused:
        return _page(request, case_id, refused, verb)
    return redirect(f"/cases/{case_id}")


@require_safe
def choose_office(request: HttpRequest, procedure: str) -> HttpResponse:
    """``/cases/open/<procedure>/office``：which office the case is to be about; found by a part of its name."""
    rule = active.policy_set().procedures.get(procedure)
    if rule is None or "office" not in rule.opens_on:
        raise NotFound("no-such-procedure", f"没有针对部门的“{procedure[:40]}”这种程序。", "从案件列表进入。")
    context = {
        "rule": rule,
        "form": f"/cases/open/{rule.id}/office",
        **offices_named(request),
        "frame": _frame(actor_of(caller_of(request), clock.now())),
    }
    return _private(render(request, "casework/choose_office.html", context))


@require_safe
def new_case(request: HttpRequest, procedure: str, kind: str, key: str) -> HttpResponse:
    """``/cases/open/<procedure>/<kind>/<key>``：the form that opens a case about something."""
    return _new(request, procedure, About(kind, key))


@require_POST
def make_case(request: HttpRequest, procedure: str, kind: str, key: str) -> HttpResponse:
    """立案。"""
    at = clock.now()
    actor, about = actor_of(caller_of(request), at), About(kind, key)
    try:
        case = open_case(procedure=procedure, about=about, actor=actor, texts=texts_of(request), files=files_of(request), at=at)
    except Refused as refused:
        return _new(request, procedure, about, refused)
    return redirect(f"/cases/{case.pk}")


@require_safe
def case_document(request: HttpRequest, case_id: int, document_id: int) -> HttpResponseBase:
    """案卷材料, for those on the case; never opened in the page's own origin."""
    actor = actor_of(caller_of(request), clock.now())
    case = queries.own_case(case_id, actor)
    note_cases(request, [case], f"案卷材料第 {document_id} 号", clock.now())
    return answer_with_document(case, document_id, actor)


def offices_named(request: HttpRequest) -> dict[str, Any]:
    """The offices that are asked for by a part of their name, with the field to ask in: the context of ``casework/offices.html``."""
    words = request.GET.get("words", "").strip()[:60]
    found = list(Department.objects.filter(closed_at=None, name__contains=words).order_by("name")[: LISTED + 1])
    return {
        "offices": found[:LISTED],
        "more": len(found) > LISTED,
        "filters": [{"name": "words", "label": "部门名称", "value": words}],
        "clear_href": request.path if words else "",
    }


def addresses_of(actor: Actor) -> list[tuple[str, str]]:
    """Where notices for ``actor`` lie. Those to an office tell what its cases say: who looks after the machine there does not read them."""
    found = [("person", actor.person), *(("subject", str(subject)) for subject, scopes in actor.mandates.items() if "view" in scopes)]
    found += addresses_in_name_of(actor)
    found += [(SERVICE_AGENCY, str(actor.agency_id))] if actor.agency_id is not None else []
    reads = actor.by_token or actor.role in DEPARTMENTAL or actor.role in queries.OVERSEERS
    found += [("office", str(actor.department_id))] if actor.department_id is not None and reads else []
    return found + ([(actor.role.value, "")] if actor.role in ROLES_TOLD else [])


def _page(request: HttpRequest, case_id: int, refused: Refused | None = None, verb: str = "") -> HttpResponse:
    at, policy = clock.now(), active.policy_set()
    actor = actor_of(caller_of(request), at)
    case = queries.own_case(case_id, actor)
    rule = policy.procedure(case.procedure)
    note_cases(request, [case], "案件", at)
    given = texts_of(request) if refused else {}
    context = case_context(case, rule, actor, policy, at, verb, given) | {
        "refused": refused,
        "frame": _frame(actor),
        "here": f"/cases/{case.pk}",
    }
    return _private(render(request, "casework/case.html", context, status=status_with(refused)))


def _new(request: HttpRequest, procedure: str, about: About, refused: Refused | None = None) -> HttpResponse:
    at, policy = clock.now(), active.policy_set()
    actor = actor_of(caller_of(request), at)
    rule = policy.procedures.get(procedure)
    known = dict(ports.abouts.items())
    if rule is None or about.kind not in rule.opens_on or about.kind not in known:
        raise NotFound("no-such-procedure", "没有这种办理。", "从记录或者企业中心进入。")
    facts = known[about.kind].facts_of(about.key, actor, at)
    note_for_firm(request, facts.subject_id, f"{rule.title}的申请表：{facts.title}", at)
    context = {
        "rule": rule,
        "may": refused is not None or (refused := _why_not(procedure, about, actor, at)) is None,
        "facts": facts,
        "acting": agency_name(actor.agency_for(facts.subject_id, rule.scope)),
        "about": about,
        "move": form_of(rule.opening, rule, actor, set(), texts_of(request) if refused else {}),
        "refused": refused,
        "tried": request.method == "POST",
        "running": queries.running(procedure, about, actor) if refused is not None else None,
        "clocks": periods_of(rule, policy, at),
        "frame": _frame(actor),
    }
    return _private(render(request, "casework/new_case.html", context, status=422 if refused else 200))


def _why_not(procedure: str, about: About, actor: Actor, at: Instant) -> Refused | None:
    try:
        check_opening(procedure=procedure, about=about, actor=actor, at=at)
    except NotFound:
        raise
    except Refused as refused:
        return refused
    return None


def _line(case: Case, rule: Procedure, deadline: CaseDeadline | None, at: Instant) -> dict[str, Any]:
    line = {
        "case": case,
        "number": f"{rule.title}{number_of(case)}",
        "state": rule.states[case.state].title if case.state in rule.states else case.state,
        "deadline": deadline,
    }
    if deadline is None:
        return line
    title = next((each.title for each in rule.clocks if each.id == deadline.clock), deadline.clock)
    left, _ = active.policy_set().calendar.working_days_between(date_of(at), deadline.due_on)
    return line | {"clock": title, "working_days_left": left}


def _concerns(rule: Procedure, actor: Actor) -> bool:
    """Whether a firm's people could be on such a case; those inside see every kind."""
    return actor.role is not Role.ENTERPRISE or any(who in _OUTSIDE for part in rule.parts.values() for who in part.who)


def _where_to_begin(actor: Actor) -> dict[str, str]:
    """What an empty list says."""
    if actor.role is Role.ENTERPRISE:
        why = "在企业中心申请修复、提出异议，或者投诉部门以后，进度和答复列在这里。"
        return {"empty_why": why, "empty_href": "/centre", "empty_action": "去企业中心"}
    return {"empty_why": "申请修复、提出异议、投诉，登记安全事件，责令整改以后，列在这里。", "empty_href": "", "empty_action": ""}


def _frame(actor: Actor) -> str:
    return "portal.html" if actor.role is Role.ENTERPRISE else "office.html"


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
