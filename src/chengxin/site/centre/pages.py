"""企业中心的页面：own file with reasons, routes and cases; who acts for the firm; who looked; everything to take away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chengxin.access.agencies import tie_of
from chengxin.access.caller import caller_of
from chengxin.access.mandates import scopes_of
from chengxin.access.mandating import end_mandate, grant_mandate
from chengxin.access.marks import Mark
from chengxin.access.models import Account, Mandate
from chengxin.access.roles import Role
from chengxin.access.types import KIND_LABELS, SCOPE_LABELS, SCOPES_OF_AGENTS, MandateKind, Scope, scopes_of_text
from chengxin.casework.models import Case, CasePerson, Notice
from chengxin.casework.notices import inbox, number_of
from chengxin.casework.pages import addresses_of
from chengxin.casework.people import actor_of
from chengxin.casework.standing import cases_in_name_of, key_of_subject
from chengxin.casework.types import Actor
from chengxin.during_event.evaluation.ports import dispute_of
from chengxin.during_event.evaluation.results import results_of
from chengxin.during_event.evaluation.reviews import ask_review
from chengxin.during_event.evaluation.showing import conclusion_of, parts_of, remarks_of
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.showing import ShownRecord, marks_of, shown_records
from chengxin.foundation.records.types import Because, Surface
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.rights.objections.evaluations import key_of
from chengxin.rights.objections.marks import OBJECTION
from chengxin.rights.restoration.showing import subject_routes
from chengxin.site.centre.everything import everything_about
from chengxin.site.centre.frame import account_of, framed, places, plain, private
from chengxin.site.centre.own import firms_of, last_day, own_firm, scopes_held
from chengxin.storage.transactions import writing

SHOWN: Final = 100
NOTICES: Final = 10
DOWNLOADED: Final = "access:own_file:downloaded"


@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """``/centre``：the firms of this account; of one alone, its page at once."""
    at = clock.now()
    account = caller_of(request).account
    if account is not None and tie_of(account.pk, at) is not None:
        return redirect("agency_home")
    firms = firms_of(caller_of(request), at)
    if len(firms) == 1:
        return redirect(firms[0].href)
    return private(render(request, "centre/centre.html", {"firms": firms, **framed(caller_of(request))}))


@require_safe
def own_file(request: HttpRequest, code: str) -> HttpResponse:
    """``/centre/<code>``：what the platform holds against and for the firm, why, until when, and what it can do."""
    return _file(request, code)


@require_safe
def own_evaluation(request: HttpRequest, code: str) -> HttpResponse:
    """``/centre/<code>/evaluation``：the firm's own results with every reason; no purpose is asked of oneself."""
    return _evaluation(request, code)


@require_POST
def ask_own_review(request: HttpRequest, code: str) -> HttpResponse:
    """请求人工复核。"""
    at = clock.now()
    firm = own_firm(request, code, Scope.REVIEW, at)
    try:
        model = active.policy_set().evaluation_model(request.POST.get("model", ""))
        ask_review(firm.subject, model, because=plain(request.POST.get("because", "")), by=account_of(request), at=at)
    except Refused as refused:
        return _evaluation(request, code, refused)
    return redirect(f"{firm.href}/evaluation")


@require_safe
def agents(request: HttpRequest, code: str) -> HttpResponse:
    """``/centre/<code>/agents``：who acts for the firm, with what scope, until when."""
    return _agents(request, code)


@require_POST
def authorise(request: HttpRequest, code: str) -> HttpResponse:
    """委托代理人。"""
    at = clock.now()
    firm = own_firm(request, code, Scope.AUTHORISE, at)
    assert firm.mandate is not None  # an office hands nothing on
    try:
        grant_mandate(
            account=_agent_named(request.POST.get("username", "")), subject_id=firm.mandate.subject_id, kind=MandateKind.AGENT,
            reference=plain(request.POST.get("reference", "")), valid_from=at, valid_until=_until(request.POST.get("until_on", "")), at=at,
            by=account_of(request), scopes=scopes_of_text(request.POST.getlist("scopes")),
        )  # fmt: skip
    except Refused as refused:
        return _agents(request, code, refused)
    return redirect(f"{firm.href}/agents")


