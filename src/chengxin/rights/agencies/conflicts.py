"""利益冲突。Whoever grades a firm, or is an office, does not act for it; nobody acts for themselves as if they were somebody else."""

from __future__ import annotations

from chengxin.access.models import Department, ServiceAgency
from chengxin.access.on_behalf import one_with
from chengxin.during_event.evaluation.results import graded_by
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import Instant, date_of


def conflict_of(agency: ServiceAgency, subject_id: int, at: Instant) -> str:
    """Fills ``access.ports.agency_conflicts``: what stands against it as a sentence, or ""."""
    numbers = one_with(subject_id)
    if Subject.objects.filter(pk__in=numbers, code=agency.code).exists():
        return f"{agency.name}不能以服务机构的身份代办自己的事，由它的法定代表人或者代理人办理。"
    if Department.objects.filter(code=agency.code).exists():
        return f"{agency.name}现在是平台上的部门：办理案件的不代办案件。"
    if graded_by(agency.code, numbers, date_of(at), at):
        return f"{agency.name}正在对这家企业出具信用评价，评价没有失效以前不能同时代办它的事：不能一边打分、一边代办。"
    return ""
