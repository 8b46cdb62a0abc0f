"""各方的数怎样显示。Who entered what and when: by account at a desk, to the public by letters that show whether it was the same person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chengxin.during_event.inspection.models import InspectionPlan, PartyEntry, PartyNumber, PartyPage
from chengxin.during_event.inspection.types import Entered, PartyStep

_LETTERS: Final = "甲乙丙丁戊己庚辛壬癸"


@dataclass(frozen=True)
class Done:
    """一步由谁录入。``who``: accounts; ``letters``: the same people as the public reads of them; ``waiting``: one has typed it from
    paper, and another has to."""

    how: str = ""
    who: Sequence[str] = ()
    letters: str = ""
    source: str = ""
    waiting: bool = False


@dataclass(frozen=True)
class PartyLine:
    """一方。``number``: None before it is sealed."""

    party: str
    number: PartyNumber | None
    page: PartyPage | None
    sealed: Done
    opened: Done


def party_lines(plan: InspectionPlan) -> list[PartyLine]:
    """各方 in the order of the plan, in three queries."""
    numbers = {each.party: each for each in plan.party_numbers.all()}
    pages = {each.party: each for each in plan.party_links.filter(ended_at=None)}
    entries = list(plan.party_entries.order_by("id"))
    people = list(dict.fromkeys(each.by for each in entries if each.how != Entered.PAGE))
    letters = {name: f"工作人员{_LETTERS[place % len(_LETTERS)]}" for place, name in enumerate(people)}

    def done(party: str, step: PartyStep, value: str) -> Done:
        mine = [each for each in entries if (each.party, each.step) == (party, step)]
        return _done([each for each in mine if not value or each.value == value], letters, is_in=bool(value))

    return [
        PartyLine(
            party,
            number := numbers.get(party),
            pages.get(party),
            done(party, PartyStep.SEAL, number.commitment if number else ""),
            done(party, PartyStep.OPEN, number.revealed if number else ""),
        )
        for party in plan.parties
    ]


def _done(entries: Sequence[PartyEntry], letters: dict[str, str], *, is_in: bool) -> Done:
    if not entries:
        return Done()
    who = list(dict.fromkeys(each.by for each in entries))
    how = Entered(entries[-1].how)
    said = "" if how is Entered.PAGE else "、".join(letters[each] for each in who)
    return Done(how.label, who, said, "；".join(dict.fromkeys(each.source for each in entries if each.source)), not is_in)


def protection(plan: InspectionPlan) -> str:
    """各方的数护不护得住这次抽取, in a sentence: one honest party that nobody else typed for is enough."""
    entries = list(plan.party_entries.filter(step=PartyStep.SEAL))
    sealed = {each.party for each in plan.party_numbers.all()}
    own = {each.party for each in entries if each.how == Entered.PAGE}
    paper = {each.party for each in entries if each.how == Entered.PAPER} & sealed
    alone = {each.by for each in entries if each.how == Entered.STAFF}
    if not sealed:
        return ""
    if own:
        return f"{len(own)} 方在自己的专页上封存，工作人员看不到它们的随机数；其中一方可信，就没有人能定结果。"
    if paper:
        return f"{len(paper)} 方交来书面的封存值，由两名工作人员各自录入；其余由一名工作人员代录。"
    if len(alone) == 1 and len(sealed) > 1:
        return "各方的封存值都由同一名工作人员录入，本页看不出它们真是各方出的；这次抽取只靠公开随机数保护，结果仍然没有人能预先知道。"
    return "各方的封存值由工作人员代录，一人录一次；保护这次抽取的主要是公开随机数。"
