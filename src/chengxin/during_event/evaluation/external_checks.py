"""外来评价逐行核对：each row against the register, the scale and the calendar, as columns. A row that fails says why; the others go on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from chengxin.during_event.evaluation.external_file import ROW, ROW_KEYS
from chengxin.during_event.evaluation.snapshots import KINDS, ORGANS
from chengxin.engine.names import agree
from chengxin.foundation.subjects.types import IdentifierKind, SubjectKind
from chengxin.kernel.codes import citizen_number, credit_code
from chengxin.kernel.codes.personal_numbers import holds_personal_number
from chengxin.kernel.refused import Refused
from chengxin.kernel.rules import Rule
from chengxin.storage.temporary import temporary_join

_SUBJECTS: Final = "SELECT g.row, s.id, s.kind, s.name FROM {given} g JOIN subjects_subject s ON s.code = g.code"
_NAMES: Final = """
    SELECT g.row, i.value FROM {given} g JOIN subjects_subjectidentifier i ON i.subject_id = g.subject_id WHERE i.kind IN (%s, %s)
"""
_ANY_NAME: Final = (IdentifierKind.FORMER_NAME.value, IdentifierKind.KNOWN_NAME.value)
YES: Final = "yes"

#: In the order in which they are asked; the first that fails is what a row is told.
RULES: Final = {
    rule.id: rule
    for rule in (
        Rule("X01", "代码不是统一社会信用代码（位数、字符或校验位不对）。", "", "核对代码后重新报送。"),
        Rule("X02", "同一份文件里这个代码出现了不止一次，各行都没有接收。", "", "每个主体只留一行。"),
        Rule("X03", "平台的主体库里没有这个代码。", "", "核对代码；确有此主体的，等登记信息归集后再报送。"),
        Rule("X04", "个体工商户、机关不评价，外来的评价结果也不接收。", "", "从文件里去掉这一行。"),
        Rule("X05", "名称与主体库里这个代码的名称、曾用名都对不上。", "", "核对名称和代码，改正后重新报送。"),
        Rule("X06", "等级不在登记的等级里。", "", "写登记的等级代号；要增加等级的，重新办理登记。"),
        Rule("X07", "日期读不懂。", "", "写成 2026-04-01 这样的日期。"),
        Rule("X08", "评价日期晚于文件的制作日期。", "", "核对评价日期。"),
        Rule("X09", "没有写有效期，或者有效期在评价日期以前。", "", "写明有效到哪一天。"),
        Rule("X10", "接收时已经过了有效期。", "", "重新评价后再报送。"),
        Rule("X11", "撤回的行不写等级和有效期；不撤回的行 withdrawn 留空。", "", "撤回写 yes，去掉等级和有效期。"),
        Rule("X12", "没有可以撤回的结果：这家机构没有报过这个主体。", "", "核对代码。"),
        Rule("X13", "这家机构正在代办该企业的事，不能同时评价它。", "", "从文件里去掉这一行；企业撤回授权以后再评价。"),
    )
}


@dataclass(frozen=True)
class Asked:
    """按什么核对。``needs_end``: a result must say until when it holds; ``graded``: subjects of whom this agency's result is on record;
    ``acts_for``: subjects for which the agency acts at the same time, as a registered credit service agency."""

    grades: Collection[str]
    made_on: date
    received_on: date
    needs_end: bool
    agency_id: int
    acts_for: Collection[int] = ()


@dataclass(frozen=True)
class Checked:
    """核对的结果。``accepted``: row, subject_id, grade, evaluated_on, valid_until; ``faults``: row, code, rule."""

    accepted: pl.DataFrame
    faults: pl.DataFrame


def refuse_persons(rows: pl.DataFrame) -> None:
    """整份退回 a file in which a natural person is graded, before a byte of it is kept."""
    columns = [holds_personal_number(rows[key], mobiles=False) for key in ("code", "name")]
    wrong = (columns[0] | columns[1] | citizen_number.valid_column(rows["code"].str.to_uppercase())).arg_true()
    if len(wrong):
        line = int(rows[ROW][int(wrong[0])])
        raise Refused(
            "evaluation-of-person",
            f"第 {line} 行是自然人的证件号码。本平台不评价自然人，也不接收对自然人的评价，整份没有接收、没有留存。",
            "去掉自然人的行后重新制作、重新签名。",
            where={"line": str(line)},
        )


def check_rows(rows: pl.DataFrame, asked: Asked) -> Checked:
    """核对 ``rows`` (:data:`ROW` and the texts of ``ROW_KEYS``)."""
    known = _with_register(rows, asked.agency_id)
    day = {key: _day(key) for key in ("evaluated_on", "valid_until")}
    known = known.with_columns(day["evaluated_on"].alias("on"), day["valid_until"].alias("end"))
    taken_back = pl.col("withdrawn") == YES
    known = known.with_columns(credit_code.valid_column(known["code"]).alias("sound"))
    fails: dict[str, pl.Expr] = {
        "X01": ~pl.col("sound"),
        "X02": pl.col("code").is_duplicated(),
        "X03": pl.col("subject_id").is_null(),
        "X04": ~pl.col("kind").is_in([int(each) for each in KINDS]) | pl.col("code").str.starts_with(ORGANS.rstrip("%")),
        "X05": ~pl.col("named"),
        "X11": ~pl.col("withdrawn").is_in(["", YES]) | (taken_back & ((pl.col("grade") != "") | (pl.col("valid_until") != ""))),
        "X12": taken_back & ~pl.col("graded"),
        "X13": ~taken_back & pl.col("subject_id").is_in(list(asked.acts_for)),
        "X06": ~taken_back & ~pl.col("grade").is_in(list(asked.grades)),
        "X07": pl.col("on").is_null() | (pl.col("end").is_null() & (pl.col("valid_until") != "")),
        "X08": pl.col("on") > asked.made_on,
        "X09": ~taken_back & (pl.col("end").fill_null(pl.date(9999, 12, 31)) < pl.col("on"))
        | (~taken_back & pl.lit(asked.needs_end) & pl.col("end").is_null()),
        "X10": pl.col("end") < asked.received_on,
    }
    chain = pl.lit(None, dtype=pl.String)
    for rule, wrong in reversed(fails.items()):
        chain = pl.when(wrong.fill_null(value=False)).then(pl.lit(rule)).otherwise(chain)
    known = known.with_columns(chain.alias("rule"))
    accepted = known.filter(pl.col("rule").is_null()).select(ROW, "subject_id", "grade", "on", "end")
    faults = known.filter(pl.col("rule").is_not_null()).select(ROW, "code", "rule")
    return Checked(accepted.rename({"on": "evaluated_on", "end": "valid_until"}), faults)


def told(faults: pl.DataFrame, at_most: int) -> Sequence[dict[str, str]]:
    """The first faults in words, for whoever handed the file in."""
    return [
        {"line": str(row), "code": code[:18], "rule": rule, "sentence": RULES[rule].sentence, "what_to_do": RULES[rule].mend}
        for row, code, rule in faults.head(at_most).iter_rows()
    ]


def _with_register(rows: pl.DataFrame, agency_id: int) -> pl.DataFrame:
    """With what the platform knows of each code: subject, kind, whether the name is one of its names, whether the agency graded it."""
    found = temporary_join(
        rows.select(ROW, "code"), _SUBJECTS, {ROW: pl.Int64, "subject_id": pl.Int64, "kind": pl.Int16, "known_name": pl.String}
    )
    found = found.filter(pl.col("kind") != int(SubjectKind.NATURAL_PERSON))
    known = rows.select(ROW, *ROW_KEYS).join(found, on=ROW, how="left", maintain_order="left")
    known = known.with_columns(agree(pl.col("name"), pl.col("known_name")).fill_null(value=False).alias("named"))
    doubtful = known.filter(~pl.col("named") & pl.col("subject_id").is_not_null())
    if doubtful.height:
        others = temporary_join(doubtful.select(ROW, "subject_id"), _NAMES, {ROW: pl.Int64, "other": pl.String}, parameters=_ANY_NAME)
        same = others.join(doubtful.select(ROW, "name"), on=ROW).filter(agree(pl.col("name"), pl.col("other")))
        known = known.with_columns(pl.col("named") | pl.col(ROW).is_in(same[ROW].to_list()))
    graded = temporary_join(
        known.select(ROW, pl.col("subject_id").fill_null(0)),
        "SELECT DISTINCT g.row FROM {given} g JOIN evaluation_externalevaluation e ON e.subject_id = g.subject_id AND e.agency_id = %s",
        {ROW: pl.Int64},
        parameters=[agency_id],
    )
    return known.with_columns(pl.col(ROW).is_in(graded[ROW].to_list()).alias("graded"))


def _day(key: str) -> pl.Expr:
    """A date written 2026-04-01 and in no other way; null otherwise."""
    read = pl.col(key).str.to_date("%Y-%m-%d", strict=False)
    return pl.when(read.dt.to_string("%Y-%m-%d") == pl.col(key)).then(read)
