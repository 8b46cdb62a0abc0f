"""案由的对象：an upheld complaint, as the rectification that follows from it needs it."""

from __future__ import annotations

from typing import Final

from chengxin.access.models import Department
from chengxin.casework.models import Case
from chengxin.casework.notices import number_of
from chengxin.casework.types import PLATFORM, AboutFacts, Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound

COMPLAINT: Final = "complaint"
RECTIFICATION: Final = "rectification"


class ComplaintAbouts:
    """Fills ``casework.ports.abouts`` for ``complaint``: the key is the number of the case. Only the decision itself opens one."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no complaint, and for everybody but the platform: the case of the complaint is not theirs to point at."""
        number = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
        case = Case.objects.filter(pk=number, procedure=COMPLAINT).first() if actor.person == PLATFORM else None
        if case is None:
            raise NotFound("no-such-case", f"没有编号为 {key[:20]} 的投诉案件。", "从案件列表进入。")
        office = Department.objects.get(pk=case.office_id or 0)
        title = f"{office.name}（投诉{number_of(case)}）"
        return AboutFacts(str(case.pk), title, f"/cases/{case.pk}", None, case.office_id, case.second_office_id)
