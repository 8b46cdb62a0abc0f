"""账本如何推出主体各表。``fsck`` replays openings, registry basics and judgements, and compares.

Blind indexes are made with keys that rotate, offices and former names are knowledge about what the registry said before: these are
not rebuilt.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from chengxin.foundation.subjects.registry import registry_rows
from chengxin.foundation.subjects.types import NUMBER_KINDS, IdentifierKind, SubjectKind, Verdict
from chengxin.ledger.ports import Port, Projection
from chengxin.policy import active

COLLECTED: Final = frozenset({"records:record:collected", "records:record:updated"})
JOINED: Final = "subjects:registry:joined"
JUDGED: Final = "subjects:pair:judged"
NAMED: Final = "subjects:name:recorded"

_BASICS: Final = ("division", "industry", "state")
_STAGED: Final = pl.Schema(
    {"seq": pl.Int64(), "what": pl.String(), "content_id": pl.Int64(), "submission_id": pl.Int64(), "id": pl.Int64(), "kind": pl.Int64()}
    | {"code": pl.String(), "name": pl.String(), "opened_at": pl.Int64()}
    | {basic: pl.String() for basic in _BASICS}
    | {number.value: pl.String() for number in NUMBER_KINDS}
    | {"left_id": pl.Int64(), "right_id": pl.Int64(), "verdict": pl.String()}
)
_COLUMNS: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "code": pl.String(),
    "kind": pl.Int64(),
    "name": pl.String(),
    **{basic: pl.String() for basic in _BASICS},
    "in_registry": pl.Boolean(),
    "canonical_id": pl.Int64(),
    "opened_at": pl.Int64(),
    "content_id": pl.Int64(),
}

_NO_COLUMNS: Final = ", ".join(f"NULL::{'BIGINT' if kind == pl.Int64() else 'VARCHAR'} AS {name}" for name, kind in _STAGED.items())
#: What was staged, in full shape also where no entry was.
_STAGED_AT_ALL: Final = f"staged AS (FROM staged_subjects_subject UNION ALL BY NAME SELECT {_NO_COLUMNS} WHERE false)"
#: What the registry says last of each subject, in the order in which it was joined: a row that a person decided about after its
#: submission closed was joined then, by an entry of its own.
_REGISTERED: Final = f"""{_STAGED_AT_ALL},
    joined AS (SELECT submission_id, seq AS joined_at FROM staged WHERE what = 'joined'),
    told AS (FROM staged WHERE what = 'registered'),
    said AS (SELECT told.*, joined.joined_at
             FROM told ASOF JOIN joined ON told.submission_id = joined.submission_id AND told.seq < joined.joined_at
             QUALIFY row_number() OVER (PARTITION BY id, joined_at ORDER BY told.seq DESC) = 1)
"""  # noqa: S608
#: Everybody reaches whom they were judged to be; the one with a code is canonical, of several the first. Whose opening was erased, and
#: who still stands in the registry: since when and with which code only that entry said.
_SUBJECTS: Final = f"""
    WITH RECURSIVE {_REGISTERED},
    registered AS (SELECT * FROM said QUALIFY row_number() OVER (PARTITION BY id ORDER BY joined_at DESC) = 1),
    opened AS (SELECT * FROM staged WHERE what = 'opened' QUALIFY row_number() OVER (PARTITION BY id ORDER BY seq) = 1),
    judged AS (SELECT left_id, right_id, verdict FROM staged WHERE what = 'judged'
               QUALIFY row_number() OVER (PARTITION BY left_id, right_id ORDER BY seq DESC) = 1),
    edge AS (SELECT left_id AS a, right_id AS b FROM judged WHERE verdict = '{Verdict.SAME.value}'
             UNION SELECT right_id, left_id FROM judged WHERE verdict = '{Verdict.SAME.value}'),
    reach AS (SELECT a, b FROM edge UNION SELECT reach.a, edge.b FROM reach JOIN edge ON reach.b = edge.a),
    unknown AS (SELECT DISTINCT a AS id FROM reach WHERE b NOT IN (SELECT id FROM opened)),
    known AS (SELECT id, code, kind, name, opened_at, content_id FROM opened
              UNION ALL SELECT id, NULL, kind, name, NULL, content_id FROM registered WHERE id NOT IN (SELECT id FROM opened)),
    canonical AS (SELECT a AS id, b AS canonical_id FROM (SELECT a, b FROM reach UNION SELECT a, a FROM edge) JOIN opened ON opened.id = b
                  QUALIFY row_number() OVER (PARTITION BY a ORDER BY opened.code IS NULL, b) = 1)
    SELECT o.id, o.code, coalesce(r.kind, o.kind) AS kind, coalesce(r.name, o.name) AS name,
           {", ".join(f"coalesce(r.{basic}, '') AS {basic}" for basic in _BASICS)}, r.id IS NOT NULL AS in_registry,
           CASE WHEN o.id IN (SELECT id FROM unknown) THEN NULL ELSE coalesce(c.canonical_id, o.id) END AS canonical_id,
           o.opened_at, coalesce(r.content_id, o.content_id) AS content_id
    FROM known o LEFT JOIN registered r ON r.id = o.id LEFT JOIN canonical c ON c.id = o.id
