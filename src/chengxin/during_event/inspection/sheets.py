"""检查任务单。One page that the inspectors show and leave: who comes, why, what is looked at; the firm scans the code and sees the same."""

from __future__ import annotations

import importlib.resources
import io
import json
from pathlib import Path
from typing import Any, Final

import segno
import typst

from chengxin.access.models import Department
from chengxin.during_event.inspection.findings import checks_of
from chengxin.during_event.inspection.models import Inspector, Visit, VisitTask
from chengxin.during_event.inspection.publication import DEADLINE
from chengxin.during_event.inspection.types import Mode
from chengxin.foundation.subjects.models import Subject
from chengxin.policy.policy_set import PolicySet

_FONTS: Final = "manimgx_fonts_cjk"
_TEMPLATE: Final = Path(__file__).parent / "templates" / "inspection" / "sheet.typ"


def sheet_of(task: VisitTask, *, policy: PolicySet, root: str, mark: str) -> bytes:
    """The sheet as PDF. ``root``: the address of the platform, with a slash at its end; ``mark``: who printed it, in its last line."""
    visit, plan = task.visit, task.visit.plan
    subject = Subject.objects.get(pk=visit.subject_id)
    names = dict(Inspector.objects.filter(licence_number__in=task.inspectors).values_list("licence_number", "name"))
    address = address_of(visit, root)
    said = {
        "title": "随机抽查任务单",
        "number": f"{plan.number}-{task.pk}",
        "plan": plan.title,
        "office": Department.objects.values_list("name", flat=True).get(pk=task.office_id),
        "firm": subject.name,
        "code": visit.subject_code,
        "mode": Mode(visit.mode).label,
        "period": f"{plan.visits_from} 至 {plan.visits_until}",
        "inspectors": [[names.get(each, ""), each] for each in task.inspectors],
        "checks": [[matter, check] for _key, matter, check in checks_of(task, policy)],
        "address": address,
        "least": str(len(task.inspectors)),
        "mark": mark,
        "days": str(policy.value_at(DEADLINE, plan.visits_from).value),
    }
    code = io.BytesIO()
    segno.make(address, error="m").save(code, kind="svg", scale=4, border=2)
    files: Any = {"main": _TEMPLATE.read_bytes(), "said.json": json.dumps(said, ensure_ascii=False).encode(), "code.svg": code.getvalue()}
    fonts = str(importlib.resources.files(_FONTS))
    return bytes(typst.compile(files, font_paths=[fonts], ignore_system_fonts=True))


def address_of(visit: Visit, root: str) -> str:
    """What the code on the sheet leads to."""
    return f"{root}v/{visit.token}"


def code_of(visit: Visit, *, root: str) -> str:
    """The same code for the inspector's own screen, as the address of a picture."""
    return str(segno.make(address_of(visit, root), error="m").svg_data_uri(scale=4, border=2, light="#fff"))
