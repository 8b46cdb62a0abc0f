"""政务失信入档。"各级政府和部门存在政务失信记录的" (government-integrity/2.4.2). The step that finds a breach makes it a record.

In the transaction of the step, by the same door as whatever else an office decides: from then on standing alone says how long it is public,
shared, and bars from honours; the office may object and apply for restoration as a firm may; who received it is told of a correction.
The office is a subject by its unified social credit code, never by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chengxin.access.models import Department
from chengxin.casework.models import Case, CaseStep
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.foundation.collection.offices import offices_of
from chengxin.foundation.collection.own_rows import hand_in_row, was_taken, why_not_taken
from chengxin.foundation.collection.types import Channel
from chengxin.foundation.records.models import Record
from chengxin.foundation.subjects.queries import subject_by_code
from chengxin.kernel.instants import date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem
from chengxin.rights.rectification.abouts import RECTIFICATION

ITEM: Final = "government_breaches"
FIND_BREACH: Final = "find_breach"
#: What the step says besides: the number of the record, and where it is read.
RECORD_SAID, HREF_SAID = "breach_record", "breach_href"
_ORGANIZATION: Final = "法人及非法人组织"
#: Role of the item → what the step said.
_SAID: Final[Mapping[str, str]] = {"document_number": "document_number", "content": "facts"}


def may_be_put_on_file(of: StepOf) -> None:
    """可以入档：the office that finds the breach has the power to, on file. Refused before anything is written."""
    policy, item = active.policy_set(), _item()
    finder = Department.objects.get(pk=of.case.second_office_id or 0)
    if finder.code not in offices_of(finder, item, policy, of.at).competence.empowered:
        raise Refused(
            "breach-not-recordable", f"职权清单里没有{finder.name}认定“{item.title}”的职权，认定了也不能入档。",
            "请信用办核对这个机关的类别和职权清单，补充依据以后再认定。",
        )  # fmt: skip


def put_breach_on_file(of: StepOf, step: CaseStep) -> None:
    """入档, in the step's transaction; the step says which record. Refused with the rule if the house's own rules do not take it."""
    finder, office = (Department.objects.get(pk=pk) for pk in (of.case.second_office_id or 0, of.case.office_id or 0))
    submission = hand_in_row(
        department=finder, item=ITEM, row=_row(of, office, finder), channel=Channel.CASE, key=f"case-{of.case.pk}",
        file_name=f"限期整改{number_of(of.case)}.csv", actor=of.actor.name, at=of.at,
    )  # fmt: skip
    if not was_taken(submission):
        raise Refused("breach-not-recordable", f"这次认定不能入档。{why_not_taken(submission)}", "改正以后再认定；这一步没有办理。")
    if submission.blocked:
        sentence = "所写的事实、依据里有个人信息或者涉密标记，入档以后不能公示。"
        raise Refused("breach-not-recordable", sentence, "改写以后再认定，不写身份证号、手机号等；这一步没有办理。")
    record = Record.objects.get(submission_id=submission.pk)
    step.said = {**step.said, RECORD_SAID: str(record.pk), HREF_SAID: f"/r/{record.pk}"}
    step.save(update_fields=["said"])


def record_of_breach(case: Case) -> int | None:
    """The record that a case of rectification ended in."""
    found = case.steps.filter(verb=FIND_BREACH).first() if case.procedure == RECTIFICATION else None
    return int(found.said[RECORD_SAID]) if found is not None and RECORD_SAID in found.said else None


def links_of(case: Case) -> list[tuple[str, str]]:
    """Fills ``casework.ports.case_links``."""
    record = record_of_breach(case)
    return [(f"/r/{record}", "政务失信记录")] if record is not None else []


def _row(of: StepOf, office: Department, finder: Department) -> dict[str, str]:
    item, known = _item(), subject_by_code(office.code)
    said = {
        "subject_name": known.name if known is not None else office.name,  # by its code; a name that was changed makes no other subject
        "subject_kind": _ORGANIZATION,
        "subject_code": office.code,
        "decided_on": str(date_of(of.at)),
        "authority_name": finder.name,
        "authority_code": finder.code,
        **{role: of.said[key] for role, key in _SAID.items()},
    }
    row = {item.roles[role]: value for role, value in said.items()}
    return row | {
        "ZS_ZGAH": f"限期整改{number_of(of.case)}",
        "ZS_YJ": of.said["clause"],
        "ZS_BJ": of.said["remedy"],
        "ZS_FYJG": of.said["reconsideration_authority"],
        "ZS_QSFY": of.said["suit_court"],
    }


def _item() -> CatalogueItem:
    return active.policy_set().item(ITEM)
