"""限期整改的条件, as the procedure ``rectification`` names them."""

from __future__ import annotations

from chengxin.access.roles import Role
from chengxin.casework.ports import StepOf
from chengxin.casework.types import Actor
from chengxin.kernel.refused import Refused
from chengxin.rights.rectification.abouts import RECTIFICATION
from chengxin.rights.rectification.clocks import require_overdue


def rectification_possible(of: StepOf) -> None:
    """可以责令整改：somebody other than the office itself can check it, and nobody orders their own office."""
    if of.case.second_office_id is None:
        raise Refused("no-second-office", "没有可以核查的第二个机关，整改不能由整改单位自己核查。", "请信用办先登记上级机关，再责令整改。")


def default_is_so(of: StepOf) -> None:
    """没有按期：said to be overdue only where a clock of the case says so too."""
    if of.said.get("how") == "overdue":
        require_overdue(of, "explanation", "rectification")


def to_order(actor: Actor) -> list[tuple[str, str]]:
    """责令限期整改, from the list of cases: which office is chosen in the list of offices."""
    return [("责令部门限期整改", f"/cases/open/{RECTIFICATION}/office")] if actor.role is Role.CREDIT_OFFICE else []