"""  # noqa: S608
#: What an erased opening alone could tell: code and day of that subject, who is canonical among those judged to be the same.
_FORGIVEN: Final = """
    UPDATE {expected} AS e SET opened_at = c.opened_at, code = c.code FROM {current} c WHERE c.id = e.id AND e.opened_at IS NULL;
    UPDATE {expected} AS e SET canonical_id = c.canonical_id FROM {current} c WHERE c.id = e.id AND e.canonical_id IS NULL;
"""
#: Names and numbers of a subject whose own entry is erased are left out; of the others those that an erased entry told.
_FORGIVEN_NUMBERS: Final = """
    DELETE FROM {expected} WHERE subject_id IN (SELECT id FROM gone_subjects_subject);
    DELETE FROM {current} WHERE subject_id IN (SELECT id FROM gone_subjects_subject);
    UPDATE {expected} AS e SET content_id = c.content_id FROM {current} c
        WHERE c.subject_id = e.subject_id AND c.kind = e.kind AND c.value = e.value;
"""
_NUMBERS: Final = f"""
    WITH {_REGISTERED},
    numbers AS (SELECT id AS subject_id, kind, value FROM
             (SELECT id, {", ".join(number.value for number in NUMBER_KINDS)} FROM said)
             UNPIVOT (value FOR kind IN ({", ".join(number.value for number in NUMBER_KINDS)})))
    SELECT *, NULL::BIGINT AS content_id FROM numbers WHERE value <> ''
    UNION SELECT subject_id, kind, value, NULL FROM staged_subjects_identifier
"""  # noqa: S608
_CURRENT_IDENTIFIERS: Final = f"""
    SELECT subject_id, kind, value, content_id FROM subjects_subjectidentifier
    WHERE kind NOT IN ('{IdentifierKind.FORMER_NAME.value}', '{IdentifierKind.REPORTED_NAME.value}')
