"""归集的规则。Everything that a row of one item must satisfy, in the order in which faults are told.

The standard's own rules V01–V13, then who may hand in, then the field list of the catalogue. Errors send the row back, warnings
do not; a row with a warning in :data:`BLOCKING` is recorded but not published.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from chengxin.foundation.collection.competence import Competence, competence_rules
from chengxin.foundation.collection.field_rules import field_rules
from chengxin.foundation.collection.standard_rules import NATURAL_PERSON, StandardRules
from chengxin.kernel.rules import RowRule
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

SUSPICIOUS_FINE: Final = "collection_suspicious_fine"
#: Warnings that stop publication, by the beginning of the rule's id.
BLOCKING: Final = ("V11", "V12")
#: Told by the columns of the record and counted per submission; a remark per row would only repeat them.
COUNTED_ONLY: Final = ("V07",)
#: Judged when the batch is written: only then is it known which rows have one key.
NEEDS_KEY: Final = ("V09",)
#: These say themselves when their cells must be given or empty; the catalogue's own words about it would be a second fault.
_SAY_WHEN_GIVEN: Final = ("V02", "V03", "V04", "V05")


def rows_rules(item: CatalogueItem, policy: PolicySet, as_of: date, competence: Competence) -> tuple[RowRule, ...]:
    """所有行规则 of ``item`` as they stand on ``as_of``; ids are unique, and no cell is faulted twice for the same thing."""
    suspicious = Decimal(str(policy.value_at(SUSPICIOUS_FINE, as_of).value))
    first = (*StandardRules(item, policy, suspicious).all(), *_subject_rules(item, policy), *competence_rules(item, competence))
    judged = {rule.fields for rule in first if rule.id.startswith(_SAY_WHEN_GIVEN)}
    return (*first, *(rule for rule in field_rules(item, policy) if not (rule.fields in judged and _says_when_given(rule))))


def rules_by_id(rules: Sequence[RowRule]) -> Mapping[str, RowRule]:
    """For reading a stored remark: its sentence, clause and mend are the rule's."""
    return {rule.id: rule for rule in rules}


def _subject_rules(item: CatalogueItem, policy: PolicySet) -> tuple[RowRule, ...]:
    kind = item.roles.get("subject_kind", "")
    if not kind or item.natural_person != "refuse":
        return ()
    table = item.field(kind).codes
    known = policy.code_table(table).values if table else {}
    persons = [NATURAL_PERSON, *(code for code, label in known.items() if label == NATURAL_PERSON)]
    return (
        RowRule(
            id="catalogue.natural_person",
            sentence=f"目录不允许归集自然人的“{item.title}”信息。",
            clause=item.basis[0]["reference"] if item.basis else "",
            mend="删去自然人的各行；相对人其实是单位或个体工商户的，改正类别。",
            fields=(kind,),
            broken=pl.col(kind).is_in(persons).fill_null(False),
        ),
    )


def _says_when_given(rule: RowRule) -> bool:
    return rule.id.split(".")[1] in {"required", "forbidden"}
