"""接收外来的评价：signed files of registered agencies at once, the national result after a second person. Each result is its own entry.

A file is checked as a whole first (who signed, which key, which number in its series), then row by row. Rows that fail go back with
their reasons, the others are taken in as they came. Nothing is overwritten: a later file's result stands after the earlier one.
"""

from __future__ import annotations

import io
from typing import Final

import polars as pl
from django.db.models import Max

from chengxin.access import vault
from chengxin.access.agencies import firms_of_agency
from chengxin.during_event.evaluation.agencies import agency_by_code
from chengxin.during_event.evaluation.external_checks import Asked, Checked, check_rows, refuse_persons, told
from chengxin.during_event.evaluation.external_file import EvaluationFile, parse
from chengxin.during_event.evaluation.models import AgencyKey, ExternalFile, RegisteredAgency
from chengxin.foundation.collection.readers import Limits
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.canonical import canonical_column
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger.services import allocate_content_ids, append, prepare, record_event
from chengxin.policy import active
from chengxin.storage.bulk import insert_rows
from chengxin.storage.transactions import in_turn, writing

FILE_TAKEN: Final = "evaluation:external_file:taken"
RECEIVED: Final = "evaluation:external_result:received"
#: Faults that are kept with the file; the counts are of all.
MOST_FAULTS: Final = 1000
_LONGEST_NAME: Final = 255


def take_in(content: bytes, *, file_name: str, by: str, at: Instant) -> ExternalFile:
    """接收一份签名的评价文件. Refused as a whole for what is wrong with the file; rows that are wrong go back alone (``faults``)."""
    _not_too_large(content, at)
    file = parse(content)
    agency = agency_by_code(file.head.agency)
    key = _key_that_signed(file, agency, at)
    refuse_persons(file.rows)
    if file.head.made_on > date_of(at):
        raise Refused("evaluation-file-to-come", f"文件的制作日期 {file.head.made_on} 还没有到。", "核对日期后重新制作、重新签名。")
    stored = vault.store(io.BytesIO(content), at)
    with writing():
        in_turn()
        _next_in_series(file, agency, stored.sha256)
        asked = Asked(
            [grade for grade, _ in agency.scale], file.head.made_on, date_of(at), needs_end=True, agency_id=agency.pk,
            acts_for=_acted_for(agency.code, at),
        )  # fmt: skip
        checked = check_rows(file.rows, asked)
        _something(checked, file.rows.height)
        row = ExternalFile.objects.create(
            agency_id=agency.pk, sequence=file.head.sequence, sha256=stored.sha256, file_name=file_name[-_LONGEST_NAME:],
            made_on=file.head.made_on, method=file.head.method, key_id=key.pk, rows=file.rows.height, accepted=checked.accepted.height,
            faults=told(checked.faults, MOST_FAULTS), received_at=at, received_by=by, taken_at=at, settled_by=by, content_id=0,
        )  # fmt: skip
        record_taken(row, checked, agency.code, at)
    return row


def record_taken(row: ExternalFile, checked: Checked, agency: str, at: Instant) -> None:
    """入账：the file's entry, then one for each of its results, with their rows. Inside the caller's transaction, as its last act."""
    said = {"_file": str(row.pk), "_agency": agency, "_sequence": str(row.sequence), "_sha256": row.sha256, "_made_on": str(row.made_on)}
    said |= {"_rows": str(row.rows), "_accepted": str(row.accepted), "_by": row.received_by, "_settled_by": row.settled_by, "_at": str(at)}
    row.content_id = record_event(FILE_TAKEN, said)
    row.save(update_fields=["content_id"])
    contents = allocate_content_ids(checked.accepted.height)
    frame = checked.accepted.with_columns(
        pl.Series("content_id", list(contents), dtype=pl.Int64), pl.lit(row.agency_id, dtype=pl.Int64).alias("agency_id"),
        pl.lit(row.method).alias("method"), pl.lit(at, dtype=pl.Int64).alias("received_at"),
        pl.lit(row.pk, dtype=pl.Int64).alias("file_id"),
    )  # fmt: skip
    texts = frame.select(
        pl.lit(RECEIVED).alias("_event"), pl.lit(str(row.pk)).alias("_file"), pl.lit(agency).alias("_agency"),
        pl.lit(str(row.agency_id)).alias("_agency_id"), pl.lit(str(at)).alias("_at"),
        pl.col("subject_id").cast(pl.String).alias("_subject"), pl.col("grade").alias("_grade"),
        pl.col("evaluated_on").dt.to_string("%Y-%m-%d").alias("_evaluated_on"),
        pl.col("valid_until").dt.to_string("%Y-%m-%d").fill_null("").alias("_valid_until"),
    )  # fmt: skip
    columns = ("agency_id", "subject_id", "grade", "method", "evaluated_on", "valid_until", "received_at", "file_id", "content_id")
    insert_rows("evaluation_externalevaluation", columns, frame)
    append(prepare(RECEIVED, canonical_column(texts, texts.columns), list(contents)))


