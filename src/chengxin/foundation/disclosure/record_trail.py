"""一条记录走过的路：from the office's decision to the last day it is shown, each step with its entry in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.collection.types import CHANNEL_TITLES, Channel
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.records.queries import acts_about, holds_on, prior_versions
from chengxin.foundation.records.showing import ShownRecord
from chengxin.foundation.records.types import ActVerb, SeverityCode
from chengxin.kernel.instants import FOREVER, Instant, date_of, start_of_day
from chengxin.ledger.checkpoints import latest_checkpoint
from chengxin.ledger.models import Content, Entry


@dataclass(frozen=True)
class Proof:
    """存证, as the badge reads it."""

    state: str
    seq: int | None = None
    verify_href: str = ""
    download_href: str = ""


@dataclass(frozen=True)
class Step:
    """一步."""

    at: Instant
    title: str
    detail: str = ""
    by: str = ""
    href: str = ""
    proof: Proof | None = None


def trail_of(record: Record, shown: ShownRecord, at: Instant) -> list[Step]:
    """经过, oldest first. What is still to come is said where it is certain."""
    versions: list[Record | RecordVersion] = [*reversed(prior_versions(record.pk)), record]
    submissions = Submission.objects.in_bulk({version.submission_id for version in versions})
    offices = dict(Department.objects.filter(pk__in={each.department_id for each in submissions.values()}).values_list("id", "name"))
    acts = [act for act in acts_about(record.pk) if not ActVerb(act.verb).is_internal]
    holds = holds_on(record.pk)
    entered = [version.content_id for version in versions] + [act.content_id for act in acts] + [hold.content_id for hold in holds]
    ended = [hold.ended_content_id for hold in holds if hold.ended_content_id]
    proofs = proofs_of([*entered, *ended])
    steps = [Step(start_of_day(record.decided_on), "作出决定", f"{shown.document_number}", shown.authority)]
    for version in versions:
        steps += _handed_in(version, submissions.get(version.submission_id), offices, proofs)
    for act in acts:
        detail = f"认定为{SeverityCode(act.data['severity']).label}。" if act.verb == ActVerb.SEVERITY_STATED else ""
        steps.append(
            Step(act.at, ActVerb(act.verb).label, detail + act.because, _office_of(act.by, shown), proof=proofs.get(act.content_id))
        )
    for hold in holds:
        steps.append(Step(hold.from_at, "暂停展示", hold.because, _office_of(hold.placed_by, shown), proof=proofs.get(hold.content_id)))
        if hold.ended_at:
            steps.append(Step(hold.ended_at, "恢复展示", "", "", proof=proofs.get(hold.ended_content_id or 0)))
    if record.public_until < FOREVER:
        tense = "将自动停止公示" if record.public_until > at else "停止公示"
        steps.append(Step(record.public_until, tense, f"最后一天是 {date_of(record.public_until - 1)}。"))
    return sorted(steps, key=lambda step: step.at)


def _office_of(by: str, shown: ShownRecord) -> str:
    """The office in whose name somebody acted: the public learns who answers for it, not who sat at the desk."""
    _, _, code = by.partition(":")
    named = Department.objects.filter(code=code).values_list("name", flat=True).first() if code else None
    return named or shown.authority


def _handed_in(
    version: Record | RecordVersion, submission: Submission | None, offices: Mapping[int, str], proofs: Mapping[int, Proof]
) -> list[Step]:
    if submission is None or submission.closed_at is None:
        return []
    by = offices.get(submission.department_id, "")
    channel = CHANNEL_TITLES[Channel(submission.channel)]
    word = "报送" if version.version == 1 else f"报送更正（第 {version.version} 版）"
    detail = f"第 {submission.pk} 号报送，经{channel}；内容登记入账本。"
    closed = "办结并公示" if submission.released_by == "" else "复核放行并公示"
    return [
        Step(submission.received_at, word, detail, by, proof=proofs.get(version.content_id)),
        Step(submission.closed_at, closed, "" if submission.released_by == "" else "由本部门另一人复核。", by),
    ]


def proofs_of(content_ids: list[int], *, verify_href: str = "") -> dict[int, Proof]:
    """存证 of several entries: two queries."""
    places = dict(Entry.objects.filter(content_id__in=content_ids).values_list("content_id", "seq"))
    erased = set(Content.objects.filter(pk__in=content_ids, erased_at__isnull=False).values_list("pk", flat=True))
    checkpoint = latest_checkpoint()
    size = checkpoint.size if checkpoint else 0
    return {
        content_id: Proof(
            "erased" if content_id in erased else "proven" if seq < size else "waiting",
            seq,
            f"/verify?content=c{content_id}",
            f"/api/v1/proofs/c{content_id}",
        )
        for content_id, seq in places.items()
    }
