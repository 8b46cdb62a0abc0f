"""案内谁看得到什么。What a procedure shows to some parts only, such as the name of whoever complained, is for those who play such a part
on this very case: neither their colleagues, nor oversight, nor the office that the case is about see it."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from chengxin.access.entrusted_reads import note_for_firms
from chengxin.access.reads import Seen
from chengxin.casework.models import Case, CaseDocument, CaseStep
from chengxin.kernel.instants import Instant
from chengxin.policy.types_procedures import Procedure

__all__ = ["NOT_SHOWN", "may_read", "note_cases", "said_to"]

NOT_SHOWN = "（只给本案有关的人看）"


def said_to(rule: Procedure, step: CaseStep, played: str) -> dict[str, str]:
    """What a step said, for somebody who plays the part ``played`` ("": none). What is not for them is there, whether it was filled in or
    not: that somebody left no name, or spoke for a firm, would tell who they are as well."""
    hidden = {
        asked.id: NOT_SHOWN
        for each in (rule.opening, *rule.steps)
        if each.verb == step.verb
        for asked in each.asks
        if asked.shown_to and played not in asked.shown_to
    }
    return {key: value for key, value in step.said.items() if key not in hidden} | hidden  # their order tells nothing either


def note_cases(request: HttpRequest, cases: Iterable[Case], what: str, at: Instant) -> None:
    """受托查看：that somebody of a credit service agency sees these cases of firms; one line for each case."""
    seen = [Seen("case", str(each.pk), (each.subject_id,), f"{what}：{each.title}") for each in cases if each.subject_id is not None]
    note_for_firms(request, seen, at)


def may_read(rule: Procedure, document: CaseDocument, played: str) -> bool:
    """Whether a document is for somebody who plays the part ``played``. What a file no longer names is shown to those on the case."""
    kind = rule.documents.get(document.kind)
    return kind is None or not kind.shown_to or played in kind.shown_to
