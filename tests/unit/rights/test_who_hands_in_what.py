"""谁交什么材料、谁看得到: in every procedure, every part × every kind of document, and every field that is for some parts only."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from chengxin.casework.documents import keep_documents
from chengxin.casework.models import CaseDocument, CaseStep
from chengxin.casework.seeing import NOT_SHOWN, may_read, said_to
from chengxin.casework.showing import form_of
from chengxin.casework.types import THE_PLATFORM
from chengxin.kernel.refused import Refused
from chengxin.policy import PolicySet, load_files
from chengxin.policy.errors import PolicyRefused
from chengxin.policy.files import read_files
from chengxin.policy.types_procedures import Procedure, StepRule
from tests.conftest import PROJECT
from tests.harness.rights import morning, pdf

pytestmark = pytest.mark.usefixtures("db", "policy_set")
AT = morning(date(2026, 7, 6))
PROCEDURES = (
    "complaint", "evaluation_objection", "false_material",
    "incident", "objection", "official_objection", "official_restoration", "page_objection",
    "rectification", "reorganisation", "restoration",
)  # fmt: skip


def steps_of(rule: Procedure) -> tuple[StepRule, ...]:
    return (rule.opening, *rule.steps)


def test_every_file_says_who_hands_in_what(policy_set: PolicySet) -> None:
    assert set(PROCEDURES) <= set(policy_set.procedures)
    unsaid = [(each.id, kind.id) for each in policy_set.procedures.values() for kind in each.documents.values() if not kind.by]
    assert not unsaid


def _taken(rule: Procedure, step: StepRule, kind: str, policy: PolicySet) -> bool:
    """Whether the kind is for this step to hand in. By whom it was issued is asked of one kind, of whoever hands it in."""
    try:
        (kept,) = keep_documents(rule, step, [(kind, pdf())], {}, policy=policy, at=AT)
    except Refused as refused:
        return refused.slug != "document-kind-not-yours"
    return kept.kind == kind


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_step_takes_the_kinds_of_its_own_part_and_no_other(policy_set: PolicySet, name: str) -> None:
    rule, tried = policy_set.procedure(name), 0
    for step, kind in product(steps_of(rule), rule.documents.values()):
        offered = form_of(step, rule, THE_PLATFORM, set(), {})
        may = step.by in kind.by
        assert (kind in offered["kinds"]) is may, (step.verb, kind.id)
        assert _taken(rule, step, kind.id, policy_set) is may, (step.verb, kind.id)
        tried += 1
    assert tried == len(steps_of(rule)) * len(rule.documents)


@pytest.mark.parametrize("name", PROCEDURES)
def test_what_somebody_hands_in_they_see_and_what_is_hidden_from_them_they_cannot_hand_in(policy_set: PolicySet, name: str) -> None:
    rule = policy_set.procedure(name)
    for part, kind in product(["", *rule.parts], rule.documents.values()):
        seen = may_read(rule, CaseDocument(kind=kind.id), part)
        assert seen is (not kind.shown_to or part in kind.shown_to)
        assert seen or part not in kind.by


@pytest.mark.parametrize("name", PROCEDURES)
def test_a_field_is_shown_to_the_parts_it_names_filled_in_or_not(policy_set: PolicySet, name: str) -> None:
    rule = policy_set.procedure(name)
    for step, part, filled in product(steps_of(rule), ["", *rule.parts], (True, False)):
        same_verb = [asked for each in steps_of(rule) if each.verb == step.verb for asked in each.asks]
        said = {each.id: "张三" for each in same_verb} if filled else {}
        shown = said_to(rule, CaseStep(verb=step.verb, said=said), part)
        names = {each.id for each in same_verb if each.shown_to and part not in each.shown_to}
        assert set(list(shown)[len(shown) - len(names) :]) == names, "hidden ones stand last, filled in or not: order tells nothing"
        for asked in same_verb:
            hidden = bool(asked.shown_to) and part not in asked.shown_to
            assert shown.get(asked.id, "") == (NOT_SHOWN if hidden else "张三" if filled else ""), (step.verb, asked.id, part)


def test_a_file_in_which_somebody_could_not_hand_in_what_they_must_is_not_loaded() -> None:
    files = dict(read_files([PROJECT / "policies"]))
    complaint, restoration = (
        next(each for each in files if each.endswith(f"procedures/{name}.yaml")) for name in ("complaint", "restoration")
    )
    changes = (
        (complaint, "by: [complainant], shown_to: [complainant,", "by: [office], shown_to: [complainant,", "却不给它看"),
        (complaint, "by: [office]}", "by: [nobody]}", "nobody"),
        (restoration, "title: 送达证明, by: [reviewer, approver]", "title: 送达证明, by: [reviewer]", "却不能提交它"),
        (complaint, "who: [affected, represented, visitor]", "who: [affected, visitor]", "represented"),
        (complaint, "kind: in_name_of, required: false", "kind: in_name_of", "represented"),
    )
    for file, was, now, words in changes:
        assert was in files[file], was
        with pytest.raises(PolicyRefused, match=words):
            load_files(files | {file: files[file].replace(was, now)})


def test_a_set_from_before_this_was_written_still_loads() -> None:
    files = dict(read_files([PROJECT / "policies"]))
    name = next(each for each in files if each.endswith("procedures/objection.yaml"))
    old = files[name].replace(", by: [objector]", "").replace(", by: [adjudicator]", "").replace(", by: [source]", "")
    rule = load_files(files | {name: old}).procedure("objection")
    assert {len(rule.kinds_of(part)) for part in rule.parts} == {len(rule.documents)}
