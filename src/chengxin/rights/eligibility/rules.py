"""参评资格的规则, pure. "依规取消其参评各类荣誉的资格" (government-integrity/2.4.3): standing says from when until when a breach bars.

What is no longer shared (restored, revoked, its term over) is not used for any day that is asked about, past ones included. What the
platform does not know is never a yes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from chengxin.kernel.instants import FOREVER, Instant, date_of, end_of_day
from chengxin.rights.eligibility.types import Answer, Breach, OfficeFacts, Outcome, Reason, ReasonKind, Todo

CLAUSE: Final = "government-integrity/2.4.3"


def moment_of(day: date, at: Instant) -> Instant:
    """The instant at which a day is asked about: today now, any other day at its end."""
    return at if day == date_of(at) else end_of_day(day) - 1


def answer_of(facts: OfficeFacts, day: date, at: Instant) -> Answer:
    """The answer for ``day``, by what is known at ``at``."""
    reasons = tuple(_reasons(facts, moment_of(day, at), at))
    outcomes = {each.kind.outcome for each in reasons}
    outcome = Outcome.NO if Outcome.NO in outcomes else Outcome.REVIEW if outcomes else Outcome.YES
    return Answer(facts.code, facts.name, outcome, reasons, tuple(_notes(facts, moment_of(day, at), at)), facts.subject_ids)


def _reasons(facts: OfficeFacts, moment: Instant, at: Instant) -> Iterator[Reason]:
    for breach in facts.breaches:
        if not breach.barring.holds(moment):
            continue
        if breach.shared.holds(at):
            yield _barred(breach)
        elif breach.held or not breach.shared.until_at:
            why = breach.held or "没有可以共享的期间"
            yield _about(breach, ReasonKind.HELD, f"认定失信的记录暂停使用：{why}。停止期间不作为依据，也不能据此认为没有失信。")
    for number in facts.not_on_file:
        yield Reason(ReasonKind.NOT_ON_FILE, f"{number}已认定失信，但没有入档的记录。", todo=(Todo("请信用办核对该案，补报记录"),))
    if not facts.name:
        sentence = "本平台没有登记这个代码的单位，查不到不等于没有失信。"
        yield Reason(ReasonKind.OFFICE_UNKNOWN, sentence, todo=(Todo("核对代码；确是本市机关的，请信用办登记以后再查"),))
    elif facts.closed_on is not None:
        sentence = f"该单位已于 {facts.closed_on} 停用，失信情况由承接职能的单位另行核实。"
        yield Reason(ReasonKind.OFFICE_CLOSED, sentence, todo=(Todo("改查承接职能的单位"),))


def _notes(facts: OfficeFacts, moment: Instant, at: Instant) -> Iterator[str]:
    for breach in facts.breaches:
        if breach.shared.holds(at) and breach.barring.until_at <= moment:
            yield f"{breach.decided_on} 认定失信（{breach.document_number}），取消参评资格的期间已满，仅供参考。"
        elif breach.shared.holds(at) and moment < breach.barring.from_at:
            yield f"{breach.decided_on} 认定失信（{breach.document_number}），在所问的日期以后。"
    for each in facts.open:
        due = f"，期限 {each.due_on}" if each.due_on else ""
        yield f"{each.number}：{each.state}{due}。尚未认定，不影响参评，仅供参考。"


def _barred(breach: Breach) -> Reason:
    disputed = f"{breach.disputed}，裁决以前认定继续有效；授予以前请再查一次。" if breach.disputed else ""
    return _about(breach, ReasonKind.BREACH, f"已认定政务失信，取消参评各类荣誉的资格。{disputed}")


def _about(breach: Breach, kind: ReasonKind, sentence: str) -> Reason:
    until = None if breach.barring.until_at >= FOREVER else date_of(breach.barring.until_at - 1)
    return Reason(
        kind, sentence, breach.record, breach.version, breach.document_number, breach.clause, breach.authority, breach.decided_on, until,
        breach.disputed, tuple(_todo(breach)),
    )  # fmt: skip


def _todo(breach: Breach) -> Iterator[Todo]:
    """What the office itself may still do; the one who asks can tell it."""
    if breach.disputed:
        yield Todo(f"{breach.disputed}，等裁决以后再查")
    else:
        yield Todo("该单位认为有误的，可以提出异议", f"/cases/open/objection/record/{breach.record}")
    if breach.restoration:
        yield Todo(breach.restoration, f"/cases/open/restoration/record/{breach.record}")
