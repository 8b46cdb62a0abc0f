"""双公示数据标准的规则 V01–V13, by the meaning of a column (the item's ``roles``), so that they hold for all items alike.

Facts in, violations out: nothing here asks a database or a clock. The columns a rule reads are the item's fields as text, empty =
null, and three that the pipeline puts beside them:

=============== ======== =================================================================
``_received_on`` Date    day on which the file was handed in
``_due_on``      Date    last working day for it; null where no clock runs or it is provisional
``_repeats``     Boolean an earlier row of the same submission has the same business key
=============== ======== =================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from chengxin.foundation.collection.day_text import day_of
from chengxin.foundation.collection.field_rules import SEPARATOR, condition_holds
from chengxin.foundation.collection.personal_text import REGISTRY_NUMBERS, personal_text_rules
from chengxin.foundation.collection.screening import ScreenedRule, by_different_values, is_given, is_missing
from chengxin.kernel.codes import citizen_number, credit_code
from chengxin.kernel.rules import Level, RowRule
from chengxin.policy.conditions import parse_condition
from chengxin.policy.policy_set import PolicySet
from chengxin.policy.types import CatalogueItem

CLAUSE: Final = "dual-disclosure-2018"
_REPRESENTATIVE: Final = ("legal_representative", "legal_representative_id_kind", "legal_representative_id")
#: Codes of a code table are compared by their label, whatever the table calls them.
NATURAL_PERSON: Final = "自然人"
INDIVIDUAL_BUSINESS: Final = "个体工商户"
_IDENTITY_CARD: Final = "身份证"
_INVALID: Final = ("无效", "撤销")
_LONG_DIGITS: Final = r"罚款(?:人民币)?(?:计|合计|共计)?\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*(万)?元"


@dataclass(frozen=True)
class StandardRules:
    """V01–V13 of one item under one policy set. ``suspicious_fine``: the amount (yuan) from which V10 asks back."""

    item: CatalogueItem
    policy: PolicySet
    suspicious_fine: Decimal

    def all(self) -> tuple[RowRule, ...]:
        """All rules that the item has columns for, in order."""
        groups = (self.v01, self.v02, self.v03, self.v04, self.v05, self.v06, self.v07, self.v08, self.v09, self.v10, self.v11, self.v12)
        return tuple(rule for group in (*groups, self.v13) for rule in group())

    def v01(self) -> Iterator[RowRule]:
        """统一社会信用代码."""
        for role in ("subject_code", "authority_code", "source_code"):
            if field := self._field(role):
                allowed = (
                    (pl.col(field) == credit_code.PLACEHOLDER) & self._kind_is(INDIVIDUAL_BUSINESS)
                    if role == "subject_code"
                    else pl.lit(False)
                )
                wrong = pl.col(field).map_batches(_wrong_credit_codes, return_dtype=pl.Boolean)
                yield self._rule(
                    f"V01.{role}",
                    "统一社会信用代码应当是 18 位，字符合法，校验位和第 9—17 位组织机构代码的校验位正确"
                    + ("；17 个 0 加 X 只用于暂无代码的个体工商户。" if role == "subject_code" else "。"),
                    "对照登记证照核对每一位，常见的是把 0 写成 O、漏写或多写一位。",
                    wrong & ~allowed,
                    field,
                )
        code, organization = self._field("subject_code"), self._field("organization_code")
        if code and organization:
            given = pl.col(organization).str.replace_all("-", "", literal=True)
            differs = (given != pl.col(code).str.slice(8, 9)) & (pl.col(code) != credit_code.PLACEHOLDER)
            sentence = "组织机构代码应当等于统一社会信用代码的第 9—17 位。"
            yield self._rule("V01.organization_code", sentence, "核对两个代码是不是同一主体的。", differs.fill_null(False), organization)

    def v02(self) -> Iterator[RowRule]:
        """自然人."""
        if not self._field("subject_kind"):
            return
        person = self._kind_is(NATURAL_PERSON)
        for role in ("subject_code", *REGISTRY_NUMBERS, *_REPRESENTATIVE):
            if field := self._field(role):
                sentence = f"相对人是自然人的，“{self._title(field)}”应当为空。"
                yield self._rule(
                    f"V02.{role}", sentence, "清空这一格；相对人其实是单位的，改正类别。", person & pl.col(field).is_not_null(), field
                )
        for role in ("person_id_kind", "person_id"):
            if field := self._field(role):
                sentence = f"相对人是自然人的，“{self._title(field)}”必填。"
                yield self._rule(
                    f"V02.{role}",
                    sentence,
                    "补填；相对人其实是单位的，改正类别。",
                    person & pl.col(field).is_null(),
                    field,
                    possible=is_missing(field),
                )

    def v03(self) -> Iterator[RowRule]:
        """法人、非法人组织和个体工商户."""
        kind = self._field("subject_kind")
        if not kind:
            return
        organization = ~self._kind_is(NATURAL_PERSON) & pl.col(kind).is_not_null()
        for role in ("subject_code", "legal_representative"):
            # Other kinds of act have these columns too, but not all of them must fill them in.
            if (field := self._field(role)) and (self.item.field(field).required or self.item.field(field).required_when):
                sentence = f"相对人不是自然人的，“{self._title(field)}”必填。"
                mend, missing = "补填；个体工商户暂无代码的填 17 个 0 加 X。", organization & pl.col(field).is_null()
                yield self._rule(f"V03.{role}", sentence, mend, missing, field, possible=is_missing(field))
        for role in ("person_id_kind", "person_id"):
            if field := self._field(role):
                sentence = f"相对人不是自然人的，“{self._title(field)}”应当为空。"
                broken = organization & pl.col(field).is_not_null()
                yield self._rule(f"V03.{role}", sentence, "清空这一格；法定代表人的证件填在法定代表人各栏。", broken, field)

    def v04(self) -> Iterator[RowRule]:
        """证件类型与号码."""
        for kind_role, number_role in (("legal_representative_id_kind", "legal_representative_id"), ("person_id_kind", "person_id")):
            kind, number = self._field(kind_role), self._field(number_role)
            if not kind or not number:
                continue
            if number_role == "legal_representative_id":
                sentence = "法定代表人的证件类型和证件号码应当同时填写或者同时空着。"
                broken = pl.col(kind).is_null() != pl.col(number).is_null()
                either = is_given(kind) | is_given(number)
                yield self._rule(f"V04.{kind_role}", sentence, "补上缺的一项，或者两项都清空。", broken, kind, possible=either)
            invalid = pl.col(number).map_batches(_wrong_citizen_numbers, return_dtype=pl.Boolean)
            card = pl.col(kind).is_in(self._codes_labelled(kind, _IDENTITY_CARD)).fill_null(False)
            sentence = "身份证号码应当是 18 位，出生日期存在，校验位正确。"
            yield self._rule(f"V04.{number_role}", sentence, "对照证件核对；不是身份证的，改正证件类型。", card & invalid, number)

    def v05(self) -> Iterator[RowRule]:
        """处罚类别与金额、证照：a field is given if and only if the kinds that ask for it are."""
        kinds = self._field("penalty_kinds")
        for field in self.item.fields:
            if not kinds or field.rule != "V05" or not field.required_when:
                continue
            holds, column = condition_holds(self.item, self.policy, field.required_when), pl.col(field.code)
            said = "、".join(parse_condition(field.required_when).values)
            missing, above_zero = column.is_null(), ""
            if field.code == self._field("fine"):
                missing, above_zero = missing | (column.cast(pl.Float64, strict=False) <= 0).fill_null(False), "且大于 0"
            must = f"“{self._title(kinds)}”含{said}的，“{field.title}”必填{above_zero}。"
            unit = "金额的单位是万元。" if field.unit == "10000_yuan" else ""
            yield self._rule(
                f"V05.required.{field.code}", must, f"按决定书补填。{unit}", holds & missing, field.code, possible=pl.lit(True)
            )
            must_not = f"“{self._title(kinds)}”不含{said}的，“{field.title}”应当为空。"
            broken = ~holds & column.is_not_null() & pl.col(kinds).is_not_null()
            yield self._rule(f"V05.forbidden.{field.code}", must_not, "清空这一格，或者补上处罚类别。", broken, field.code)

    def v06(self) -> Iterator[RowRule]:
        """日期的先后."""
        if decided := self._field("decided_on"):
            sentence = "决定日期不得晚于报送日期。"
            yield self._rule(
                "V06.decided_on", sentence, "核对决定书上的日期。", (day_of(decided) > pl.col("_received_on")).fill_null(False), decided
            )
        begins, ends = self._field("valid_from"), self._field("valid_until")
        if begins and ends:
            sentence = "有效期自不得晚于有效期至。"
            yield self._rule(
                "V06.valid_until", sentence, "核对两个日期有没有填反。", (day_of(begins) > day_of(ends)).fill_null(False), ends
            )

    def v07(self) -> Iterator[RowRule]:
        """及时性."""
        if decided := self._field("decided_on"):
            sentence = "报送晚于规定的工作日，计为迟报。"
            late = (pl.col("_received_on") > pl.col("_due_on")).fill_null(False)
            yield self._rule("V07", sentence, "不必修改；今后在期限内报送。", late, decided, level=Level.WARNING)

    def v08(self) -> Iterator[RowRule]:
        """“其他”应当说明."""
        for field in self.item.fields:
            table = self.policy.code_table(field.codes) if field.codes else None
            if table is None or not table.open_prefix:
                continue
            words = "|".join(prefix.rstrip("-") for prefix in table.open_prefix)
            bare = pl.col(field.code).str.contains(rf"(^|{SEPARATOR})({words})[-—－:：]?\s*({SEPARATOR}|$)").fill_null(False)
            sentence = f"“{field.title}”填“其他”的，应当写明是什么。"
            yield self._rule(f"V08.{field.code}", sentence, f"写成“{table.open_prefix[0]}具体内容”。", bare, field.code)

    def v09(self) -> Iterator[RowRule]:
        """重复即更新."""
        if number := self._field("document_number"):
            sentence = "同一份文件里文书号、相对人、机关都相同的行重复出现，以后一行为准，作为更新而不是新增。"
            repeats = pl.col("_repeats").fill_null(False)
            yield self._rule("V09", sentence, "确是两份决定的，核对文书号；重复的删去一行。", repeats, number, level=Level.WARNING)

    def v10(self) -> Iterator[RowRule]:
        """金额大得可疑."""
        if fine := self._field("fine"):
            amount = pl.col(fine).cast(pl.Float64, strict=False) * float(self._unit(fine))
            sentence = f"罚款金额达到 {self.suspicious_fine:,.0f} 元，疑似把元当成了万元。"
            mend = "核对单位：这一栏以万元计，罚款 2000 元填 0.2。"
            yield self._rule("V10", sentence, mend, (amount >= float(self.suspicious_fine)).fill_null(False), fine, level=Level.WARNING)

    def v11(self) -> Iterator[RowRule]:
        """涉密标记和文字里的个人号码."""
        yield from personal_text_rules(self.item, CLAUSE)

    def v12(self) -> Iterator[RowRule]:
        """无效、撤销的决定."""
        if state := self._field("state"):
            invalid = pl.col(state).is_in([code for label in _INVALID for code in self._codes_labelled(state, label)]).fill_null(False)
            sentence = "状态为无效或者撤销的，应当在规定的工作日内撤回公示；自收到之时起不再公示。"
            yield self._rule("V12", sentence, "不必修改；仍然有效的，改正状态。", invalid, state, level=Level.WARNING)

    def v13(self) -> Iterator[RowRule]:
        """文字与金额."""
        content, fine = self._field("content"), self._field("fine")
        if content and fine:
            said = pl.col(content).str.extract_groups(_LONG_DIGITS)
            amount = said.struct.field("1").str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
            yuan = amount * pl.when(said.struct.field("2").is_not_null()).then(10_000.0).otherwise(1.0)
            given = pl.col(fine).cast(pl.Float64, strict=False) * float(self._unit(fine))
            sentence = "处罚内容里写的罚款金额与罚款金额一栏不符。"
            yield self._rule(
                "V13", sentence, "核对金额和单位。", ((yuan - given).abs() > 0.005).fill_null(False), fine, level=Level.WARNING
            )

    def _rule(
        self,
        rule_id: str,
        sentence: str,
        mend: str,
        broken: pl.Expr,
        field: str,
        *,
        level: Level = Level.ERROR,
        possible: pl.Expr | None = None,
    ) -> RowRule:
        return ScreenedRule(
            id=rule_id,
            sentence=sentence,
            clause=CLAUSE,
            mend=mend,
            fields=(field,),
            broken=broken.fill_null(False),
            level=level,
            possible=is_given(field) if possible is None else possible,
        )

    def _field(self, role: str) -> str:
        return self.item.roles.get(role, "")

    def _title(self, code: str) -> str:
        return self.item.field(code).title

    def _unit(self, code: str) -> Decimal:
        return Decimal(10_000 if self.item.field(code).unit == "10000_yuan" else 1)

    def _kind_is(self, label: str) -> pl.Expr:
        kind = self._field("subject_kind")
        return pl.col(kind).is_in(self._codes_labelled(kind, label)).fill_null(False) if kind else pl.lit(False)

    def _codes_labelled(self, field: str, label: str) -> list[str]:
        table = self.item.field(field).codes
        known = self.policy.code_table(table).values if table else {}
        return [label, *(code for code, each in known.items() if each == label)]


def _wrong_credit_codes(codes: pl.Series) -> pl.Series:
    """Authorities are few: each code is judged alone, which costs less than a column's worth of arithmetic."""

    def wrong(different: pl.Series) -> pl.Series:
        if different.len() < codes.len():
            return pl.Series([not credit_code.is_valid(code) for code in different], dtype=pl.Boolean)
        return ~credit_code.valid_column(different) & different.is_not_null()

    return by_different_values(codes, wrong)


def _wrong_citizen_numbers(numbers: pl.Series) -> pl.Series:
    """Most rows give none: only those given are computed."""
    given = numbers.drop_nulls()
    wrong = given.filter(~citizen_number.valid_column(given)) if given.len() else given
    return numbers.is_in(wrong.implode()).fill_null(False)
