"""案由的对象：an alarm, as the incident about it needs it; and that nobody acts on an incident about their own conduct."""

from __future__ import annotations

from typing import Final

from chengxin.access.alarms import KIND_LABELS, AlarmKind
from chengxin.access.models import Alarm, Department
from chengxin.access.roles import Role
from chengxin.casework.ports import StepOf
from chengxin.casework.types import PLATFORM, AboutFacts, Actor
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Forbidden, NotFound
from chengxin.rights.abouts import office_of

ALARM: Final = "alarm"
PLACE: Final = "place"
_SEE_ALARMS: Final = frozenset({Role.AUDIT_ADMIN, Role.SECURITY_ADMIN, Role.CREDIT_OFFICE})


class AlarmAbouts:
    """Fills ``casework.ports.abouts`` for ``alarm``: the key is the alarm's number."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no alarm, or not for the actor's eyes. No office is named: those whom it is about do not see the case."""
        alarm = alarm_of(key)
        if alarm is None or not (actor.person == PLATFORM or actor.role in _SEE_ALARMS):
            raise NotFound("no-such-alarm", f"没有第 {key[:20]} 号警报。", "从查看留痕的页面进入。")
        title = f"第 {alarm.pk} 号警报，{KIND_LABELS[AlarmKind(alarm.kind)]}：{alarm.sentence}"
        return AboutFacts(str(alarm.pk), title[:300], "/office/reads#alarms", None, None)


class PlaceAbouts:
    """Fills ``casework.ports.abouts`` for ``place``: the department in which something happened that no alarm told of; the key is its code.
    The office does not see the case: it is about the conduct of its people."""

    def facts_of(self, key: str, actor: Actor, at: Instant) -> AboutFacts:
        """NotFound for what is no department, or not for the actor's eyes."""
        office = office_of(key)
        if office is None or actor.role not in _SEE_ALARMS:
            raise NotFound("no-such-department", f"没有代码为 {key[:20]} 的部门。", "从案件列表进入。")
        return AboutFacts(office.code, f"发生在{office.name}", f"/offices/{office.code}", None, None, many=True)


def to_report(actor: Actor) -> list[tuple[str, str]]:
    """登记安全事件, from the list of cases: in the own department, else in the first one; the address names
    the department, and the form asks where it was."""
    if actor.role not in _SEE_ALARMS:
        return []
    own = Department.objects.filter(pk=actor.department_id or 0).values_list("code", flat=True).first()
    place = own or Department.objects.filter(closed_at=None).order_by("pk").values_list("code", flat=True).first()
    return [("登记安全事件", f"/cases/open/incident/{PLACE}/{place}")] if place else []


def alarm_of(key: str) -> Alarm | None:
    """The alarm with this number."""
    return Alarm.objects.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None


def not_about_oneself(of: StepOf) -> None:
    """不办关于自己的：whose reading raised the alarm takes no step on the incident. Forbidden says so."""
    alarm = alarm_of(of.case.about_key) if of.case.about_kind == ALARM else None
    if alarm is not None and alarm.account_id is not None and alarm.account_id == of.actor.account_id:
        raise Forbidden("incident-about-oneself", "这件安全事件是关于您本人的查看，您不能办理。", "由另一位同事办理；您可以向其说明情况。")
