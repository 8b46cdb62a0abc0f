"""公务员记录的门。"依法依规采集政府机构和公务员政务信用记录。"

One person of the personnel authority hands in, another of it types person and document again and confirms; what ends a record is a new
entry, and whoever was answered from it is told. Number, name and document number stand sealed in every entry. Clauses:
government-integrity/2.5.1, 2.5.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from chengxin.access import vault
from chengxin.access.caller import Caller
from chengxin.access.models import Account, Department
from chengxin.access.roles import Role
from chengxin.casework.documents import LIMITS, MEGABYTES, checked_type
from chengxin.casework.models import Notice
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.rights.officials import ports
from chengxin.rights.officials.authorities import clerk_of_authority
from chengxin.rights.officials.handing_in import Given, read_given, read_person
from chengxin.rights.officials.identities import require_known
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.persons import differing_fields, entries_of, keep_sealed, keys_of
from chengxin.rights.officials.telling import tell_answered
from chengxin.rights.officials.types import DOCUMENT, NAME, NUMBER, Ending
from chengxin.storage.transactions import in_turn, writing

__all__ = ["CONFIRMED", "DECLINED", "ENDED", "HANDED_IN", "confirm_record", "decline_record", "end_record", "hand_in_record"]

HANDED_IN: Final = "officials:record:handed_in"
CONFIRMED: Final = "officials:record:confirmed"
DECLINED: Final = "officials:record:declined"
ENDED: Final = "officials:record:ended"
_FIELDS: Final = {NUMBER: "证件号码", NAME: "姓名", DOCUMENT: "文书号"}


def hand_in_record(form: Mapping[str, str], proof: Any, *, caller: Caller, at: Instant) -> OfficialRecord:
    """报送一条. ``proof``: the upload of the proof of delivery, or None; ``corrects`` in the form: the number of the record that this one
    puts right. Refused names the field; Forbidden for others, for whom nobody knows, and for a record about oneself."""
    account, department = clerk_of_authority(caller, Role.CLERK, at)
    given = read_given(form, proof_there=proof is not None, at=at)
    require_known(account, given.person.key)
    earlier = _corrected(form.get("corrects", "").strip(), department)
    digest = _kept(proof, at) if proof is not None and given.delivered_on is not None else ""
    with writing():
        in_turn()
        _require_new(given, earlier)
        record = _written(given, account, department, earlier, digest, at)
        Notice.objects.create(
            to_kind="office", to_key=str(department.pk), title="公务员记录待复核", at=at, href=f"/officials/{record.pk}",
            text=f"第 {record.pk} 号公务员政务诚信记录已报送，请另一位同志对照文书复核。",
        )  # fmt: skip
    return record


def confirm_record(record_id: int, form: Mapping[str, str], *, caller: Caller, at: Instant) -> OfficialRecord:
    """复核：the second person types number, name and document number from the paper; all must be what was handed in. From then on the
    record answers. Of two who settle at once one wins."""
    account, record = _to_settle(record_id, caller, at)
    person, document = read_person(form), form.get("document", "").strip()
    require_known(account, person.key)
    if differing := differing_fields(record.content_id, person, document):
        words = "、".join(_FIELDS[each] for each in differing)
        raise Refused("official-differs", f"与经办人录入的不一致：{words}。", "对照文书再录一次；经办人录错的，退回重报。")
    with writing():
        in_turn()
        said = {"_record": str(record.pk), "_by": str(account.pk), "_at": str(at)}
        _settle(record, account, True, "", ledger.record_event(CONFIRMED, said), at)
        if record.corrects_id is not None:
            _take_over(record, account, at)
    record.refresh_from_db()
    return record


def decline_record(record_id: int, because: str, *, caller: Caller, at: Instant) -> OfficialRecord:
    """退回：what was handed in never answers; it is handed in anew, or not."""
    account, record = _to_settle(record_id, caller, at)
    require_known(account, keys_of([record.content_id]).get(record.content_id, ""))
    words = because.strip()
    if not 0 < len(words) <= 400:
        raise Refused("reason-required", "退回须写明理由，不超过 400 个字。", "写一句话：哪一项与文书不符。", where={"field": "because"})
    with writing():
        said = {"_record": str(record.pk), "_because": words, "_by": str(account.pk), "_at": str(at)}
        _settle(record, account, False, words, ledger.record_event(DECLINED, said), at)
    record.refresh_from_db()
    return record


def end_record(record_id: int, *, ending: Ending, because: str, by: str, at: Instant) -> None:
    """不再有效：restored, revoked or corrected, by a new entry; those who were answered are told in the same transaction. Conflict where it
    has ended already."""
    with writing():
        row = OfficialRecord.objects.filter(pk=record_id, accepted=True, ended_at=None)
        if not row.update(ended_at=at, ending=ending, ended_because=because[:500]):
            raise Conflict("already-done", "这条记录已经不再有效。", "看记录的页面。")
        said = {"_record": str(record_id), "_ending": ending.value, "_because": because[:500], "_by": by, "_at": str(at)}
        OfficialRecord.objects.filter(pk=record_id).update(ended_content_id=ledger.record_event(ENDED, said))
        tell_answered(record_id, ending, at)
        for _, follow in ports.endings.items():
            follow(record_id, ending, because, at)


def _written(  # noqa: PLR0917
    given: Given, account: Account, department: Department, earlier: OfficialRecord | None, digest: str, at: Instant
) -> OfficialRecord:  # fmt: skip
    (content_id,) = ledger.allocate_content_ids(1)
    record = OfficialRecord.objects.create(
        authority=department, kind=given.kind, organ=given.organ, clause=given.clause, decided_on=given.decided_on,
        delivered_on=given.delivered_on, delivery_method=given.delivery_method, delivery_proof=digest, corrects=earlier,
        handed_in_by=account, handed_in_at=at, content_id=content_id,
    )  # fmt: skip
    sealed = keep_sealed(content_id, {NUMBER: given.person.number, NAME: given.person.name, DOCUMENT: given.document})
    said = {
        "_event": HANDED_IN, "_record": str(record.pk), "_authority": department.code, "_kind": given.kind, "_organ": given.organ,
        "_clause": given.clause, "_decided_on": str(given.decided_on), "_delivered_on": str(given.delivered_on or ""),
        "_delivery_method": given.delivery_method, "_delivery_proof": digest, "_corrects": str(earlier.pk if earlier else ""),
        "_by": str(account.pk), "_at": str(at), **sealed,
    }  # fmt: skip
    ledger.append(ledger.prepare(HANDED_IN, [canonical_bytes(said)], [content_id]))
    return record


def _require_new(given: Given, earlier: OfficialRecord | None) -> None:
    """同一决定只报一次：what waits or still stands is not handed in a second time; a correction names what it puts right."""
    same = OfficialRecord.objects.filter(content_id__in=entries_of(given.person, given.document), kind=given.kind, ended_at=None)
    found = same.exclude(accepted=False).exclude(pk=earlier.pk if earlier else 0).order_by("pk").first()
    if found is not None:
        sentence = "这个人的这份文书已经报送过，还在待复核或者有效。"
        raise Conflict("official-twice", sentence, "不用再报；内容有误的，在原记录的页面报送更正，或者请复核人退回。")


def _to_settle(record_id: int, caller: Caller, at: Instant) -> tuple[Account, OfficialRecord]:
    account, department = clerk_of_authority(caller, Role.REVIEWER, at)
    record = OfficialRecord.objects.filter(pk=record_id, authority=department).first()
    if record is None:
        raise NotFound("no-such-official-record", f"没有第 {record_id} 号记录，或者不是本单位报送的。", "从公务员记录的页面进入。")
    if record.handed_in_by_id == account.pk:
        raise Refused("second-person-needed", "报送的人不能复核自己报的。", "请另一位同事登录后复核。")
    if record.settled_at is not None:
        raise Conflict("already-done", "这条记录已经复核过。", "刷新页面看结果。")
    return account, record


def _settle(record: OfficialRecord, account: Account, accepted: bool, because: str, content_id: int, at: Instant) -> None:  # noqa: PLR0917
    waiting = OfficialRecord.objects.filter(pk=record.pk, settled_at=None)
    if not waiting.update(settled_by=account, settled_at=at, accepted=accepted, because=because, settled_content_id=content_id):
        raise Conflict("already-done", "这条记录刚被别人复核过。", "刷新页面看结果。")


def _take_over(record: OfficialRecord, account: Account, at: Instant) -> None:
    """The earlier record ends with the confirmation of the one that puts it right."""
    end_record(record.corrects_id or 0, ending=Ending.CORRECTED, because=f"由第 {record.pk} 号记录更正", by=account.get_username(), at=at)


def _corrected(text: str, department: Department) -> OfficialRecord | None:
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
    found = OfficialRecord.objects.filter(pk=number, authority=department, accepted=True, ended_at=None).first()
    if found is None:
        raise NotFound("no-such-official-record", f"没有可以更正的第 {text[:20]} 号记录。", "只能更正本单位报送的、还有效的记录。")
    return found


def _kept(proof: Any, at: Instant) -> str:
    limits = active.policy_set().value_at(LIMITS, date_of(at)).value
    checked_type(proof, int(limits[MEGABYTES]))
    proof.seek(0)
    return vault.store(proof, at).sha256
