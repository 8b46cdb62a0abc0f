"""抽查对象库 from a file. Strangers typed it: brackets of both widths, old registration numbers, a firm twice under two numbers.

Every row names one firm of the register, or the list is refused with the rows that do not and what to do. Two things may be asked for:
that of repeated rows one is kept, and that rows that name nobody are left out, which stays on record row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import polars as pl

from chengxin.access import vault
from chengxin.access.models import Department
from chengxin.during_event.inspection.models import TargetList, TargetMember
from chengxin.engine.names import agree
from chengxin.foundation.collection.readers import ROW, Limits, read
from chengxin.foundation.subjects.types import NUMBER_KINDS, SubjectKind
from chengxin.kernel.codes import credit_code
from chengxin.kernel.instants import Instant, date_of, utc_text
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.temporary import temporary_join
from chengxin.storage.transactions import in_turn, writing

ENTERED: Final = "inspection:target_list:entered"
NAMES: Final = ("名称", "企业名称", "单位名称", "主体名称", "市场主体名称", "经营主体名称", "机构名称", "字号名称", "检查对象", "对象名称")
CODES: Final = (
    "统一社会信用代码",
    "社会信用代码",
    "信用代码",
    "代码",
    "注册号",
    "工商注册号",
    "注册号/统一社会信用代码",
    "统一社会信用代码/注册号",
)
TOLD: Final = 8
_AT_A_TIME: Final = 2000
_FOUND: Final = {"row": pl.Int64, "subject_id": pl.Int64, "own_code": pl.String, "own_name": pl.String, "kind": pl.Int16}
_BY_CODE: Final = """
    SELECT g.row, c.id, COALESCE(c.code, ''), c.name, c.kind FROM {given} g
    JOIN subjects_subject s ON s.code = g.number JOIN subjects_subject c ON c.id = s.canonical_id
"""
_BY_NUMBER: Final = f"""
    SELECT DISTINCT g.row, c.id, COALESCE(c.code, ''), c.name, c.kind FROM {{given}} g
    JOIN subjects_subjectidentifier i ON i.value = g.number AND i.kind IN ({", ".join(f"'{each}'" for each in NUMBER_KINDS)})
    JOIN subjects_subject s ON s.id = i.subject_id JOIN subjects_subject c ON c.id = s.canonical_id
