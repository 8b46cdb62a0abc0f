"""投诉的条件和效果, as the procedure ``complaint`` names them. An upheld complaint orders the rectification in the same transaction."""

from __future__ import annotations

from typing import Final

from chengxin.casework.models import CaseStep
from chengxin.casework.people import takes_side
from chengxin.casework.ports import StepOf
from chengxin.casework.services import open_case
from chengxin.casework.types import THE_PLATFORM, About, Actor
from chengxin.kernel.refused import Refused
from chengxin.rights.rectification.abouts import COMPLAINT, RECTIFICATION
from chengxin.rights.rectification.clocks import require_overdue

ANSWER: Final = "answer"


def complaint_possible(of: StepOf) -> None:
    """可以投诉：somebody who had no hand in it can decide."""
    if of.case.second_office_id is None:
        raise Refused(
            "no-second-office", "没有可以处理的第二个机关，投诉不能交给被投诉的机关自己处理。", "请信用办先登记上级机关，再提出投诉。"
        )


def answer_overdue(of: StepOf) -> None:
    """没有说明：the office had its days to answer, and they are over."""
    require_overdue(of, ANSWER)


def order_rectification(of: StepOf, step: CaseStep) -> None:
    """责令整改：the case of rectification says what was found, never who complained."""
    texts = {
        "facts": of.said["finding"], "clause": of.said["clause"], "correct": of.said["correct"],
        "document_number": of.said["document_number"],
    }  # fmt: skip
    open_case(procedure=RECTIFICATION, about=About(COMPLAINT, str(of.case.pk)), actor=THE_PLATFORM, texts=texts, at=of.at)


def to_complain(actor: Actor) -> list[tuple[str, str]]:
    """投诉一个部门, from the list of cases: which one is chosen in the list of offices."""
    return [("投诉部门或者平台", "/cases/open/complaint/office")] if takes_side(actor) else []
