"""差异的门。"信息不一致的以信用中国为准"：what differs between here and upstream is listed and worked off by a person, with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db import IntegrityError
from django.db.models import Exists, OuterRef

from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.types import ActVerb
from chengxin.kernel.instants import Instant, date_of, end_of_day
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.services import record_event
from chengxin.policy.policy_set import PolicySet
from chengxin.rights.restoration.models import Difference, DifferenceSettled, UpstreamResult
from chengxin.storage.transactions import writing

__all__ = ["OPENED", "SETTLED", "Kind", "note_missing", "open_difference", "settle_difference", "settle_known"]

OPENED: Final = "restoration:difference:opened"
SETTLED: Final = "restoration:difference:settled"
SYNC_DAYS: Final = "restoration_sync_days"
AT_A_TIME: Final = 500


class Kind(StrEnum):
    """差异的种类。"""

    UNMATCHED = "unmatched"  # upstream restored what is not here
    AMBIGUOUS = "ambiguous"  # more than one record here fits
    NOT_ENTITLED = "not_entitled"  # who handed it in is neither the credit office nor has to do with the decision
    COURT_ONLY = "court_only"  # only a court ends this
    EARLY = "early"  # restored upstream before the shortest period that is worked out here
    LATE = "late"  # it reached us after the days for sharing were over
    MISSING_UPSTREAM = "missing_upstream"  # restored here, and upstream has not said so in time

    @property
    def label(self) -> str:
        """The Chinese label."""
        return _LABELS[self]


_LABELS: Final = {
    Kind.UNMATCHED: "上级已修复，这里没有对应的记录",
    Kind.AMBIGUOUS: "上级已修复，这里有几条都对得上",
    Kind.NOT_ENTITLED: "报送单位不是信用主管部门，也不是原认定单位",
    Kind.COURT_ONLY: "只能由法院办理的，不能这样停止",
    Kind.EARLY: "早于这里算出的最短公示期",
    Kind.LATE: "上级的决定到达已过共享期限",
    Kind.MISSING_UPSTREAM: "这里已修复，上级还没有同步",
}


def open_difference(
    kind: Kind, *, subject_id: int, record_id: int | None, result: UpstreamResult | None, sentence: str, at: Instant
) -> None:
    """列为差异, inside the caller's transaction; the same difference is listed once."""
    about = {"record_id": record_id} if record_id is not None else {"record_id": None, "result": result}
    if Difference.objects.filter(kind=kind, **about).exists():
        return
    row = Difference(kind=kind, subject_id=subject_id, record_id=record_id, result=result, sentence=sentence[:500], at=at, content_id=0)
    row.content_id = record_event(
        OPENED,
        {
            "_kind": str(kind),
            "_subject": str(subject_id),
            "_record": str(record_id or ""),
            "_result": str(result.result_record_id) if result is not None else "",
            "_sentence": row.sentence,
            "_at": str(at),
        },
    )
    row.save(force_insert=True)


def settle_difference(difference_id: int, *, because: str, by: str, at: Instant) -> DifferenceSettled:
    """核对完毕, with what was found and done. Refused without a reason, Conflict if somebody was faster."""
    if not because.strip():
        raise Refused("no-reason-given", "核对差异必须写明查到什么、怎样处理。", "写明以后再提交。", where={"field": "because"})
    row = Difference.objects.filter(pk=difference_id).first()
    if row is None:
        raise NotFound("no-such-difference", f"没有第 {difference_id} 号差异。", "从差异的列表进入。")
    try:
        with writing():
            return _settle(row, because.strip()[:500], by, at)
    except IntegrityError as error:
        raise Conflict("already-done", "这项差异已经核对过。", "刷新列表。") from error


def settle_known(record_id: int, kinds: tuple[Kind, ...], *, because: str, at: Instant) -> None:
    """What has come right by itself: by the platform, inside the caller's transaction."""
    for row in Difference.objects.filter(record_id=record_id, kind__in=kinds, settled=False):
        _settle(row, because, "平台", at)


def _settle(row: Difference, because: str, by: str, at: Instant) -> DifferenceSettled:
    said = {"_difference": str(row.content_id), "_because": because, "_by": by, "_at": str(at)}
    content_id = record_event(SETTLED, said)
    Difference.objects.filter(pk=row.pk).update(settled=True)
    return DifferenceSettled.objects.create(difference=row, because=because, by=by, at=at, content_id=content_id)


def note_missing(policy: PolicySet, at: Instant) -> int:
    """上级没有同步的：restored here by our own decision, the days for sharing are over, and no result came. How many were newly listed."""
    today, found = date_of(at), 0
    days = int(policy.value_at(SYNC_DAYS, today).value)
    last = _sync_started_before(policy, today, days)
    came = UpstreamResult.objects.filter(record_id=OuterRef("record_id"))
    listed = Difference.objects.filter(kind=Kind.MISSING_UPSTREAM, record_id=OuterRef("record_id"))
    own = RecordAct.objects.filter(~Exists(came), ~Exists(listed), verb=ActVerb.RESTORED, at__lt=end_of_day(last))
    after = 0
    while acts := list(own.filter(pk__gt=after).order_by("pk")[:AT_A_TIME]):
        after = acts[-1].pk
        subjects = dict(Record.objects.filter(pk__in=[act.record_id for act in acts]).values_list("pk", "subject_id"))
        with writing():
            for act in acts:
                number = act.data.get("document", "")
                sentence = f"{date_of(act.at)} 已准予修复（{number}），{days} 个工作日内没有收到上级的结果。"
                about, subject = act.record_id, subjects[act.record_id]
                open_difference(Kind.MISSING_UPSTREAM, subject_id=subject, record_id=about, result=None, sentence=sentence, at=at)
                found += 1
    return found


def _sync_started_before(policy: PolicySet, today: date, days: int) -> date:
    """The last day whose days for sharing are over today."""
    day = today
    while True:
        day -= timedelta(1)
        due = policy.calendar.add_working_days(day, days)
        if due.on < today:
            return day