"""  # noqa: S608  (words of our own)


def enter_targets(
    name: str,
    file: Any,  # anything with ``read(size)``
    *,
    file_name: str,
    office: Department,
    merge_repeated: bool = False,
    leave_out: bool = False,
    policy: PolicySet,
    by: str,
    at: Instant,
) -> TargetList:
    """建库 from a spreadsheet, CSV or JSON with a column of names and one of codes. Refused for rows that repeat each other or name nobody,
    unless told to keep one of them, or to leave them out; Conflict if the name is taken."""
    title = name.strip()
    if not title or len(title) > 60:
        raise Refused("targets-name", "对象库没有名称，或者超过 60 字。", "起一个说得清是哪些对象的名称。")
    stored = vault.store(file, at)
    with vault.open_file(stored.sha256) as kept:
        rows = _rows(kept, file_name, policy, at)
    judged = _judged(rows)
    repeated, strange = judged.filter(pl.col("fault") == "repeated"), judged.filter(~pl.col("fault").is_in(["", "repeated"]))
    if (not repeated.is_empty() and not merge_repeated) or (not strange.is_empty() and not leave_out):
        raise _refused(judged, repeated, strange, merge_repeated, leave_out)
    members = judged.filter(pl.col("fault") == "")
    if members.is_empty():
        raise Refused("targets-empty", "这份名单里没有一行对得上主体库。", "核对代码一列；主体库里没有的，先由登记机关报送登记信息。")
    left_out = [_told(row) for row in pl.concat([strange, repeated]).sort("row").iter_rows(named=True)]
    with writing():
        in_turn()
        if TargetList.objects.filter(name=title).exists():
            raise Conflict("targets-name", f"已有名为“{title}”的对象库。", "换一个名称，例如加上日期；旧的可以停用。")
        said = {
            "name": title, "office": office.code, "file": stored.sha256, "rows": str(judged.height), "members": str(members.height),
            "by": by, "at": utc_text(at),
        }  # fmt: skip
        made = TargetList.objects.create(
            name=title, office_id=office.pk, file_sha256=stored.sha256, rows=judged.height, members_count=members.height,
            left_out=left_out, by=by, at=at, content_id=ledger.record_event(ENTERED, said),
        )  # fmt: skip
        TargetMember.objects.bulk_create(
            [TargetMember(list=made, subject_id=subject, row=row) for subject, row in members.select("subject_id", "row").rows()],
            batch_size=_AT_A_TIME,
        )
    return made


def end_targets(list_id: int, office_id: int, *, by: str, at: Instant) -> None:
    """停用：no new plan takes it. NotFound if the office has none of this number in use."""
    with writing():
        found = TargetList.objects.filter(pk=list_id, office_id=office_id, ended_at=None).first()
        if found is None:
            raise NotFound("no-such-targets", f"本单位没有第 {list_id} 号在用的对象库。", "从对象库的页面里选。")
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        ledger.record_event("inspection:target_list:ended", {"name": found.name, "by": by, "at": utc_text(at)})


def _rows(file: BinaryIO, file_name: str, policy: PolicySet, at: Instant) -> pl.DataFrame:
    """row, name, code as in the file, and ``number``: the code as a machine reads it."""
    parts = []
    for chunk in read(file, file_name=file_name, limits=Limits.of(policy, date_of(at)), find_header=_header):
        labels = [_label(each) for each in chunk.columns]
        places = [next((n for n, label in enumerate(labels) if label in wanted), None) for wanted in (_WANTED_NAMES, _WANTED_CODES)]
        name, code = (pl.lit("") if place is None else pl.col(str(place)).fill_null("").str.strip_chars() for place in places)
        parts.append(chunk.frame.select(row=pl.col(ROW), name=name, code=code))
    rows = pl.concat(parts).filter((pl.col("name") != "") | (pl.col("code") != ""))
    number = pl.col("code").str.normalize("NFKC").str.replace_all(r"[\s\p{Cf}\p{Pd}'‘’]", "").str.to_uppercase()
    return rows.with_columns(number=number)


def _judged(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row with the subject that it names and what is wrong with it; ``repeated`` holds the row that named the same firm before."""
    is_code = credit_code.valid_column(rows["number"].alias("is_code"))
    rows = rows.with_columns(is_code)
    found = pl.concat(
        [
            temporary_join(part.select("row", "number"), sql, _FOUND, by_index=True)
            for part, sql in ((rows.filter("is_code"), _BY_CODE), (rows.filter(~pl.col("is_code") & (pl.col("number") != "")), _BY_NUMBER))
        ]
    )
    several = found.group_by("row").agg(holders=pl.len())
    joined = rows.join(found.unique("row", keep="first", maintain_order=True), on="row", how="left").join(several, on="row", how="left")
    fault = (
        pl.when(pl.col("number") == "")
        .then(pl.lit("没有代码"))
        .when(pl.col("subject_id").is_null() & pl.col("is_code"))
        .then(pl.lit("主体库里没有这个代码"))
        .when(pl.col("subject_id").is_null() & pl.col("number").str.contains(r"^\d{13}(\d{2})?$"))
        .then(pl.lit("旧注册号在主体库里没有对应的主体"))
        .when(pl.col("subject_id").is_null())
        .then(pl.lit("不是统一社会信用代码，也不是旧注册号"))
        .when(pl.col("holders") > 1)
        .then(pl.lit("这个号码在主体库里对应不止一个主体"))
        .when(pl.col("kind") == int(SubjectKind.NATURAL_PERSON))
        .then(pl.lit("是自然人，不抽查"))
        .when(pl.col("own_code") == "")
        .then(pl.lit("主体库里只有旧号码，还没有统一社会信用代码，不能公开列名"))
        .when((pl.col("name") != "") & ~agree(pl.col("name"), pl.col("own_name")).fill_null(value=False))
        .then(pl.format("名称与代码对不上，主体库里是“{}”", "own_name"))
        .otherwise(pl.lit(""))
    )
    judged = joined.with_columns(fault=fault).sort("row")
    first = judged.filter(pl.col("fault") == "").group_by("subject_id").agg(first_row=pl.col("row").min())
    judged = judged.join(first, on="subject_id", how="left")
    is_repeated = (pl.col("fault") == "") & (pl.col("row") > pl.col("first_row"))
    return judged.with_columns(fault=pl.when(is_repeated).then(pl.lit("repeated")).otherwise("fault")).sort("row")


def _refused(judged: pl.DataFrame, repeated: pl.DataFrame, strange: pl.DataFrame, merge: bool, leave_out: bool) -> Refused:
    said, mends = [], []
    if not merge and not repeated.is_empty():
        rows = "；".join(_told(row)["because"] for row in repeated.head(TOLD).iter_rows(named=True))
        said.append(f"{repeated.height} 行重复，重复的被抽中的机会会变大：{rows}{'…' if repeated.height > TOLD else ''}")
        mends.append("去掉重复的行，或者选“重复的只留一行”")
    if not leave_out and not strange.is_empty():
        rows = "；".join(f"第 {row['row']} 行“{row['name'][:30]}”{row['fault']}" for row in strange.head(TOLD).iter_rows(named=True))
        said.append(f"{strange.height} 行对不上：{rows}{'…' if strange.height > TOLD else ''}")
        mends.append("改正这些行，或者选“对不上的不列入”，逐行留下理由")
    return Refused(
        "targets-faulty",
        f"{judged.height} 行里，{'。'.join(said)}。",
        f"{'；'.join(mends)}，再整表提交。",
        where={"rows": str(judged.height)},
    )


def _told(row: dict[str, Any]) -> dict[str, str]:
    because = f"第 {row['row']} 行与第 {row['first_row']} 行是同一家" if row["fault"] == "repeated" else row["fault"]
    return {"row": str(row["row"]), "name": row["name"][:200], "code": row["code"][:40], "because": because}


def _label(cell: str) -> str:
    return str(pl.select(pl.lit(cell).str.normalize("NFKC").str.replace_all(r"[\s*:·_()]|必填", "")).item())


_WANTED_NAMES: Final = frozenset(_label(each) for each in NAMES)
_WANTED_CODES: Final = frozenset(_label(each) for each in CODES)


def _header(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the column of codes."""
    return next((place for place, row in enumerate(rows) if any(_label(cell or "") in _WANTED_CODES for cell in row)), None)
