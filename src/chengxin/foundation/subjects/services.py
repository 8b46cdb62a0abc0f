"""信用主体的门。"一个主体，一份档案；不得仅凭名称归并。"

Judgements are added, never overwritten; what they add up to (``canonical_id``) is derived and can be undone exactly. The verbs
here each write their own ledger entry, inside one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.foundation.subjects import judging
from chengxin.foundation.subjects.judging import Pair, in_order
from chengxin.foundation.subjects.models import Judgement, Subject, SubjectIdentifier
from chengxin.foundation.subjects.registry import NOTHING_DOUBTFUL, RegistryOutcome, apply_registry_basics
from chengxin.foundation.subjects.types import IdentifierKind, SubjectKind, Verdict
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy.types import CatalogueItem
from chengxin.storage.transactions import writing

__all__ = ["RegistryOutcome", "join_registry", "judge_pair", "record_known_name", "retract_judgement"]


def judge_pair(
    *, left_id: int, right_id: int, verdict: Verdict, because: str, by: str, at: Instant, using: str = DEFAULT_DB_ALIAS
) -> Judgement:
    """判定：whether two subjects are the same, different, or cannot be told yet. A later judgement replaces an earlier one in effect.

    Refused without a reason, for natural persons, for a subject and itself; Conflict where it contradicts judgements about others.
    """
    _require_reason(because, by)
    if left_id == right_id:
        raise Refused(slug="pair-of-one", sentence="一个主体不能与它自己比对。", what_to_do="请选择两个不同的主体。")
    pair = in_order(left_id, right_id)
    with writing(using):
        _one_judge_at_a_time(using)
        _require_mergeable(pair, using)
        verdicts = _verdicts_around(pair, using)
        _require_no_contradiction(pair, verdict, verdicts)
        content = {"_left": str(pair[0]), "_right": str(pair[1]), "_verdict": verdict.value, "_because": because, "_by": by, "_at": str(at)}
        verdicts[pair] = verdict
        _derive_canonical(verdicts, using)
        judgement = Judgement(left_id=pair[0], right_id=pair[1], verdict=verdict.value, because=because, by=by, at=at)
        judgement.content_id = ledger.record_event("subjects:pair:judged", content, using)
        judgement.save(using=using)
    return judgement


def retract_judgement(*, left_id: int, right_id: int, because: str, by: str, at: Instant, using: str = DEFAULT_DB_ALIAS) -> Judgement:
    """撤回判定：the pair waits again, and every subject is again what it was without that judgement. Refused where none is in effect."""
    pair = in_order(left_id, right_id)
    last = Judgement.objects.using(using).filter(left_id=pair[0], right_id=pair[1]).order_by("-id").first()
    if last is None or last.verdict == Verdict.RETRACTED:
        raise Refused(slug="nothing-to-retract", sentence="这两个主体之间没有生效的判定，无可撤回。", what_to_do="请核对主体编号。")
    return judge_pair(left_id=left_id, right_id=right_id, verdict=Verdict.RETRACTED, because=because, by=by, at=at, using=using)


def record_known_name(*, subject_id: int, name: str, because: str, by: str, at: Instant, using: str = DEFAULT_DB_ALIAS) -> None:
    """核定写法：a person has judged that ``name`` is how this subject is also written; rows that bear it agree from now on."""
    _require_reason(because, by)
    with writing(using):
        subject = Subject.objects.using(using).filter(id=subject_id).first()
        if subject is None:
            raise NotFound(slug="no-such-subject", sentence="没有这个主体。")
        if subject.kind == SubjectKind.NATURAL_PERSON:
            raise Refused(slug="natural-person", sentence="自然人只凭证件号码归属，不登记其他姓名写法。")
        if SubjectIdentifier.objects.using(using).filter(subject_id=subject_id, kind=IdentifierKind.KNOWN_NAME, value=name).exists():
            return
        content = {"_subject": str(subject_id), "_known_name": name, "_because": because, "_by": by, "_at": str(at)}
        content_id = ledger.record_event("subjects:name:recorded", content, using)
        SubjectIdentifier.objects.using(using).create(
            subject_id=subject_id, kind=IdentifierKind.KNOWN_NAME.value, value=name, content_id=content_id
        )


def join_registry(
    *, submission_id: int, item: CatalogueItem, chunks: Iterable[pl.DataFrame], at: Instant, using: str = DEFAULT_DB_ALIAS
) -> RegistryOutcome:
    """登记信息入档：what a closed submission of registry basics says of its subjects, chunk by chunk, with one entry for all of it.

    Each chunk: the item's fields as text, ``subject_id``, ``content_id`` (the row's own entry) and, where known, the blind index of
    the representative's ID number (:data:`~.registry.LEGAL_REPRESENTATIVE_PERSON`). Inside the transaction that closes the submission.
    """
    with writing(using):
        outcomes = [apply_registry_basics(chunk, item, at, using) for chunk in chunks]
        doubtful = pl.concat([NOTHING_DOUBTFUL, *(outcome.doubtful for outcome in outcomes)])
        joined, renamed = sum(outcome.joined for outcome in outcomes), sum(outcome.renamed for outcome in outcomes)
        content = {"_submission": str(submission_id), "_joined": str(joined), "_renamed": str(renamed), "_doubtful": str(doubtful.height)}
        ledger.record_event("subjects:registry:joined", {**content, "_at": str(at)}, using)
    return RegistryOutcome(joined=joined, renamed=renamed, doubtful=doubtful)


def _require_reason(because: str, by: str) -> None:
    if not because.strip() or not by.strip():
        raise Refused(slug="reason-required", sentence="判定应当写明理由和判定人。", what_to_do="请填写依据什么材料作出判定。")


def _one_judge_at_a_time(using: str) -> None:
    """Two judgements about neighbours must see each other; on SQLite the write transaction sees to that."""
    if connections[using].vendor == "postgresql":
        with connections[using].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('subjects.judgement'))")


def _require_mergeable(pair: Pair, using: str) -> None:
    kinds = dict(Subject.objects.using(using).filter(id__in=pair).values_list("id", "kind"))
    if len(kinds) < 2:
        raise NotFound(slug="no-such-subject", sentence="两个主体中至少有一个不存在。", what_to_do="请核对主体编号。")
    if SubjectKind.NATURAL_PERSON in kinds.values():
        raise Refused(
            slug="natural-person",
            sentence="自然人只凭证件号码区分，不作同一主体的判定。",
            what_to_do="证件号码有误的，请报送单位更正后重新报送。",
        )


def _verdicts_around(pair: Pair, using: str) -> dict[Pair, str]:
    """The verdicts in effect among everybody whom judgements connect with ``pair``, whatever they say."""
    verdicts: dict[Pair, str] = {}
    known: set[int] = set()
    frontier = set(pair)
    judgements = Judgement.objects.using(using).order_by("id").values_list("left_id", "right_id", "verdict")
    while frontier:
        known |= frontier
        touched = [*judgements.filter(left_id__in=frontier), *judgements.filter(right_id__in=frontier)]
        pairs = {(left, right) for left, right, _ in touched}
        for left, right, verdict in touched:  # both lists hold every judgement of a pair they hold, oldest first
            verdicts[left, right] = verdict
        frontier = {member for found in pairs for member in found} - known
    return verdicts


def _require_no_contradiction(pair: Pair, verdict: Verdict, verdicts: dict[Pair, str]) -> None:
    """Same and different must fit together over everybody connected."""
    others = {other: said for other, said in verdicts.items() if other != pair}
    same = [other for other, said in others.items() if said == Verdict.SAME]
    left, right = judging.component(pair[0], same), judging.component(pair[1], same)
    if verdict == Verdict.DIFFERENT and pair[1] in left:
        raise Conflict(
            slug="judged-same-through-others",
            sentence="经由其他判定，这两个主体已是同一主体，不能判为不同。",
            what_to_do="请先撤回中间的判定。",
        )
    if verdict == Verdict.SAME:
        for other, said in others.items():
            if said == Verdict.DIFFERENT and ({*other} & left and {*other} & right):
                raise Conflict(
                    slug="judged-different-before",
                    sentence=f"归并后，已判为不同主体的 {other[0]} 与 {other[1]} 将成为同一主体。",
                    what_to_do="请先核实并撤回那一判定。",
                    where={"left_id": str(other[0]), "right_id": str(other[1])},
                )


def _derive_canonical(verdicts: dict[Pair, str], using: str) -> None:
    members = {member for pair in verdicts for member in pair}
    coded = Subject.objects.using(using).filter(id__in=members).values_list("id", "code")
    codes = {member: code for member, code in coded if code}
    same = [pair for pair, verdict in verdicts.items() if verdict == Verdict.SAME]
    canonical = judging.canonical_ids(members, same, codes)
    for target in set(canonical.values()):
        its = [member for member, its_canonical in canonical.items() if its_canonical == target]
        Subject.objects.using(using).filter(id__in=its).exclude(canonical_id=target).update(canonical_id=target)
