"""复核办理。What makes things worse for the subject is proposed by one person and done by another of the same authority."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from chengxin.access.models import Account, Department
from chengxin.access.queries import subordinates_of
from chengxin.foundation.records import services
from chengxin.foundation.records.acting import Done, asked_of, do, grows_worse, own_record, require_another
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.types import ActVerb
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, Forbidden, NotFound, Refused
from chengxin.storage.transactions import writing


def ask(record_id: int, texts: Mapping[str, str], *, by: Account, office: Department, at: Instant) -> Done | RecordAct:
    """请求办理 from a page: done at once, or proposed (the act) where it makes things worse for the subject."""
    asked = asked_of(texts)
    record = own_record(record_id, office)
    require_another(record, office)
    if not grows_worse(record, asked):
        return do(record, asked, office=office, by=by.username, at=at)
    kept = {name: text for name, text in texts.items() if text}
    said = {f"_{name}": text for name, text in kept.items() if name != "because"}
    return services.note_step(
        verb=ActVerb.PROPOSED, record_id=record.pk, data={"asked": kept}, because=asked.because, by=by.username, at=at, **said
    )


def settle(proposal_id: int, *, adopt: bool, because: str, by: Account, office: Department, at: Instant) -> Done | RecordAct:
    """复核提请：do what was proposed, or decline it with a reason. Forbidden for who proposed it; Conflict if it is settled already."""
    proposal = RecordAct.objects.filter(pk=proposal_id, verb=ActVerb.PROPOSED).first()
    if proposal is None:
        raise NotFound("no-such-proposal", f"没有第 {proposal_id} 号提请。", "从记录办理的列表进入。")
    record = own_record(proposal.record_id, office)
    if by.revoked_at is not None or by.username == proposal.by:
        raise Forbidden(
            "second-person-needed", "加重后果的办理须由本部门另一人复核，提请人自己不能复核。", "请本部门的另一位同事登录后办理。"
        )
    with writing():
        Record.objects.select_for_update().get(pk=record.pk)
        if proposal.pk not in {each.pk for each in waiting([record.pk])}:
            raise Conflict("already-done", "这项提请已经复核过。", "刷新页面，看现在的状态。")
        if adopt:
            done: Done | RecordAct = do(record, asked_of(proposal.data["asked"]), office=office, by=f"{proposal.by}、{by.username}", at=at)
        elif not because:
            raise Refused("no-reason-given", "不同意须写明理由。", "写明为什么不同意。", where={"because": ""})
        step = services.note_step(
            verb=ActVerb.ADOPTED if adopt else ActVerb.DECLINED,
            record_id=record.pk,
            data={"proposal": proposal.pk},
            because=because or "复核同意",
            by=by.username,
            at=at,
            _proposal=str(proposal.content_id),
        )
    return done if adopt else step


def waiting(record_ids: Collection[int]) -> list[RecordAct]:
    """待复核的提请 on these records, the oldest first."""
    steps = RecordAct.objects.filter(record_id__in=list(record_ids), verb__in=[verb for verb in ActVerb if verb.is_internal])
    found = {step.pk: step for step in steps.order_by("at", "id")}
    settled = {step.data.get("proposal") for step in found.values()}
    return [step for step in found.values() if step.verb == ActVerb.PROPOSED and step.pk not in settled]


def waiting_of(office: Department) -> list[RecordAct]:
    """待复核的提请 of an authority and those below it."""
    own = {office.pk} | subordinates_of(office.pk)
    proposed = RecordAct.objects.filter(verb=ActVerb.PROPOSED).values("record_id")
    return waiting(Record.objects.filter(authority_id__in=own, pk__in=proposed).values_list("id", flat=True))
