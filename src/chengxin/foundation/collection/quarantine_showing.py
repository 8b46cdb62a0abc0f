"""待甄别一行怎样示人：as it was handed in, its candidates, and whom a search by name finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from chengxin.access.sealing import is_sealed
from chengxin.foundation.collection.models import QuarantinedRow
from chengxin.foundation.collection.types import QUARANTINE_SENTENCES, QuarantineDecision, QuarantineReason
from chengxin.foundation.subjects.queries import candidates_for_rows
from chengxin.foundation.subjects.search import find_subjects
from chengxin.kernel.instants import Instant
from chengxin.ledger.services import read_contents
from chengxin.policy import active

_FOUND: Final = 10
DECISION_TITLES: Final = {
    QuarantineDecision.LINKED: "归于既有主体",
    QuarantineDecision.OPENED: "另立新主体",
    QuarantineDecision.RETURNED: "退回报送单位",
}


def quarantined_lines(rows: Sequence[QuarantinedRow]) -> list[dict[str, Any]]:
    """One line of the queue per row."""
    contents = read_contents([row.content_id for row in rows])
    return [_line(row, contents.get(row.content_id, {})) for row in rows]


def quarantined_shown(row: QuarantinedRow, asked: str, at: Instant) -> dict[str, Any]:
    """One row for its page; ``asked``: a name or code to look for besides the proposed candidates."""
    content = read_contents([row.content_id]).get(row.content_id, {})
    known = [{"subject": each["subject"], "features": each["features"]} for each in candidates_for_rows([row.pk])[row.pk]]
    return {
        **_line(row, content),
        "facts": _facts(row, content),
        "candidates": known,
        "found": find_subjects(asked, _FOUND, at, everyone=True) if asked else [],
        "asked": asked,
        "decision": DECISION_TITLES[QuarantineDecision(row.decision)] if row.decision else "",
    }


def _line(row: QuarantinedRow, content: Mapping[str, str]) -> dict[str, Any]:
    item = active.policy_set().item(row.item)
    return {
        "row": row,
        "href": f"/office/quarantine/{row.pk}",
        "item": item,
        "name": content.get(item.roles.get("subject_name", ""), "（内容已删除）" if not content else ""),
        "document": content.get(item.roles.get("document_number", ""), ""),
        "reason": QUARANTINE_SENTENCES[QuarantineReason(row.reason)],
    }


def _facts(row: QuarantinedRow, content: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """The row as it was handed in; sealed fields are named, not shown."""
    fields = active.policy_set().item(row.item).fields
    return [(each.title, "（已封存）" if is_sealed(value) else value) for each in fields if (value := content.get(each.code, ""))]
