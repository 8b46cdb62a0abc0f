"""书面交来的数。Two people type it in, each for himself, and say which paper it stands on; it is taken when both say the same."""

from __future__ import annotations

from typing import Final

from chengxin.during_event.inspection import ceremony
from chengxin.during_event.inspection.models import InspectionPlan, PartyEntry
from chengxin.during_event.inspection.types import Entered, PartyStep
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Conflict, Refused
from chengxin.ledger import services as ledger
from chengxin.storage.transactions import in_turn, writing

TYPED: Final = "inspection:party:typed"
LONGEST_SOURCE: Final = 140


def enter_on_paper(plan: InspectionPlan, party: str, step: PartyStep, value: str, source: str, *, by: str, at: Instant) -> bool:
    """照书面材料录入, and whether it is in now: somebody else has typed the same. What is wrong is typed again; what was typed stays.

    Refused without the paper; Conflict for the same person twice, and in every case in which the party itself would be refused.
    """
    paper = source.strip()
    if not paper or len(paper) > LONGEST_SOURCE:
        raise Refused("party-paper", f"书面材料的出处没有写，或者超过 {LONGEST_SOURCE} 字。", "写明是哪一份文件：文号、日期、谁送来的。")
    with writing():
        in_turn()
        if step is PartyStep.SEAL:
            said = ceremony.check_sealing(plan, party, value)
        else:
            _sealed, said = ceremony.check_opening(plan, party, value, at)
        words = newest_words(plan, party, step)
        if by in words and words[by].value == said:
            raise Conflict("second-person-needed", "同一个人不能录入两次，须由另一人照材料独立录入。", "请另一位工作人员办理。")
        entry = {"plan": plan.number, "party": party, "step": step.value, "value": said, "source": paper, "by": by, "at": utc_text(at)}
        content_id = ledger.record_event(TYPED, entry)
        PartyEntry.objects.create(
            plan=plan, party=party, step=step, how=Entered.PAPER, value=said, source=paper, by=by, at=at, content_id=content_id
        )
        other = next((each for name, each in words.items() if name != by and each.value == said), None)
        if other is None:
            return False
        take = ceremony.seal_number if step is PartyStep.SEAL else ceremony.open_number
        papers = "；".join(dict.fromkeys((other.source, paper)))
        take(plan, party, said, by=f"{other.by}、{by}"[:150], at=at, how=Entered.PAPER, source=papers)
        return True


def newest_words(plan: InspectionPlan, party: str, step: PartyStep) -> dict[str, PartyEntry]:
    """What each person typed from paper last."""
    return {each.by: each for each in plan.party_entries.filter(party=party, step=step, how=Entered.PAPER).order_by("id")}
