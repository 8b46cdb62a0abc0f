"""暂缓告知。The law may require that a subject learns later who looked. One person asks, with basis and end; another grants it."""

from __future__ import annotations

from typing import Final

from chengxin.access.models import Account, ReadDelay
from chengxin.access.roles import Role
from chengxin.kernel.instants import Instant, date_of, end_of_day, utc_text
from chengxin.kernel.periods import last_day, parse_period
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.storage.transactions import writing

__all__ = ["ask_delay", "decide_delay", "end_delay"]

LONGEST: Final = "read_delay_longest"
ASKED: Final = "access:read_delay:asked"
GRANTED: Final = "access:read_delay:granted"
DECLINED: Final = "access:read_delay:declined"
ENDED: Final = "access:read_delay:ended"
_ASKING: Final = frozenset({Role.CLERK, Role.REVIEWER, Role.CREDIT_OFFICE})
_DECIDING: Final = frozenset({Role.REVIEWER, Role.CREDIT_OFFICE})
_WORDS: Final = {"matter": ("事项", 200), "basis": ("依据", 400), "authority": ("决定机关和文号", 200)}


def ask_delay(*, subject_id: int, matter: str, basis: str, authority: str, until: Instant, by: Account, at: Instant) -> ReadDelay:
    """提请暂缓 of what ``by``'s own department looks at in one matter about one subject."""
    if by.role not in _ASKING or by.department is None:
        raise Forbidden("delay-not-yours", "您的岗位不能提请暂缓告知。", "由查看的部门的经办人或者复核人提请。")
    given = {name: text.strip() for name, text in (("matter", matter), ("basis", basis), ("authority", authority))}
    for name, (title, length) in _WORDS.items():
        if not 0 < len(given[name]) <= length:
            raise Refused(
                "delay-words", f"暂缓告知须写明{title}，不超过 {length} 个字。", "写明事项（与查看时所填一致）、法律依据、决定机关和文号。"
            )
    _must_end(until, at)
    with writing():
        delay = ReadDelay(subject_id=subject_id, department=by.department, until_at=until, asked_by=by, asked_at=at, content_id=0, **given)
        delay.save()
        said = {"_delay": str(delay.pk), "_subject": str(subject_id), "_department": by.department.code, "_until": str(until)}
        said |= {f"_{name}": text for name, text in given.items()}
        delay.content_id = record_event(ASKED, said | {"_by": str(by.pk), "_at": str(at)})
        delay.save(update_fields=["content_id"])
    return delay


def decide_delay(delay_id: int, *, grant: bool, because: str, by: Account, at: Instant) -> ReadDelay:
    """同意或者不同意, by another person: a reviewer of the department, or the credit office. Of two who decide at once one wins."""
    delay = _delay(delay_id)
    if by.pk == delay.asked_by_id:
        raise Forbidden("same-person", "提请的人不能自己同意。", "请由另一人决定。")
    if by.role not in _DECIDING or (by.role == Role.REVIEWER and by.department_id != delay.department_id):
        raise Forbidden("delay-not-yours", "您的岗位不能决定暂缓告知。", "由本部门的复核人或者信用办决定。")
    if not 0 < len(because.strip()) <= 400:
        raise Refused("delay-words", "须写明同意或者不同意的理由，不超过 400 个字。", "写一句话。")
    if grant and delay.until_at <= at:
        raise Refused("delay-over", "提请的截止时间已过，不能再同意。", "仍需要的，另行提请。")
    with writing():
        decided = ReadDelay.objects.filter(pk=delay_id, decided_at=None)
        if not decided.update(decided_by=by, decided_at=at, granted=grant, because=because.strip()):
            raise Conflict("delay-decided", "这件暂缓告知已经有人决定了。", "刷新页面看结果。")
        said = {"_delay": str(delay_id), "_because": because.strip(), "_by": str(by.pk), "_at": str(at)}
        ReadDelay.objects.filter(pk=delay_id).update(decided_content_id=record_event(GRANTED if grant else DECLINED, said))
    return _delay(delay_id)


def end_delay(delay_id: int, *, by: Account, at: Instant) -> ReadDelay:
    """提前告知：the reason for waiting is gone. By anybody of the department or the credit office: telling early needs no second person."""
    delay = _delay(delay_id)
    if by.role != Role.CREDIT_OFFICE and (by.role not in _ASKING or by.department_id != delay.department_id):
        raise Forbidden("delay-not-yours", "您的岗位不能结束这件暂缓告知。", "由提请的部门或者信用办结束。")
    with writing():
        if not ReadDelay.objects.filter(pk=delay_id, granted=True, ended_at=None, until_at__gt=at).update(ended_at=at):
            raise Conflict("delay-decided", "这件暂缓告知没有生效，或者已经结束。", "刷新页面看结果。")
        content_id = record_event(ENDED, {"_delay": str(delay_id), "_by": str(by.pk), "_at": str(at)})
        ReadDelay.objects.filter(pk=delay_id).update(ended_content_id=content_id)
    return _delay(delay_id)


def _must_end(until: Instant, at: Instant) -> None:
    longest = str(active.policy_set().value_at(LONGEST, date_of(at)).value)
    latest = end_of_day(last_day(date_of(at), longest))
    if not at < until <= latest:
        sentence = f"暂缓告知的截止时间须在今后、且不超过{parse_period(longest).chinese}。"
        raise Refused("delay-too-long", sentence, f"最晚写到 {utc_text(latest)}；到期仍需要的，另行提请。")


def _delay(delay_id: int) -> ReadDelay:
    delay = ReadDelay.objects.select_related("asked_by", "department").filter(pk=delay_id).first()
    if delay is None:
        raise NotFound("no-such-delay", f"没有第 {delay_id} 号暂缓告知。", "请核对编号。")
    return delay
