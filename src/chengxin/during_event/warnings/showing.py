"""预警给人看的样子：what pages, API and command line say of a warning. Firms are named, persons never."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chengxin.access.models import Department
from chengxin.during_event.warnings import queries
from chengxin.during_event.warnings.models import RiskWarning
from chengxin.during_event.warnings.types import WarningOutcome
from chengxin.foundation.records.showing import marks_of
from chengxin.kernel.instants import Instant, date_of
from chengxin.policy import active

NO_OFFICE = "信用办（没有找到收件部门）"


def plain(warnings: Sequence[RiskWarning], at: Instant) -> list[dict[str, Any]]:
    """Flat lines, a few statements whatever their number."""
    rules = active.policy_set().warning_rules
    subjects, records = queries.subjects_of(warnings), queries.records_of(warnings, at)
    answers = queries.answers_of(warnings)
    marks = marks_of(list(records), at)
    offices = dict(Department.objects.values_list("id", "name"))
    found = []
    for each in warnings:
        rule, subject = rules.get(each.rule), subjects[each.subject_id]
        outcome = WarningOutcome(each.outcome)
        found.append(
            {
                "id": each.pk,
                "rule": each.rule,
                "title": rule.title if rule else each.rule,
                "advice": rule.advice if rule else "",
                "code": subject.code or "",
                "name": subject.name,
                "because": each.because,
                "raised_on": date_of(each.raised_at),
                "office": offices.get(each.office_id, NO_OFFICE),
                "outcome": outcome.value,
                "outcome_label": outcome.label,
                "records": [_record(records[pk]) | {"disputed": marks.get(pk, "")} for pk in each.records if pk in records],
                "related": [{"code": subjects[pk].code or "", "name": subjects[pk].name} for pk in each.related if pk in subjects],
                "still_counts": any(records[pk][1] for pk in each.records if pk in records),
                "answers": [
                    {
                        "outcome_label": WarningOutcome(answer.outcome).label,
                        "because": answer.because,
                        "by": answer.by,
                        "at": answer.at,
                        "office": offices.get(answer.office_id, ""),
                        "to_office": offices.get(answer.to_office_id, ""),
                    }
                    for answer in answers.get(each.pk, [])
                ],
            }
        )
    return found


def _record(found: tuple[Any, bool]) -> dict[str, Any]:
    record, counts = found
    title = active.policy_set().item(record.item).title
    return {"id": record.pk, "item": title, "document_number": record.document_number, "decided_on": record.decided_on, "counts": counts}
