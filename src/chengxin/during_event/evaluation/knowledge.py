"""当时所知：what later acts, judgements and registry data changed, put back as it was known at an instant. Few rows each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from chengxin.foundation.records.facts import facts_of
from chengxin.foundation.records.models import Record, RecordAct
from chengxin.foundation.records.rewriting import acts_of
from chengxin.foundation.records.standing import standing_of
from chengxin.foundation.records.types import ActVerb
from chengxin.foundation.subjects.judging import canonical_ids
from chengxin.foundation.subjects.models import Judgement, Subject
from chengxin.foundation.subjects.types import Verdict
from chengxin.kernel.instants import Instant
from chengxin.ledger.services import read_contents
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import read_frame, temporary_join

_BASICS: Final = {"division": "division", "industry": "industry", "state": "operating_state"}
#: Subjects about which the registry said something that was not known then, with what it had said before (if anything).
_LATER: Final = """
    SELECT g.subject_id, MAX(e.content_id) FROM {given} g
    JOIN records_record r ON r.subject_id = g.subject_id AND r.item = %s
    JOIN collection_submission s ON s.id = r.submission_id AND s.closed_at > %s
    LEFT JOIN (SELECT v.record_id, v.content_id FROM records_recordversion v JOIN collection_submission t ON t.id = v.submission_id
               WHERE t.closed_at <= %s) e ON e.record_id = r.id
    GROUP BY g.subject_id
"""


def canonical_changes(known_at: Instant) -> dict[int, int]:
    """Everybody who was judged to be another, by what had been judged then: member → canonical subject."""
    said: dict[tuple[int, int], str] = {}
    for judgement in Judgement.objects.filter(at__lte=known_at).order_by("id").iterator():
        said[judgement.left_id, judgement.right_id] = judgement.verdict
    same = [pair for pair, verdict in said.items() if verdict == Verdict.SAME]
    members = sorted({member for pair in same for member in pair})
    codes = {
        pk: code for start in range(0, len(members), 5_000)
        for pk, code in Subject.objects.filter(pk__in=members[start : start + 5_000]).values_list("id", "code")
    }  # fmt: skip
    return canonical_ids(members, same, {pk: code or "" for pk, code in codes.items()})


def severity_changes(known_at: Instant, policy: PolicySet) -> dict[int, int]:
    """Records whose class an authority stated later: record → the class by what had been said then."""
    later = set(RecordAct.objects.filter(verb=ActVerb.SEVERITY_STATED, at__gt=known_at).values_list("record_id", flat=True))
    records = {row.pk: row for row in Record.objects.filter(pk__in=sorted(later))}
    contents = read_contents([row.content_id for row in records.values()])
    acts = acts_of(list(records))
    found = {}
    for pk, row in records.items():
        said = contents.get(row.content_id)
        if said is not None:
            facts = facts_of(said, policy.item(row.item), policy, row.received_at)
            standing = standing_of(facts, [act for act in acts[pk] if act.at <= known_at], [], policy)
            found[pk] = int(standing.severity)
    return found


def registry_changes(subject_ids: Sequence[int], known_at: Instant, policy: PolicySet) -> pl.DataFrame:
    """Of these subjects those whose registry data came or changed later: the columns of the snapshot as they were."""
    shape = {"subject_id": pl.Int64, "division": pl.String, "industry": pl.String, "state": pl.String, "in_registry": pl.Boolean}
    item = next((each for each in policy.catalogue.values() if each.group == "registry"), None)
    newest = read_frame("SELECT COALESCE(MAX(closed_at), 0) FROM collection_submission", {"at": pl.Int64})["at"][0]
    if item is None or not len(subject_ids) or newest <= known_at:
        return pl.DataFrame(schema=shape)
    given = pl.DataFrame({"subject_id": list(subject_ids)}, schema={"subject_id": pl.Int64})
    later = temporary_join(given, _LATER, {"subject_id": pl.Int64, "content_id": pl.Int64}, parameters=[item.number, known_at, known_at])
    contents = read_contents([each for each in later["content_id"].to_list() if each is not None])
    rows = []
    for subject_id, content_id in later.iter_rows():
        said = contents.get(content_id or 0)
        basics = {name: (said or {}).get(item.roles.get(role, ""), "") for name, role in _BASICS.items()}
        rows.append({"subject_id": subject_id, **basics, "in_registry": said is not None})
    return pl.DataFrame(rows, schema=shape)
