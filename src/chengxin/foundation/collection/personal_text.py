"""字段里的个人信息。Numbers of persons and marks of secrecy that stand where no field seals them.

What V11 finds is what is masked: both ask :mod:`chengxin.kernel.codes.personal_numbers`. A number of a registry that *is* its
bearer's citizen number (the tax number of an individual business) is not kept at all: masked, two bearers could look like one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from chengxin.foundation.collection.screening import ScreenedRule, by_different_values, is_given
from chengxin.kernel.codes.personal_numbers import holds_personal_number, masked_column
from chengxin.kernel.rules import Level, RowRule
from chengxin.policy.types import CatalogueItem, FieldKind

#: Roles whose text fields hold numbers of a registry.
REGISTRY_NUMBERS: Final = ("registration_number", "organization_code", "tax_number", "institution_number", "society_number")
#: Kinds of field in which anything may be written: free text, and codes that admit 其他-… with an explanation.
_OPEN_KINDS: Final = frozenset({FieldKind.TEXT, FieldKind.CODE, FieldKind.CODES})
#: A mark, not the mere word: 侵犯商业秘密 is an offence, （商业秘密） is a mark.
CONFIDENTIAL_MARK: Final = (
    r"[（(【\[〔](?:涉密|商密|国家秘密|商业秘密|工作秘密|绝密|机密|秘密|内部|不宜公开|不予公开)[）)】\]〕]|(?:绝密|机密|秘密)★"
)


def personal_text_rules(item: CatalogueItem, clause: str) -> Iterator[RowRule]:
    """V11, and ``personal`` for the numbers of registries: warnings about every field that is stored as it is written."""
    for field in item.fields:
        if field.kind not in _OPEN_KINDS or field.sealed:
            continue
        column = pl.col(field.code)
        if field.code in _registry_numbers(item):
            rule, found = "personal", _holds(column, mobiles=False)
            sentence = f"“{field.title}”填的是公民身份号码，不予保存，这一栏按空着处理。"
            mend = "个体工商户的这个号码就是经营者身份证号码的，不必修改；身份证号码只填在证件号码一栏，封存。"
        else:
            rule, found = "V11", _holds(column, mobiles=_mobiles(item, field.code), marks=True)
            sentence = f"“{field.title}”里有身份证件号码、手机号码或者涉密标记，只归集，不公示。"
            mend = "删去文字里的个人号码和涉密内容后重新报送，即可公示。"
        yield ScreenedRule(
            id=f"{rule}.{field.code}",
            sentence=sentence,
            clause=clause,
            mend=mend,
            fields=(field.code,),
            broken=found.fill_null(False),
            level=Level.WARNING,
            possible=is_given(field.code),
        )


def without_personal_numbers(rows: pl.DataFrame, item: CatalogueItem, blocked: pl.Series) -> pl.DataFrame:
    """``rows`` as they may be stored: texts masked where V11 has ``blocked`` the row, registries' numbers of persons taken out."""
    taken_out = [
        pl.when(~_holds(pl.col(code), mobiles=False)).then(pl.col(code)).alias(code)
        for code in sorted(_registry_numbers(item))
        if rows[code].null_count() < rows.height
    ]
    rows = rows.with_columns(taken_out)
    if not blocked.any():
        return rows
    codes = [field.code for field in item.fields if field.kind in _OPEN_KINDS and not field.sealed]
    places = blocked.arg_true()
    found = {code: masked_column(rows[code].gather(places), mobiles=_mobiles(item, code)) for code in codes}
    return rows.with_columns(rows[code].scatter(places, found[code]) for code in codes)


def masked_number(column: pl.Expr) -> pl.Expr:
    """A sealed value as it may stand in a remark: its last two characters."""
    return pl.when(column.is_null()).then(None).otherwise(pl.lit("****") + column.str.slice(-2))


def _holds(column: pl.Expr, *, mobiles: bool, marks: bool = False) -> pl.Expr:
    def found(texts: pl.Series) -> pl.Series:
        numbers = holds_personal_number(texts, mobiles=mobiles)
        return numbers | texts.str.contains(CONFIDENTIAL_MARK).fill_null(False) if marks else numbers

    return column.map_batches(lambda texts: by_different_values(texts, found), return_dtype=pl.Boolean)


def _mobiles(item: CatalogueItem, code: str) -> bool:
    """Eleven digits in a row may well be the number of a document."""
    return code != item.roles.get("document_number")


def _registry_numbers(item: CatalogueItem) -> set[str]:
    return {item.roles[role] for role in REGISTRY_NUMBERS if role in item.roles}
