"""报送权限。A department hands in its own acts, its subordinates', or those of a recorded delegation; nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from chengxin.kernel.rules import RowRule
from chengxin.policy.types import CatalogueItem

CLAUSE: Final = "credit-regulation/2.1.1"


@dataclass(frozen=True)
class Competence:
    """某部门就某事项的报送权限。

    ``known``: codes of all offices on file; ``own``: those whose acts the department may hand in; ``empowered``: those among them
    to which the list of powers gives the item.
    """

    known: frozenset[str]
    own: frozenset[str]
    empowered: frozenset[str]


def competence_rules(item: CatalogueItem, competence: Competence) -> tuple[RowRule, ...]:
    """The three ways in which the authority of a row may be the wrong one; each row breaks at most one of them."""
    field = item.roles.get("authority_code", "")
    if not field:
        return ()
    code = pl.col(field)
    known, own, empowered = (code.is_in(sorted(codes)) for codes in (competence.known, competence.own, competence.empowered))

    def rule(name: str, sentence: str, mend: str, broken: pl.Expr) -> RowRule:
        return RowRule(
            id=f"competence.{name}",
            sentence=sentence,
            clause=CLAUSE,
            mend=mend,
            fields=(field,),
            broken=(code.is_not_null() & broken).fill_null(False),
        )

    return (
        rule("unknown", "机关代码不是本平台登记的机关。", "核对代码；确是新设机关的，先请信用办登记。", ~known),
        rule(
            "foreign",
            "只能报送本单位、下级单位或者有委托记录的单位作出的决定。",
            "由作出决定的机关报送，或者先请信用办登记委托。",
            known & ~own,
        ),
        rule(
            "power",
            f"职权清单里没有这个机关办理“{item.title}”的职权。",
            "核对机关代码和事项；确有职权的，请信用办补充职权清单及其依据。",
            own & ~empowered,
        ),
    )
