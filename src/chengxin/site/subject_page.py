"""主体页 ``/s/<code>``：conclusion first. What holds today, each record with its basis and end; then where the facts come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from chengxin.access.caller import caller_of
from chengxin.access.entrusted_reads import note_for_firm
from chengxin.access.models import Department
from chengxin.foundation.disclosure.pages import mark_unlisted
from chengxin.foundation.records.showing import ShownField, ShownRecord, shown_records
from chengxin.foundation.records.subject_overview import Overview, newest_of_subject, overview_of_subject
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject, SubjectIdentifier, SubjectOffice
from chengxin.foundation.subjects.queries import member_ids
from chengxin.foundation.subjects.types import IdentifierKind, SubjectKind
from chengxin.kernel import clock
from chengxin.kernel.instants import FOREVER, Instant, date_of, end_of_day
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import Polarity
from chengxin.rights.restoration.showing import subject_routes
from chengxin.site.found import division_name, state_name
from chengxin.site.subject_sections import Section, section_of, sections_of
from chengxin.site.templatetags.chengxin_pieces import credit_code, on, wan

#: How many records of an item an opened section shows at most, and how many a section shows before it is opened.
READ = 200
SHOWN = 10
OFFICES = {"legal_representative": "法定代表人", "principal": "主要负责人", "actual_controller": "实际控制人"}


@dataclass(frozen=True)
class Conclusion:
    """结论：one sentence that holds today."""

    adverse: bool
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class Fact:
    """登记信息的一行。"""

    label: str
    value: str
    note: str = ""


@require_safe
def subject_page(request: HttpRequest, code: str) -> HttpResponse:
    """A subject by its code (or, without one, by its number); what was judged to be another leads to that one.

    ``?as_of=2026-04-01``: only what was already known and public on that day and still is: the past never shows what has ended.
    """
    at, policy = clock.now(), active.policy_set()
    day = _day(request.GET.get("as_of", ""))
    as_of = min(end_of_day(day) - 1, at) if day else None
    subject = subject_at(code)
    if subject.canonical_id != subject.id:
        canonical = Subject.objects.get(pk=subject.canonical_id)
        return redirect(f"/s/{canonical.code or canonical.id}")
    members = member_ids(subject.id)
    known = overview_of_subject(members, Surface.PUBLIC, at, as_of)
    totals = known.by_item
    if not totals and not subject.in_registry and as_of is None:
        raise _not_found()
    opened = request.GET.get("section", "")
    at_most = {number: READ if section_of(policy.item(number)) == opened else SHOWN for number in totals}
    records = newest_of_subject(members, Surface.PUBLIC, at, at_most, as_of)
    shown = shown_records(records, policy, at)
    adverse = known.of_items([number for number in totals if policy.item(number).polarity is Polarity.ADVERSE])
    against = [record for record in records if policy.item(record.item).polarity is Polarity.ADVERSE]
    routes = [] if day else subject_routes(caller_of(request), subject.pk, against, shown, at)
    if routes:
        note_for_firm(request, subject.pk, "主体页：修复路线和以后的等级", at)
    sections = sections_of(shown, totals, policy, opened=opened, at_most=SHOWN, here=request.path, as_of=day)
    context = {
        "at": at,
        "as_of": day,
        "subject": _head(subject, policy),
        "adverse": bool(adverse.shares),
        "conclusion": _conclusion(adverse, day),
        "sections": sections,
        "routes": routes,
        "empty_sections": _empty(sections),
        "registry": _registry(subject, shown, at),
        "sources": _sources(known),
        "last_received": max((share.received_at for share in known.shares), default=None),
    }
    response = render(request, "site/subject.html", context)
    return mark_unlisted(response, [_last_day(share.first_until) for share in adverse.shares]) if adverse.shares or day else response


def subject_at(code: str) -> Subject:
    """The subject that ``/s/<code>`` means, as it is typed; NotFound for none, and for a natural person."""
    text = code.strip().upper()
    found = Subject.objects.filter(code=text).first() if not (text.isascii() and text.isdigit() and len(text) < 15) else None
    if found is None and text.isascii() and text.isdigit() and len(text) < 15:
        found = Subject.objects.filter(pk=int(text)).first()
    if found is None or found.kind == SubjectKind.NATURAL_PERSON:
        raise _not_found()
    return found


def _not_found() -> NotFound:
    return NotFound("subject-not-found", "没有查到这个主体。", "请核对统一社会信用代码，或者按名称查询。本站不按自然人姓名查询。")


def _head(subject: Subject, policy: PolicySet) -> dict[str, object]:
    others = Subject.objects.filter(~Q(canonical_id=F("id")), canonical_id=subject.id).order_by("id").values_list("name", flat=True)
    former = SubjectIdentifier.objects.filter(subject=subject, kind=IdentifierKind.FORMER_NAME).values_list("value", flat=True)
    return {
        "name": subject.name,
        "code": subject.code or "",
        "kind": SubjectKind(subject.kind).label,
        "division": division_name(subject.division, policy) if subject.division else "",
        "state": state_name(subject.state, policy),
        "in_registry": subject.in_registry,
        "known_as": [name for name in dict.fromkeys(others) if name != subject.name],
        "former_names": list(former),
    }


def _day(text: str) -> date | None:
    """The day asked about; None: today. Refused for what is no day."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text.strip())
        end_of_day(day)
    except (ValueError, OverflowError):
        raise Refused("date-unreadable", f"“{text[:20]}”不能作为查询日期。", "写成 2026-04-01 这样的日期。") from None
    return day


