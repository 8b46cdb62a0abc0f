"""查问。The subject asks why somebody looked; the audit administrator, who did not look, answers. A look without a reason is an alarm."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, transaction

from chengxin.access.alarms import AlarmKind, raise_alarm
from chengxin.access.models import Account, Read, ReadQuestion
from chengxin.access.roles import Role
from chengxin.access.subject_reads import visible_read
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import writing

__all__ = ["answer_question", "question_own_read", "question_read"]

ASKED: Final = "access:read:questioned"
ANSWERED: Final = "access:read:answered"
LONGEST: Final = 1000
#: Where the number of a subject would stand: the look was at a natural person.
OF_A_PERSON: Final = 0


def question_read(read_id: int, *, subject_id: int, because: str, by: Account, at: Instant) -> ReadQuestion:
    """查问一行. Whether ``by`` may speak for the subject is the business of who calls (``mandates.acting_for``). Conflict while another
    question about the same line waits."""
    return _ask(visible_read(read_id, subject_id, at), subject_id, because=because, by=by, at=at)


def question_own_read(row: Read, *, because: str, by: Account, at: Instant) -> ReadQuestion:
    """查问关于本人的一行：a look at a natural person, who is no subject. That ``row`` is about ``by`` is the business of who calls."""
    return _ask(row, OF_A_PERSON, because=because, by=by, at=at)


def _ask(row: Read, subject_id: int, *, because: str, by: Account, at: Instant) -> ReadQuestion:
    words = _words(because)
    if row.account_id == by.pk:
        raise Forbidden("same-person", "自己看的，不能自己查问。", "请由主体的代理人查问。")
    try:
        with writing(), transaction.atomic():
            asked = ReadQuestion(read=row, subject_id=subject_id, asked_by=by, asked_at=at, because=words, content_id=0)
            asked.save()
            said = {"_question": str(asked.pk), "_read": str(row.pk), "_subject": str(subject_id), "_because": words}
            asked.content_id = record_event(ASKED, said | {"_by": str(by.pk), "_at": str(at)})
            asked.save(update_fields=["content_id"])
    except IntegrityError:
        raise Conflict("question-waiting", "这一行已经在查问，还没有答复。", "等答复后，仍有疑问的可以再问。") from None
    return asked


def answer_question(question_id: int, *, justified: bool, answer: str, by: Account, at: Instant) -> ReadQuestion:
    """答复查问, by an audit administrator who is not the one who looked. Of two who answer at once one wins."""
    asked = ReadQuestion.objects.select_related("read__account", "read__department").filter(pk=question_id).first()
    if asked is None:
        raise NotFound("no-such-question", f"没有第 {question_id} 号查问。", "请核对编号。")
    if by.role != Role.AUDIT_ADMIN:
        raise Forbidden("question-not-yours", "查问由审计管理员答复。", "请转给审计管理员。")
    if by.pk in {asked.read.account_id, asked.asked_by_id}:
        raise Forbidden("same-person", "查看的人不能答复关于自己的查问。", "请由另一名审计管理员答复。")
    words = _words(answer)
    with writing():
        waiting = ReadQuestion.objects.filter(pk=question_id, answered_at=None)
        if not waiting.update(answered_by=by, answered_at=at, justified=justified, answer=words):
            raise Conflict("question-answered", "这件查问已经有人答复了。", "刷新页面看答复。")
        said = {"_question": str(question_id), "_justified": "1" if justified else "0", "_answer": words, "_by": str(by.pk), "_at": str(at)}
        ReadQuestion.objects.filter(pk=question_id).update(answer_content_id=record_event(ANSWERED, said))
        if not justified:
            raise_alarm(
                kind=AlarmKind.UNJUSTIFIED_READ,
                key=f"question {question_id}",
                sentence=f"第 {asked.read_id} 号查看没有正当理由：{words[:300]}",
                account=asked.read.account,
                department=asked.read.department,
                at=at,
            )
    asked.refresh_from_db()
    return asked


def _words(text: str) -> str:
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise Refused("question-words", f"要写明理由，不超过 {LONGEST} 个字。", "写一两句话。")
    return words
