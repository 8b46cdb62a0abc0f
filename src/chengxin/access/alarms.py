"""警报。Mass reading, looks without a reason, a log that does not add up: a row, an entry, and whoever listens is told in the same moment.

An alarm stops nobody and decides nothing; a person looks and says what it was. Clause: credit-regulation/2.5.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import structlog
from django.db import transaction

from chengxin.access import ports
from chengxin.access.models import Account, Alarm, Department
from chengxin.access.roles import Role
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.appending import LedgerBroken
from chengxin.ledger.logs import Log
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import in_turn, writing

__all__ = ["AlarmKind", "LedgerFaults", "raise_alarm", "settle_alarm"]

RAISED: Final = "access:alarm:raised"
SETTLED: Final = "access:alarm:settled"
LONGEST: Final = 1000

log = structlog.get_logger("chengxin.access")


class AlarmKind(StrEnum):
    """警报的种类。"""

    MASS_READING = "mass_reading"
    UNJUSTIFIED_READ = "unjustified_read"
    LEDGER_FAULT = "ledger_fault"


KIND_LABELS: Final[Mapping[AlarmKind, str]] = MappingProxyType(
    {AlarmKind.MASS_READING: "批量查看", AlarmKind.UNJUSTIFIED_READ: "无正当理由的查看", AlarmKind.LEDGER_FAULT: "账本核对有误"}
)


def raise_alarm(
    *, kind: AlarmKind, key: str, sentence: str, at: Instant, account: Account | None = None, department: Department | None = None
) -> Alarm | None:
    """报警, once for each ``key``; None if it was raised before. Where the log refuses to grow, the row stands without an entry."""
    whole = f"{kind.value}: {key}"[:200]
    with writing():
        in_turn()
        known = Alarm.objects.filter(key=whole).first()
        if known is not None:
            for _, heard in ports.alarms.items():
                heard.hear_again(known, at)
            return None
        alarm = Alarm.objects.create(kind=kind.value, key=whole, sentence=sentence[:600], account=account, department=department, at=at)
        said = {"_alarm": str(alarm.pk), "_kind": kind.value, "_key": whole, "_sentence": alarm.sentence, "_at": str(at)}
        said |= {"_account": str(account.pk)} if account else {}
        said |= {"_department": department.code} if department else {}
        try:
            with transaction.atomic():
                alarm.content_id = record_event(RAISED, said)
        except LedgerBroken as broken:
            log.error("an alarm without its entry", alarm=alarm.pk, because=str(broken))
        else:
            alarm.save(update_fields=["content_id"])
        for _, heard in ports.alarms.items():
            heard.hear(alarm)
    return alarm


def settle_alarm(alarm_id: int, *, words: str, by: Account, at: Instant, with_its_case: bool = False) -> Alarm:
    """看过了：an audit administrator, whom it is not about, says what it was. Of two at once one wins. While a case about it is open it is
    settled with that case (``with_its_case``) and not by itself."""
    alarm = Alarm.objects.filter(pk=alarm_id).first()
    if alarm is None:
        raise NotFound("no-such-alarm", f"没有第 {alarm_id} 号警报。", "请核对编号。")
    if by.role != Role.AUDIT_ADMIN or by.pk == alarm.account_id:
        raise Forbidden("alarm-not-yours", "警报由审计管理员处理，不能处理关于自己的。", "请转给审计管理员。")
    for _, heard in () if with_its_case else ports.alarms.items():
        heard.settling(alarm)
    said = words.strip()
    if not 0 < len(said) <= LONGEST:
        raise Refused("alarm-words", f"要写明查看的结果，不超过 {LONGEST} 个字。", "写明问了谁、是什么情况、怎样处理。")
    with writing():
        if not Alarm.objects.filter(pk=alarm_id, settled_at=None).update(settled_by=by, settled_at=at, words=said):
            raise Conflict("alarm-settled", "这件警报已经有人处理了。", "刷新页面看结果。")
        content_id = record_event(SETTLED, {"_alarm": str(alarm_id), "_words": said, "_by": str(by.pk), "_at": str(at)})
        Alarm.objects.filter(pk=alarm_id).update(settled_content_id=content_id)
    alarm.refresh_from_db()
    return alarm


class LedgerFaults:
    """Fills ``ledger.ports.faults_found``."""

    def found(self, log: Log, slug: str, sentence: str, at: Instant) -> None:
        """A fault is an alarm; the same fault is one alarm, however often it is looked for."""
        raise_alarm(kind=AlarmKind.LEDGER_FAULT, key=f"{log.name} {slug} {sentence}", sentence=f"{log.title}：{sentence or slug}", at=at)
