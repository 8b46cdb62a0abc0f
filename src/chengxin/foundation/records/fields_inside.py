"""记录的字段，机关内部看到的。Every field of a record, each as far as the policy lets this role see; sealed ones stay shut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from chengxin.access.caller import Caller
from chengxin.access.field_roles import Kept, sees_in_full
from chengxin.access.sealing import may_open
from chengxin.foundation.records import ports
from chengxin.foundation.records.models import Record
from chengxin.foundation.records.queries import contents_of
from chengxin.foundation.records.showing import in_words, is_natural_person, masked_middle, masked_name
from chengxin.kernel.instants import Instant
from chengxin.kernel.refused import NotFound
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, FieldKind

#: Says that there is a value, not how long it is.
HIDDEN: Final = "＊＊＊"


class How(StrEnum):
    """怎样看到的。"""

    PUBLIC = "公示"
    FULL = "不公示，您的岗位可看"
    MASKED = "脱敏"
    HIDDEN = "您的岗位看不到"
    SEALED = "封存"


@dataclass(frozen=True)
class InsideField:
    """一个字段。``opens``: a sealed one that this role may open, by stating purpose and matter."""

    code: str
    label: str
    value: str
    kind: str
    how: How
    opens: bool = False

    @property
    def note(self) -> str:
        """How it is seen, where that is not how everybody sees it."""
        return "" if self.how is How.PUBLIC else self.how.value


def record_inside(record_id: int) -> Record:
    """The record, whoever decided it, once its submission is closed. Whether this caller may have it is the page's business."""
    found = Record.objects.filter(pk=record_id).exclude(submission_id__in=ports.open_submissions()).first()
    if found is None:
        raise NotFound("no-such-record", f"没有编号为 {record_id} 的记录。", "核对编号；还没有办结的报送不在内。")
    return found


def fields_inside(record: Record, caller: Caller, policy: PolicySet, at: Instant) -> list[InsideField]:
    """Its fields, in the order of the catalogue; none where the content is erased."""
    said = contents_of([record]).get(record.content_id)
    if said is None:
        return []
    item = policy.item(record.item)
    full = {kept: sees_in_full(caller, kept, record.authority_id, at) for kept in Kept}
    person = said.get(item.roles.get("subject_name", ""), "") if is_natural_person(said, item, policy) else ""
    found = []
    for each in item.fields:
        value = said.get(each.code, "")
        if not value:
            continue
        if each.sealed or each.kind is FieldKind.ID_NUMBER:
            opens = may_open(caller, each.code, record.authority_id, at)
            found.append(InsideField(each.code, each.title, "", each.kind, How.SEALED, opens))
        else:
            found.append(_open_field(each, value, full, person, policy))
    return found


def sealed_field(item: CatalogueItem, code: str) -> CatalogueField:
    """A sealed field of an item. NotFound for one that is not sealed or not there."""
    for each in item.fields:
        if each.code == code and (each.sealed or each.kind is FieldKind.ID_NUMBER):
            return each
    raise NotFound("sealed-not-found", "没有这个封存字段，或者内容已依法删除。", "请核对记录编号和字段。")


def _open_field(each: CatalogueField, value: str, full: Mapping[Kept, bool], person: str, policy: PolicySet) -> InsideField:
    how = How.PUBLIC if each.public else How.FULL if full[Kept.NOT_PUBLIC] else How.HIDDEN
    if how is How.HIDDEN:
        return InsideField(each.code, each.title, HIDDEN, FieldKind.TEXT, how)
    kept_back = each.masked or (person and person in value)
    if kept_back and full[Kept.MASKED]:
        how = How.FULL
    elif kept_back:
        value = masked_middle(value) if each.masked else value.replace(person, masked_name(person))
        return InsideField(each.code, each.title, value, FieldKind.TEXT, How.MASKED)
    kind = "money" if each.unit == "10000_yuan" else each.kind
    return InsideField(each.code, each.title, in_words(value, each, policy), kind, how)
