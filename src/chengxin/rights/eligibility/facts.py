"""参评资格的事实：everything that is known of many offices, set by set. However many codes are asked about, the number of queries
depends on the number of sets only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from chengxin.access.models import Department
from chengxin.casework.models import Case, CaseDeadline, CaseStep
from chengxin.casework.notices import number_of
from chengxin.foundation.records.models import Hold, Record, RecordAct
from chengxin.foundation.records.ports import open_submissions
from chengxin.foundation.records.types import ActVerb, Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active
from chengxin.rights.eligibility.types import Breach, OfficeFacts, OpenRectification, Period
from chengxin.rights.rectification.abouts import RECTIFICATION
from chengxin.rights.rectification.on_file import FIND_BREACH, ITEM, RECORD_SAID
from chengxin.rights.restoration.routes import Route, Stage, routes_of

AT_A_TIME: Final = 1_000
BREACHED: Final = "breached"
#: After these nothing of a record is used any more, for whatever day.
_ENDED: Final = (ActVerb.WITHDRAWN, ActVerb.RESTORED, ActVerb.ERASED)
_CLAUSE_FIELD: Final = "ZS_YJ"


def facts_of(codes: Sequence[str], at: Instant) -> Iterator[OfficeFacts]:
    """What is known at ``at`` of the offices with these codes (each once), in their order."""
    for start in range(0, len(codes), AT_A_TIME):
        part = codes[start : start + AT_A_TIME]
        offices = {each.code: each for each in Department.objects.filter(code__in=part)}
        families = _families(part)
        breaches = _breaches(families, at)
        opened, unrecorded = _rectifications(offices)
        for code in part:
            office = offices.get(code)
            name, closed_at = (office.name, office.closed_at) if office is not None else ("", None)
            yield OfficeFacts(
                code, name, date_of(closed_at) if closed_at is not None else None, families.get(code, ()), breaches.get(code, ()),
                unrecorded.get(code, ()), opened.get(code, ()),
            )  # fmt: skip


def _families(codes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Code → every number of the subject that has it, those judged to be one with it included."""
    canonical = dict(Subject.objects.filter(code__in=codes).values_list("code", "canonical_id"))
    members: dict[int, list[int]] = defaultdict(list)
    rows = Subject.objects.filter(canonical_id__in=set(canonical.values())).order_by("pk")
    for subject_id, whose in rows.values_list("pk", "canonical_id"):
        members[whose].append(subject_id)
    return {str(code): tuple(members[whose]) for code, whose in canonical.items()}


def _breaches(families: Mapping[str, tuple[int, ...]], at: Instant) -> dict[str, list[Breach]]:
    item = active.policy_set().item(ITEM).number
    # An office may have two codes that were judged to be one: its breach counts for both.
    codes_of: dict[int, list[str]] = defaultdict(list)
    for code, members in families.items():
        for subject_id in members:
            codes_of[subject_id].append(code)
    among = Record.objects.filter(item=item, subject_id__in=codes_of).exclude(submission_id__in=open_submissions())
    rows = list(among.order_by("-decided_on", "-pk"))
    ended = set(RecordAct.objects.filter(record_id__in=[row.pk for row in rows], verb__in=_ENDED).values_list("record_id", flat=True))
    rows = [row for row in rows if row.pk not in ended]
    routes, held = routes_of(rows, at), _held([row.pk for row in rows], at)
    found: dict[str, list[Breach]] = defaultdict(list)
    for row in rows:
        for code in codes_of[row.subject_id]:
            found[code].append(_breach(row, routes.get(row.pk), held.get(row.pk, "")))
    return found


def _breach(row: Record, route: Route | None, held: str) -> Breach:
    """``route`` None: the content is erased, which ends the record; what is left of it here is its number."""
    shown = route.record if route is not None else None
    here = route is not None and route.stage in {Stage.OPEN, Stage.WAITING}
    return Breach(
        record=row.pk,
        version=row.version,
        document_number=row.document_number,
        clause=next((each.value for each in shown.fields if each.code == _CLAUSE_FIELD), "") if shown else "",
        authority=shown.authority if shown else "",
        decided_on=row.decided_on,
        barring=Period(row.effective_from, row.effective_until),
        shared=Period(row.shared_from, row.shared_until),
        held=held,
        disputed=shown.disputed if shown else "",
        restoration="改正以后可以申请修复；准予的，即时恢复参评资格" if here else "",
    )


def _held(record_ids: Sequence[int], at: Instant) -> dict[int, str]:
    """Record → why it is not shared for now."""
    live = Hold.objects.filter(record_id__in=record_ids, ended_at=None, from_at__lte=at, until_at__gt=at).order_by("pk")
    return {hold.record_id: hold.because for hold in live if Surface.SHARED in hold.surfaces.split(",")}


def _rectifications(offices: Mapping[str, Department]) -> tuple[dict[str, list[OpenRectification]], dict[str, list[str]]]:
    """Code → open rectifications; code → numbers of those that found a breach of which there is no record."""
    code_of = {office.pk: code for code, office in offices.items()}
    rule = active.policy_set().procedures[RECTIFICATION]
    cases = list(Case.objects.filter(procedure=RECTIFICATION, office_id__in=code_of).order_by("pk"))
    breached = [case.pk for case in cases if case.state == BREACHED]
    said = dict(CaseStep.objects.filter(case_id__in=breached, verb=FIND_BREACH).values_list("case_id", "said"))
    dues: dict[int, list[CaseDeadline]] = defaultdict(list)
    for due in CaseDeadline.objects.filter(case_id__in=[case.pk for case in cases if case.closed_at is None], ended_on=None):
        dues[due.case_id].append(due)
    opened: dict[str, list[OpenRectification]] = defaultdict(list)
    unrecorded: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        code, number = code_of[case.office_id or 0], f"{rule.title}{number_of(case)}"
        if case.closed_at is None:
            state = rule.states[case.state].title if case.state in rule.states else case.state
            opened[code].append(OpenRectification(number, state, min((each.due_on for each in dues[case.pk]), default=None)))
        elif case.state == BREACHED and RECORD_SAID not in said.get(case.pk, {}):
            unrecorded[code].append(number)
    return opened, unrecorded
