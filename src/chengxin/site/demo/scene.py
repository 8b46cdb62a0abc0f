"""故事的场景。What the planted stories are told with: a calendar, rows, hand-ins, and links that lead somewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from django.urls import NoReverseMatch, reverse

from chengxin.kernel.periods import last_day
from chengxin.site.demo.acts import act_facts
from chengxin.site.demo.building import City
from chengxin.site.demo.city import Firm, Office
from chengxin.site.demo.days import working_days_back
from chengxin.site.demo.rows import Facts, Row, about_firm, about_person, row_of

PENALTY: Final = "administrative_penalty"
LICENCE: Final = "administrative_licence"
#: A fine that makes an ordinary case: published, for a time.
GENERAL_FINE: Final = {"penalty_kinds": "罚款", "content": "罚款120000元", "fine": "12", "procedure": "普通程序"}


@dataclass(frozen=True)
class Story:
    """故事：one stop of the tour."""

    title: str
    happened: str
    did: str
    checks: Sequence[Mapping[str, str]]


@dataclass
class Scene:
    """What a story is told with."""

    city: City
    firms: Sequence[Firm]

    def workday(self, back: int) -> date:
        """The working day that many working days before the last one up to today."""
        return working_days_back(self.city.today, back, self.city.policy.calendar)

    def row(self, item_id: str, office: Office, firm: Firm | None, *, decided: date, number: str, facts: Facts) -> Row:
        """One act; ``firm`` None: about a natural person."""
        item, chance = self.city.policy.item(item_id), Random(f"{self.city.seed}/{number}")  # noqa: S311
        said = act_facts(item, office, decided, number, Random(1)) | {"fine": "", "confiscation": "", "CF_NR_ZKDX": ""}  # noqa: S311
        about = about_firm(firm) if firm else about_person(chance)
        return row_of(item, self.city.policy, said | about | dict(facts), chance)


def link(label: str, *names: str, args: Sequence[object] = ()) -> list[dict[str, str]]:
    """A check that leads to the first of these pages that exists; none if none does."""
    for name in names:
        try:
            return [{"label": label, "href": reverse(name, args=args)}]
        except NoReverseMatch:
            continue
    return []


def page_of(firm: Firm) -> list[dict[str, str]]:
    """The subject's page."""
    return link(f"{firm.name}的页面", "subject", args=[firm.code])


def decided_so_that(last: date, period: str) -> date:
    """The latest day from which ``period`` runs until ``last``."""
    day = last
    while last_day(day, period) > last:
        day -= timedelta(days=1)
    return day


def takes(name: str) -> bool:
    """Whether there is a page of this name about one numbered thing."""
    try:
        reverse(name, args=[1])
    except NoReverseMatch:
        return False
    return True
