"""标准形式。Column by column: the text of a file → the one form in which values are compared, stored and published.

What cannot be read stays as it is, for the rules of the catalogue to judge. Codes of subjects are only trimmed here: their mends
belong to :mod:`chengxin.kernel.codes.mending`. Nothing is guessed; what changed more than the writing is told as a mend.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from chengxin.foundation.collection.code_values import code_standard
from chengxin.foundation.collection.personal_text import REGISTRY_NUMBERS
from chengxin.foundation.collection.reading_rules import BROKEN_TEXT, DATE_SERIAL, LONG_TERM, OTHER_NAME, UNIT_TAKEN_OFF
from chengxin.foundation.collection.remarks import SCHEMA, shown_values
from chengxin.foundation.collection.screening import by_different_values, different_values
from chengxin.foundation.collection.types import RemarkLevel
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueField, CatalogueItem, FieldKind

#: Text that spreadsheets and databases write for "nothing".
_NOTHING: Final = ("null", "NULL", "None", "none", "NaN", "nan", "\\N", "#N/A")
#: In a field that cannot hold such a word, it says "nothing" too.
_NO_VALUE: Final = ("-", "--", "—", "——", "/", "\\", "无", "暂无", "空", "N/A", "n/a", "不详")
#: As two short lists of alternatives the search is seven times faster than as one class.
_INVISIBLE: Final = ("\u200b|\u200c|\u200d|\u200e|\u200f|\ufeff", "\u202a|\u202b|\u202c|\u202d|\u202e|\u2060|\u00ad")
_BROKEN: Final = r"\x{fffd}|锟斤拷|烫烫烫"

_LONG_TERM_WORDS: Final = ("长期", "长期有效", "永久", "永久有效", "无固定期限", "无期限")
_LONG_TERM_DATE: Final = "2099-12-31"
_DATE: Final = (
    r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
)
_COMPACT_DATE: Final = r"^((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{6})?$"
#: Counts of days that can only be dates: 1990-01-01 to 2099-12-31.
_SERIAL: Final = (32_874, 73_050)
_EPOCH: Final = pl.date(1899, 12, 30)

_GROUPED: Final = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$"
_TEN_THOUSAND_YUAN: Final = r"^(.*\d)\s*万元?$"


def standard_form(frame: pl.DataFrame, item: CatalogueItem, policy: PolicySet) -> pl.DataFrame:
    """标准形式 of a frame whose columns carry field codes; other columns pass unchanged. Empty cells are null."""
    return standardise(frame, item, policy)[0]


def standardise(frame: pl.DataFrame, item: CatalogueItem, policy: PolicySet) -> tuple[pl.DataFrame, pl.DataFrame]:
    """整理。The frame in standard form, and remarks (schema of ``remarks.SCHEMA``) on what was mended or is broken."""
    remarks = _Remarks()
    # Width, case and spaces say nothing in the number of a registry.
    numbers = {item.roles[role] for role in REGISTRY_NUMBERS if role in item.roles}
    columns = []
    for field in item.fields:
        if field.code not in frame.columns:
            continue
        column = frame[field.code]
        if column.null_count() < column.len():
            columns.append(_standard(_trimmed(column), field, policy, remarks, is_number=field.code in numbers).alias(field.code))
    return frame.with_columns(columns), remarks.frame()


class _Remarks:
    """What was done, gathered; only rows that changed cost anything."""

    def __init__(self) -> None:
        self.parts = [pl.DataFrame(schema=SCHEMA)]

    def add(self, field: CatalogueField, rule: str, level: RemarkLevel, changed: pl.Series, values: pl.Series) -> None:
        """Note ``rule`` where ``changed`` is true, with the value handed in."""
        places = changed.fill_null(False).arg_true()
        if places.len():
            shown = pl.repeat("***", places.len(), eager=True) if field.sealed else shown_values(values.gather(places))
            lines = pl.DataFrame({"index": places.cast(pl.Int64), "value": shown})
            notes = {"level": level.value, "field": field.code, "rule": rule, "detail": ""}
            self.parts.append(lines.with_columns(**{name: pl.lit(note) for name, note in notes.items()}).select(SCHEMA.keys()))

    def frame(self) -> pl.DataFrame:
        """All of them."""
        return pl.concat(self.parts)


def _trimmed(column: pl.Series) -> pl.Series:
    """Without space at its ends and invisible characters; "" and the machine's words for nothing are null."""
    different = different_values(column)
    if different is None:
        return _all_trimmed(column)
    trimmed = _all_trimmed(different)
    return column if trimmed.equals(different, null_equal=True) else column.replace(different, trimmed)


def _all_trimmed(column: pl.Series) -> pl.Series:
    name = column.name
    frame = column.to_frame()
    hidden = frame.select(pl.col(name).str.contains(pattern).any().alias(str(place)) for place, pattern in enumerate(_INVISIBLE)).row(0)
    trimmed = pl.col(name)
    for pattern in (pattern for pattern, found in zip(_INVISIBLE, hidden, strict=True) if found):
        trimmed = trimmed.str.replace_all(pattern, "")
    frame = frame.with_columns(trimmed.str.strip_chars())
    return frame.select(pl.when((pl.col(name) != "") & ~pl.col(name).is_in(_NOTHING)).then(pl.col(name))).to_series()


