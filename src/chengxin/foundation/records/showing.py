"""一条记录怎样示人：its fields with labels and units, what is masked, what is never shown, and in which words its state is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chengxin.access.models import Department
from chengxin.foundation.records import ports
from chengxin.foundation.records.facts import natural_person_words
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.records.publication_period import EarliestRestoration, earliest_restoration, governing_order
from chengxin.foundation.records.queries import contents_of
from chengxin.foundation.records.types import Because, SeverityCode, SourceClass, Surface
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.instants import FOREVER, Instant, date_of
from chengxin.policy.errors import NoValueYet
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, FieldKind, Polarity

MASK = "*"


@dataclass(frozen=True)
class ShownField:
    """一个字段：``kind`` is the field's kind, or ``money`` with the value in 万元."""

    code: str
    label: str
    value: str
    kind: str


@dataclass(frozen=True)
class ShownBasis:
    """依据 of an item or a value, as the pieces read it."""

    title: str
    quote: str = ""
    note: str = ""
    confidence: str = "found"
    href: str = ""


@dataclass(frozen=True)
class ShownRecord:
    """示人的记录：what the pieces and the API read. ``ends`` is the last day shown, None for an open end."""

    id: int
    item: CatalogueItem
    version: int
    subject_name: str
    subject_code: str
    subject_href: str
    document_number: str
    decided_on: date
    authority: str
    authority_code: str
    title: str
    summary: str
    fields: Sequence[ShownField]
    statuses: Sequence[Sequence[str]]
    severity: SeverityCode
    severity_provisional: bool
    source_class: SourceClass
    basis: ShownBasis
    because: Because
    received_at: Instant
    due_on: date | None
    due_provisional: bool
    public_from: Instant
    public_until: Instant
    content_id: int
    adverse: bool
    natural_person: bool
    bar: bool = False
    earliest_restoration: EarliestRestoration | None = None
    period_basis: ShownBasis | None = None  # the order or value that sets the public period; None: the document itself does

    @property
    def earliest(self) -> date | None:
        """最早可以申请修复的日期; None where there is nothing to restore."""
        return self.earliest_restoration.on if self.earliest_restoration else None

    @property
    def disputed(self) -> str:
        """有争议：what is disputed, in words; "" if nothing is."""
        return next((status[1] for status in self.statuses if status[0] == "disputed"), "")

    @property
    def href(self) -> str:
        """Its page."""
        return f"/r/{self.id}"

    @property
    def starts(self) -> date:
        """公示起。"""
        return date_of(self.public_from)

    @property
    def ends(self) -> date | None:
        """公示的最后一日; None for an open end, and where it never is public."""
        return None if self.public_until >= FOREVER or not self.public_until else date_of(self.public_until - 1)


def shown_records(records: Sequence[Record], policy: PolicySet, at: Instant) -> list[ShownRecord]:
    """Records as they are shown to the public, in order: a handful of queries for any number of them. Erased ones are left out."""
    contents = contents_of(records)
    subjects = Subject.objects.in_bulk({record.subject_id for record in records})
    offices = Department.objects.in_bulk({record.authority_id for record in records})
    marked = marks_of([record.id for record in records], at)
    found = []
    for record in records:
        said = contents.get(record.content_id)
        if said is not None:
            shown = _shown(record, said, subjects.get(record.subject_id), offices.get(record.authority_id), policy, at)
            found.append(replace(shown, statuses=[["disputed", marked[record.id]], *shown.statuses]) if record.id in marked else shown)
    return found


def marks_of(record_ids: Collection[int], at: Instant) -> dict[int, str]:
    """有争议的：record → what is disputed, in words."""
    found: dict[int, str] = {}
    for _, marks in ports.disputes.items():
        found |= marks.of(record_ids, at)
    return found


def shown_versions(record: Record, versions: Sequence[RecordVersion], policy: PolicySet) -> list[tuple[RecordVersion, list[ShownField]]]:
    """Other versions of a record with their fields; those whose content is erased are left out."""
    contents, item = contents_of(versions), policy.item(record.item)
    return [(version, shown_fields(contents[version.content_id], item, policy)) for version in versions if version.content_id in contents]


def shown_fields(said: Mapping[str, str], item: CatalogueItem, policy: PolicySet) -> list[ShownField]:
    """The fields that the catalogue lets the public see, in its order; a natural person's name is masked wherever it stands."""
    name = said.get(item.roles.get("subject_name", ""), "")
    person = name if is_natural_person(said, item, policy) else ""
    found = []
    for each in item.fields:
        value = said.get(each.code, "")
        if not value or each.sealed or not each.public or each.kind is FieldKind.ID_NUMBER:
            continue
        if each.masked:
            value = masked_middle(value)
        if person:
            value = value.replace(person, masked_name(person))
        found.append(ShownField(each.code, each.title, in_words(value, each, policy), "money" if each.unit == "10000_yuan" else each.kind))
    return found


