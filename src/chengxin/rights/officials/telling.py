"""更正告知。Whoever was answered from a record is told when it ends: by a notice in the inbox, handed to the outbox like every other."""

from __future__ import annotations

from chengxin.access.models import Account
from chengxin.casework.models import Notice
from chengxin.kernel.instants import Instant
from chengxin.rights.officials.models import Answered
from chengxin.rights.officials.types import Ending

ASK = "/office/officials"


def tell_answered(record_id: int, ending: Ending, at: Instant) -> int:
    """告知, once for each who asked and matter; returns how many. The text names nobody. Inside the caller's transaction.

    A person who asked and has left is told through the office, which goes on with the matter."""
    asked = list(Answered.objects.filter(record_id=record_id).values_list("recipient", "office_id", "matter").distinct())
    accounts = [int(recipient.removeprefix("account:")) for recipient, _, _ in asked if recipient.startswith("account:")]
    there = dict(Account.objects.filter(pk__in=accounts, revoked_at=None).values_list("pk", "department_id"))
    told = set()
    for recipient, office, matter in asked:
        stays = recipient.startswith("account:") and there.get(int(recipient.removeprefix("account:"))) == office
        told.add((("person", recipient) if stays else ("office", str(office)), matter))
    Notice.objects.bulk_create(
        Notice(
            to_kind=kind, to_key=key, title="公务员记录核查的更正告知", href=ASK, at=at,
            text=f"在“{matter}”中答复过的第 {record_id} 号公务员政务诚信记录{ending.label}，请停止使用此前的答复，需要的重新核查。",
        )
        for (kind, key), matter in sorted(told)
    )  # fmt: skip
    return len(told)
