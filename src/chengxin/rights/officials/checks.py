"""核查的门。"将公务员信用记录作为干部考核、任用和评先树优的重要依据；对有考试舞弊、替考等行为的考生，依法取消公务员录用资格。"

One question about one person, for a purpose of the policy and a named matter. The question is on record before it is answered, whatever
the answer is; the person reads it. No score, no list, no file. Clauses: government-integrity/2.4.5, 2.4.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.access.caller import Caller
from chengxin.access.models import Department
from chengxin.access.reads import Reason, Seen, reason_of, record_read
from chengxin.casework.models import Case
from chengxin.foundation.records.uses import recipient_of
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden, Refused
from chengxin.policy import active
from chengxin.rights.officials.authorities import is_authority, matters_let, may_ask_at_all
from chengxin.rights.officials.handing_in import KINDS, effects_on
from chengxin.rights.officials.models import Answered, OfficialRecord
from chengxin.rights.officials.persons import Person, documents_of, names_equal, person_of, records_of
from chengxin.rights.officials.rules import answering, outcome_of
from chengxin.rights.officials.types import ADVERSE, OFFICIAL_CHECK, OFFICIAL_RECORD, Effect, Fact, Outcome
from chengxin.storage.transactions import writing

__all__ = ["Answer", "Shown", "ask", "facts_about"]

PURPOSES: Final = "official_check_purpose"
OBJECTION: Final = "official_objection"


@dataclass(frozen=True)
class Shown:
    """一条理由：document, organ, clause, since and until when (None: no end of its own)."""

    record_id: int
    kind: str
    document: str
    organ: str
    clause: str
    decided_on: date
    effect: Effect
    disputed: bool
    authority_id: int  # who handed it in

    @property
    def is_adverse(self) -> bool:
        """Whether it speaks against the person."""
        return self.effect.polarity == ADVERSE


@dataclass(frozen=True)
class Answer:
    """答复，as of an instant. ``review``: why somebody has to look, where that is the outcome."""

    outcome: Outcome
    purpose: str
    matter: str
    as_of: Instant
    reasons: tuple[Shown, ...]
    commendations: tuple[Shown, ...]
    review: str = ""


def ask(*, number: str, name: str, purpose: str, matter: str, caller: Caller, at: Instant) -> Answer:
    """核查一个人. Forbidden by default; Refused without number and name, purpose and matter. What is not certain is ``review``."""
    department = _asking(caller, at)
    given = _reason(department, purpose, matter, at)
    person = person_of(number, name)
    record_read(caller, given, Seen(OFFICIAL_CHECK, person.key, (), given.purpose), at)
    facts = facts_about(person)
    found = answering(list(facts.values()), purpose, at, effects_on)
    outcome = outcome_of(found)
    shown = _shown([(fact, effect) for fact, effect in found if fact.same_name])
    with writing():
        Answered.objects.bulk_create(
            Answered(record_id=each.record_id, recipient=recipient_of(caller), office=department, matter=given.matter, at=at)
            for each in shown
        )
    reasons = tuple(each for each in shown if each.is_adverse)
    commendations = tuple(each for each in shown if not each.is_adverse)
    review = _why_review(found) if outcome is Outcome.REVIEW else ""
    return Answer(outcome, purpose, given.matter, at, reasons, commendations, review)


def facts_about(person: Person) -> dict[int, Fact]:
    """What is on file about a person, by number of the record. Erased and declined ones are not there."""
    contents = records_of(person.key)
    rows = list(OfficialRecord.objects.filter(content_id__in=contents, accepted=True).order_by("pk"))
    same = names_equal([each.content_id for each in rows], person)
    keys = [str(each.pk) for each in rows]
    open_cases = Case.objects.filter(procedure=OBJECTION, about_kind=OFFICIAL_RECORD, about_key__in=keys, closed_at=None)
    disputed = set(open_cases.values_list("about_key", flat=True))
    return {
        each.pk: Fact(
            each.pk, each.kind, each.decided_on, each.settled_at, each.ended_at, each.content_id in same, str(each.pk) in disputed
        )
        for each in rows
    }


def _asking(caller: Caller, at: Instant) -> Department:
    if caller.department is None or not may_ask_at_all(caller, at):
        sentence = "公务员记录只由人事主管机关，或者经它授权的部门核查；您不能核查。"
        raise Forbidden("officials-not-yours", sentence, "确因工作需要的，请人事主管机关授权，写明用途和事项。")
    return caller.department


def _reason(department: Department, purpose: str, matter: str, at: Instant) -> Reason:
    purposes = active.policy_set().code_table(PURPOSES).values
    if purpose not in purposes:
        known = "、".join(purposes.values())
        raise Refused("official-purpose", f"没有“{purpose[:40]}”这种用途。", f"只能为这些用途核查：{known}。", where={"field": "purpose"})
    given = reason_of(purposes[purpose], matter, what="公务员记录")
    if is_authority(department, at):
        return given
    let = matters_let(department, purpose, at)
    if given.matter not in let:
        said = "、".join(let) or "（没有）"
        raise Forbidden(
            "official-matter", "人事主管机关没有授权贵单位为这个用途、在这个事项上核查。", f"授权过的事项：{said}。事项须与授权文件一致。"
        )
    return given


def _shown(found: Sequence[tuple[Fact, Effect]]) -> list[Shown]:
    rows = OfficialRecord.objects.in_bulk([fact.record_id for fact, _ in found])
    documents = documents_of([each.content_id for each in rows.values()])
    kinds = active.policy_set().code_table(KINDS).values
    return [
        Shown(
            record_id=row.pk,
            kind=kinds.get(row.kind, row.kind),
            document=documents[row.content_id],
            organ=row.organ,
            clause=row.clause,
            decided_on=row.decided_on,
            effect=effect,
            disputed=fact.disputed,
            authority_id=row.authority_id,
        )
        for fact, effect in found
        if (row := rows[fact.record_id]).content_id in documents
    ]


def _why_review(found: Sequence[tuple[Fact, Effect]]) -> str:
    if any(not fact.same_name for fact, effect in found if effect.polarity == ADVERSE):
        return "这个号码在案的姓名与所问的不一致。请核对证件原件再问；仍不一致的，由人事主管机关查明，不得据此作出不利的决定。"
    return "有关记录正在办理异议。请等裁决以后再问，不得据此作出不利的决定。"