"""  # noqa: S608


def stage_subjects(entries: pl.DataFrame) -> pl.DataFrame:
    """A chunk of entries → openings, registry basics, submissions joined and judgements, one row each."""
    alive = entries.filter(~pl.col("erased"))
    collected = alive.filter(pl.col("event").is_in(list(COLLECTED)))
    parts = [_opened(collected.filter(pl.col("_opens_subject").is_not_null()))]
    for (item_id,), group in collected.group_by("_item", maintain_order=True):
        if active.policy_set().item(str(item_id)).group == "registry":
            parts.append(_registered(group, str(item_id)))
    joined = alive.filter(pl.col("event") == JOINED)
    parts.append(joined.select("seq", pl.lit("joined").alias("what"), pl.col("_submission").cast(pl.Int64).alias("submission_id")))
    judged = alive.filter(pl.col("event") == JUDGED)
    sides = (pl.col(key).cast(pl.Int64).alias(side) for key, side in (("_left", "left_id"), ("_right", "right_id")))
    parts.append(judged.select("seq", pl.lit("judged").alias("what"), *sides, pl.col("_verdict").alias("verdict")))
    return pl.concat([pl.DataFrame(schema=_STAGED), *parts], how="diagonal").cast(_STAGED)


def _opened(entries: pl.DataFrame) -> pl.DataFrame:
    kinds = {kind.name.lower(): kind.value for kind in SubjectKind}
    return entries.select(
        "seq",
        "content_id",
        pl.lit("opened").alias("what"),
        pl.col("_subject").cast(pl.Int64).alias("id"),
        pl.col("_opens_subject").replace_strict(kinds, return_dtype=pl.Int64).alias("kind"),
        pl.col("_subject_code").alias("code"),
        pl.col("_subject_name").fill_null("").alias("name"),
        pl.col("_received_at").cast(pl.Int64).alias("opened_at"),
    )


def _registered(entries: pl.DataFrame, item_id: str) -> pl.DataFrame:
    item = active.policy_set().item(item_id)
    shape = pl.Struct(dict.fromkeys(item.roles.values(), pl.String))
    fields = entries["payload"].cast(pl.String).str.json_decode(shape).struct.unnest()
    told = registry_rows(fields, item).select(pl.col("kind").cast(pl.Int64), "name", *_BASICS, *(number.value for number in NUMBER_KINDS))
    numbers = {"_subject": "id", "_submission": "submission_id"}
    own = entries.select("seq", "content_id", *(pl.col(key).cast(pl.Int64).alias(name) for key, name in numbers.items()))
    return pl.concat([own, told], how="horizontal").with_columns(what=pl.lit("registered"))


def _stage_names(entries: pl.DataFrame) -> pl.DataFrame:
    return entries.filter(~pl.col("erased")).select(
        "seq",
        pl.col("_subject").cast(pl.Int64).alias("subject_id"),
        pl.lit(IdentifierKind.KNOWN_NAME.value).alias("kind"),
        pl.col("_known_name").alias("value"),
    )


def _stage_judgements(entries: pl.DataFrame) -> pl.DataFrame:
    numbers = {"_left": "left_id", "_right": "right_id", "_at": "judged_at"}
    texts = {"_verdict": "verdict", "_because": "because", "_by": "judged_by"}
    return entries.filter(~pl.col("erased")).select(
        "seq",
        "content_id",
        *(pl.col(key).cast(pl.Int64).alias(name) for key, name in numbers.items()),
        *(pl.col(key).alias(name) for key, name in texts.items()),
    )


_OPENING_KEYS: Final = ("_opens_subject", "_subject", "_subject_code", "_subject_name", "_received_at", "_submission", "_item")
_JUDGING_KEYS: Final = ("_left", "_right", "_verdict", "_because", "_by", "_at")
SUBJECTS: Final = Projection(
    table="subjects_subject",
    key=("id",),
    columns=_COLUMNS,
    events=COLLECTED | {JOINED, JUDGED},
    keys=(*_OPENING_KEYS, *_JUDGING_KEYS[:3]),
    payload=True,
    stage=stage_subjects,
    settle=_SUBJECTS,
    content_column="content_id",
    forgive=_FORGIVEN,
    title="信用主体",
)
IDENTIFIERS: Final = Projection(
    table="subjects_subjectidentifier",
    key=("subject_id", "kind", "value"),
    columns={"subject_id": pl.Int64(), "kind": pl.String(), "value": pl.String(), "content_id": pl.Int64()},
    events=frozenset({NAMED}),
    keys=("_subject", "_known_name"),
    stage=_stage_names,
    settle=_NUMBERS,
    current=_CURRENT_IDENTIFIERS,
    content_column="content_id",
    forgive=_FORGIVEN_NUMBERS,
    title="其他号码",
)
JUDGEMENTS: Final = Projection(
    table="subjects_judgement",
    key=("content_id",),
    columns=dict.fromkeys(["content_id", "left_id", "right_id", "judged_at"], pl.Int64())
    | dict.fromkeys(["verdict", "because", "judged_by"], pl.String()),
    events=frozenset({JUDGED}),
    keys=_JUDGING_KEYS,
    stage=_stage_judgements,
    content_column="content_id",
    current="SELECT content_id, left_id, right_id, at AS judged_at, verdict, because, by AS judged_by FROM subjects_judgement",
    title="主体判定",
)


def register_projections(port: Port[Projection]) -> None:
    """Tell ``fsck`` how the tables of this section follow from entries. Identifiers read what subjects have staged: in this order."""
    port.register("subjects_subject", SUBJECTS)
    port.register("subjects_identifier", IDENTIFIERS)
    port.register("subjects_judgement", JUDGEMENTS)
