"""机构的首页 ``/centre/agency``：the firms that an agency's person acts for, and what is due in their cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chengxin.access.agencies import tie_of
from chengxin.access.agency_register import services_text
from chengxin.access.caller import Caller, caller_of
from chengxin.access.models import AgencyPerson
from chengxin.casework.models import Case, CaseDeadline
from chengxin.casework.notices import inbox, number_of
from chengxin.casework.pages import addresses_of
from chengxin.casework.people import actor_of, may_take
from chengxin.casework.seeing import note_cases
from chengxin.casework.showing import WITHDRAW
from chengxin.casework.standing import played_by_many
from chengxin.foundation.subjects.queries import families_of
from chengxin.kernel import clock
from chengxin.kernel.instants import Instant
from chengxin.policy import active
from chengxin.rights.agencies.showing import listed
from chengxin.site.centre.frame import framed, private
from chengxin.site.centre.own import firms_of

#: Open cases that are looked at; each firm's page has all of its own.
LOOKED_AT: Final = 200
NOTICES: Final = 10


@require_safe
def agency_home(request: HttpRequest) -> HttpResponse:
    """The page. Who works for no agency is sent to the enterprise centre."""
    at, caller = clock.now(), caller_of(request)
    tie = tie_of(caller.account.pk, at) if caller.account is not None else None
    if tie is None:
        return redirect("centre")
    return private(render(request, "centre/agency_home.html", _context(request, caller, tie, at)))


def _context(request: HttpRequest, caller: Caller, tie: AgencyPerson, at: Instant) -> dict[str, Any]:
    firms = firms_of(caller, at)
    for_firms = [each for each in firms if each.agency]
    families = families_of([each.subject.pk for each in for_firms])
    head = {number: firm for firm, numbers in families.items() for number in numbers}
    cases = list(Case.objects.filter(subject_id__in=list(head), closed_at=None).order_by("pk")[:LOOKED_AT])
    note_cases(request, cases, "机构首页", at)
    lines = _lines(caller, cases, at)
    return {
        "tie": tie,
        "listed": listed(tie.agency, at),
        "services": services_text(tie.agency),
        "firms": [{"firm": each, "cases": [line for line in lines if head[line["subject_id"]] == each.subject.pk]} for each in for_firms],
        "waiting": sum(1 for line in lines if line["steps"]),
        "others": [each for each in firms if not each.agency],
        "notices": inbox(addresses_of(actor_of(caller, at)), NOTICES),
        **framed(caller),
    }


def _lines(caller: Caller, cases: Sequence[Case], at: Instant) -> list[dict[str, Any]]:
    """The cases, what waits for the agency first, then by deadline."""
    actor, policy = actor_of(caller, at), active.policy_set()
    played = played_by_many(cases, actor)
    due: dict[int, CaseDeadline] = {}
    for each in CaseDeadline.objects.filter(case__in=cases, ended_on=None, paused=False).order_by("-due_on"):
        due[each.case_id] = each
    lines = []
    for case in cases:
        rule = policy.procedures.get(case.procedure)
        if rule is None:
            continue
        steps = [step.title for step in may_take(case, rule, actor, played.get(case.pk, ""), ()) if step.verb != WITHDRAW]
        state = rule.states[case.state].title if case.state in rule.states else case.state
        line = {"case": case, "subject_id": case.subject_id, "number": f"{rule.title}{number_of(case)}", "state": state, "steps": steps}
        lines.append(line | {"deadline": due.get(case.pk)})
    return sorted(lines, key=lambda line: (not line["steps"], line["deadline"].due_on if line["deadline"] else date.max, line["case"].pk))
