"""认人。A person is who has this number and this name, both; a number is recognised by its keyed hash and never stored in clear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

import polars as pl

from chengxin.access.models import SealedIndex
from chengxin.access.sealing import blind_index, reference_column, seal_column, unseal
from chengxin.kernel.codes import citizen_number
from chengxin.kernel.refused import NotFound, Refused
from chengxin.rights.officials.types import DOCUMENT, NAME, NUMBER
from chengxin.storage import keyfile
from chengxin.storage.keyfile import Part

__all__ = [
    "Person",
    "differing_fields",
    "document_of",
    "documents_of",
    "entries_of",
    "keep_sealed",
    "keys_of",
    "names_equal",
    "person_key",
    "person_of",
    "records_of",
]

_BETWEEN = re.compile(r"[\s·•・．.‧]+")  # the marks between parts of a name are written in many ways


class Person:
    """谁：number and name as they are compared. Never printed, never logged: there is no text of it."""

    __slots__ = ("name", "number")

    def __init__(self, number: str, name: str) -> None:
        self.number, self.name = number, name

    @property
    def key(self) -> str:
        """What stands for the person in reads, ties and lookups."""
        return person_key(self.number)


def person_of(number: str, name: str) -> Person:
    """What somebody typed. Refused for a name alone, a number alone, and a number that cannot be one."""
    given, called = _standard(number), _BETWEEN.sub("", unicodedata.normalize("NFKC", name))
    if not given:
        raise Refused(
            "official-number-missing", "只写姓名不能办理：同名的人不止一个。", "写公民身份号码和姓名，两项都要。", where={"field": "number"}
        )
    if not citizen_number.is_valid(given):
        raise Refused(
            "official-number-invalid", "公民身份号码不对：须为十八位，末位是校验码。", "对照证件原件重新填写。", where={"field": "number"}
        )
    if not called or len(called) > 60:
        raise Refused(
            "official-name-missing",
            "没有写姓名，或者姓名过长：只凭号码不能办理。",
            "写公民身份号码和姓名，两项都要。",
            where={"field": "name"},
        )
    return Person(given, called)


def person_key(number: str) -> str:
    """The keyed hash of a number, in hexadecimal."""
    return blind_index(_standard(number)).hex()


def keep_sealed(content_id: int, values: Mapping[str, str]) -> dict[str, str]:
    """封存 values beside an entry; returns what stands in the entry for each. Inside the caller's transaction."""
    index_key = keyfile.in_use().current(Part.BLIND_INDEX).id
    rows, said = [], {}
    for field, value in values.items():
        boxes, blinds = seal_column(pl.Series(field, [value], dtype=pl.String), field)
        rows.append(SealedIndex(blind=blinds[0], key_id=index_key, content_id=content_id, field=field, box=boxes[0]))
        said[field] = str(reference_column(boxes)[0])
    SealedIndex.objects.bulk_create(rows)
    return said


def records_of(key: str) -> list[int]:
    """Contents of the entries about this person."""
    found = SealedIndex.objects.filter(field=NUMBER, blind=bytes.fromhex(key))
    return list(found.values_list("content_id", flat=True))


def names_equal(content_ids: Collection[int], person: Person) -> set[int]:
    """Those of the entries that have the person's name."""
    found = SealedIndex.objects.filter(field=NAME, content_id__in=content_ids, blind=blind_index(person.name))
    return set(found.values_list("content_id", flat=True))


def differing_fields(content_id: int, person: Person, document: str) -> list[str]:
    """Which of number, name and document number of an entry are not these: compared by their keyed hashes, nothing is opened."""
    typed = {NUMBER: blind_index(person.number), NAME: blind_index(person.name), DOCUMENT: blind_index(document)}
    kept = {each.field: bytes(each.blind) for each in SealedIndex.objects.filter(content_id=content_id)}
    return [field for field, blind in typed.items() if kept.get(field) != blind]


def entries_of(person: Person, document: str) -> list[int]:
    """Contents of the entries about this person with this document number."""
    same = SealedIndex.objects.filter(field=DOCUMENT, blind=blind_index(document), content_id__in=records_of(person.key))
    return list(same.values_list("content_id", flat=True))


def documents_of(content_ids: Collection[int]) -> dict[int, str]:
    """文书号 of entries, opened: for an answer that is on record already. What is erased is absent."""
    rows = SealedIndex.objects.filter(content_id__in=content_ids, field=DOCUMENT).exclude(box=None)
    return {each.content_id: unseal(str(each.box), DOCUMENT) for each in rows}


def document_of(content_id: int) -> str:
    """文书号 of one entry. NotFound where its content is erased."""
    found = documents_of([content_id]).get(content_id)
    if found is None:
        raise NotFound("no-such-official-record", "这条记录的内容已经依法删除。", "不用再办。")
    return found


def keys_of(content_ids: Collection[int]) -> dict[int, str]:
    """Whom entries are about, by key; an erased one is about nobody."""
    rows = SealedIndex.objects.filter(content_id__in=content_ids, field=NUMBER).exclude(box=None)
    return {each.content_id: bytes(each.blind).hex() for each in rows}


def _standard(number: str) -> str:
    return unicodedata.normalize("NFKC", number).strip().upper()
