"""对公开页面的异议。A page that publishes is marked as disputed from the objection on, and is withheld where another office says so.

The page itself is no record: what is wrong on it is put right where it comes from, and the office that adjudicates looks at it again.
Clause: credit-regulation/2.5.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from chengxin.casework.models import Case, CaseStep
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.casework.types import AboutFacts, Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.ports import Port
from chengxin.rights.abouts import office_of, offices_for, publishers

PAGE: Final = "page"
PAGE_OBJECTION: Final = "page_objection"
LONGEST_KEY: Final = 64
_SLASH: Final = "~"
_WITHHOLDS: Final = frozenset({"withhold_first", "withhold"})
_SAYS: Final = frozenset({"order_correction", "send_back"})


@dataclass(frozen=True)
class Published:
    """公开的页面：its title; the subject it is about, all its numbers; the code of the office whose page it is."""

    title: str
    subject_id: int | None = None
    subject_numbers: tuple[int, ...] = ()
    office_code: str = ""


#: Path → what is published there; None for what publishes nothing. Refused where one objects elsewhere. Filled by the site.
published: Final[Port[Callable[[str], Published | None]]] = Port("objections.published")


@dataclass(frozen=True)
class PageState:
    """页面的状态。``words``: what is disputed, "" for nothing; ``withheld``: not shown until it is put right."""

    words: str = ""
    withheld: bool = False


def key_of(path: str) -> str:
    """What a case about this page is about; "" for a path too long to be one of ours.

    >>> key_of("/s/913709000000000000"), path_of("~offices~113709000000000000")
    ('~s~913709000000000000', '/offices/113709000000000000')
    """
    key = path.replace("/", _SLASH)
    return key if _SLASH not in path and len(key) <= LONGEST_KEY else ""


def path_of(key: str) -> str:
    """The page that a case is about."""
    return key.replace(_SLASH, "/")


class PageAbouts:
    """Fills ``casework.ports.abouts`` for ``page``: the key is the path, with ~ for /."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no public page of this site."""
        path = path_of(key)
        found = next((page for _, lookup in published.items() if (page := lookup(path)) is not None), None) if path[:1] == "/" else None
        if found is None:
            raise NotFound("no-such-page", "本站没有这个公开页面。", "从那一页下方的“对本页提出异议”进入。")
        office = office_of(found.office_code) if found.office_code else None
        deciding, second = offices_for(office, found.subject_numbers) if office is not None else publishers(found.subject_numbers)
        return AboutFacts(key_of(path), found.title[:300], path, found.subject_id, deciding, second)


def page_can_be_objected_to(of: StepOf) -> None:
    """可以异议：somebody who did not publish the page can decide."""
    if of.case.office_id is None or of.case.second_office_id is None:
        sentence = "没有可以裁决的第二个机关，对页面的异议不能交给发布单位自己裁决。"
        raise Refused("no-second-office", sentence, "请信用办先登记上级机关，再提出异议。")


def state_of(*paths: str) -> PageState:
    """Whether an objection to the page at any of these addresses of it is open, and whether one of them withholds it. One query, one more
    for each that is open."""
    keys = [key for path in paths if (key := key_of(path))]
    cases = list(Case.objects.filter(procedure=PAGE_OBJECTION, about_kind=PAGE, about_key__in=keys, closed_at=None).order_by("pk"))
    if not cases:
        return PageState()
    return PageState(f"页面异议{'、'.join(number_of(case) for case in cases)}正在办理", any(_withheld(case) for case in cases))


def any_open_under(prefix: str) -> bool:
    """Whether an objection to any page whose address begins so is open."""
    return Case.objects.filter(procedure=PAGE_OBJECTION, about_kind=PAGE, about_key__startswith=key_of(prefix), closed_at=None).exists()


def _withheld(case: Case) -> bool:
    """The newest word of the office that adjudicates."""
    said = CaseStep.objects.filter(case=case, verb__in=_WITHHOLDS | _SAYS).order_by("-place").first()
    return said is not None and (said.verb in _WITHHOLDS or said.said.get("meanwhile") == "withheld")