def _standard(column: pl.Series, field: CatalogueField, policy: PolicySet, remarks: _Remarks, *, is_number: bool) -> pl.Series:
    if field.kind is FieldKind.TEXT and not is_number:
        broken = by_different_values(column, lambda texts: texts.str.contains(_BROKEN))
        remarks.add(field, BROKEN_TEXT, RemarkLevel.ERROR, broken, column)
        return column
    column = _without(column, _NO_VALUE)
    if field.kind is FieldKind.CREDIT_CODE:
        return column
    if field.kind is FieldKind.ID_NUMBER or is_number:
        return _without(_number_plain(column), (*_NO_VALUE, *_NOTHING, ""))
    # The rest have few different values: each is read once.
    different = column.unique().drop_nulls()
    if field.kind is FieldKind.DATE:
        table = _dates(different)
    elif field.kind is FieldKind.DECIMAL:
        table = _decimals(different, field)
    else:
        known = policy.code_table(field.codes)
        several = field.kind is FieldKind.CODES
        read = [code_standard(value, known, several=several) for value in different]
        table = pl.DataFrame(
            {"was": different, "is": [value for value, _ in read], "rule": [OTHER_NAME if other else None for _, other in read]}
        )
    return _replaced(column, table, field, remarks)


def _number_plain(column: pl.Series) -> pl.Series:
    """Half width, capital letters, no spaces; only the few that are otherwise are touched."""
    name = column.name
    unusual = column.filter(~column.str.contains(r"^[0-9A-Z\-]*$").fill_null(True)).unique()
    if not unusual.len():
        return column
    plain = unusual.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase().str.normalize("NFKC")
    return column.replace(unusual, plain).alias(name)


def _without(column: pl.Series, words: Iterable[str]) -> pl.Series:
    return column.to_frame().select(pl.when(~pl.col(column.name).is_in(list(words))).then(pl.col(column.name))).to_series()


def _replaced(column: pl.Series, table: pl.DataFrame, field: CatalogueField, remarks: _Remarks) -> pl.Series:
    changed = table.filter(pl.col("was") != pl.col("is"))
    if not changed.height:
        return column
    for rule in changed["rule"].unique().drop_nulls().sort():
        told = changed.filter(pl.col("rule") == rule)["was"]
        remarks.add(field, rule, RemarkLevel.MENDED, column.is_in(told.implode()), column)
    return column.replace(changed["was"], changed["is"])


def _dates(values: pl.Series) -> pl.DataFrame:
    """Columns ``was``, ``is``, ``rule`` of different texts of dates."""
    frame = values.alias("was").to_frame().with_columns(plain=pl.col("was").str.normalize("NFKC"))
    parts = pl.coalesce(
        pl.when(pl.col("plain").str.contains(pattern)).then(
            pl.concat_list(pl.col("plain").str.extract(pattern, group).str.zfill(width) for group, width in ((1, 4), (2, 2), (3, 2)))
        )
        for pattern in (_DATE, _COMPACT_DATE)
    )
    serial = pl.col("plain").str.extract(r"^(\d{5})(?:\.0+)?$", 1).cast(pl.Int32, strict=False)
    frame = frame.with_columns(
        written=parts.list.join("-").str.to_date("%Y-%m-%d", strict=False),
        counted=pl.when(serial.is_between(*_SERIAL)).then(_EPOCH + pl.duration(days=serial)),
        long=pl.col("plain").is_in(_LONG_TERM_WORDS),
    )
    long, counted, written = pl.col("long"), pl.col("counted"), pl.col("written")
    value = pl.when(long).then(pl.lit(_LONG_TERM_DATE)).otherwise(pl.coalesce(written, counted).dt.strftime("%Y-%m-%d"))
    rule = pl.when(long).then(pl.lit(LONG_TERM)).when(counted.is_not_null() & written.is_null()).then(pl.lit(DATE_SERIAL))
    return frame.select("was", pl.coalesce(value, "was").alias("is"), rule.alias("rule"))


def _decimals(values: pl.Series, field: CatalogueField) -> pl.DataFrame:
    """Columns ``was``, ``is``, ``rule`` of different texts of amounts. 元 after an amount in 万元 is left for the rule: it asks back."""
    plain = pl.col("was").str.normalize("NFKC").str.replace_all(r"\s", "")
    frame = values.alias("was").to_frame().with_columns(plain=plain)
    has_unit = pl.col("plain").str.contains(_TEN_THOUSAND_YUAN) & pl.lit(field.unit == "10000_yuan")
    bare = pl.when(has_unit).then(pl.col("plain").str.extract(_TEN_THOUSAND_YUAN, 1)).otherwise(pl.col("plain"))
    frame = frame.with_columns(bare=bare, unit=has_unit)
    digits = (
        pl.when(pl.col("bare").str.contains(_GROUPED)).then(pl.col("bare").str.replace_all(",", "", literal=True)).otherwise(pl.col("bare"))
    )
    frame = frame.with_columns(digits=digits.str.strip_prefix("+"))
    readable = pl.col("digits").str.contains(r"^-?(\d+\.?\d*|\.\d+)$")
    whole = pl.col("digits").str.extract(r"^-?0*(\d*)", 1)
    fraction = pl.col("digits").str.extract(r"\.(\d*?)0*$", 1).fill_null("")
    sign = pl.when(pl.col("digits").str.starts_with("-")).then(pl.lit("-")).otherwise(pl.lit(""))
    number = (
        sign + pl.when(whole == "").then(pl.lit("0")).otherwise(whole) + pl.when(fraction == "").then(pl.lit("")).otherwise("." + fraction)
    )
    value = pl.when(readable).then(number).otherwise(pl.col("was"))
    rule = pl.when(readable & pl.col("unit")).then(pl.lit(UNIT_TAKEN_OFF))
    return frame.select("was", value.alias("is"), rule.alias("rule"))
