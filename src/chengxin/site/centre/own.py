"""自己的主体：for which firms an account acts, or which office it works in, and the door that every page of the centre goes through."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.http import HttpRequest

from chengxin.access.caller import Caller, caller_of
from chengxin.access.entrusted_reads import note_for_firm
from chengxin.access.mandates import acting_for, mandates_of, scopes_of
from chengxin.access.models import Mandate
from chengxin.access.on_behalf import SPEAK_FOR_THEIR_OFFICE, scopes_by_subject, subjects_that_are
from chengxin.access.types import KIND_LABELS, SCOPE_LABELS, MandateKind, Scope
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.kernel.refused import Forbidden, NotFound
from chengxin.site.views_by_name import view_name

OFFICE_KIND: Final = "本单位工作人员"


@dataclass(frozen=True)
class Firm:
    """一家企业 and how this account acts for it; without a mandate it is the office that the account works in. ``until``: the last day of
    the mandate; None: no end."""

    subject: Subject
    mandate: Mandate | None
    kind: str
    scopes: Sequence[str]
    until: date | None
    agency: str = ""  # in whose name

    @property
    def href(self) -> str:
        """Its page in the centre."""
        return f"/centre/{self.subject.code or self.subject.pk}"

    @property
    def whom(self) -> str:
        """What its people call it."""
        return "本企业" if self.mandate is not None else "本单位"


def firms_of(caller: Caller, at: Instant) -> list[Firm]:
    """可以代办的主体 of an account, by name: firms, or the own office where something about it is on file."""
    if caller.account is None:
        return []
    if caller.role in SPEAK_FOR_THEIR_OFFICE:
        heads = _canonical(set(subjects_that_are(caller.department)))
        return [_office(subject, caller, at) for subject in {each.pk: each for each in heads.values()}.values()]
    held = mandates_of(caller.account.pk, at)
    subjects = _canonical({mandate.subject_id for mandate in held})
    found: dict[int, Firm] = {}
    for mandate in held:
        subject = subjects.get(mandate.subject_id)
        if subject is not None:
            found.setdefault(subject.pk, _firm(subject, mandate))
    return sorted(found.values(), key=lambda firm: firm.subject.name)


#: What a person of a credit service agency looked at, in the words of the page's tab; every other view shows the file.
_LOOKED_AT: Final = {
    "own_evaluation": "评价", "own_reads": "谁看过", "list_own_reads": "谁看过", "agents": "代理人", "own_agencies": "服务机构",
    "list_own_agencies": "服务机构",
}  # fmt: skip


def own_firm(request: HttpRequest, code: str, scope: Scope, at: Instant) -> Firm:
    """The firm or office with this code or number, for who may act for it with ``scope``. Forbidden says what is missing; NotFound for
    one that does not exist. That somebody of an agency looks is noted."""
    caller = caller_of(request)
    text = code.strip().upper()
    by = {"pk": int(text)} if text.isascii() and text.isdigit() and len(text) < 15 else {"code": text}
    subject = Subject.objects.filter(**by).first() if text.isprintable() else None
    if subject is None:
        raise NotFound("subject-not-found", "没有查到这个主体。", "从企业中心的首页进入。")
    if subject.canonical_id != subject.pk:
        subject = Subject.objects.get(pk=subject.canonical_id)
    if caller.role in SPEAK_FOR_THEIR_OFFICE:
        if scope not in scopes_held(caller, subject, at):
            raise Forbidden(
                "not-own-office", "这不是您所在的单位，不能代它办理。", "只能看本单位的档案；因公查询请从主体查询进入，写明用途。"
            )
        return _office(subject, caller, at)
    mandate = acting_for(caller, subject.pk, scope, at, also=member_ids(subject.pk))
    view = (view_name(request) or "").rpartition(":")[2]
    note_for_firm(request, subject.pk, f"企业中心：{_LOOKED_AT.get(view, '档案')}", at)
    return _firm(subject, mandate)


def scopes_held(caller: Caller, subject: Subject, at: Instant) -> frozenset[Scope]:
    """Everything this account may do for the subject."""
    return frozenset(Scope(each) for each in scopes_by_subject(caller, at).get(subject.pk, ()))


def last_day(until: Instant) -> date | None:
    """The last day before an instant; None where there is no end."""
    return None if until >= FOREVER else date_of(until - 1)


def _firm(subject: Subject, mandate: Mandate) -> Firm:
    kind, agency = KIND_LABELS[MandateKind(mandate.kind)], mandate.agency.name if mandate.agency is not None else ""
    return Firm(subject, mandate, kind, _labels(scopes_of(mandate)), last_day(mandate.valid_until), agency)


def _office(subject: Subject, caller: Caller, at: Instant) -> Firm:
    return Firm(subject, None, OFFICE_KIND, _labels(scopes_held(caller, subject, at)), None)


def _labels(scopes: Collection[Scope]) -> list[str]:
    return [SCOPE_LABELS[each] for each in Scope if each in scopes]


def _canonical(subject_ids: set[int]) -> dict[int, Subject]:
    """Number → the subject that it stands for today."""
    rows = Subject.objects.in_bulk(subject_ids)
    heads = Subject.objects.in_bulk({row.canonical_id for row in rows.values()})
    return {number: heads[row.canonical_id] for number, row in rows.items() if row.canonical_id in heads}
