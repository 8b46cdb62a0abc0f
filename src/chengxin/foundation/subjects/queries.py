"""信用主体的查询。Reads for other sections; none of them decides who may see the answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from chengxin.foundation.subjects.models import CandidatePair, Judgement, Subject, SubjectIdentifier, SubjectOffice
from chengxin.foundation.subjects.types import NUMBER_KINDS, IdentifierKind, Verdict
from chengxin.kernel.instants import Instant

__all__ = [
    "candidates_for_rows",
    "families_of",
    "identifiers_of",
    "judgements_about",
    "member_ids",
    "names_of",
    "office_subject_ids",
    "offices_of",
    "open_pairs",
    "subject_by_code",
    "subject_by_id",
    "subjects_by_number",
]


def subject_by_code(code: str, using: str = DEFAULT_DB_ALIAS) -> Subject | None:
    """按代码取主体：the subject with this code itself; whom it was judged to be says its ``canonical_id``."""
    return Subject.objects.using(using).filter(code=code).first()


def subject_by_id(subject_id: int, using: str = DEFAULT_DB_ALIAS) -> Subject | None:
    """The subject with this id itself."""
    return Subject.objects.using(using).filter(id=subject_id).first()


def subjects_by_number(number: str, using: str = DEFAULT_DB_ALIAS) -> QuerySet[Subject]:
    """Subjects of which another number is recorded; more than one when the records contradict each other."""
    recorded = SubjectIdentifier.objects.using(using).filter(kind__in=NUMBER_KINDS, value=number)
    return Subject.objects.using(using).filter(id__in=recorded.values("subject_id")).order_by("id")


def member_ids(subject_id: int, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """同一主体的全部编号：every subject judged to be one with ``subject_id``, the canonical one first. Records stay with the member
    under which they came in; who shows all of them asks for these."""
    canonical = Subject.objects.using(using).filter(id=subject_id).values_list("canonical_id", flat=True).first()
    if canonical is None:
        return []
    merged = Subject.objects.using(using).filter(~Q(canonical_id=F("id")), canonical_id=canonical)
    return [canonical, *merged.order_by("id").values_list("id", flat=True)]


def families_of(subject_ids: Collection[int], using: str = DEFAULT_DB_ALIAS) -> dict[int, list[int]]:
    """:func:`member_ids` of many at once: each → every number of the subject that it is."""
    heads = dict(Subject.objects.using(using).filter(id__in=set(subject_ids)).values_list("id", "canonical_id"))
    members: dict[int, list[int]] = {}
    for number, head in (
        Subject.objects.using(using).filter(canonical_id__in=set(heads.values())).order_by("id").values_list("id", "canonical_id")
    ):
        members.setdefault(head, []).append(number)
    return {number: members.get(head, [number]) for number, head in heads.items()}


def office_subject_ids(code: str, using: str = DEFAULT_DB_ALIAS) -> list[int]:
    """机关自己作为主体的全部编号, by its unified social credit code; [] where no subject has it."""
    own = subject_by_code(code, using)
    return member_ids(own.pk, using) if own is not None else []


def names_of(subject_ids: Collection[int], using: str = DEFAULT_DB_ALIAS) -> dict[int, tuple[str, str]]:
    """id → (name, code or "")."""
    found = Subject.objects.using(using).filter(id__in=set(subject_ids)).values_list("id", "name", "code")
    return {subject_id: (name, code or "") for subject_id, name, code in found}


def identifiers_of(
    subject_id: int, kinds: Sequence[IdentifierKind] = tuple(IdentifierKind), using: str = DEFAULT_DB_ALIAS
) -> QuerySet[SubjectIdentifier]:
    """其他号码和名称 of one subject."""
    return SubjectIdentifier.objects.using(using).filter(subject_id=subject_id, kind__in=kinds).order_by("kind", "id")


def offices_of(subject_id: int, at: Instant | None = None, using: str = DEFAULT_DB_ALIAS) -> QuerySet[SubjectOffice]:
    """责任人：in office at ``at``, or ever."""
    offices = SubjectOffice.objects.using(using).filter(subject_id=subject_id)
    if at is not None:
        offices = offices.filter(valid_from__lte=at, valid_until__gt=at)
    return offices.order_by("office", "-valid_from")


def judgements_about(subject_id: int, using: str = DEFAULT_DB_ALIAS) -> QuerySet[Judgement]:
    """All judgements about one subject, latest first, those no longer in effect included."""
    return Judgement.objects.using(using).filter(Q(left_id=subject_id) | Q(right_id=subject_id)).order_by("-id")


def open_pairs(limit: int, offset: int = 0, using: str = DEFAULT_DB_ALIAS) -> list[dict[str, Any]]:
    """待判对 of two subjects, the likeliest first, unsure ones last: ``id, left, right, features, score, proposed_at, verdict``
    (``left`` and ``right`` are :class:`Subject`, ``verdict`` "" or "unsure")."""
    latest = Judgement.objects.filter(left_id=OuterRef("left_id"), right_id=OuterRef("right_id")).order_by("-id")
    waiting = (
        CandidatePair.objects.using(using).filter(quarantined_row_id__isnull=True).annotate(said=Subquery(latest.values("verdict")[:1]))
    )
    waiting = waiting.filter(Q(said__isnull=True) | Q(said__in=[Verdict.UNSURE, Verdict.RETRACTED]))
    pairs = list(waiting.order_by(Case(When(said=Verdict.UNSURE, then=1), default=0), "-score", "id")[offset : offset + limit])
    subjects = Subject.objects.using(using).in_bulk({side for pair in pairs for side in (pair.left_id, pair.right_id)})
    return [
        {
            "id": pair.id,
            "left": subjects[pair.left_id],
            "right": subjects[pair.right_id],
            "features": pair.features,
            "score": pair.score,
            "proposed_at": pair.proposed_at,
            "verdict": Verdict.UNSURE.value if pair.said == Verdict.UNSURE else "",
        }
        for pair in pairs
    ]


def candidates_for_rows(row_ids: Collection[int], using: str = DEFAULT_DB_ALIAS) -> dict[int, list[dict[str, Any]]]:
    """待甄别行的候选：quarantined row id → candidates, the likeliest first: ``pair_id, subject, features, score``."""
    pairs = list(CandidatePair.objects.using(using).filter(quarantined_row_id__in=set(row_ids)).order_by("-score", "id"))
    subjects = Subject.objects.using(using).in_bulk({pair.right_id for pair in pairs})
    found: dict[int, list[dict[str, Any]]] = {row_id: [] for row_id in row_ids}
    for pair in pairs:
        found[pair.quarantined_row_id or 0].append(
            {"pair_id": pair.id, "subject": subjects[pair.right_id], "features": pair.features, "score": pair.score}
        )
    return found
