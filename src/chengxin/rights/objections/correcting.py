"""更正的核对。Which fields a decision says are wrong, and whether a later version changed them: what else a version corrects ends no case.

The office hands in the corrected row as it hands in every row; the field standard has no place for the number of a case. So the decision
names the fields, and the case waits until a version says something else in every one of them than the version that was disputed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chengxin.access.models import SealedIndex
from chengxin.access.sealing import is_sealed
from chengxin.casework.models import Case, CaseStep, Notice
from chengxin.casework.notices import number_of
from chengxin.casework.ports import StepOf
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound, Refused
from chengxin.ledger.services import read_contents
from chengxin.policy import active
from chengxin.policy.types import CatalogueItem
from chengxin.rights.abouts import record_of

ORDER: Final = "order_correction"
#: What the decision says is wrong: titles or codes of fields, as they were written.
DISPUTED: Final = "disputed"
#: The version that says it, written down with the decision.
DISPUTED_VERSION: Final = "disputed_version"
_BETWEEN: Final = "、，,;； \t\r\n"


def disputed_fields_named(of: StepOf) -> None:
    """要更正的字段：every one is a field of this kind of record. Refused names what is none."""
    item = active.policy_set().item(_record(of).item)
    _, unknown = _fields_in(of.said.get(DISPUTED, ""), item)
    if unknown:
        titles = "、".join(field.title for field in item.fields)
        raise Refused("no-such-field", f"{item.title}没有“{unknown[:40]}”这个字段。", f"从这些里写：{titles}。", where={"field": DISPUTED})


def note_disputed_version(of: StepOf, step: CaseStep) -> None:
    """有误的版本, kept with the step: what comes later is compared with it."""
    step.said = {**step.said, DISPUTED_VERSION: str(_record(of).version)}
    step.save(update_fields=["said"])


def still_wrong(case: Case, record: Record) -> list[str]:
    """Titles of the fields that the current version has not changed; [] when it is corrected."""
    ordered = case.steps.filter(verb=ORDER).order_by("-place").first()
    said: Mapping[str, str] = ordered.said if ordered is not None else {}
    item = active.policy_set().item(record.item)
    named, _ = _fields_in(said.get(DISPUTED, ""), item)
    number = said.get(DISPUTED_VERSION, "")
    then = RecordVersion.objects.filter(record_id=record.pk, version=int(number)).first() if number.isdigit() else None
    if then is None:
        return []  # a decision of before fields were named: any version is taken for the correction
    before, now = _values(then.content_id, named), _values(record.content_id, named)
    if before is None or now is None:
        return []  # what was wrong is erased: nothing is left to compare
    return [title for code, title in named.items() if before[code] == now[code]]


def tell_still_wrong(case: Case, titles: list[str], at: Instant) -> None:
    """告知来源单位 that its new version does not correct what the decision says is wrong."""
    text = f"{number_of(case)}：已收到新的版本，但没有改动裁决认定有误的{'、'.join(titles)}，更正还没有完成，信息继续停止公示和使用。"
    Notice.objects.create(
        case=case, place=case.version, to_kind="office", to_key=str(case.office_id), title="更正还没有完成", text=text[:2000],
        href=f"/cases/{case.pk}", at=at,
    )  # fmt: skip


def _fields_in(text: str, item: CatalogueItem) -> tuple[dict[str, str], str]:
    """(code → title of the fields named in ``text``, what is left over). The longest words first: one title may be part of another,
    and may have in it what stands between two."""
    words = [(word, field) for field in item.fields for word in (field.title, field.code)]
    found: dict[str, str] = {}
    rest = text
    for word, field in sorted(words, key=lambda each: -len(each[0])):
        if word in rest:
            found[field.code] = field.title
            rest = rest.replace(word, "、")
    return found, rest.strip(_BETWEEN)


def _values(content_id: int, codes: Mapping[str, str]) -> dict[str, str] | None:
    """What a version says in these fields; of a sealed one, its blind index: the same value is sealed differently each time."""
    said = read_contents([content_id]).get(content_id)
    if said is None:
        return None
    blinds = {each.field: bytes(each.blind).hex() for each in SealedIndex.objects.filter(content_id=content_id)}
    texts = {code: str(said.get(code, "")) for code in codes}
    return {code: blinds.get(code, text) if is_sealed(text) else text for code, text in texts.items()}


def _record(of: StepOf) -> Record:
    record = record_of(of.case.about_key)
    if record is None:
        raise NotFound("no-such-record", "这条记录已经不在。", "核对编号。")
    return record