def is_natural_person(said: Mapping[str, str], item: CatalogueItem, policy: PolicySet) -> bool:
    """Whether the record is about a natural person."""
    if "subject_kind" not in item.roles:
        return False
    return said.get(item.roles["subject_kind"], "") in natural_person_words(item, policy)


def masked_name(name: str) -> str:
    """姓名脱敏：the first character stays.

    >>> masked_name("欧阳明")
    '欧**'
    """
    return name[:1] + MASK * (len(name) - 1)


def masked_middle(text: str) -> str:
    """脱敏：the first and the last character stay.

    >>> masked_middle("13805380000")
    '1*********0'
    """
    return text if len(text) < 2 else text[0] + MASK * (len(text) - 2) + (text[-1] if len(text) > 2 else "")


def basis_of(item: CatalogueItem, policy: PolicySet) -> ShownBasis:
    """The first legal basis of an item."""
    first = item.basis[0] if item.basis else {}
    return shown_basis(first.get("reference", ""), policy, first.get("quote", ""), first.get("note", ""), first.get("confidence", "found"))


def shown_basis(reference: str, policy: PolicySet, quote: str = "", note: str = "", confidence: str = "found") -> ShownBasis:
    """A reference with the title of its source."""
    source = policy.sources.get(reference.partition("/")[0])
    title = f"{source.title}{f'（{source.number}）' if source.number else ''}" if source else reference
    return ShownBasis(title, quote, note, str(confidence))


def _shown(  # noqa: PLR0917
    record: Record, said: Mapping[str, str], subject: Subject | None, office: Department | None, policy: PolicySet, at: Instant
) -> ShownRecord:
    item = policy.item(record.item)
    person = is_natural_person(said, item, policy)
    fields = shown_fields(said, item, policy)
    values = {each.code: each.value for each in fields}

    def shown(role: str) -> str:
        return values.get(item.roles.get(role, ""), "")

    adverse = item.polarity is Polarity.ADVERSE
    code = "" if person or subject is None else subject.code or ""
    name = shown("subject_name") or ("" if person or subject is None else subject.name)
    return ShownRecord(
        id=record.id, item=item, version=record.version, subject_name=name, subject_code=code, subject_href=f"/s/{code}" if code else "",
        document_number=shown("document_number") or record.document_number, decided_on=record.decided_on,
        authority=shown("authority_name") or (office.name if office else ""), authority_code=office.code if office else "",
        title=shown("document_title") or shown("title") or item.title, summary=shown("content"), fields=fields,
        statuses=_statuses(record, adverse, at), severity=SeverityCode(record.severity), severity_provisional=record.severity_provisional,
        source_class=SourceClass(record.source_class), basis=basis_of(item, policy), because=Because(record.because),
        received_at=record.received_at, due_on=record.due_on, due_provisional=record.due_provisional, public_from=record.public_from,
        public_until=record.public_until, content_id=record.content_id, adverse=adverse, natural_person=person,
        bar=adverse and record.public_until < FOREVER,
        earliest_restoration=restoration_of(record, shown("title"), policy, at) if adverse else None,
        period_basis=period_basis_of(record, item, policy),
    )  # fmt: skip


def period_basis_of(record: Record, item: CatalogueItem, policy: PolicySet) -> ShownBasis | None:
    """公示期的依据：the order in force that sets the period (36 or, before it, 58), or the value that limits it."""
    term = item.terms[Surface.PUBLIC]
    if term.by == "publication_period":
        order = governing_order(policy, record.decided_on, published_on(record), SeverityCode(record.severity))
        return shown_basis(order.reference, policy, "", order.note, order.confidence) if order else None
    if not term.maximum:
        return None
    try:
        value = policy.value_at(term.maximum, record.decided_on)
    except NoValueYet:
        return None
    return shown_basis(value.reference, policy, value.quote, value.note, value.confidence)


def published_on(record: Record) -> date:
    """公示之日 of a record on file, at the latest the last day on which it was due."""
    received_on = date_of(record.received_at)
    return min(received_on, record.due_on) if record.due_on else received_on


def restoration_of(record: Record, words: str, policy: PolicySet, at: Instant) -> EarliestRestoration | None:
    """最早可以申请修复的日期 of a record; None for items without classes."""
    severity = SeverityCode(record.severity)
    return earliest_restoration(policy, record.decided_on, published_on(record), severity, words=words, as_of=date_of(at))


def _statuses(record: Record, adverse: bool, at: Instant) -> list[list[str]]:
    effective = record.effective_from <= at < record.effective_until
    found = [["in_force"] if adverse and effective else ["recorded"]]
    if record.version > 1:
        found.append(["corrected"])
    if record.severity_provisional:
        found.append(["provisional", "失信程度待作出决定的机关写明"])
    return found


def in_words(value: str, field: CatalogueField, policy: PolicySet) -> str:
    """A value as a person reads it: codes by their labels."""
    if not field.codes:
        return value
    table = policy.code_tables.get(field.codes)
    if table is None:
        return value
    separator = ";" if field.kind is FieldKind.CODES else None
    parts = value.split(separator) if separator else [value]
    return "、".join(table.values.get(part, part) for part in parts)
