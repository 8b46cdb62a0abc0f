"""参评资格怎样示人：the same answer for the page, the interface and the command."""

from __future__ import annotations

from typing import Any, Final

from chengxin.foundation.records.showing import ShownBasis, shown_basis
from chengxin.kernel.instants import utc_text
from chengxin.policy import active
from chengxin.rights.eligibility.rules import CLAUSE
from chengxin.rights.eligibility.services import Sheet
from chengxin.rights.eligibility.types import Answer, Outcome, Reason

BAR: Final = "honour_bar_after_breach"


def bar_basis(sheet: Sheet) -> ShownBasis:
    """依据：how long a breach bars, by the policy of the day that is asked about."""
    policy = active.policy_set()
    value = policy.value_at(BAR, sheet.as_of)
    return shown_basis(value.reference, policy, value.quote, value.note, value.confidence)


def plain(sheet: Sheet) -> dict[str, Any]:
    """As JSON says it."""
    return {
        "as_of": sheet.as_of.isoformat(),
        "at": utc_text(sheet.at),
        "matter": sheet.matter,
        "clause": CLAUSE,
        "policy": sheet.policy,
        "mark": sheet.mark.line,
        "counts": {outcome.value: len(sheet.of(outcome)) for outcome in Outcome},
        "answers": [_answer(each) for each in sheet.answers],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "code": answer.code,
        "name": answer.name,
        "outcome": answer.outcome.value,
        "outcome_label": answer.outcome.label,
        "reasons": [_reason(each) for each in answer.reasons],
        "notes": list(answer.notes),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind.value,
        "sentence": reason.sentence,
        "record": reason.record,
        "document_number": reason.document_number,
        "clause": reason.clause,
        "authority": reason.authority,
        "since": reason.since.isoformat() if reason.since else None,
        "until": reason.until.isoformat() if reason.until else None,
        "disputed": reason.disputed,
        "todo": [{"title": each.title, "href": each.href} for each in reason.todo],
    }
