"""谁看过我：what the subject is shown of the reads about it. A lawful delay postpones lines, and the number of those is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from chengxin.access import ports
from chengxin.access.entrusted_reads import agencies_of_reads
from chengxin.access.models import Read, ReadDelay, ReadQuestion
from chengxin.access.paging import LARGEST_PAGE, Page, decode_cursor, page_of
from chengxin.access.reads import about
from chengxin.access.roles import LABELS, Role
from chengxin.access.types import KIND_LABELS, MandateKind
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound
from chengxin.ledger.logs import READS
from chengxin.ledger.proofs import InclusionProof, provable, prove_content, with_content

__all__ = [
    "ReadShown",
    "ReadsAbout",
    "delays_in_force",
    "every_read_about",
    "member_ids",
    "prove_read",
    "questions_of",
    "reads_about",
    "visible_read",
]

SHOWN: Final = 50
AGENCY_PERSON: Final = KIND_LABELS[MandateKind.SERVICE_AGENCY]


@dataclass(frozen=True)
class ReadShown:
    """一行：who, of which office, for what purpose, in which matter, looked at what, when. ``question``: the newest one about it."""

    id: int
    at: Instant
    office: str
    who: str
    role: str
    purpose: str
    matter: str
    kind: str
    what: str
    question: ReadQuestion | None
    proven: bool  # a checkpoint of the reads log covers it: its proof can be had


@dataclass(frozen=True)
class ReadsAbout:
    """关于一个主体的查看：a page of visible lines, the newest first; how many there are, and how many are not shown yet."""

    page: Page[ReadShown]
    total: int
    delayed: int


def member_ids(subject_id: int) -> Collection[int]:
    """Every number of the subject."""
    found = {subject_id}
    for _, same in ports.same_subjects.items():
        found |= set(same(subject_id))
    return found


def reads_about(subject_id: int, at: Instant, *, cursor: str = "", limit: int = SHOWN) -> ReadsAbout:
    """谁看过这个主体, as the subject sees it at ``at``."""
    members = member_ids(subject_id)
    known, hidden = about(members).filter(at__lte=at), _hidden(members, at)
    visible = known.exclude(hidden) if hidden else known
    total, every = visible.count(), known.count()
    after = decode_cursor(cursor, int)
    wanted = visible.filter(pk__lt=after[0]) if after else visible
    rows = wanted.select_related("account", "department").order_by("-pk")
    page = page_of(lambda n: list(rows[:n]), limit, lambda row: (row.pk,))
    return ReadsAbout(Page(_in_words(page.rows, members), page.next_cursor), total, every - total)


def every_read_about(subject_id: int, at: Instant) -> Iterator[ReadShown]:
    """All visible lines, the newest first, a page of rows at a time."""
    cursor = ""
    while True:
        page = reads_about(subject_id, at, cursor=cursor, limit=LARGEST_PAGE).page
        yield from page.rows
        cursor = page.next_cursor
        if not cursor:
            return


def questions_of(subject_id: int, limit: int) -> list[ReadQuestion]:
    """主体的查问, the newest first: those that wait and those that were answered."""
    return list(ReadQuestion.objects.filter(subject_id__in=member_ids(subject_id)).order_by("-pk")[:limit])


def visible_read(read_id: int, subject_id: int, at: Instant) -> Read:
    """一行 that the subject may see now. NotFound for one that is about somebody else, or delayed: the two look the same."""
    members = member_ids(subject_id)
    hidden = _hidden(members, at)
    found = about(members).filter(pk=read_id, at__lte=at)
    row = (found.exclude(hidden) if hidden else found).select_related("account", "department").first()
    if row is None:
        raise NotFound("no-such-read", f"没有关于您的第 {read_id} 号查看记录。", "请核对编号；依法暂缓告知的，到期后再看。")
    return row


def prove_read(read_id: int, subject_id: int, at: Instant) -> InclusionProof:
    """这一行的存在证明 in the reads log, with salt and content, for the subject that it is about."""
    row = visible_read(read_id, subject_id, at)
    if row.leaf_content_id is None:
        raise NotFound("proof-not-yet", "这次查看还没有写进查看日志，或者早于查看日志。", "新的查看一秒内入账，请稍后再取。")
    return with_content(prove_content(row.leaf_content_id, log=READS), row.leaf_content_id, log=READS)


def delays_in_force(subject_ids: Collection[int], at: Instant) -> list[ReadDelay]:
    """生效的暂缓 about a subject."""
    lasting = Q(ended_at=None) | Q(ended_at__gt=at)
    return list(ReadDelay.objects.filter(lasting, subject_id__in=subject_ids, granted=True, decided_at__lte=at, until_at__gt=at))


def _hidden(members: Collection[int], at: Instant) -> Q:
    """Lines that are not shown yet; falsy where there are none. A delay is about one office and one matter, whenever the look was."""
    found = Q()
    for delay in delays_in_force(members, at):
        found |= Q(department_id=delay.department_id, matter=delay.matter)
    return found


def _in_words(rows: Collection[Read], members: Collection[int]) -> list[ReadShown]:
    titles, agencies = ports.kind_titles(), agencies_of_reads(rows)
    covered = provable([row.leaf_content_id for row in rows if row.leaf_content_id is not None], log=READS)
    asked: dict[int, ReadQuestion] = {
        each.read_id: each
        for each in ReadQuestion.objects.filter(read_id__in=[row.pk for row in rows], subject_id__in=members).order_by("pk")
    }
    return [
        ReadShown(
            id=row.pk,
            at=row.at,
            office=row.department.name if row.department else agencies.get(row.pk, "平台"),
            who=row.account.get_username() if row.account else "部门系统",
            role=AGENCY_PERSON if row.pk in agencies else LABELS[Role(row.role)] if row.role in set(Role) else "部门系统",
            purpose=row.purpose,
            matter=row.matter,
            kind=titles.get(row.kind, row.kind),
            what=row.what,
            question=asked.get(row.pk),
            proven=row.leaf_content_id in covered,
        )
        for row in rows
    ]
