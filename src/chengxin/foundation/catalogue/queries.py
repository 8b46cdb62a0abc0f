"""政策集的查询。Which set is in force, which was then, what has been proposed."""

from __future__ import annotations

from dataclasses import dataclass

from chengxin.foundation.catalogue.models import AdoptedSet
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict
from chengxin.policy import PolicySet, load_files
from chengxin.policy.active import nothing_adopted
from chengxin.policy.files import unpack

_by_digest: dict[str, PolicySet] = {}


@dataclass(frozen=True)
class SetLine:
    """采纳情况的一行。"""

    id: int
    digest: str
    because: str
    proposed_by: str
    proposed_at: Instant
    approved_by: str
    adopted_at: Instant | None
    content_id: int | None


def newest_adoption(at: Instant | None = None) -> AdoptedSet | None:
    """The row of the set adopted last (by ``at``); None before the first."""
    adopted = AdoptedSet.objects.filter(adopted_at__isnull=False)
    if at is not None:
        adopted = adopted.filter(adopted_at__lte=at)
    return adopted.order_by("-adopted_at", "-id").first()


def policy_in_force(at: Instant | None = None) -> PolicySet:
    """政策集 in force now, or the one adopted last by ``at``. Raises NothingAdopted before the first.

    One small query each time, so that every worker sees an adoption at once; the files are read once in a process.
    """
    adopted = AdoptedSet.objects.filter(adopted_at__isnull=False)
    if at is not None:
        adopted = adopted.filter(adopted_at__lte=at)
    newest = adopted.order_by("-adopted_at", "-id").values_list("id", "digest").first()
    if newest is None:
        raise nothing_adopted()
    number, digest = newest
    if digest not in _by_digest:
        policy = load_files(unpack(bytes(AdoptedSet.objects.values_list("bundle", flat=True).get(id=number))))
        if policy.digest != digest:
            raise Conflict("policy-bundle-damaged", f"第 {number} 号政策集与它的摘要不符。", "从备份恢复数据库。")
        _by_digest[digest] = policy
    return _by_digest[digest]


def policy_sets() -> list[SetLine]:
    """历次采纳和提请, the newest first; proposals that wait come before those adopted."""
    names = ("id", "digest", "because", "proposed_by", "proposed_at", "approved_by", "adopted_at", "content_id")
    rows = [SetLine(*row) for row in AdoptedSet.objects.values_list(*names)]
    return sorted(rows, key=lambda row: (row.adopted_at is None, row.adopted_at or row.proposed_at, row.id), reverse=True)


def policy_set_by_digest(beginning: str) -> PolicySet | None:
    """The adopted or proposed set whose digest begins so; None if there is none, or more than one."""
    if len(beginning) < 6 or not set(beginning) <= set("0123456789abcdef"):
        return None
    digests = AdoptedSet.objects.filter(digest__startswith=beginning).values_list("digest", flat=True)
    found = sorted(set(digests))
    if len(found) != 1:
        return None
    return load_files(unpack(bytes(AdoptedSet.objects.filter(digest=found[0]).values_list("bundle", flat=True)[0])))
