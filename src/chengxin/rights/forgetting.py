"""删除以后的案件。When a record's content is erased, the cases about it keep their course and lose its name and document number."""

from __future__ import annotations

from collections.abc import Collection

from chengxin.casework.erased import forget_about
from chengxin.casework.models import Case
from chengxin.foundation.records.types import ActVerb
from chengxin.kernel.instants import Instant
from chengxin.rights.abouts import RECORD

#: Cases about a case of restoration repeat its title.
CASE = "restoration_case"


class ForgettingFollower:
    """Fills ``records.ports.followers``, before those who take steps: what they say of an erased record no longer names it."""

    def followed(self, record_ids: Collection[int], verb: str, because: str, at: Instant) -> None:
        """Titles and notices."""
        if verb != ActVerb.ERASED:
            return
        keys = [str(each) for each in record_ids]
        forget_about(RECORD, keys)
        about = Case.objects.filter(about_kind=RECORD, about_key__in=keys).values_list("pk", flat=True)
        forget_about(CASE, [str(each) for each in about])

    def swapped(self, submission_id: int, at: Instant) -> None:
        """A new version erases nothing."""
