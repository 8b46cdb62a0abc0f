"""评价机构：who may hand in results, and with which key. One person proposes, another approves; each word is an entry of the ledger.

Not the register of credit service agencies (``access/agency_register.py``): that one lets people act for firms, this one lets a key sign
grades about them. Who is on both never does both for the same firm (rule X13 here, ``rights.agencies.conflicts`` there).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chengxin.access.models import Account
from chengxin.access.two_people import require_another, require_credit_office, require_reason
from chengxin.during_event.evaluation.models import AgencyKey, RegisteredAgency
from chengxin.during_event.evaluation.types import EvaluationKind
from chengxin.kernel.codes import credit_code
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.storage.transactions import in_turn, writing

PROPOSED: Final = "evaluation:agency:proposed"
REGISTERED: Final = "evaluation:agency:registered"
ENDED: Final = "evaluation:agency:ended"
KEY_PROPOSED: Final = "evaluation:agency_key:proposed"
KEY_APPROVED: Final = "evaluation:agency_key:approved"
KEY_ENDED: Final = "evaluation:agency_key:ended"
#: What agencies are registered for; the national result comes from upstream and the city's own from nobody else.
KINDS: Final = (EvaluationKind.MARKET, EvaluationKind.INDUSTRY)
WHAT: Final = "评价机构和外来的评价结果"
_LONGEST: Final = 200
_LONGEST_GRADE: Final = 16
_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class Agency:
    """要登记的机构。``scale``: grade → title, best first; ``basis``: the filing or contract by which it may hand in."""

    code: str
    name: str
    kind: str
    scale: Sequence[tuple[str, str]]
    basis: str
    public_key: str


def propose_agency(given: Agency, *, by: Account, at: Instant) -> RegisteredAgency:
    """提请登记 with its first key. Refused for a code, key, kind or scale that cannot be; Conflict where it is known already."""
    require_credit_office(by, WHAT)
    _sound(given)
    key = sound_key(given.public_key)
    with writing():
        in_turn()
        if RegisteredAgency.objects.filter(code=given.code).exists():
            raise Conflict(
                "agency-known",
                f"代码 {given.code} 的机构已经提请或者登记过。",
                "换钥用 chengxin agency key；看现状用 chengxin agency list。",
            )
        _unknown_key(key)
        said = {"_agency": given.code, "_name": given.name, "_kind": given.kind, "_basis": given.basis, "_public_key": key}
        said |= {"_scale": scale_text(given.scale), "_by": by.username, "_at": str(at)}
        content = record_event(PROPOSED, said)
        made = RegisteredAgency.objects.create(
            code=given.code, name=given.name, kind=given.kind, scale=[list(each) for each in given.scale], basis=given.basis,
            proposed_by=by.username, proposed_at=at, content_id=content,
        )  # fmt: skip
        AgencyKey.objects.create(agency_id=made.pk, public_key=key, proposed_by=by.username, proposed_at=at, content_id=content)
    return made


def register_agency(code: str, *, by: Account, at: Instant) -> RegisteredAgency:
    """登记 what another person proposed: from now on files signed with its key are taken in."""
    require_credit_office(by, WHAT)
    with writing():
        in_turn()
        found = agency_by_code(code)
        if found.registered_at is not None:
            raise Conflict("already-done", f"{found.name}已由 {found.registered_by} 登记。", "不用再办。")
        require_another(by, found.proposed_by)
        record_event(REGISTERED, {"_agency": found.code, "_proposed_by": found.proposed_by, "_by": by.username, "_at": str(at)})
        found.registered_by, found.registered_at = by.username, at
        found.save(update_fields=["registered_by", "registered_at"])
        AgencyKey.objects.filter(agency_id=found.pk, valid_from=None).update(valid_from=at)
    return found


def end_agency(code: str, *, because: str, by: Account, at: Instant) -> RegisteredAgency:
    """停用：no more files; what came before is shown as no longer valid. One person is enough to stop."""
    require_credit_office(by, WHAT)
    because = require_reason(because, "停用")
    with writing():
        in_turn()
        found = _registered(code)
        record_event(ENDED, {"_agency": found.code, "_because": because, "_by": by.username, "_at": str(at)})
        found.ended_at, found.ended_because = at, because
        found.save(update_fields=["ended_at", "ended_because"])
    return found


def propose_key(code: str, public_key: str, *, by: Account, at: Instant) -> AgencyKey:
    """提请换钥：another key beside the present one, in force once another person approves it."""
    require_credit_office(by, WHAT)
    key = sound_key(public_key)
    with writing():
        in_turn()
        agency = _registered(code)
        _unknown_key(key)
        content = record_event(KEY_PROPOSED, {"_agency": agency.code, "_public_key": key, "_by": by.username, "_at": str(at)})
        return AgencyKey.objects.create(agency_id=agency.pk, public_key=key, proposed_by=by.username, proposed_at=at, content_id=content)


def approve_key(public_key: str, *, by: Account, at: Instant) -> AgencyKey:
    """核准换钥 that another person proposed."""
    require_credit_office(by, WHAT)
    with writing():
        in_turn()
        found = _key(public_key)
        agency = _registered(RegisteredAgency.objects.get(pk=found.agency_id).code)
        if found.valid_from is not None:
            raise Conflict("already-done", "这把公钥已经核准。", "不用再办。")
        require_another(by, found.proposed_by)
        record_event(KEY_APPROVED, {"_agency": agency.code, "_public_key": found.public_key, "_by": by.username, "_at": str(at)})
        found.valid_from = at
        found.save(update_fields=["valid_from"])
    return found


def end_key(public_key: str, *, because: str, by: Account, at: Instant) -> AgencyKey:
    """停用公钥：nothing signed with it is taken in from now on, whatever day the file names. One person is enough to stop."""
    require_credit_office(by, WHAT)
    because = require_reason(because, "停用")
    with writing():
        in_turn()
        found = _key(public_key)
        if found.valid_until is not None:
            raise Conflict("already-done", "这把公钥已经停用。", "不用再办。")
        agency = RegisteredAgency.objects.get(pk=found.agency_id)
        said = {"_agency": agency.code, "_public_key": found.public_key, "_because": because, "_by": by.username, "_at": str(at)}
        record_event(KEY_ENDED, said)
        found.valid_until = at
        found.save(update_fields=["valid_until"])
    return found


def agency_by_code(code: str) -> RegisteredAgency:
    """The agency with this code, proposed ones too. NotFound."""
    found = RegisteredAgency.objects.filter(code=code.strip().upper()).first()
    if found is None:
        raise NotFound(
            "agency-unknown",
            f"没有登记代码为 {code[:18]} 的评价机构。",
            "先由两人登记：chengxin agency propose，再 chengxin agency register。",
        )
    return found


def agencies() -> list[tuple[RegisteredAgency, Sequence[AgencyKey]]]:
    """All agencies with their keys, the newest first."""
    keys: dict[int, list[AgencyKey]] = {}
    for key in AgencyKey.objects.order_by("id"):
        keys.setdefault(key.agency_id, []).append(key)
    return [(each, keys.get(each.pk, [])) for each in RegisteredAgency.objects.order_by("-id")]


def scale_text(scale: Sequence[Sequence[str]]) -> str:
    """A scale as one writes it: ``AAA=很好,AA=好``."""
    return ",".join(f"{grade}={words}" for grade, words in scale)


def sound_key(text: str) -> str:
    """A public key as 64 hexadecimal digits. Refused for anything else."""
    plain = text.strip().lower()
    try:
        raw = bytes.fromhex(plain)
    except ValueError:
        raw = b""
    if len(raw) != _KEY_BYTES or len(plain) != _KEY_BYTES * 2:
        raise Refused("agency-key", "公钥应写成 64 位十六进制（Ed25519，32 字节）。", "按“评价文件的格式”里的做法导出公钥。")
    Ed25519PublicKey.from_public_bytes(raw)
    return plain


def _sound(given: Agency) -> None:
    if not credit_code.is_valid(given.code):
        raise Refused("agency-code", f"“{given.code[:18]}”不是统一社会信用代码。", "核对机构的代码。", where={"code": given.code[:18]})
    if given.kind not in KINDS:
        raise Refused(
            "choice-unknown", f"没有“{given.kind[:20]}”这种评价。", f"从这些里选：{'、'.join(KINDS)}。", where={"kind": given.kind[:20]}
        )
    if not given.name.strip() or not given.basis.strip() or max(len(given.name), len(given.basis)) > _LONGEST:
        raise Refused("agency-basis", "登记评价机构须写明名称和依据（备案号、协议号），各不超过 200 个字。", "补上后再提请。")
    if len(dict(given.scale)) != max(len(given.scale), 2) or any(
        not grade.isascii() or not 0 < len(grade) <= _LONGEST_GRADE or not words for grade, words in given.scale
    ):
        raise Refused(
            "agency-scale",
            "等级至少两个，从好到坏，每个是“代号=名称”，代号不超过 16 个英文字符。",
            "例如 --scale AAA=很好,AA=好,B=一般,C=差。",
        )


def _registered(code: str) -> RegisteredAgency:
    found = agency_by_code(code)
    if found.registered_at is None:
        raise Conflict(
            "agency-not-registered", f"{found.name}还没有登记，等另一人办理。", f"chengxin agency register {found.code} --by 另一人。"
        )
    if found.ended_at is not None:
        raise Conflict("agency-ended", f"{found.name}已经停用：{found.ended_because}。", "停用的机构不再接收文件，也不再办理换钥。")
    return found


def _key(public_key: str) -> AgencyKey:
    found = AgencyKey.objects.filter(public_key=sound_key(public_key)).first()
    if found is None:
        raise NotFound("agency-key-unknown", "没有登记这把公钥。", "用 chengxin agency list 看登记的公钥。")
    return found


def _unknown_key(key: str) -> None:
    if AgencyKey.objects.filter(public_key=key).exists():
        raise Conflict("agency-key-known", "这把公钥已经登记过，一把钥匙只属于一家机构，停用的也不再用。", "请机构另生成一对钥匙。")