def external_files(limit: int) -> list[tuple[ExternalFile, RegisteredAgency | None]]:
    """The newest files, each with its agency (None: the national result)."""
    found = list(ExternalFile.objects.order_by("-id")[:limit])
    known = RegisteredAgency.objects.in_bulk([each.agency_id for each in found])
    return [(each, known.get(each.agency_id)) for each in found]


def external_file_by_id(number: int) -> ExternalFile:
    """The file with this number. NotFound."""
    found = ExternalFile.objects.filter(pk=number).first()
    if found is None:
        raise NotFound("no-such-evaluation-file", f"没有第 {number} 号评价文件。", "从外来评价的列表里找。")
    return found


def _acted_for(code: str, at: Instant) -> set[int]:
    """Every number of the subjects for which the agency acts as a credit service agency."""
    heads = Subject.objects.filter(pk__in=firms_of_agency(code, at)).values_list("canonical_id", flat=True)
    return set(Subject.objects.filter(canonical_id__in=list(heads)).values_list("pk", flat=True))


def _key_that_signed(file: EvaluationFile, agency: RegisteredAgency, at: Instant) -> AgencyKey:
    if agency.registered_at is None:
        raise Refused("agency-not-registered", f"{agency.name}还没有登记完，不能接收它的文件。", "等另一人登记后重新报送。")
    if agency.ended_at is not None:
        raise Refused("agency-ended", f"{agency.name}已经停用：{agency.ended_because}。", "停用的机构不再接收文件。")
    key = next((each for each in AgencyKey.objects.filter(agency_id=agency.pk) if file.is_signed_by(each.public_key)), None)
    if key is None:
        raise Refused(
            "evaluation-signature",
            f"签名不对：不是{agency.name}登记的公钥签的，或者文件签名以后被改动过。整份没有接收。",
            "请机构用登记的钥匙对原文件重新签名；换了钥匙的，先办理换钥。",
        )
    day = date_of(at)
    if key.valid_until is not None:
        ended = f"这把公钥自 {date_of(key.valid_until)} 起停用，用它签名的文件不再接收，不论文件写的是哪一天。"
        raise Refused("evaluation-key-not-in-force", ended, "请机构用现行的钥匙重新签名。")
    if key.valid_from is None or file.head.made_on < date_of(key.valid_from):
        begins = "还没有核准" if key.valid_from is None else f"自 {date_of(key.valid_from)} 起有效，文件却写着 {file.head.made_on} 制作"
        raise Refused("evaluation-key-not-in-force", f"这把公钥{begins}（今天 {day}）。", "核准以后，或者按现在的日期重新制作、重新签名。")
    return key


def _next_in_series(file: EvaluationFile, agency: RegisteredAgency, sha256: str) -> None:
    taken = ExternalFile.objects.filter(agency_id=agency.pk)
    same = taken.filter(sha256=sha256).first()
    if same is not None:
        raise Conflict(
            "evaluation-file-again", f"这份文件已经接收过（第 {same.pk} 号），没有再接收。", "不用再办；有更正的，制作下一号文件。"
        )
    last = taken.aggregate(last=Max("sequence"))["last"] or 0
    if file.head.sequence <= last:
        raise Conflict(
            "evaluation-file-older",
            f"{agency.name}的文件已经接收到第 {last} 号，这一份是第 {file.head.sequence} 号：旧文件不能再放一次。",
            f"新的结果编为第 {last + 1} 号或更大的号，重新签名。",
        )


def _something(checked: Checked, rows: int) -> None:
    """Refused where not one row could be taken: then the file's number is not used up."""
    if not checked.accepted.height:
        first = told(checked.faults, 1)[0]
        raise Refused(
            "evaluation-file-no-row",
            f"{rows} 行没有一行能接收。第 {first['line']} 行：{first['sentence']}",
            f"{first['what_to_do']}同一个号可以再用。",
            where={"line": first["line"]},
        )


def _not_too_large(content: bytes, at: Instant) -> None:
    most = Limits.of(active.policy_set(), date_of(at)).size_json
    if len(content) > most:
        raise Refused("file-too-large", f"文件有 {len(content):,} 字节，超过限额 {most:,} 字节。", "分成几份，依次编号。")
