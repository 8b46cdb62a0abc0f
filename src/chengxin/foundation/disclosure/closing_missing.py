"""结案：an act that will not come back is closed with a reason. One person of the office asks, another agrees; both are in the ledger.

For rows without a document number, which nothing can strike, and for those that were no act at all or came under another number.
"""

from __future__ import annotations

from collections.abc import Collection

from chengxin.access.models import Account, Department
from chengxin.access.queries import subordinates_of
from chengxin.foundation.disclosure.models import OutstandingAct, OutstandingStep
from chengxin.foundation.disclosure.outstanding import strike
from chengxin.foundation.disclosure.types import ClosingVerb, OutstandingReason, SettledBy
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.storage.transactions import in_turn, writing

LONGEST_REASON = 500


def own_outstanding(outstanding_id: int, office: Department) -> OutstandingAct:
    """未在案的一件 of this office or one below it. NotFound otherwise."""
    own = {office.pk} | subordinates_of(office.pk)
    found = OutstandingAct.objects.filter(pk=outstanding_id, authority_id__in=own).first()
    if found is None:
        raise NotFound("no-such-outstanding", f"本部门没有第 {outstanding_id} 号未在案的行为。", "从逾期看板进入。")
    return found


def ask_to_close(*, outstanding_id: int, because: str, by: Account, office: Department, at: Instant) -> OutstandingStep:
    """提请结案. Refused without a reason, and for a row that waits for a decision; Conflict if it is settled or was asked already."""
    found = own_outstanding(outstanding_id, office)
    if found.reason == OutstandingReason.QUARANTINED:
        raise Refused("still-quarantined", "这一行还在待甄别，须先甄别，不能结案。", "到待甄别的行里查看。")
    with writing():
        in_turn()
        _must_be_open(found.pk)
        if waiting_on([found.pk]):
            raise Conflict("already-done", "已经有人提请结案，等待复核。", "刷新页面，看现在的状态。")
        return _step(found.pk, ClosingVerb.ASKED, because, by, at)


def settle_closing(*, step_id: int, agree: bool, because: str, by: Account, office: Department, at: Instant) -> OutstandingStep:
    """复核结案：a second person agrees, and the act is missing no more, or declines with a reason. Forbidden for who asked."""
    asked = OutstandingStep.objects.filter(pk=step_id, verb=ClosingVerb.ASKED).first()
    if asked is None:
        raise NotFound("no-such-proposal", f"没有第 {step_id} 号提请。", "从逾期看板进入。")
    own_outstanding(asked.outstanding_id, office)
    if by.revoked_at is not None or by.username == asked.by:
        raise Forbidden("second-person-needed", "结案须由本部门另一人复核，提请人自己不能复核。", "请本部门的另一位同事登录后办理。")
    with writing():
        in_turn()
        if asked.pk not in {step.pk for step in waiting_on([asked.outstanding_id])}:
            raise Conflict("already-done", "这项提请已经复核过。", "刷新页面，看现在的状态。")
        if not agree:
            return _step(asked.outstanding_id, ClosingVerb.DECLINED, because, by, at)
        _must_be_open(asked.outstanding_id)
        strike([asked.outstanding_id], SettledBy.CLOSED, at)
        return _step(asked.outstanding_id, ClosingVerb.CLOSED, because.strip() or "复核同意", by, at)


def waiting_on(outstanding_ids: Collection[int]) -> list[OutstandingStep]:
    """待复核的提请 about these acts, the oldest first: the last step about each, where it asks."""
    last: dict[int, OutstandingStep] = {}
    for step in OutstandingStep.objects.filter(outstanding_id__in=list(outstanding_ids)).order_by("id"):
        last[step.outstanding_id] = step
    return [step for step in last.values() if step.verb == ClosingVerb.ASKED]


def waiting_of(authority_ids: Collection[int] | None, limit: int) -> list[OutstandingStep]:
    """待复核的提请 of these offices (None: of all), whose act is still outstanding."""
    steps = OutstandingStep.objects.filter(verb=ClosingVerb.ASKED, outstanding__settled_at=None)
    if authority_ids is not None:
        steps = steps.filter(outstanding__authority_id__in=list(authority_ids))
    return waiting_on(steps.order_by("-at", "-id").values_list("outstanding_id", flat=True)[:limit])


def closed_of(authority_ids: Collection[int] | None, limit: int) -> list[OutstandingStep]:
    """最近结案的 of these offices (None: of all), newest first."""
    steps = OutstandingStep.objects.filter(verb=ClosingVerb.CLOSED).select_related("outstanding")
    if authority_ids is not None:
        steps = steps.filter(outstanding__authority_id__in=list(authority_ids))
    return list(steps.order_by("-at", "-id")[:limit])


def _must_be_open(outstanding_id: int) -> None:
    if not OutstandingAct.objects.filter(pk=outstanding_id, settled_at=None).exists():
        raise Conflict("already-done", "这一件已经了结。", "刷新页面，看现在的状态。")


def _step(outstanding_id: int, verb: ClosingVerb, because: str, by: Account, at: Instant) -> OutstandingStep:
    because = because.strip()
    if not because:
        raise Refused("no-reason-given", "结案须写明理由。", "写明为什么不会再报，例如重复录入、改用了哪个文书号。", where={"because": ""})
    if len(because) > LONGEST_REASON:
        raise Refused("reason-too-long", f"理由不得超过 {LONGEST_REASON} 个字。", "写明要点，材料另存。", where={"because": because[:20]})
    said = {"_outstanding": str(outstanding_id), "_because": because, "_by": by.username, "_at": str(at)}
    content_id = ledger.record_event(f"disclosure:outstanding:{verb}", said)
    return OutstandingStep.objects.create(
        outstanding_id=outstanding_id, verb=verb, because=because, by=by.username, at=at, content_id=content_id
    )
