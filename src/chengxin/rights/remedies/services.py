"""更正告知的门。"错误认定的，及时更正、恢复信誉、消除影响。"

When a record is withdrawn, restored, corrected or erased, everybody who had received it is told by one signed text, in the same
transaction, and owes a receipt; who has not confirmed is listed. Clause: credit-regulation/2.5.5.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256

from chengxin.access.caller import Caller
from chengxin.access.models import Department
from chengxin.casework.models import Case, Notice
from chengxin.casework.notices import RECIPIENTS_READ
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.types import ActVerb
from chengxin.foundation.records.uses import Recipient, recipient_of, recipients_of
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Conflict, NotFound
from chengxin.ledger.checkpoints import log_name
from chengxin.ledger.keys import signing_key
from chengxin.ledger.services import record_event
from chengxin.rights.abouts import RECORD
from chengxin.rights.remedies.models import Retraction, RetractionReceipt
from chengxin.storage.transactions import writing

__all__ = [
    "CONFIRMED",
    "ISSUED",
    "RetractionFollower",
    "confirm",
    "earlier_recipients",
    "issue_retraction",
    "retractions_for",
    "told_by_the_case",
]

ISSUED = "remedies:retraction:issued"
CONFIRMED = "remedies:receipt:confirmed"
ROWS_AT_A_TIME = 2_000
_told_by_the_case: ContextVar[bool] = ContextVar("told_by_the_case", default=False)


class RetractionFollower:
    """Fills ``records.ports.followers``."""

    def followed(self, record_ids: Collection[int], verb: str, because: str, at: Instant) -> None:
        """Tell whoever had received these records."""
        for record_id in record_ids:
            issue_retraction(record_id=record_id, verb=ActVerb(verb), because=because, at=at)

    def swapped(self, submission_id: int, at: Instant) -> None:
        """A new version by itself is told by the feed; where an objection asked for it, the objection tells everybody."""


def issue_retraction(*, record_id: int, verb: ActVerb, because: str, at: Instant) -> Retraction | None:
    """发出更正告知 to everybody who received the record before; None if nobody did. Inside the caller's transaction."""
    people = recipients_of([record_id]).get(record_id, [])
    if not people:
        return None
    record = Record.objects.get(pk=record_id)
    with writing():
        text = canonical_bytes(
            {"_at": utc_text(at), "_because": because, "_record": str(record_id), "_verb": str(verb), "_version": str(record.version)}
        ).decode()
        line = signing_key(log_name()).line(text + "\n")
        retraction = Retraction(record_id=record_id, version=record.version, verb=verb, because=because[:500], at=at, text=text)
        retraction.signature, retraction.content_id = line, 0
        said = {"_record": str(record_id), "_verb": str(verb), "_because": because, "_at": str(at), "_recipients": str(len(people))}
        told = "\n".join(sorted(each.recipient for each in people))
        said |= {"_sha256": sha256(text.encode()).hexdigest(), "_told": sha256(told.encode()).hexdigest()}
        retraction.content_id = record_event(ISSUED, said)
        retraction.save(force_insert=True)
        _owe(retraction, people)
        if not _told_by_the_case.get():
            _tell(retraction, people)
    return retraction


def confirm(*, receipt_id: int, caller: Caller, at: Instant) -> RetractionReceipt:
    """回执：the recipient says that it stopped using the record. NotFound for somebody else's; Conflict if it was said already."""
    receipt = RetractionReceipt.objects.select_related("retraction").filter(pk=receipt_id, recipient__in=_addresses(caller)).first()
    if receipt is None:
        raise NotFound("no-such-retraction", f"没有编号为 {receipt_id} 的更正告知，或者不是发给您的。", "从更正告知的列表进入。")
    with writing():
        if not RetractionReceipt.objects.filter(pk=receipt_id, confirmed_at=None).update(confirmed_at=at, confirmed_by=caller.name):
            raise Conflict("already-done", "这份更正告知已经回执。", "不用再办。")
        record_event(
            CONFIRMED, {"_receipt": str(receipt_id), "_retraction": str(receipt.retraction_id), "_by": caller.name, "_at": str(at)}
        )
    receipt.refresh_from_db()
    return receipt


def retractions_for(caller: Caller, *, after: int = 0, only_open: bool = False, limit: int = 100) -> list[RetractionReceipt]:
    """发给某人的更正告知, oldest first, after a receipt's number."""
    found = RetractionReceipt.objects.select_related("retraction").filter(recipient__in=_addresses(caller), pk__gt=after)
    found = found.filter(confirmed_at=None) if only_open else found
    return list(found.order_by("pk")[:limit])


def earlier_recipients(case: Case, at: Instant) -> list[tuple[str, str]]:
    """Fills ``casework.ports.recipients``: everybody who received the record before ``at`` and has an inbox here."""
    if case.about_kind != RECORD:
        return []
    record_id = int(case.about_key)
    return _inboxes([each for each in recipients_of([record_id]).get(record_id, []) if each.first_at <= at])


@contextmanager
def told_by_the_case() -> Iterator[None]:
    """What happens within is told by the case that causes it, in its own words: retractions are signed and owed, not announced again."""
    token = _told_by_the_case.set(True)
    try:
        yield
    finally:
        _told_by_the_case.reset(token)


def _addresses(caller: Caller) -> list[str]:
    """A person answers for the account and for the department's systems."""
    own = [recipient_of(caller)]
    return own + ([f"department:{caller.department.code}"] if caller.department is not None else [])


def _owe(retraction: Retraction, people: Sequence[Recipient]) -> None:
    RetractionReceipt.objects.bulk_create(
        (
            RetractionReceipt(
                retraction=retraction, recipient=each.recipient, channels=",".join(sorted(each.channels)), first_at=each.first_at
            )
            for each in people
        ),
        batch_size=ROWS_AT_A_TIME,
    )


def _tell(retraction: Retraction, people: Sequence[Recipient]) -> None:
    """An inbox line for everybody who has one; systems read the interface, a run is made again."""
    text = f"编号 {retraction.record_id} 的记录已“{ActVerb(retraction.verb).label}”：{retraction.because} 请停止使用此前取得的内容并回执。"
    Notice.objects.bulk_create(
        (
            Notice(to_kind=kind, to_key=key, title="更正告知", text=text[:2000], href=RECIPIENTS_READ, at=retraction.at)
            for kind, key in _inboxes(people)
        ),
        batch_size=ROWS_AT_A_TIME,
    )


def _inboxes(people: Sequence[Recipient]) -> list[tuple[str, str]]:
    """Where recipients read: the office of a department's system, the account of a person; a run has no inbox."""
    codes = [each.recipient.partition(":")[2] for each in people if each.recipient.startswith("department:")]
    offices = dict(Department.objects.filter(code__in=codes).values_list("code", "pk"))
    found = [("office", str(offices[code])) for code in codes if code in offices]
    return found + [("person", each.recipient) for each in people if each.recipient.startswith("account:")]
