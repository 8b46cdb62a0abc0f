"""报送的内容。What an entry must say, read and checked before anything is written; each refusal names its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Refused
from chengxin.policy import active
from chengxin.rights.officials.persons import Person, person_of
from chengxin.rights.officials.rules import POLARITY, Effects, line_of
from chengxin.rights.officials.types import ADVERSE

__all__ = ["Given", "effects_on", "read_given", "read_person"]

KINDS: Final = "official_record_kind"
EFFECTS: Final = "official_record_effects"
ORGANS: Final = "official_record_organs"
_LONGEST: Final[Mapping[str, tuple[str, int]]] = {
    "document": ("文书号", 200),
    "organ": ("作出决定的机关", 200),
    "clause": ("依据的条款", 400),
    "delivery_method": ("送达方式", 100),
}


@dataclass(frozen=True)
class Given:
    """报送的一条, checked."""

    person: Person
    kind: str
    document: str
    organ: str
    clause: str
    decided_on: date
    delivered_on: date | None
    delivery_method: str


def effects_on(day: date) -> Effects:
    """The table of effects as in force on a day. Refused for a day before the first one."""
    found: Effects = active.policy_set().value_at(EFFECTS, day).value
    return found


def read_given(form: Mapping[str, str], *, proof_there: bool, at: Instant) -> Given:
    """读取. An adverse decision without document, organ, clause, day and proof of delivery is not taken."""
    person = read_person(form)
    kind = form.get("kind", "").strip()
    kinds = active.policy_set().code_table(KINDS).values
    if kind not in kinds:
        known = "、".join(kinds.values())
        raise Refused("official-kind", "没有选择种类，或者没有这一种。", f"只收有权机关已经作出的决定：{known}。", where={"field": "kind"})
    words = {key: _words(form, key) for key in ("document", "organ", "clause")}
    decided_on = _day(form, "decided_on", "决定日期", at)
    line = line_of(kind, effects_on(decided_on))
    if not words["organ"].endswith(tuple(active.policy_set().value_at(ORGANS, decided_on).value[kind])):
        sentence = f"“{words['organ']}”不是可以作出“{kinds[kind]}”的机关。"
        raise Refused(
            "official-organ", sentence, "照文书上的落款写机关全称；确有职权的，请报信用办修改政策文件。", where={"field": "organ"}
        )
    if line[POLARITY] != ADVERSE:
        return Given(person, kind, decided_on=decided_on, delivered_on=None, delivery_method="", **words)
    delivered_on, method = _day(form, "delivered_on", "送达日期", at), _words(form, "delivery_method")
    if delivered_on < decided_on:
        raise Refused("official-delivery", "送达日期早于决定日期。", "对照送达回证重新填写。", where={"field": "delivered_on"})
    if not proof_there:
        raise Refused("documents-missing", "不利的决定还缺送达证明。", "附上送达回证或者其他证明。", where={"field": "delivery_proof"})
    return Given(person, kind, decided_on=decided_on, delivered_on=delivered_on, delivery_method=method, **words)


def read_person(form: Mapping[str, Any]) -> Person:
    """谁：number and name, both."""
    return person_of(str(form.get("number", "")), str(form.get("name", "")))


def _words(form: Mapping[str, str], key: str) -> str:
    title, longest = _LONGEST[key]
    text = form.get(key, "").strip()
    if any(not character.isprintable() for character in text):
        raise Refused("said-unreadable", f"“{title}”里有不能保存的字符。", "删去看不见的控制字符以后再提交。", where={"field": key})
    if not 0 < len(text) <= longest:
        raise Refused("said-missing", f"没有填写“{title}”，或者超过 {longest} 个字。", "照文书填写。", where={"field": key})
    return text


def _day(form: Mapping[str, str], key: str, title: str, at: Instant) -> date:
    text = form.get(key, "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(
            "date-unreadable", f"“{title}”写的“{text[:40]}”不是日期。", "写成 2026-04-01 这样的日期。", where={"field": key}
        ) from None
    if day > date_of(at):
        raise Refused("date-in-future", f"“{title}”写的 {day} 还没有到。", "写已经发生的日期。", where={"field": key})
    return day
