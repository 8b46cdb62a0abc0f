"""到期删除。After its term and the time that policy keeps it, the content of a record is erased, with what its cases said and their files.

The road is the ledger's own: salts, payloads, boxes and blind indexes go, commitments stay. That there was an entry, and when, stays.
Clause: government-integrity/2.5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chengxin.access import vault
from chengxin.casework.erased import forget_about
from chengxin.casework.models import Case, CaseDocument, CaseStep
from chengxin.kernel.instants import FOREVER, Instant, date_of, end_of_day
from chengxin.kernel.periods import last_day
from chengxin.ledger.services import erase
from chengxin.policy import active
from chengxin.rights.officials.handing_in import effects_on
from chengxin.rights.officials.models import OfficialRecord
from chengxin.rights.officials.rules import answers_until
from chengxin.rights.officials.types import OFFICIAL_RECORD

__all__ = ["ErasedOfficials", "forget_expired", "forget_record"]

RETENTION: Final = "official_record_retention"
BECAUSE: Final = "公务员政务诚信记录保存期满"
AT_A_TIME: Final = 500


class ErasedOfficials:
    """Fills ``ledger.ports.erased_contents``: the tables do not go on saying what the entries say no more, by whatever road they went."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Overwrite the words of these records, and titles and notices of the cases about them."""
        rows = OfficialRecord.objects.using(using).filter(content_id__in=content_ids)
        keys = [str(each) for each in rows.values_list("pk", flat=True)]
        rows.update(organ="", clause="", delivery_method="", because="", ended_because="", forgotten_at=at)
        forget_about(OFFICIAL_RECORD, keys)


def forget_expired(at: Instant) -> int:
    """到期删除 of what no longer answers and was kept long enough; one with an open case waits for it. How many."""
    done, after = 0, 0
    rows = OfficialRecord.objects.filter(forgotten_at=None).exclude(settled_at=None).order_by("pk")
    while part := list(rows.filter(pk__gt=after)[:AT_A_TIME]):
        after = part[-1].pk
        keys = [str(each.pk) for each in part]
        busy = set(Case.objects.filter(about_kind=OFFICIAL_RECORD, about_key__in=keys, closed_at=None).values_list("about_key", flat=True))
        for record in part:
            if str(record.pk) not in busy and kept_until(record) <= at:
                forget_record(record, BECAUSE, at)
                done += 1
    return done


def kept_until(record: OfficialRecord) -> Instant:
    """保存到何时：one that was sent back from the day of that, any other from when it answers no more; FOREVER while it answers."""
    if record.accepted:
        ends = answers_until(record.kind, record.decided_on, record.ended_at, effects_on(record.decided_on))
    else:
        ends = record.settled_at or FOREVER
    if ends >= FOREVER:
        return FOREVER
    last = date_of(ends - 1)
    return end_of_day(last_day(last, str(active.policy_set().value_at(RETENTION, last).value)))


def forget_record(record: OfficialRecord, because: str, at: Instant) -> None:
    """删除 one record with everything that repeats it: its entries, what the steps of its cases said, and their files."""
    cases = list(Case.objects.filter(about_kind=OFFICIAL_RECORD, about_key=str(record.pk)).values_list("pk", flat=True))
    steps = list(CaseStep.objects.filter(case_id__in=cases).values_list("content_id", flat=True))
    own = [each for each in (record.content_id, record.settled_content_id, record.ended_content_id) if each is not None]
    files = set(CaseDocument.objects.filter(case_id__in=cases).values_list("sha256", flat=True)) | {record.delivery_proof}
    shared = set(CaseDocument.objects.exclude(case_id__in=cases).filter(sha256__in=files).values_list("sha256", flat=True))
    shared |= set(
        OfficialRecord.objects.exclude(pk=record.pk)
        .filter(delivery_proof__in=files, forgotten_at=None)
        .values_list("delivery_proof", flat=True)
    )
    erase([*own, *steps], because, at)
    for digest in sorted(files - shared - {""}):
        vault.destroy(digest, because, at)