@require_POST
def end_authorisation(request: HttpRequest, code: str, mandate_id: int) -> HttpResponse:
    """终止委托, from the next request on."""
    at = clock.now()
    firm = own_firm(request, code, Scope.VIEW, at)
    mandate = Mandate.objects.filter(pk=mandate_id, subject_id__in=member_ids(firm.subject.pk)).first()
    try:
        if mandate is None:
            raise NotFound("no-such-mandate", "没有这项授权。", "从代理人的列表里选。")
        end_mandate(mandate, because=plain(request.POST.get("because", "")), at=at, by=account_of(request))
    except Refused as refused:
        return _agents(request, code, refused)
    return redirect(f"{firm.href}/agents")


@require_safe
def download(request: HttpRequest, code: str) -> HttpResponseBase:
    """``/centre/<code>/everything.json``：all that the platform holds about the firm, streamed; who took it stands in the ledger first."""
    at = clock.now()
    firm = own_firm(request, code, Scope.DOWNLOAD, at)
    by = account_of(request)
    with writing():
        number = record_event(DOWNLOADED, {"_subject": str(firm.subject.pk), "_by": str(by.pk), "_at": str(at)})
    mark = Mark(f"账本 c{number}", by.get_username(), firm.subject.name, at, "企业下载本企业的全部资料")
    response = StreamingHttpResponse(everything_about(firm.subject, at, mark), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{firm.subject.code or firm.subject.pk}-{date_of(at)}.json"'
    response["Cache-Control"] = "no-store"
    return response


def _file(request: HttpRequest, code: str) -> HttpResponse:
    at, caller, policy = clock.now(), caller_of(request), active.policy_set()
    firm = own_firm(request, code, Scope.VIEW, at)
    members = member_ids(firm.subject.pk)
    among = Record.objects.filter(subject_id__in=members).exclude(submission_id__in=ports.open_submissions())
    rows = list(among.order_by("-decided_on", "-pk")[:SHOWN])
    shown = shown_records(rows, policy, at)
    public = set(among.filter(visible(Surface.PUBLIC, at), pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    scopes = scopes_held(caller, firm.subject, at)
    actor = actor_of(caller, at)
    context = {
        "firm": firm,
        "records": [{"record": each, "standing": _standing(each, each.id in public, at)} for each in shown],
        "total": among.count(),
        "routes": subject_routes(caller, firm.subject.pk, rows, shown, at),
        "may_object": Scope.OBJECTION in scopes,
        "disputed": set(
            Case.objects.filter(procedure=OBJECTION, subject_id__in=members, closed_at=None).values_list("about_key", flat=True)
        ),
        "cases": _cases(members, actor),
        "notices": _own_notices(actor, members),
        "others": [each for each in firms_of(caller, at) if each.subject.pk != firm.subject.pk],
        "at": at,
        **places(firm, scopes),
        **framed(caller),
    }
    return private(render(request, "centre/file.html", context))


def _standing(shown: ShownRecord, public: bool, at: Instant) -> str:
    """Whether it is public, why, until when, in one sentence."""
    until = f"，至 {shown.ends}" if shown.ends else ""
    if public:
        return f"公示中：{shown.because.label}{until}。"
    if shown.public_until and at >= shown.public_until:
        return f"不再公示：公示期到 {shown.ends} 为止。" if shown.because < Because.WITHDRAWN else f"不再公示：{shown.because.label}。"
    return f"没有公示：{shown.because.label}。"


def _evaluation(request: HttpRequest, code: str, refused: Refused | None = None) -> HttpResponse:
    at, caller, policy = clock.now(), caller_of(request), active.policy_set()
    firm = own_firm(request, code, Scope.VIEW, at)
    scopes = scopes_held(caller, firm.subject, at)
    why_not, own = "", []
    try:
        results = results_of(firm.subject, date_of(at), at)
    except NotFound as nothing:
        results, why_not = None, nothing.sentence
    if results is not None:
        numbers = {reason.record_id for found in (results.city, *results.industries) for reason in found.reasons if reason.record_id}
        public = frozenset(Record.objects.filter(visible(Surface.PUBLIC, at), pk__in=numbers).values_list("pk", flat=True))
        marks = marks_of(numbers, at)
        own = [
            {
                "found": each,
                "conclusion": conclusion_of(each),
                "remarks": remarks_of(each),
                "parts": parts_of(each, policy, public, marks),
                "disputed": dispute_of(firm.subject.pk, each.model.id, at),
                "key": key_of(firm.subject.pk, each.model.id),
            }
            for each in (results.city, *results.industries)
        ]
    context = {
        "firm": firm, "results": results, "own": own, "why_not": why_not, "may_ask": Scope.REVIEW in scopes, "refused": refused, "at": at,
        "may_object": Scope.OBJECTION in scopes,
        **places(firm, scopes),
        **framed(caller),
    }  # fmt: skip
    return private(render(request, "centre/evaluation.html", context, status=422 if refused else 200))


def _agents(request: HttpRequest, code: str, refused: Refused | None = None) -> HttpResponse:
    at, caller = clock.now(), caller_of(request)
    firm = own_firm(request, code, Scope.VIEW, at)
    scopes = scopes_held(caller, firm.subject, at)
    held = Mandate.objects.filter(subject_id__in=member_ids(firm.subject.pk)).select_related("account").order_by("-pk")
    context = {
        "firm": firm,
        "mandates": [_shown_mandate(each, at) for each in held],
        "may_authorise": Scope.AUTHORISE in scopes,
        "scopes": [(each.value, SCOPE_LABELS[each]) for each in Scope if each in SCOPES_OF_AGENTS],
        "given": request.POST if refused else {},
        "chosen": request.POST.getlist("scopes") if refused else [],
        "refused": refused,
        **places(firm, scopes),
        **framed(caller),
    }
    return private(render(request, "centre/agents.html", context, status=422 if refused else 200))


def _own_notices(actor: Actor, members: Sequence[int]) -> list[Notice]:
    """What was told to the subject or to this person; what an office was told as an office stands on its desk."""
    own = {("person", actor.person), *(("subject", str(each)) for each in members), *(("person", key_of_subject(each)) for each in members)}
    return inbox([each for each in addresses_of(actor) if each in own], NOTICES)


def _cases(members: list[int], actor: Actor) -> list[dict[str, Any]]:
    policy = active.policy_set()
    found = []
    in_own_name = Q(pk__in=CasePerson.objects.filter(person__in=[key_of_subject(each) for each in members]).values("case_id"))
    among = Q(subject_id__in=members) | cases_in_name_of(actor) & in_own_name
    for case in Case.objects.filter(among).order_by("-pk")[:SHOWN]:
        rule = policy.procedures.get(case.procedure)
        if rule is not None:
            found.append({"case": case, "number": f"{rule.title}{number_of(case)}", "state": rule.states[case.state].title})
    return found


def _shown_mandate(mandate: Mandate, at: Instant) -> dict[str, Any]:
    in_force = mandate.valid_from <= at < mandate.valid_until and (mandate.ended_at is None or at < mandate.ended_at)
    return {
        "mandate": mandate,
        "kind": KIND_LABELS[MandateKind(mandate.kind)],
        "scopes": "、".join(SCOPE_LABELS[each] for each in Scope if each in scopes_of(mandate)),
        "until": last_day(mandate.valid_until),
        "in_force": in_force,
        "ends": in_force and mandate.kind != MandateKind.LEGAL_REPRESENTATIVE,
    }


def _agent_named(username: str) -> Account:
    found = Account.objects.filter(username=plain(username), role=Role.ENTERPRISE, revoked_at=None).first()
    if found is None:
        raise Refused("no-such-agent", f"没有名为“{username[:40]}”的企业账户。", "请代理人先到信用办开户，再填写其用户名。")
    return found


def _until(text: str) -> Instant:
    try:
        return end_of_day(date.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Refused("date-unreadable", f"“{text[:20]}”不是日期。", "写明委托的最后一日，如 2027-06-30。") from None
