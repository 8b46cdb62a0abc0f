"""案由的对象：a record on file and an office, as cases about them need it: who decided, whom it concerns, who had no hand in it.

An office may be what a record is about. It then decides nothing about the record, not even one that it handed in itself: the next office
in the line (those above, then the credit office) takes its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.db.models import QuerySet

from chengxin.access.models import Department
from chengxin.access.on_behalf import subjects_that_are
from chengxin.access.queries import subordinates_of
from chengxin.access.roles import DEPARTMENTAL, Role
from chengxin.casework.types import PLATFORM, AboutFacts, Actor
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.types import Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids, names_of
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.policy import active

RECORD = "record"
OFFICE = "office"


class RecordAbouts:
    """Fills ``casework.ports.abouts`` for ``record``: the key is the record's number."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for a record that is neither public nor the actor's own: both look the same. Refused where only the subject itself
        could decide."""
        record = record_of(key)
        if record is None or not _may_see(record, actor, family := _family(record), at):
            raise NotFound("no-such-record", f"没有编号为 {key[:20]} 的记录，或者它与您无关。", "从记录的页面或者企业中心进入。")
        deciding, second = offices_for(Department.objects.get(pk=record.authority_id), family)
        if deciding is None:
            sentence = "作出决定的机关就是信息主体自己，上面又没有别的机关可以办理。"
            raise Refused("no-office-to-decide", sentence, "请信用办先登记上级机关，再来办理。")
        name, _ = names_of([record.subject_id]).get(record.subject_id, ("（未登记的主体）", ""))
        title = f"{name}：{active.policy_set().item(record.item).title} {record.document_number}"
        # The record's own number, not the one it is judged to be today: the case stays with the record when the judgement is taken back.
        return AboutFacts(str(record.pk), title, f"/r/{record.pk}", record.subject_id, deciding, second)


class OfficeAbouts:
    """Fills ``casework.ports.abouts`` for ``office``: the key is the department's code. Offices are public; each may have many cases."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no department of the platform, or is closed."""
        office = office_of(key)
        if office is None:
            raise NotFound("no-such-department", f"没有代码为 {key[:20]} 的部门。", "从部门的页面进入。")
        return AboutFacts(office.code, office.name, f"/offices/{office.code}", None, office.pk, offices_for(office, ())[1], many=True)


def office_of(key: str) -> Department | None:
    """The department with this code, if it is not closed."""
    return Department.objects.filter(code=key, closed_at=None).first() if key.isascii() and key.isalnum() and len(key) < 19 else None


def record_of(key: str) -> Record | None:
    """The record with this number, if its submission is closed."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    return Record.objects.filter(pk=int(key)).exclude(submission_id__in=ports.open_submissions()).first()


def offices_for(office: Department, subject_ids: Collection[int]) -> tuple[int | None, int | None]:
    """(who decides, 没有参与原决定的机关)：the deciding office and the one above it, else the credit office; None where there is none.
    An office that is itself the subject is passed over."""
    found = [each.pk for each in _line_of(office) if not subjects_that_are(each) & set(subject_ids)]
    return (found[0] if found else None, found[1] if len(found) > 1 else None)


def publishers(subject_ids: Collection[int]) -> tuple[int | None, int | None]:
    """(who publishes in the platform's own name, 没有参与的机关)：the credit office and the one above it; None where there is none."""
    first = _credit_offices().first()
    return offices_for(first, subject_ids) if first is not None else (None, None)


def _credit_offices() -> QuerySet[Department]:
    """信用办, in the order in which they were registered."""
    return Department.objects.filter(accounts__role=Role.CREDIT_OFFICE, accounts__revoked_at=None, closed_at=None).distinct().order_by("pk")


def _line_of(office: Department) -> Iterator[Department]:
    """The office, those above it, and the credit offices, each once."""
    met: set[int] = set()
    above: Department | None = office
    while above is not None and above.pk not in met:
        met.add(above.pk)
        yield above
        above = above.parent
    yield from _credit_offices().exclude(pk__in=met)


def _family(record: Record) -> list[int]:
    """The subject of a record and all that were judged to be one with it, the canonical one first."""
    canonical = Subject.objects.filter(pk=record.subject_id).values_list("canonical_id", flat=True).get()
    return member_ids(canonical)


def _may_see(record: Record, actor: Actor, family: list[int], at: Instant) -> bool:
    if actor.person == PLATFORM or actor.role is Role.CREDIT_OFFICE or any(each in actor.mandates for each in family):
        return True
    if actor.department_id is not None and (actor.role in DEPARTMENTAL or actor.by_token):
        return record.authority_id in {actor.department_id} | subordinates_of(actor.department_id)
    return Record.objects.filter(visible(Surface.PUBLIC, at), pk=record.pk).exists()
