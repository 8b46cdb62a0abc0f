"""各方的数由谁录入。A party with a page of its own types its number itself; otherwise only two people can, from paper, each for himself."""

from __future__ import annotations

from chengxin.during_event.inspection.models import InspectionPlan, PartyEntry, PartyPage
from chengxin.during_event.inspection.types import Entered, PartyStep
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict


def has_page(plan: InspectionPlan, party: str) -> bool:
    """Whether a link was made for this party, used or not."""
    return PartyPage.objects.filter(plan=plan, party=party).exists()


def check_entrance(plan: InspectionPlan, party: str, how: Entered) -> None:
    """Conflict where one of the staff alone would enter the number of a party that does it itself."""
    if how is Entered.STAFF and has_page(plan, party):
        raise Conflict(
            "party-has-page",
            f"“{party}”有自己的专页，工作人员不能一人代录。",
            "请这一方在专页上自己办；交来书面材料的，写明出处，由两人各录入一次。",
        )


def note_entry(
    plan: InspectionPlan, party: str, step: PartyStep, how: Entered, value: str, *, source: str, by: str, at: Instant, content_id: int
) -> PartyEntry | None:
    """Keep who entered it; those who typed from paper were noted one by one (``on_paper``)."""
    if how is Entered.PAPER:
        return None
    return PartyEntry.objects.create(
        plan=plan, party=party, step=step, how=how, value=value, source=source, by=by, at=at, content_id=content_id
    )
