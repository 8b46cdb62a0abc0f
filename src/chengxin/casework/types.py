"""办案的词。Who acts, what a case is about, what a step said. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from chengxin.access.roles import Role

#: Before the digest of a code, as the key of a person who has no account.
VISITOR: Final = "visitor:"
#: The person key of the platform itself: what a court or 信用中国 decided, what a check of the ledger found.
PLATFORM: Final = "platform"
#: What a case about a registered credit service agency is about; the key is the number of the registration.
SERVICE_AGENCY: Final = "service_agency"


@dataclass(frozen=True)
class Actor:
    """办事的人。``person`` tells people apart (``account:12``, ``token:<code>``, ``visitor:<digest>``, ``platform``); ``mandates``:
    subject → what may be done for it, by a mandate in force or for the own office; ``own``: numbers of the subject that the actor's own
    office is; ``things``: what is about the actor as a natural person, kind → keys (``ports.own_things``); ``via``: subject →
    scope → the registered agency in whose name it is done; ``agency_id``: the one that the actor works for, registered today or not."""

    person: str
    name: str
    department_id: int | None = None
    role: Role | None = None
    mandates: Mapping[int, frozenset[str]] = field(default_factory=dict)
    own: frozenset[int] = frozenset()
    things: Mapping[str, frozenset[str]] = field(default_factory=dict)
    via: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    agency_id: int | None = None

    @property
    def by_token(self) -> bool:
        """Whether a department's own system acts."""
        return self.person.startswith("token:")

    @property
    def is_visitor(self) -> bool:
        """Whether somebody without an account acts, by the code of their case."""
        return self.person.startswith(VISITOR)

    @property
    def account_id(self) -> int | None:
        """The number of the account, of a person who has one."""
        return int(self.person.removeprefix("account:")) if self.person.startswith("account:") else None

    def is_person_of(self, kind: str, key: str) -> bool:
        """Whether a thing is about the actor as a natural person."""
        return key in self.things.get(kind, frozenset())

    def may_for(self, subject_id: int | None, scope: str) -> bool:
        """Whether the actor may do ``scope`` for ``subject_id``."""
        return subject_id is not None and scope in self.mandates.get(subject_id, frozenset())

    def agency_for(self, subject_id: int | None, scope: str) -> int | None:
        """由哪家机构代办: the agency in whose name the actor does ``scope`` for ``subject_id``; None: in their own right, or not at all."""
        return self.via.get(subject_id, {}).get(scope) if subject_id is not None else None


THE_PLATFORM: Final = Actor(PLATFORM, "平台")


@dataclass(frozen=True)
class About:
    """案由的对象：``kind`` is registered by the section that keeps it, ``key`` its number there."""

    kind: str
    key: str


@dataclass(frozen=True)
class AboutFacts:
    """案由对象的情况, as the section that keeps it answers: its title and page, whom it concerns, who decided it, and who is to decide
    a dispute about it (``second_office_id``: had no hand in it). ``key``: its number in the one way in which it is written, whatever zeros
    somebody put before it: cases about one thing are found, and kept to one, by that. ``many``: several open cases about it at once are
    nothing odd, whatever the procedure says (an office is no single matter, as a record or an alarm is)."""

    key: str
    title: str
    href: str
    subject_id: int | None
    office_id: int | None
    second_office_id: int | None = None
    many: bool = False


@dataclass(frozen=True)
class StepTaken:
    """已走的一步, as far as clocks and guards need it."""

    place: int
    verb: str
    from_state: str
    to_state: str
    part: str
    at: int
    said: Mapping[str, str] = field(default_factory=dict)
