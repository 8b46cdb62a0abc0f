"""信用记录填的端口：what the ledger, the subjects and the catalogue ask about records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set

from chengxin.foundation.records.adoption_trial import CHANGED, tried_publication
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import visible
from chengxin.foundation.records.services import ROWS_AT_A_TIME, recompute_standing
from chengxin.foundation.records.showing import is_natural_person
from chengxin.foundation.records.types import Surface
from chengxin.kernel.instants import Instant
from chengxin.ledger.services import read_contents
from chengxin.policy import active
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem


class PublicRecordContents:
    """可以公开的内容：the payload of a public record's current version, if every word of it may be read by anyone."""

    def content_of(self, record_id: int) -> int | None:
        """The content of a record's current version; None if there is no such record."""
        return Record.objects.filter(pk=record_id).values_list("content_id", flat=True).first()

    def may_show(self, content_id: int, at: Instant) -> bool:
        """Whether the record is public at ``at``, this is its current version, and nothing in it is masked or kept back."""
        said = read_contents([content_id]).get(content_id, {})
        if not said.get("_record", "").isdigit():
            return False
        shown = Record.objects.filter(visible(Surface.PUBLIC, at), pk=int(said["_record"]), content_id=content_id)
        if not shown.exists():
            return False
        policy = active.policy_set()
        item = policy.item(said["_item"])
        return not is_natural_person(said, item, policy) and not _kept_back(said, item)


def _kept_back(said: Mapping[str, str], item: CatalogueItem) -> bool:
    """Whether a field that is given may not be read by everybody. A field that the catalogue no longer knows is one of those.

    Of a sealed field the content has only a hash, which tells nothing (ADR 0013).
    """
    open_to_all = {field.code for field in item.fields if field.sealed or (field.public and not field.masked)}
    return any(code not in open_to_all for code in said if not code.startswith("_"))


def subjects_with_public_records(subject_ids: Collection[int], at: Instant) -> Set[int]:
    """可以示人的主体：those of ``subject_ids`` that have a public record at ``at``."""
    shown = Record.objects.filter(visible(Surface.PUBLIC, at), subject_id__in=list(subject_ids))
    return set(shown.values_list("subject_id", flat=True).distinct())


class StandingEffect:
    """采纳的影响：another order, table or calendar changes from when until when records are shown."""

    def simulate(self, before: PolicySet, after: PolicySet, at: Instant) -> Mapping[str, int]:
        """How many records would change, and of those that are public how many would end at once, earlier or later; touches nothing."""
        if not concerns_standing(before, after):
            return {CHANGED: 0}
        return tried_publication(after, at, ROWS_AT_A_TIME)

    def apply(self, before: PolicySet, after: PolicySet, at: Instant) -> None:
        """Work out every standing anew under ``after``."""
        if concerns_standing(before, after):
            recompute_standing(because=f"采纳政策集 {after.digest[:12]}", by="政策采纳", at=at, policy=after)


def concerns_standing(before: PolicySet, after: PolicySet) -> bool:
    """Whether the two sets can differ in any standing."""
    names = ("publication", "severity_tables", "catalogue", "parameters", "calendar_years", "code_tables")
    return any(getattr(before, name) != getattr(after, name) for name in names)
