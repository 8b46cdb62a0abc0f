"""信用修复告知书（两书同达）。"行政机关在作出行政处罚决定的同时，应当引导失信市场主体及时修复信用。"

Worked out when it is read, from the record and the order in force: nothing to keep, nothing to go stale.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chengxin.foundation.records.models import Record
from chengxin.foundation.records.publication_period import EarliestRestoration
from chengxin.foundation.records.severity import rule_of
from chengxin.foundation.records.showing import ShownBasis, ShownRecord, shown_basis, shown_records
from chengxin.foundation.records.types import SeverityCode, Surface
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.kernel.periods import parse_period
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet

CLAUSE = "credit-regulation/2.5.3"


@dataclass(frozen=True)
class ClassReason:
    """定类的理由：the line of the table, or that the authority stated it."""

    sentence: str
    basis: ShownBasis | None


@dataclass(frozen=True)
class DaysToAnswer:
    """办理期限。"""

    label: str
    days: int
    basis: ShownBasis


@dataclass(frozen=True)
class RestorationNotice:
    """信用修复告知书. Dates in Asia/Shanghai; ``latest_on``: the last day on which the record is shown or shared."""

    record: ShownRecord
    severity: SeverityCode
    provisional: bool
    reason: ClassReason
    published: bool
    earliest_on: date
    latest_on: date | None
    shortest: str
    longest: str
    field: str
    order: ShownBasis
    answers: Sequence[DaysToAnswer]
    transition_note: str


def restoration_notice(record: Record, at: Instant) -> RestorationNotice:
    """告知书 of an adverse record with classes. Refused where there is nothing to restore; NotFound where the content is erased."""
    policy = active.policy_set()
    item = policy.item(record.item)
    if not item.severity:
        raise Refused("nothing-to-restore", f"“{item.title}”不是行政处罚，没有信用修复告知书。", "失信名单的移出按各名单的办法办理。")
    shown = next(iter(shown_records([record], policy, at)), None)
    if shown is None:
        raise NotFound("record-not-found", "这条记录的内容已经删除。", "")
    earliest = shown.earliest_restoration
    if earliest is None:
        raise Refused("no-rule-then", "作出决定时没有在案的公示期规定，算不出修复日期。", "请向信用主管部门询问。")
    severity = SeverityCode(record.severity)
    word = severity.word
    assert word is not None
    publication = earliest.version
    until = record.public_until or record.shared_until
    return RestorationNotice(
        record=shown,
        severity=severity,
        provisional=record.severity_provisional,
        reason=_reason(record, policy),
        published=bool(record.public_until),
        earliest_on=earliest.on,
        latest_on=None if not until or until >= FOREVER else date_of(until - 1),
        shortest=parse_period(earliest.minimum).chinese,
        longest=parse_period(publication.classes[word].maximum).chinese,
        field=earliest.field,
        order=shown_basis(publication.reference, policy, "", publication.note, publication.confidence),
        answers=_answers(policy, date_of(at)),
        transition_note=_transition(earliest, record.decided_on),
    )


def _reason(record: Record, policy: PolicySet) -> ClassReason:
    said = read_contents([record.content_id]).get(record.content_id, {})
    item = policy.item(record.item)
    rule = rule_of(said, item, policy, record.decided_on)
    if rule is None or SeverityCode.of(rule.severity) != record.severity:
        why = said.get(item.roles.get("severity_reason", ""), "")
        return ClassReason(f"由作出决定的机关认定。{why}", None)
    return ClassReason(rule.sentence, shown_basis(rule.reference, policy, "", "", rule.confidence))


def _answers(policy: PolicySet, as_of: date) -> list[DaysToAnswer]:
    found = []
    for parameter, label in (("restoration_acceptance_days", "决定是否受理"), ("restoration_decision_days", "受理后办结")):
        value = policy.value_at(parameter, as_of)
        found.append(DaysToAnswer(label, int(value.value), shown_basis(value.reference, policy, value.quote, value.note, value.confidence)))
    return found


def _transition(earliest: EarliestRestoration, decided_on: date) -> str:
    if decided_on >= earliest.version.from_on:
        return ""
    return str(earliest.version.transition.get("note", "施行前的记录按新办法重算，只会缩短，不会延长。"))


def notices_on(record: Record) -> bool:
    """Whether a record stands on any surface that restoration would end."""
    return any(getattr(record, f"{surface}_until") for surface in (Surface.PUBLIC, Surface.SHARED))
