"""办理的请求。What an authority asks to be done about its own record, in one form for the command, the interface and the page.

Only the authority that decided, or one above it, may ask. What makes things worse for the subject is asked for on a page by one
person and done by another of the same authority; a department's own system answers for its people itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from chengxin.access.models import Department
from chengxin.access.on_behalf import one_with, subjects_that_are
from chengxin.access.queries import subordinates_of
from chengxin.foundation.records import ports, services
from chengxin.foundation.records.models import Hold, Record, RecordAct
from chengxin.foundation.records.types import CASE_CLAUSE, SeverityCode, Surface, WithdrawalReason
from chengxin.kernel.instants import FOREVER, Instant, end_of_day
from chengxin.kernel.refused import Forbidden, NotFound, Refused
from chengxin.policy import active
from chengxin.policy.types import Polarity

LONGEST_REASON: Final = 500
_LONGEST_CLAUSE: Final = 100

Choice = TypeVar("Choice", bound=StrEnum)


class AskedVerb(StrEnum):
    """可以请求的办理。"""

    WITHDRAW = "withdraw"
    HOLD = "hold"
    RELEASE = "release"
    SEVERITY = "severity"

    @property
    def label(self) -> str:
        """The Chinese label."""
        return {"withdraw": "撤回", "hold": "暂停展示", "release": "恢复展示", "severity": "认定失信程度"}[self]


@dataclass(frozen=True)
class Asked:
    """一项请求, read and checked. What its verb does not need is empty."""

    verb: AskedVerb
    because: str
    reason: WithdrawalReason | None = None
    decided_on: date | None = None
    surfaces: frozenset[Surface] = frozenset()
    until_at: Instant = FOREVER
    clause: str = ""
    hold: int = 0
    severity: SeverityCode = SeverityCode.NONE


@dataclass(frozen=True)
class Done:
    """办理结果。``due_on`` and ``late`` for a withdrawal only (V12); ``hold`` names the hold that began or ended."""

    record: int
    verb: AskedVerb
    content_id: int
    due_on: date | None = None
    late: bool = False
    hold: int = 0


def asked_of(texts: Mapping[str, str]) -> Asked:
    """读请求 from texts: ``verb, because, reason, decided_on, surfaces`` (with commas), ``until_on, clause, hold, severity``.

    Refused for what is missing or unreadable, with what may stand there.
    """
    verb = _one_of(AskedVerb, texts.get("verb", ""), "办理")
    because = texts.get("because", "").strip()
    if not because:
        raise Refused("no-reason-given", "办理时必须写明理由。", "写明事由和依据的文书。", where={"because": ""})
    if len(because) > LONGEST_REASON:
        raise Refused("reason-too-long", f"理由不得超过 {LONGEST_REASON} 个字。", "写明要点，材料另存。", where={"because": because[:20]})
    if verb is AskedVerb.WITHDRAW:
        reason = _one_of(WithdrawalReason, texts.get("reason", ""), "撤回事由")
        return Asked(verb, because, reason=reason, decided_on=_day(texts.get("decided_on", "")))
    if verb is AskedVerb.HOLD:
        named = [each for each in texts.get("surfaces", "").split(",") if each]
        surfaces = frozenset(_one_of(Surface, each, "展示面") for each in named)
        until = texts.get("until_on", "")
        clause = texts.get("clause", "").strip()[:_LONGEST_CLAUSE]
        if clause.startswith(CASE_CLAUSE):
            raise Refused(
                "clause-of-a-case", f"依据的条款不能以“{CASE_CLAUSE}”开头，那是案件的暂停。", "写明法规的条款。", where={"clause": clause}
            )
        return Asked(verb, because, surfaces=surfaces, until_at=end_of_day(_day(until)) if until else FOREVER, clause=clause)
    if verb is AskedVerb.RELEASE:
        return Asked(verb, because, hold=_hold_number(texts.get("hold", "")))
    code = SeverityCode.stated(texts.get("severity", ""))
    if code is SeverityCode.NONE:
        raise Refused("choice-unknown", "失信程度要从 轻微、一般、严重 中选一个。", "改正后重新办理。", where={"severity": ""})
    return Asked(verb, because, severity=code)


def own_record(record_id: int, office: Department) -> Record:
    """本机关作出的记录, public or not. NotFound for those of others: both look the same; Forbidden for an office that is closed."""
    if office.closed_at is not None:
        raise Forbidden("department-closed", f"{office.name}已经停用，不能办理。", "由承接职能的部门办理。")
    own = {office.pk} | subordinates_of(office.pk)
    record = Record.objects.filter(pk=record_id, authority_id__in=own).exclude(submission_id__in=ports.open_submissions()).first()
    if record is None:
        raise NotFound("no-such-record", f"本部门没有编号为 {record_id} 的记录。", "核对编号；只能办理本部门和下属部门作出的决定。")
    return record


def require_another(record: Record, office: Department) -> None:
    """机关不办理关于自己的记录, not even one that it made itself: Forbidden. The office above it may, and so may whoever decides an
    objection. Clause: government-integrity/2.5.3."""
    if subjects_that_are(office) & one_with(record.subject_id):
        raise Forbidden(
            "own-office", f"这条记录的信息主体就是{office.name}，本机关不能撤回、暂停或者改动它。",
            "由上级机关办理；认为有误的提出异议，由没有参与的机关裁决。",
        )  # fmt: skip


def grows_worse(record: Record, asked: Asked) -> bool:
    """是否加重：whether what is asked makes things worse for the subject, so that a second person must look."""
    if asked.verb is AskedVerb.SEVERITY:
        return asked.severity > record.severity
    against = active.policy_set().item(record.item).polarity is Polarity.ADVERSE
    return (asked.verb is AskedVerb.RELEASE) if against else asked.verb in {AskedVerb.WITHDRAW, AskedVerb.HOLD}


def do(record: Record, asked: Asked, *, office: Department, by: str, at: Instant) -> Done:
    """办理 what was asked, at once, in the name of ``office``. The refusals of the verbs in ``services``."""
    require_another(record, office)
    told: dict[str, Any] = {"because": asked.because, "by": by, "at": at}
    if asked.verb is AskedVerb.RELEASE:
        hold = Hold.objects.filter(pk=asked.hold, record_id=record.pk).first()
        if hold is None:
            raise NotFound("no-such-hold", f"这条记录没有编号为 {asked.hold} 的暂停。", "核对编号。")
        if hold.clause.startswith(CASE_CLAUSE):
            raise Forbidden(
                "hold-of-a-case", "这项暂停因正在办理的案件而起，不能由作出决定的单位结束。", "案件办结时自动恢复；请在该案办理。"
            )
        services.end_hold(hold_id=asked.hold, **told)
        ended = Hold.objects.get(pk=asked.hold).ended_content_id
        return Done(record.pk, asked.verb, ended or 0, hold=asked.hold)
    if asked.verb is AskedVerb.HOLD:
        hold = services.place_hold(record_id=record.pk, surfaces=asked.surfaces, clause=asked.clause, until_at=asked.until_at, **told)
        return Done(record.pk, asked.verb, hold.content_id, hold=hold.pk)
    if asked.verb is AskedVerb.SEVERITY:
        word = asked.severity.word
        assert word is not None  # asked_of lets no other pass
        return Done(record.pk, asked.verb, services.state_severity(record_id=record.pk, severity=word, **told).content_id)
    assert asked.reason is not None
    assert asked.decided_on is not None
    act: RecordAct = services.withdraw_record(record_id=record.pk, reason=asked.reason, decided_on=asked.decided_on, **told)
    return Done(record.pk, asked.verb, act.content_id, date.fromisoformat(act.data["due_on"]), bool(act.data["late"]))


def _one_of(kind: type[Choice], text: str, title: str) -> Choice:
    try:
        return kind(text)
    except ValueError:
        known = "、".join(f"{each.value}" for each in kind)
        raise Refused("choice-unknown", f"{title}“{text[:40]}”认不出。", f"可以写：{known}。", where={title: text[:40]}) from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("date-unreadable", f"“{text[:40]}”不是日期。", "写成 2026-04-01 这样的日期。") from None


def _hold_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused("choice-unknown", "没有写明结束哪一项暂停。", "写暂停的编号。", where={"hold": text[:40]})
    return int(text)
