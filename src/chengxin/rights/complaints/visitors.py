"""没有账户的投诉人。"完善异议投诉制度"：anybody complains, and follows the complaint with its number and a code that only they have.

The code's digest is the person of the case: nothing else ties the case to whoever opened it. Whoever knows number and code *is* the
complainant. A code cannot be guessed (125 bits), so one that is right is never held up by failures of others: what is slowed down is
whoever tries, and nobody can be locked out of their complaint by a neighbour behind the same address. Clause: credit-regulation/2.5.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from chengxin.access.attempts import attempts, count_attempt, forget_attempts, keyed
from chengxin.access.limits import hand_in_limits, sign_in_limits
from chengxin.casework.models import Case, CasePerson, Notice
from chengxin.casework.notices import number_of
from chengxin.casework.services import Files, open_case, take_step
from chengxin.casework.types import VISITOR, About, Actor
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import NotFound, Refused
from chengxin.rights.complaints.codes import digest_of, new_code, read_code, read_number
from chengxin.rights.rectification.abouts import COMPLAINT

__all__ = ["NOBODY", "Filed", "case_of", "file_complaint", "find_complaint", "go_on", "notices_for", "visitor"]

#: Says in the ledger and in the steps that somebody without an account acted; never who.
_NAME: Final = "没有账户的人"
_HANDED_IN: Final = "complaint-handed-in"
#: Somebody who has not got a code yet: may fill in the form.
NOBODY: Final = Actor(VISITOR, _NAME)


@dataclass(frozen=True)
class Filed:
    """已提交的投诉：the case and the code, which is nowhere else from here on."""

    case: Case
    actor: Actor
    number: str
    code: str


def visitor(digest: str) -> Actor:
    """The complainant whose code has this digest."""
    return Actor(f"{VISITOR}{digest}", _NAME)


def file_complaint(*, office: str, texts: Mapping[str, str], files: Files, address: str, at: Instant) -> Filed:
    """提出投诉 about the office with this code, without an account. Refused as by ``casework.services.open_case``, and after too many from
    ``address``."""
    _refuse_flooding(address, at)
    code = new_code()
    actor = visitor(digest_of(code))
    case = open_case(procedure=COMPLAINT, about=About("office", office), actor=actor, texts=texts, files=files, at=at)
    _count_hand_in(address, at)
    return Filed(case, actor, f"投诉{number_of(case)}", code)


def find_complaint(*, number: str, code: str, address: str, at: Instant) -> tuple[Case, Actor]:
    """The complaint and its complainant. NotFound in one and the same words for a number that does not exist, a complaint of somebody with
    an account, and a code that is not its own; after too many failures the words ask to wait."""
    year, case_id = read_number(number)
    limits, where, who = sign_in_limits(at), keyed(f"complaint-code:{address}"), keyed(f"complaint:{case_id}")
    found = _by_code(case_id, read_code(code))
    if found is not None and year in {0, date_of(found[0].opened_at).year}:
        forget_attempts(at, who)  # what its owner mistyped: which address has to do with which complaint is nobody's business
        return found
    since = at - limits.window
    if attempts(where, since, who) >= limits.failures or attempts(where, since) >= limits.failures_of_address:
        minutes = max(limits.window // 60, 1)
        raise Refused(
            "complaint-code-tried", "受理号或者查询码不对，并且已经错了多次。", f"请 {minutes} 分钟后再试；手里有对的查询码，随时可以查。"
        )
    count_attempt(who, where, at)
    raise NotFound(
        "complaint-code-wrong", "受理号或者查询码不对。", "对照提交时抄下或者打印的受理号和查询码，核对后重填；遗失的，任何人都不能恢复。"
    )


def case_of(case_id: int, digest: str) -> tuple[Case, Actor]:
    """The complaint of a code that was shown before, by its digest. NotFound where they do not belong together."""
    actor = visitor(digest)
    row = CasePerson.objects.filter(case_id=case_id, person=actor.person, case__procedure=COMPLAINT).select_related("case").first()
    if row is None:
        raise NotFound("complaint-code-wrong", "受理号或者查询码不对。", "重新填写受理号和查询码。")
    return row.case, actor


def go_on(
    case: Case, actor: Actor, *, verb: str, version: int, texts: Mapping[str, str], files: Files, address: str, at: Instant
) -> None:  # fmt: skip
    """办理一步 of one's own complaint; what hands something in counts like a complaint."""
    hands_in = bool(files) or any(text.strip() for text in texts.values())
    if hands_in:
        _refuse_flooding(address, at)
    take_step(case_id=case.pk, verb=verb, version=version, actor=actor, texts=texts, files=files, at=at)
    if hands_in:
        _count_hand_in(address, at)


def notices_for(case: Case, actor: Actor) -> list[Notice]:
    """What the complainant was told, newest first: it lies here, there is no address to send it to."""
    return list(Notice.objects.filter(case=case, to_kind="person", to_key=actor.person).order_by("-pk"))


def _by_code(case_id: int, code: str) -> tuple[Case, Actor] | None:
    """The same one query whatever was typed: how long the answer takes says nothing."""
    actor = visitor(digest_of(code))
    row = CasePerson.objects.filter(case_id=case_id, person=actor.person, case__procedure=COMPLAINT).select_related("case").first()
    return (row.case, actor) if row is not None and code else None


def _where(address: str) -> bytes:
    return keyed(f"{_HANDED_IN}:{address}")


def _refuse_flooding(address: str, at: Instant) -> None:
    limits = hand_in_limits(at)
    if attempts(_where(address), at - limits.window) >= limits.times:
        hours = max(limits.window // 3600, 1)
        raise Refused(
            "complaints-too-many",
            f"从这个网络地址提交的投诉和补充太多，{hours} 小时内最多 {limits.times} 次。",
            "换一个网络或者明天再提交；有企业账户的，登录以后投诉不受这个限制。",
        )


def _count_hand_in(address: str, at: Instant) -> None:
    """Counted by address for as long as it counts, then forgotten: who complained from where is nobody's business."""
    who = keyed(_HANDED_IN)
    forget_attempts(at - hand_in_limits(at).window, who)
    count_attempt(who, _where(address), at)
