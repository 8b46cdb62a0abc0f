"""全国公共信用综合评价结果：a table from upstream, taken in as it is. One hands in, another releases; nothing is converted."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl
from django.db.models import Max

from chengxin.access import vault
from chengxin.access.models import Account
from chengxin.during_event.evaluation.external_checks import Asked, Checked, check_rows, refuse_persons, told
from chengxin.during_event.evaluation.external_file import ROW, ROW_KEYS
from chengxin.during_event.evaluation.external_intake import MOST_FAULTS, external_file_by_id, record_taken
from chengxin.during_event.evaluation.models import ExternalFile
from chengxin.during_event.evaluation.types import NATIONAL, NATIONAL_METHOD
from chengxin.foundation.collection.labels import fold
from chengxin.foundation.collection.readers import Limits, read
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, Forbidden, Refused
from chengxin.ledger.services import record_event
from chengxin.policy import active
from chengxin.storage.transactions import in_turn, writing

RETURNED: Final = "evaluation:external_file:returned"
GRADES: Final = "national_grade"
#: Header → key of a row. The first four are needed.
COLUMNS: Final = {
    "统一社会信用代码": "code",
    "主体名称": "name",
    "评价等级": "grade",
    "评价日期": "evaluated_on",
    "有效期至": "valid_until",
    "撤回": "withdrawn",
}
_NEEDED: Final = ("code", "name", "grade", "evaluated_on")
_OTHER_NAMES: Final = {"企业名称": "name", "评价结果": "grade", "信用代码": "code"}
_FIELDS: Final = {fold(label): key for label, key in (COLUMNS | _OTHER_NAMES).items()}
_LONGEST_REASON: Final = 500


def hand_in_national(content: bytes, *, file_name: str, made_on: date, by: Account, at: Instant) -> ExternalFile:
    """报送 the national result: CSV, XLSX, XLS or JSON. Kept and checked now; it counts once another person has released it."""
    if made_on > date_of(at):
        raise Refused("date-to-come", f"下发日期 {made_on} 还没有到。", "写上级下发这份结果的日期。", where={"made_on": str(made_on)})
    rows = rows_of(content, file_name, at)
    refuse_persons(rows)
    checked = _checked(rows, made_on, at)
    stored = vault.store(io.BytesIO(content), at)
    with writing():
        in_turn()
        files = ExternalFile.objects.filter(agency_id=NATIONAL)
        same = files.filter(sha256=stored.sha256, returned_because="").first()
        if same is not None:
            raise Conflict(
                "evaluation-file-again", f"这份文件已经报送过（第 {same.pk} 号）。", "由另一人复核；有更正的，报送更正后的文件。"
            )
        last = files.aggregate(last=Max("sequence"))["last"] or 0
        return ExternalFile.objects.create(
            agency_id=NATIONAL, sequence=last + 1, sha256=stored.sha256, file_name=file_name[-255:], made_on=made_on,
            method=NATIONAL_METHOD, rows=rows.height, accepted=checked.accepted.height,
            faults=told(checked.faults, MOST_FAULTS), received_at=at, received_by=by.username, content_id=0,
        )  # fmt: skip


def release_national(number: int, *, by: Account, at: Instant) -> ExternalFile:
    """复核放行 by another person: the file is read and checked anew, and its results count from now on."""
    found = _waiting(number, by)
    with vault.open_file(found.sha256) as stream:
        content = stream.read()
    checked = _checked(rows_of(content, found.file_name, at), found.made_on, at)
    if not checked.accepted.height:
        raise Refused("evaluation-file-no-row", "没有一行能接收。", "看逐行的说明，退回后改正再报送。")
    with writing():
        in_turn()
        found = _waiting(number, by)
        found.accepted, found.faults = checked.accepted.height, list(told(checked.faults, MOST_FAULTS))
        found.taken_at, found.settled_by = at, by.username
        found.save(update_fields=["accepted", "faults", "taken_at", "settled_by"])
        record_taken(found, checked, "", at)
    return found


def return_national(number: int, *, because: str, by: Account, at: Instant) -> ExternalFile:
    """退回 with a reason; the file stays on record and nothing of it counts."""
    because = because.strip()
    if not because or len(because) > _LONGEST_REASON:
        raise Refused("no-reason-given", f"退回须写明理由，不超过 {_LONGEST_REASON} 个字。", "写明哪里不对、怎样改。")
    with writing():
        in_turn()
        found = _waiting(number, by)
        found.settled_by, found.returned_because = by.username, because
        said = {"_file": str(found.pk), "_sha256": found.sha256, "_because": because, "_by": by.username, "_at": str(at)}
        found.content_id = record_event(RETURNED, said)
        found.save(update_fields=["settled_by", "returned_because", "content_id"])
    return found


def rows_of(content: bytes, file_name: str, at: Instant) -> pl.DataFrame:
    """The rows of the table, every value the text of its cell. Refused for a file that cannot be read, or without the columns."""
    limits = Limits.of(active.policy_set(), date_of(at))
    frames, sheet = [], ""
    for chunk in read(io.BytesIO(content), file_name=file_name, limits=limits, find_header=_find_header):
        places = _places(chunk.columns)
        if chunk.faults.height:
            row = int(chunk.faults["_row"][0])
            raise Refused(
                "evaluation-file-cell", f"第 {row} 行有一格读不准（公式、丢了位数的数字或者乱码），整份没有接收。",
                "把整列设为文本，改正后再报送。", where={"row": str(row)},
            )  # fmt: skip
        if chunk.sheet != (sheet := sheet or chunk.sheet):
            raise Refused("evaluation-columns", f"有不止一张表（{sheet}、{chunk.sheet}）。", "一个文件只放一张表。")
        texts = [(pl.col(str(places[key])).fill_null("").str.strip_chars() if key in places else pl.lit("")).alias(key) for key in ROW_KEYS]
        frames.append(chunk.frame.select(pl.col("_row").alias(ROW), *texts))
    rows = pl.concat(frames)
    day = pl.col("evaluated_on", "valid_until").str.replace_all("[/.]", "-").str.replace(" 00:00:00", "", literal=True)
    taken_back = pl.when(pl.col("withdrawn").is_in(["是", "撤回"])).then(pl.lit("yes")).otherwise("withdrawn").alias("withdrawn")
    table = active.policy_set().code_table(GRADES)
    grade = pl.col("grade").replace(list(table.aliases), list(table.aliases.values()))
    return rows.with_columns(pl.col("code").str.to_uppercase(), day, taken_back, grade)


def _checked(rows: pl.DataFrame, made_on: date, at: Instant) -> Checked:
    grades = list(active.policy_set().code_table(GRADES).values)
    return check_rows(rows, Asked(grades, made_on, date_of(at), needs_end=False, agency_id=NATIONAL))


def _find_header(rows: Sequence[Sequence[str]]) -> int | None:
    scores = [len({_FIELDS[fold(cell)] for cell in row if fold(cell) in _FIELDS}) for row in rows]
    best = max(scores, default=0)
    return scores.index(best) if best >= 2 else None


def _places(header: Sequence[str]) -> dict[str, int]:
    """Key → column. Refused where one is missing; columns of no meaning here are passed over and not stored."""
    found: dict[str, int] = {}
    for place, label in enumerate(header):
        key = _FIELDS.get(fold(label))
        if key and key not in found:
            found[key] = place
    missing = [label for label, key in COLUMNS.items() if key in _NEEDED and key not in found]
    if missing:
        raise Refused("evaluation-columns", f"缺少这些列：{'、'.join(missing)}。", f"表头写：{'、'.join(COLUMNS)}（后两列可以没有）。")
    return found


def _waiting(number: int, by: Account) -> ExternalFile:
    found = external_file_by_id(number)
    if found.taken_at is not None or found.returned_because:
        raise Conflict("already-done", f"第 {number} 号文件已由 {found.settled_by} 办理。", "刷新页面，看现在的状态。")
    if found.received_by == by.username:
        raise Forbidden("second-person-needed", "须由另一人复核，报送的人自己不能放行、退回。", "请信用办的另一位同事办理。")
    return found
