"""程序的类型。What a policy file of a procedure becomes: states, steps, who takes them, what they ask for, and the clocks that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from chengxin.policy.types_values import Confidence

#: What a decision against somebody needs beside what its step names, where the procedure has such a kind of document.
DELIVERY_PROOF: Final = "delivery_proof"


class Who(StrEnum):
    """可以是谁：what somebody must be to play a part in a case."""

    SUBJECT = "subject"  # the subject itself or its agent, by a mandate in force for this procedure
    PERSON = "person"  # the natural person whom it is about, with an account registered as theirs (casework.ports.own_things)
    AFFECTED = "affected"  # anybody who is signed in and says how it concerns them
    REPRESENTED = "represented"  # a firm in whose name a case is opened, by its people with a mandate for this procedure
    VISITOR = "visitor"  # somebody without an account, who has the code that they were given when they opened the case
    DECIDING_OFFICE = "deciding_office"  # a clerk or reviewer of the office that decided what the case is about, or its system
    DECIDING_REVIEWER = "deciding_reviewer"  # a reviewer of that office
    SECOND_OFFICE = "second_office"  # a clerk or reviewer of the second office, which had no hand in it
    CREDIT_OFFICE = "credit_office"
    AUDIT_ADMIN = "audit_admin"
    SECURITY_ADMIN = "security_admin"
    SERVICE_AGENCY = "service_agency"  # people of the registered credit service agency that the case is about
    PLATFORM = "platform"  # the platform itself: what a court, 信用中国 or a check of the ledger said

    @property
    def label(self) -> str:
        """The Chinese label."""
        return _WHO_LABELS[self]


_WHO_LABELS: Mapping[Who, str] = {
    Who.SUBJECT: "主体本人或者代理人",
    Who.PERSON: "本人",
    Who.AFFECTED: "认为自己受影响的人",
    Who.REPRESENTED: "以其名义提出的企业的代理人",
    Who.VISITOR: "凭查询码、没有账户的人",
    Who.DECIDING_OFFICE: "作出决定的机关",
    Who.DECIDING_REVIEWER: "作出决定的机关的复核人",
    Who.SECOND_OFFICE: "没有参与原决定的第二个机关",
    Who.CREDIT_OFFICE: "信用办",
    Who.AUDIT_ADMIN: "审计管理员",
    Who.SECURITY_ADMIN: "安全管理员",
    Who.SERVICE_AGENCY: "所涉信用服务机构的人员",
    Who.PLATFORM: "平台",
}


class AskedKind(StrEnum):
    """所填内容的种类。"""

    LINE = "line"
    TEXT = "text"
    DAY = "day"  # a date that is not in the future
    CHOICE = "choice"
    IN_NAME_OF = "in_name_of"  # the number of a subject in whose name the case is opened; nothing: in one's own
    TRUTH = "truth"  # a box to tick, e.g. a promise


@dataclass(frozen=True)
class Asked:
    """一步里要填的一项。"""

    id: str
    title: str
    kind: AskedKind
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)  # value → label, of CHOICE
    hint: str = ""
    longest: int = 0  # characters
    shown_to: tuple[str, ...] = ()  # parts; to whoever plays none of them on the case it is not shown. Empty: all who see the case


@dataclass(frozen=True)
class DocumentKind:
    """材料的种类。"""

    id: str
    title: str
    hint: str = ""
    shown_to: tuple[str, ...] = ()  # as of Asked
    by: tuple[str, ...] = ()  # the parts that hand it in; empty, in sets adopted before this was written: every part
    service: str = ""  # made by an agency that is registered for this service (access.types.AgencyService)
    named_by: str = ""  # the asked field in which that agency is named


@dataclass(frozen=True)
class Part:
    """办案中的一方。One person plays one part in a case, and no other."""

    id: str
    title: str
    who: tuple[Who, ...]


@dataclass(frozen=True)
class CaseState:
    """案件的状态。"""

    id: str
    title: str
    closed: bool = False


@dataclass(frozen=True)
class ClockRule:
    """期限：runs from entering a state of ``starts`` until one of ``stops``; stands still in ``pauses``. ``days`` names the parameter
    (working days, calendar days or a period), asked for on the day the clock starts."""

    id: str
    title: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    days: str
    pauses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """一份通知：to whom (a part, ``deciding_office``, ``second_office``, ``subject``, ``service_agency``,
    ``recipients``), and in which words."""

    to: str
    text: str


@dataclass(frozen=True)
class StepRule:
    """一步：who may take it from which states, what it asks for, and what follows."""

    verb: str
    title: str
    from_states: tuple[str, ...]  # empty: opens the case
    to: str
    by: str  # a part
    asks: tuple[Asked, ...] = ()
    documents: tuple[str, ...] = ()  # kinds that must lie on the case by then
    guards: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    tells: tuple[Told, ...] = ()
    adverse: bool = False  # a decision against somebody: the full list of what it must say
    once: bool = False
    extends: str = ""  # a clock
    extends_by: str = ""  # the parameter that says by how much
    hint: str = ""


@dataclass(frozen=True)
class Procedure:
    """程序：one kind of case."""

    id: str
    title: str
    opens_on: tuple[str, ...]  # kinds of what a case may be about
    one_at_a_time: bool  # one open case about the same thing
    scope: str  # of a mandate, for those who act for the subject
    parts: Mapping[str, Part]
    states: Mapping[str, CaseState]
    documents: Mapping[str, DocumentKind]
    clocks: tuple[ClockRule, ...]
    opening: StepRule
    steps: tuple[StepRule, ...]
    reference: str
    quote: str
    note: str
    confidence: Confidence
    path: str

    def step(self, verb: str, state: str) -> StepRule | None:
        """The step that ``verb`` is in ``state``."""
        return next((each for each in self.steps if each.verb == verb and state in each.from_states), None)

    def needed_by(self, step: StepRule) -> tuple[str, ...]:
        """The kinds of documents that must lie on the case when ``step`` is taken."""
        return (*step.documents, *((DELIVERY_PROOF,) if step.adverse and DELIVERY_PROOF in self.documents else ()))

    def kinds_of(self, part: str) -> tuple[DocumentKind, ...]:
        """The kinds of documents that somebody in ``part`` hands in, in the order of the file."""
        return tuple(each for each in self.documents.values() if not each.by or part in each.by)

    def steps_from(self, state: str) -> tuple[StepRule, ...]:
        """What may follow ``state``, in the order of the file."""
        return tuple(each for each in self.steps if state in each.from_states)