def _conclusion(adverse: Overview, day: date | None) -> Conclusion:
    total = sum(share.count for share in adverse.shares)
    if day is not None:
        told = f"有 {total} 条失信信息" if total else "没有失信信息"
        return Conclusion(bool(total), f"{on(day)}已经公示、今天仍在公示的，{told}。", "那天公示、后来到期、修复或者撤回的，今天不再显示。")
    if not total:
        return Conclusion(False, "今天没有针对该主体公示的失信信息。")
    last_day = _last_day(max(share.last_until for share in adverse.shares))
    last = f"，最晚 {last_day} 截止" if last_day else "，其中有的没有写明截止日"
    return Conclusion(True, f"今天有 {total} 条失信信息在公示{last}。", "每条的依据、公示起止和最早可以申请修复的日期见下。")


def _last_day(until: Instant) -> date | None:
    return None if until >= FOREVER else date_of(until - 1)


def _sources(known: Overview) -> list[dict[str, object]]:
    """The offices from which everything public comes, whoever said most first."""
    counts = known.by_authority
    names = dict(Department.objects.filter(pk__in=counts).values_list("id", "name"))
    return [{"authority": names.get(pk, ""), "count": counts[pk]} for pk in sorted(counts, key=lambda pk: (-counts[pk], pk))]


def _empty(sections: Sequence[Section]) -> str:
    """One sentence for all sections without records; the adverse one always speaks for itself."""
    titles = [section.title for section in sections if not section.total and section.id != "adverse"]
    return f"今天没有公示的{'、'.join(titles)}。" if titles else ""


def _registry(subject: Subject, shown: Sequence[ShownRecord], at: Instant) -> list[Fact]:
    """What the registry says: the fields of its newest public record; the persons in office beside it."""
    newest = next((record for record in shown if record.item.group == "registry"), None)
    facts = [Fact(field.label, _words(field)) for field in newest.fields] if newest else []
    in_office = SubjectOffice.objects.filter(subject_id=subject.id, valid_from__lte=at, valid_until__gt=at)
    listed = {fact.value for fact in facts}
    offices = [Fact(OFFICES[office.office], office.name, _since(office.valid_from)) for office in in_office if office.name not in listed]
    return facts + (offices if subject.in_registry else [])


def _words(field: ShownField) -> str:
    if field.kind == "date":
        return on(field.value)
    if field.kind == "money":
        return wan(field.value)
    return credit_code(field.value) if field.kind == "credit_code" else field.value


def _since(instant: Instant) -> str:
    day: date = date_of(instant)
    return f"自 {day} 起" if day.year > 1970 else ""
