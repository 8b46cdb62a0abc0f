"""删除跟进。A case does not repeat what was erased: what an erased step said, nor title and notices of a case about an erased record."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction

from chengxin.casework.models import Case, CaseStep, Notice
from chengxin.casework.notices import OUTBOX, number_of
from chengxin.kernel.instants import Instant

ERASED_TITLE: Final = "（内容已依法删除的记录）"
ROWS_AT_A_TIME: Final = 500


class ErasedSteps:
    """Fills ``ledger.ports.erased_contents``: the table does not go on saying what the entry says no more."""

    def erase(self, content_ids: Sequence[int], because: str, at: Instant, using: str) -> None:
        """Forget what these steps said; that they were taken, when and by whom, stays."""
        CaseStep.objects.using(using).filter(content_id__in=content_ids).update(said={})


def forget_about(kind: str, keys: Collection[str]) -> None:
    """不再重复被删除的内容：titles and notices of the cases about these, inside the transaction of the erasure. That a notice was sent, to
    whom and when, stays; what waits in the outbox to be sent is rewritten there by the next sending."""
    asked = sorted(keys)
    for start in range(0, len(asked), ROWS_AT_A_TIME):
        for case in Case.objects.filter(about_kind=kind, about_key__in=asked[start : start + ROWS_AT_A_TIME]):
            Case.objects.filter(pk=case.pk).update(title=ERASED_TITLE)
            _forget_notices(case)


def _forget_notices(case: Case) -> None:
    text = f"{number_of(case)}：所涉记录的内容已经依法删除，这份通知的原文不再保留。案件的经过见本案页面。"
    told = Notice.objects.filter(case=case)
    files = [Path(settings.CHENGXIN_HOME) / OUTBOX / f"{number}.json" for number in told.values_list("pk", flat=True)]
    told.update(text=text)
    # A file that nobody has picked up yet says what was erased: written again with the new text once the erasure stands.
    there = [file for file in files if file.exists()]
    if there:
        Notice.objects.filter(pk__in=[int(file.stem) for file in there]).update(sent_at=None)
        transaction.on_commit(lambda: _remove(there))


def _remove(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
