"""遗忘主体。When everything on record about a subject was erased, its name goes too; its id stays, so that links still hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Q

from chengxin.foundation.subjects.models import CandidatePair, Subject, SubjectIdentifier, SubjectOffice
from chengxin.foundation.subjects.name_index import change_names
from chengxin.foundation.subjects.types import IdentifierKind

__all__ = ["forget_subjects", "forget_told"]


def forget_subjects(subject_ids: Collection[int], using: str = DEFAULT_DB_ALIAS) -> None:
    """遗忘：take name, code, other numbers, offices and index from these subjects. Inside the transaction of the erasure.

    The caller makes sure that nothing else on record is about them. On PostgreSQL the dead rows are cleared after the commit.
    """
    rows = Subject.objects.using(using).filter(pk__in=subject_ids)
    if not subject_ids or not rows.exists():
        return
    _forget_index(list(rows.values_list("id", "search_key")), using)
    rows.update(name="", search_key="", code=None, person=None)
    SubjectIdentifier.objects.using(using).filter(subject_id__in=subject_ids).delete()
    SubjectOffice.objects.using(using).filter(subject_id__in=subject_ids).update(name="", person=None)
    pairs = CandidatePair.objects.using(using).filter(Q(left_id__in=subject_ids) | Q(right_id__in=subject_ids))
    pairs.update(features=[])  # their sentences quote both names
    if connections[using].vendor == "postgresql":
        transaction.on_commit(lambda: _forget(using), using=using)


def forget_told(subject_ids: Collection[int], using: str = DEFAULT_DB_ALIAS) -> None:
    """忘记登记所述：numbers, former names and people in office that only the registry tells. Inside the transaction of the erasure.

    The caller makes sure that no entry of the registry about these subjects is left.
    """
    told = SubjectIdentifier.objects.using(using).filter(subject_id__in=subject_ids).exclude(kind=IdentifierKind.KNOWN_NAME.value)
    gone, _ = told.delete()
    left = SubjectOffice.objects.using(using).filter(subject_id__in=subject_ids).update(name="", person=None)
    if (gone or left) and connections[using].vendor == "postgresql":
        transaction.on_commit(lambda: _forget(using), using=using)


def _forget_index(named: Sequence[tuple[int, str]], using: str) -> None:
    shape = {"id": pl.Int64, "search_key": pl.String}
    old = [row for row in named if row[1]]
    change_names(pl.DataFrame(old, schema=shape, orient="row"), pl.DataFrame(schema=shape), using)


def _forget(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("VACUUM subjects_subject, subjects_subjectidentifier, subjects_subjectoffice, subjects_candidatepair")
