"""目录事项的文件形状。What a catalogue item says: owner, basis, fields, disclosure, terms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from chengxin.policy.conditions import parse_condition
from chengxin.policy.nodes import Node
from chengxin.policy.types import CatalogueField, CatalogueItem, Confidence, DisclosureLevel, FieldKind, Outcome, Polarity, RecordTerm

SURFACES: Final = ("public", "shared", "counted", "effective")
SUBJECTS: Final = ("legal_person", "unincorporated_organization", "individual_business", "natural_person")
SOURCE_CLASSES: Final = ("public", "court", "market", "voluntary", "complaint", "internet", "association")
GROUPS: Final = ("acts", "court", "lists", "registry", "honours", "commitments", "results")
NATURAL_PERSON: Final = ("mask", "never", "refuse")
TERMS: Final = ("publication_period", "until_field", "until_exit", "fixed", "open", "never")
ROLES: Final = frozenset(
    [
        "subject_name",
        "subject_kind",
        "subject_code",
        "registration_number",
        "organization_code",
        "tax_number",
        "institution_number",
        "society_number",
        "legal_representative",
        "legal_representative_id_kind",
        "legal_representative_id",
        "person_id_kind",
        "person_id",
        "document_number",
        "document_title",
        "decided_on",
        "authority_name",
        "authority_code",
        "source_name",
        "source_code",
        "valid_from",
        "valid_until",
        "content",
        "state",
        "exit_on",
        "published_until",
        "title",
        "severity",
        "established_on",
        "severity_reason",
        "procedure",
        "penalty_kinds",
        "fine",
        "confiscation",
        "division",
        "industry",
        "operating_state",
        "enterprise_type",
    ]
)
_DECIMAL = re.compile(r"^decimal\((\d+),(\d+)\)$")
_TEXT = re.compile(r"^text\((\d+)\)$")


def read_item(node: Node, item_id: str) -> CatalogueItem:
    """A catalogue item with all its fields."""
    number, title, english = node.number("number"), node.text("title"), node.text("english", "")
    group = _one_of(node, "group", GROUPS)
    polarity = node.choice("polarity", Polarity)
    owner_kinds, subjects = node.texts("owner_kinds", required=True), node.texts("subjects", required=True)
    for each in subjects:
        if each not in SUBJECTS:
            node.fault("subjects", f"不认识主体类别“{each}”。", f"从这些里选：{'、'.join(SUBJECTS)}。")
    basis = tuple(read_basis(each) for each in node.nodes("basis"))
    source_class = _one_of(node, "source_class", SOURCE_CLASSES)
    disclosure = node.node("disclosure") or Node({}, node.file, node.where("disclosure"), node.reading)
    level = disclosure.choice("level", DisclosureLevel)
    natural_person = _one_of(disclosure, "natural_person", NATURAL_PERSON)
    deadline = disclosure.text("clock", "")
    disclosure.close()
    terms = _read_terms(node)
    roles = node.node("roles")
    meanings = {key: roles.text(key) for key in roles.keys()} if roles else {}  # noqa: SIM118
    fields = tuple(read_field(each) for each in node.nodes("fields"))
    severity = node.node("severity")
    outcome_field, outcomes = _read_outcome(node)
    item = CatalogueItem(
        item_id, number, title, group, polarity, owner_kinds, subjects, basis, source_class, fields, meanings,
        node.texts("business_key", required=True), deadline, level, natural_person, terms, severity.text("by") if severity else "",
        outcome_field, outcomes, node.text("cycle"), node.text("retention"), english, node.text("note", ""), node.file,
        node.truth("second_person", polarity is Polarity.ADVERSE),
    )  # fmt: skip
    node.close()
    _check_item(node, item)
    return item


def _read_outcome(node: Node) -> tuple[str, Mapping[str, int]]:
    """``outcome``: the field that says how it went, and which of its values mean what."""
    given = node.node("outcome")
    if given is None:
        return "", {}
    field, values = given.text("field"), given.node("values") or Node({}, node.file, node.where("outcome"), node.reading)
    found: dict[str, int] = {}
    for word in values.keys():  # noqa: SIM118
        meaning = next((each for each in Outcome if each and each.word == word), None)
        if meaning is None:
            values.fault(word, f"不认识结果“{word}”。", f"从这些里选：{'、'.join(each.word for each in Outcome if each)}。")
        found |= dict.fromkeys(values.texts(word, required=True), int(meaning or 0))
    given.close()
    return field, found


def read_basis(node: Node) -> Mapping[str, str]:
    """One legal basis of an item."""
    evidence = node.evidence()
    node.close()
    return {"reference": evidence.reference, "quote": evidence.quote, "note": evidence.note, "confidence": evidence.confidence.value}


def read_field(node: Node) -> CatalogueField:
    """One field: code, Chinese title, type, when it must and must not be given."""
    code, title, kind_text = node.text("code"), node.text("title"), node.text("type", "text")
    kind, precision, length = _kind_of(node, kind_text)
    for key in ("required_when", "forbidden_when"):
        if node.has(key):
            _check_condition(node, key)
    sealed = node.truth("sealed", False)
    field = CatalogueField(
        code, title, kind, node.truth("required", False), node.text("required_when", ""), node.text("forbidden_when", ""),
        node.number("max_length", length or 0) or None, precision, node.text("unit", ""), node.text("codes", ""), sealed,
        node.truth("public", not sealed), node.truth("masked", False), node.texts("aliases"), node.text("rule", ""),
        node.choice("confidence", Confidence, Confidence.RECALLED), node.text("note", ""),
    )  # fmt: skip
    if kind in (FieldKind.CODE, FieldKind.CODES) and not field.codes:
        node.fault("codes", "代码类字段没有指明代码表。", "写上 codes: 代码表的名称。")
    if kind is FieldKind.ID_NUMBER and not sealed:
        node.fault("sealed", "证件号码必须封存。", "写上 sealed: true。")
    if sealed and field.public:
        node.fault("public", "封存的字段不得公示。", "删去 public: true。")
    node.close()
    return field


def _read_terms(node: Node) -> dict[str, RecordTerm]:
    listed = node.node("terms")
    terms = {}
    for surface in SURFACES:
        each = listed.node(surface) if listed else None
        if each is None:
            node.fault(f"terms.{surface}", "四个方面（public、shared、counted、effective）的期限都要写明。", "补上 by 及其依据。")
            continue
        by, field, maximum = _one_of(each, "by", TERMS), each.text("field", ""), each.text("maximum", "")
        if by in ("until_field",) and not field:
            each.fault("field", "没有说以哪个字段为终止日期。", "写上 field: 字段代码。")
        if by == "fixed" and not maximum:
            each.fault("maximum", "没有说期限多长。", "写上 maximum: 参数名称。")
        evidence = each.evidence()
        each.close()
        terms[surface] = RecordTerm(by, field, maximum, evidence.reference, evidence.note, evidence.confidence)
    if listed:
        listed.close()
    return terms


def _kind_of(node: Node, text: str) -> tuple[FieldKind, tuple[int, int] | None, int | None]:
    if match := _DECIMAL.match(text):
        return FieldKind.DECIMAL, (int(match[1]), int(match[2])), None
    if match := _TEXT.match(text):
        return FieldKind.TEXT, None, int(match[1])
    for kind in FieldKind:
        if kind.value == text:
            return kind, None, None
    node.fault("type", f"不认识类型“{text}”。", "从 text(长度)、date、decimal(位数,小数)、code、codes、credit_code、id_number 里选。")
    return FieldKind.TEXT, None, None


def _one_of(node: Node, key: str, allowed: tuple[str, ...]) -> str:
    value = node.text(key)
    if value and value not in allowed:
        node.fault(key, f"不认识“{value}”。", f"从这些里选：{'、'.join(allowed)}。")
    return value


def _check_condition(node: Node, key: str) -> None:
    text = node.text(key)
    try:
        parse_condition(text)
    except ValueError:
        node.fault(key, f"读不懂条件“{text}”。", "写成 CODE contains 甲|乙、CODE = 甲 或 CODE != 甲。")
    node.put_back(key, text)


def _check_item(node: Node, item: CatalogueItem) -> None:
    codes = [field.code for field in item.fields]
    for code in sorted({each for each in codes if codes.count(each) > 1}):
        node.fault("fields", f"字段 {code} 写了两次。", "只留一个。")
    named = [(f"roles.{role}", code) for role, code in item.roles.items()]
    named += [("outcome.field", item.outcome_field)] if item.outcome_field else []
    named += [("business_key", code) for code in item.business_key if code != "subject"]
    named += [(f"terms.{surface}.field", term.field) for surface, term in item.terms.items() if term.field]
    for field in item.fields:
        named += [
            (f"fields.{field.code}", parse_condition(text).field) for text in (field.required_when, field.forbidden_when) if _reads(text)
        ]
    for key, code in named:
        if code not in codes:
            node.fault(key, f"字段 {code} 不在本事项的字段表里。", "改成表里有的字段代码。")
    for role in item.roles:
        if role not in ROLES:
            node.fault(f"roles.{role}", "不认识这个含义。", f"从这些里选：{'、'.join(sorted(ROLES))}。")
    if "natural_person" not in item.subjects and item.natural_person == "mask":
        node.fault("disclosure.natural_person", "本事项不收自然人，却写了脱敏公示。", "改成 refuse，或在 subjects 里列出 natural_person。")


def _reads(text: str) -> bool:
    try:
        parse_condition(text)
    except ValueError:
        return False
    return True
