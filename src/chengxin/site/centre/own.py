"""自己的企业：which firms an account acts for, and the door that every page of the centre goes through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chengxin.access.caller import Caller
from chengxin.access.mandates import acting_for, mandates_of, scopes_of
from chengxin.access.models import Mandate
from chengxin.access.types import KIND_LABELS, SCOPE_LABELS, MandateKind, Scope
from chengxin.foundation.subjects.models import Subject
from chengxin.foundation.subjects.queries import member_ids
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.kernel.refused import NotFound


@dataclass(frozen=True)
class Firm:
    """一家企业 and how this account acts for it. ``until``: the last day of the mandate; None: no end."""

    subject: Subject
    mandate: Mandate
    kind: str
    scopes: Sequence[str]
    until: date | None

    @property
    def href(self) -> str:
        """Its page in the centre."""
        return f"/centre/{self.subject.code or self.subject.pk}"


def firms_of(caller: Caller, at: Instant) -> list[Firm]:
    """可以代办的企业 of an account, by name."""
    if caller.account is None:
        return []
    held = mandates_of(caller.account.pk, at)
    subjects = _canonical({mandate.subject_id for mandate in held})
    found: dict[int, Firm] = {}
    for mandate in held:
        subject = subjects.get(mandate.subject_id)
        if subject is not None:
            found.setdefault(subject.pk, _firm(subject, mandate))
    return sorted(found.values(), key=lambda firm: firm.subject.name)


def own_firm(caller: Caller, code: str, scope: Scope, at: Instant) -> Firm:
    """The firm with this code or number, for who may act for it with ``scope``. Forbidden says what is missing; NotFound for one that
    does not exist."""
    text = code.strip().upper()
    by = {"pk": int(text)} if text.isascii() and text.isdigit() and len(text) < 15 else {"code": text}
    subject = Subject.objects.filter(**by).first() if text.isprintable() else None
    if subject is None:
        raise NotFound("subject-not-found", "没有查到这个主体。", "从企业中心的首页进入。")
    if subject.canonical_id != subject.pk:
        subject = Subject.objects.get(pk=subject.canonical_id)
    return _firm(subject, acting_for(caller, subject.pk, scope, at, also=member_ids(subject.pk)))


def scopes_held(caller: Caller, firm: Firm, at: Instant) -> frozenset[Scope]:
    """Everything this account may do for the firm."""
    members = set(member_ids(firm.subject.pk))
    held = mandates_of(caller.account.pk, at) if caller.account is not None else ()
    return frozenset(scope for mandate in held if mandate.subject_id in members for scope in scopes_of(mandate))


def last_day(until: Instant) -> date | None:
    """The last day before an instant; None where there is no end."""
    return None if until >= FOREVER else date_of(until - 1)


def _firm(subject: Subject, mandate: Mandate) -> Firm:
    scopes = [SCOPE_LABELS[each] for each in Scope if each in scopes_of(mandate)]
    return Firm(subject, mandate, KIND_LABELS[MandateKind(mandate.kind)], scopes, last_day(mandate.valid_until))


def _canonical(subject_ids: set[int]) -> dict[int, Subject]:
    """Number → the subject that it stands for today."""
    rows = Subject.objects.in_bulk(subject_ids)
    heads = Subject.objects.in_bulk({row.canonical_id for row in rows.values()})
    return {number: heads[row.canonical_id] for number, row in rows.items() if row.canonical_id in heads}
