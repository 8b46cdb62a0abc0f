"""修复路线怎样示人：what anyone may see of a route, and what its own firm sees beside it (the case, the grade afterwards, the button)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string

from chengxin.access.caller import Caller, caller_of
from chengxin.access.entrusted_reads import note_for_firm
from chengxin.access.on_behalf import scopes_by_subject
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.during_event.evaluation.showing import points
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.showing import ShownRecord
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active
from chengxin.policy.types import Polarity
from chengxin.rights.abouts import RECORD
from chengxin.rights.restoration.grades import GradeAfter, grade_after
from chengxin.rights.restoration.routes import PROCEDURE, Route, Stage, routes_of

#: Each grade afterwards costs its own statements; the nearest ones are worked out.
GRADES_SHOWN: Final = 6
OWN_SHOWN: Final = 100


@dataclass(frozen=True)
class OpenCase:
    """正在办理的案件 about a record, for those on it."""

    href: str
    number: str
    state: str


@dataclass(frozen=True)
class ShownRoute:
    """一条路线 for one reader. ``own``: the reader acts for the subject; the rest is theirs alone."""

    route: Route
    own: bool = False
    may_apply: bool = False
    case: OpenCase | None = None
    grade: GradeAfter | None = None

    @property
    def apply_href(self) -> str:
        """Where one applies; "" where one may not now."""
        ready = self.may_apply and self.route.applies_here and self.case is None
        return f"/cases/open/{PROCEDURE}/{RECORD}/{self.route.record.id}" if ready else ""

    @property
    def screening_href(self) -> str:
        """Where a firm under reorganisation asks for screening; "" where it cannot."""
        ready = self.may_apply and self.route.graded and self.route.way.here and self.route.stage in {Stage.WAITING, Stage.OPEN}
        return f"/cases/open/reorganisation/{RECORD}/{self.route.record.id}" if ready else ""

    @property
    def grade_sentence(self) -> str:
        """修复以后的等级 in one sentence."""
        if self.grade is None:
            return ""
        then, otherwise = self.grade.restored, self.grade.otherwise
        more = then.score - otherwise.score
        gained = f"{'多' if more > 0 else '少'} {points(abs(more))} 分" if more else "分数不变"
        why = "与不修复相同" if not self.grade.changes else f"不修复则是{otherwise.grade_title}"
        return f"如果在 {self.grade.on} 完成修复，当天等级是{then.grade_title}（{points(then.score)} 分，{gained}），{why}。"


def own_scopes(caller: Caller, subject_id: int, at: Instant) -> frozenset[str]:
    """What the caller may do for a subject; empty for everybody but its own firm and its own office."""
    return scopes_by_subject(caller, at).get(subject_id, frozenset())


def shown_routes(
    caller: Caller, subject_id: int, records: Sequence[Record], at: Instant, known: Sequence[ShownRecord] | None = None
) -> list[ShownRoute]:
    """Routes of records of one subject, the nearest first."""
    scopes = own_scopes(caller, subject_id, at)
    subject = Subject.objects.get(pk=subject_id) if "view" in scopes else None
    own = "view" in scopes
    routes = sorted(routes_of(records, at, known).values(), key=lambda each: (each.earliest_on is None, each.earliest_on, each.record.id))
    cases = _cases([each.record.id for each in routes]) if own else {}
    shown = []
    for place, route in enumerate(routes):
        graded = route.way.here and route.stage is not Stage.OVER and place < GRADES_SHOWN
        day = route.earliest_on or date_of(at)
        grade = grade_after(subject, [route.record.id], day, at) if subject is not None and graded else None
        shown.append(ShownRoute(route, own, "restoration" in scopes, cases.get(route.record.id), grade))
    return shown


def subject_routes(
    caller: Caller, subject_id: int, records: Sequence[Record], shown: Sequence[ShownRecord], at: Instant
) -> list[ShownRoute]:
    """The routes on a subject's page: of what is public; the firm itself sees those of everything that counts against it."""
    if "view" in own_scopes(caller, subject_id, at):
        return shown_routes(caller, subject_id, list(_standing_against(member_ids(subject_id), at)[:OWN_SHOWN]), at)
    return shown_routes(caller, subject_id, records, at, shown)


def _standing_against(members: Sequence[int], at: Instant) -> QuerySet[Record]:
    adverse = [item.number for item in active.policy_set().catalogue.values() if item.polarity is Polarity.ADVERSE]
    shown = visible(Surface.PUBLIC, at) | visible(Surface.SHARED, at) | visible(Surface.COUNTED, at)
    return Record.objects.filter(shown, subject_id__in=members, item__in=adverse).order_by("-decided_on", "-pk")


def record_part(request: HttpRequest, record: Record, shown: ShownRecord, at: Instant) -> str:
    """Fills ``disclosure.ports.record_parts``: the route on the page of its record."""
    return _part("restoration/record_part.html", request, record, shown, at)


def notice_part(request: HttpRequest, record: Record, shown: ShownRecord, at: Instant) -> str:
    """Fills ``disclosure.ports.notice_parts``: what the notice says beyond the platform's own periods."""
    return _part("restoration/notice_part.html", request, record, shown, at)


def _part(template: str, request: HttpRequest, record: Record, shown: ShownRecord, at: Instant) -> str:
    if not shown.adverse:
        return ""
    found = shown_routes(caller_of(request), record.subject_id, [record], at, [shown])
    note_for_firm(request, record.subject_id, "修复路线和以后的等级", at, kind="record", key=str(record.pk))
    context: dict[str, Any] = {"shown": found[0] if found else None, "at": at}
    return render_to_string(template, context, request) if found else ""


def _cases(record_ids: Sequence[int]) -> Mapping[int, OpenCase]:
    rule = active.policy_set().procedures.get(PROCEDURE)
    keys = [str(each) for each in record_ids]
    found = Case.objects.filter(procedure=PROCEDURE, about_kind=RECORD, about_key__in=keys, closed_at=None)
    return {
        int(case.about_key): OpenCase(f"/cases/{case.pk}", f"{rule.title}{number_of(case)}", rule.states[case.state].title)
        for case in found
        if rule is not None
    }
