"""检索。Subjects by part of a name, or by the beginning of a code or number. Natural persons are never found, merged subjects
only under the subject they were judged to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections

from chengxin.engine import names
from chengxin.foundation.subjects.name_index import TABLE, bigrams_on_postgresql
from chengxin.foundation.subjects.ports import shown_subjects
from chengxin.foundation.subjects.types import NUMBER_KINDS, SubjectKind
from chengxin.kernel.instants import Instant

#: Shorter texts find nothing: one character is in too many names.
SHORTEST: Final = 2
#: Hits read before they are ranked; four times as many each time too few of them may be shown, up to the last number.
_READ_FIRST: Final = 100
_READ_LAST: Final = 6400
#: Subjects that PostgreSQL looks through before it asks the index.
_LOOKED_AT: Final = 5000

_COLUMNS: Final = "s.id, s.code, s.name, s.kind, s.division, s.industry, s.state, s.in_registry"
_FINDABLE: Final = f"s.kind <> {SubjectKind.NATURAL_PERSON.value} AND s.canonical_id = s.id"


@dataclass(frozen=True)
class FoundSubject:
    """检索结果中的一个主体。"""

    id: int
    code: str
    name: str
    kind: SubjectKind
    division: str
    industry: str
    state: str
    in_registry: bool


def find_subjects(text: str, limit: int, at: Instant, *, everyone: bool = False, using: str = DEFAULT_DB_ALIAS) -> list[FoundSubject]:
    """查找主体：at most ``limit``, names that begin with ``text`` first, then short names before long ones.

    ``everyone`` also finds subjects outside the registry of which nothing is public at ``at``: for offices, never for the portal.
    Texts shorter than two characters find nothing.
    """
    key = names.search_key_of(text)
    if len(key) < SHORTEST:
        return []
    found: dict[int, FoundSubject] = {}
    if key.isascii():
        found |= _shown(_by_number(key.upper(), limit, using), at, everyone)
    read = _READ_FIRST
    while len(found) < limit:
        hits = _by_name(key, read, using)
        found |= _shown(hits, at, everyone)
        if len(hits) < read or read >= _READ_LAST:
            break
        read *= 4
    ranked = sorted(found.values(), key=lambda subject: _rank(subject, key))
    return ranked[:limit]


def _rank(subject: FoundSubject, key: str) -> tuple[bool, bool, int, int]:
    name = subject.name.lower()
    return not subject.code.startswith(key.upper()), not name.startswith(key), len(name), subject.id


def _shown(rows: Sequence[Sequence[Any]], at: Instant, everyone: bool) -> dict[int, FoundSubject]:
    subjects = [
        FoundSubject(id_, code or "", name, SubjectKind(kind), division, industry, state, bool(in_registry))
        for id_, code, name, kind, division, industry, state, in_registry in rows
    ]
    outside = [subject.id for subject in subjects if not subject.in_registry]
    if everyone or not outside:
        return {subject.id: subject for subject in subjects}
    shown = frozenset[int]().union(*(port(outside, at) for _, port in shown_subjects.items()))
    return {subject.id: subject for subject in subjects if subject.in_registry or subject.id in shown}


def _by_name(key: str, limit: int, using: str) -> list[Sequence[Any]]:
    """The bigrams find names that hold all of them; the name itself says whether they stand together."""
    bigrams = names.bigrams_of(key)
    if connections[using].vendor == "postgresql":
        # GIN gathers every name that holds 有限 before it gives the first; a text as common as that is found sooner by looking.
        looked_at = f"(SELECT * FROM subjects_subject ORDER BY id LIMIT {_LOOKED_AT})"  # noqa: S608
        sql = f"SELECT {_COLUMNS} FROM {looked_at} s WHERE strpos(s.search_key, %s) > 0 AND {_FINDABLE} LIMIT %s"  # noqa: S608
        common = _read(sql, [key, limit], using)
        if len(common) == limit:
            return common
        sql = f"""SELECT {_COLUMNS} FROM subjects_subject s
            WHERE {bigrams_on_postgresql("s.search_key")} @> %s::text[] AND strpos(s.search_key, %s) > 0 AND {_FINDABLE} LIMIT %s"""  # noqa: S608
        return _read(sql, [bigrams, key, limit], using)
    query = " AND ".join(f'"{bigram}"' for bigram in bigrams)
    sql = f"""SELECT {_COLUMNS} FROM {TABLE} CROSS JOIN subjects_subject s ON s.id = {TABLE}.rowid
        WHERE {TABLE} MATCH %s AND instr(s.search_key, %s) > 0 AND {_FINDABLE} ORDER BY {TABLE}.rowid LIMIT %s"""  # noqa: S608
    return _read(sql, [query, key, limit], using)


def _by_number(prefix: str, limit: int, using: str) -> list[Sequence[Any]]:
    """Code or number that begins with ``prefix`` (letters and digits only), in order."""
    if connections[using].vendor == "postgresql":  # the operators of the pattern index, whatever the collation
        condition, order, parameters = "{column} LIKE %s", "{column} USING ~<~", [f"{prefix}%"]
    else:
        condition, order, parameters = "{column} >= %s AND {column} < %s", "{column}", [prefix, f"{prefix}\U0010ffff"]
    sql = f"SELECT {_COLUMNS} FROM subjects_subject s WHERE {condition} AND {_FINDABLE} ORDER BY {order} LIMIT %s"  # noqa: S608
    found = _read(sql.format(column="s.code"), [*parameters, limit], using)
    # Kind by kind, each in the order of the index: all that begin with 37 would be sorted otherwise.
    sql = f"""SELECT {_COLUMNS} FROM subjects_subjectidentifier i JOIN subjects_subject s ON s.id = i.subject_id
        WHERE i.kind = %s AND {condition} AND {_FINDABLE} ORDER BY {order} LIMIT %s"""  # noqa: S608
    of_kind = f"SELECT * FROM ({sql.format(column='i.value')}) AS of_kind"  # noqa: S608
    given = [value for kind in NUMBER_KINDS for value in (kind.value, *parameters, limit)]
    return [*found, *_read(" UNION ALL ".join([of_kind] * len(NUMBER_KINDS)), given, using)]


def _read(sql: str, parameters: Sequence[Any], using: str) -> list[Sequence[Any]]:
    with connections[using].cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
