"""目录与政策集的门。"没有采纳的政策集，什么也不办。"

A set is proposed by one person, adopted by another; ``init`` adopts the shipped one. Both acts are entries of the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping

from chengxin.foundation.catalogue import ports, queries
from chengxin.foundation.catalogue.models import AdoptedSet
from chengxin.kernel.instants import Instant, utc_text
from chengxin.kernel.refused import Conflict, Forbidden, NotFound
from chengxin.ledger.services import record_event
from chengxin.policy import PolicySet, load_files
from chengxin.policy.files import digest_of, pack, unpack
from chengxin.storage.transactions import writing

__all__ = ["adopt_policy_set", "adopt_shipped_set", "propose_policy_set", "simulate_adoption"]

PROPOSED = "catalogue:set:proposed"
ADOPTED = "catalogue:set:adopted"
#: Who stands in the table where the platform itself acts: the publisher of the shipped set, and the installation.
SHIPPED_BY, INSTALLED_BY = "随平台发布", "chengxin init"


def propose_policy_set(*, files: Mapping[str, str], by: str, because: str, at: Instant) -> int:
    """提请采纳：check the files and keep them; returns the number of the proposal.

    Raises PolicyRefused with every fault, Conflict if this very set is in force or already proposed.
    """
    policy = load_files(files)
    with writing():
        newest = queries.newest_adoption()
        if newest is not None and newest.digest == policy.digest:
            raise _conflict("这个政策集正在施行，不用再提请。", "改动文件后再提请。")
        open_one = AdoptedSet.objects.filter(digest=policy.digest, adopted_at=None).values_list("id", flat=True).first()
        if open_one is not None:
            raise _conflict(f"同样的政策集已经提请（第 {open_one} 号），等待另一人采纳。", "由另一人采纳该号。")
        proposal = AdoptedSet(digest=policy.digest, bundle=pack(files), because=because, proposed_by=by, proposed_at=at)
        proposal.save(force_insert=True)
        content = {"_at": utc_text(at), "_by": by, "_because": because, "_digest": policy.digest, "_proposal": str(proposal.id)}
        proposal.proposed_content_id = record_event(PROPOSED, content)
        proposal.save(update_fields=["proposed_content_id"])
        return proposal.id


def adopt_policy_set(*, proposal: int, by: str, at: Instant) -> PolicySet:
    """采纳：put a proposed set in force. Never by the person who proposed it, never twice."""
    with writing():
        found = AdoptedSet.objects.select_for_update().filter(id=proposal).first()
        if found is None:
            raise NotFound("no-such-proposal", f"没有第 {proposal} 号提请。", "用 chengxin policy show 看提请的政策集。")
        if found.proposed_by == by:
            raise Forbidden("adopted-by-proposer", "提请的人不能自己采纳。", "请另一位有权限的人采纳。")
        if found.adopted_at is not None:
            raise _conflict(f"第 {proposal} 号已经由 {found.approved_by} 采纳。", "不用再办。")
        files = _files_of(found)
        policy = load_files(files)
        newest = queries.newest_adoption()
        if newest is not None:
            before = load_files(_files_of(newest))
            for _, effect in ports.effects():
                effect.apply(before, policy, at)
        _adopt(found, by, at)
    return policy


def adopt_shipped_set(*, files: Mapping[str, str], at: Instant) -> bool:
    """首次采纳：adopt the shipped set (with the city's own folder) if nothing was ever adopted; returns whether it did.

    An upgrade brings new files, not a new policy: those are adopted by two people.
    """
    policy = load_files(files)
    with writing():
        if queries.newest_adoption() is not None:
            return False
        first = AdoptedSet(digest=policy.digest, bundle=pack(files), because="首次安装", proposed_by=SHIPPED_BY, proposed_at=at)
        first.save(force_insert=True)
        _adopt(first, INSTALLED_BY, at)
    return True


def simulate_adoption(*, before: PolicySet, after: PolicySet, at: Instant) -> dict[str, int]:
    """试算：what the adoption of ``after`` would change in what is on file, in words → how many."""
    return {words: number for _, effect in ports.effects() for words, number in effect.simulate(before, after, at).items()}


def _adopt(found: AdoptedSet, by: str, at: Instant) -> None:
    found.approved_by, found.adopted_at = by, at
    found.content_id = record_event(
        ADOPTED,
        {
            "_at": utc_text(at),
            "_adopted_at": str(at),
            "_by": by,
            "_proposed_by": found.proposed_by,
            "_because": found.because,
            "_digest": found.digest,
            "_proposal": str(found.id),
        },
    )
    found.save(update_fields=["approved_by", "adopted_at", "content_id"])


def _files_of(row: AdoptedSet) -> dict[str, str]:
    files = unpack(bytes(row.bundle))
    if digest_of(files) != row.digest:
        raise Conflict("policy-bundle-damaged", f"第 {row.id} 号政策集与它的摘要不符。", "从备份恢复数据库。")
    return files


def _conflict(sentence: str, what_to_do: str) -> Conflict:
    return Conflict("policy-set-conflict", sentence, what_to_do)
