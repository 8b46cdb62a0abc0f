"""A city's worth of subjects and records, written straight into the tables: what the portal reads, at any volume.

Everything is invented. Names are built from a few very common pieces (泰安, 有限公司), as real ones are; a few subjects have thousands
of records, many have one. The entries have contents, but no tree over them: this is for reading pages, not for ``fsck``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np
import polars as pl

from bench.generate import DIVISIONS, firm_codes

#: The day on which everything is measured; records were handed in over the eight years before it.
TODAY = date(2026, 11, 17)
EPOCH_DAY = date(1970, 1, 1).toordinal()
DAYS = 8 * 365
RECORDS_A_SUBJECT = 5
ROWS_AT_A_TIME = 200_000
ROWS_A_SUBMISSION = 500
#: Offices by how often they hand in: the last of the first kind does so a hundredth as often as the first, the last one never does.
OFFICES = 60
YEAR = 31_536_000
FOREVER = 253_402_300_799
#: Contents and entries begin here: before them stands what ``chengxin init`` wrote.
FIRST_ENTRY = 1_000
#: Shares in thousands: merged into another, natural persons, known from departments only.
MERGED, PERSONS, UNREGISTERED = 5, 20, 60
#: The large ones: so many subjects have two of a hundred records between them.
LARGE = 20
PLACES = ("泰安市", "泰安", "泰安市", "泰安", "山东泰安", "泰安岱岳区", "新泰市", "肥城市", "宁阳县", "东平县")
TRADES = (  # noqa: SIM905  read as one line, not as thirty
    "商贸,建材,食品,机械,餐饮,物流,建筑工程,装饰工程,信息技术,电子商务,农业,生物科技,环保科技,文化传媒,教育咨询,医药,服装,汽车服务,"
    "物业管理,人力资源,新能源,化工,纺织,家居,园林绿化,广告,旅游,酒店管理,房地产开发,劳务"
).split(",")
KINDS = ("有限公司",) * 14 + ("有限责任公司", "股份有限公司", "有限公司泰安分公司", "专业合作社", "中心", "厂")
CHARACTERS = "云岭松柏鼎盛恒泰瑞丰和信达兴隆宏远博雅天成华美金石银河东升西林南山北辰春晖夏禾秋实冬青众诚联创启航卓越优品佳木凯歌腾飞"
#: Item id → its share of the records that are not the registry's, in thousandths.
SHARES = {
    "administrative_licence": 500,
    "administrative_inspection": 210,
    "administrative_penalty": 140,
    "administrative_confirmation": 40,
    "administrative_compulsion": 20,
    "administrative_payment": 15,
    "administrative_reward": 10,
    "administrative_ruling": 5,
    "abnormal_operation": 30,
    "honours": 20,
    "judgment_defaulters": 10,
}
REGISTRY = "registry_basics"
PASSAGE = "经查，当事人未按规定期限办理，责令改正后仍未改正，有现场检查笔录、询问笔录和照片为证，事实清楚，证据确凿，程序合法。"


@dataclass(frozen=True)
class Filled:
    """What stands in the tables."""

    subjects: int
    records: int


def fill(subjects: int) -> Filled:
    """Fill an empty, migrated database with so many subjects and five times as many records."""
    from django.db import connection

    from chengxin.foundation.disclosure.services import recount_timeliness
    from chengxin.foundation.records.models import Record
    from chengxin.foundation.subjects.models import SubjectIdentifier

    records = subjects * RECORDS_A_SUBJECT
    chance = np.random.default_rng(1)
    _prepare_server()
    _offices()
    names, codes, registered = _subjects(subjects, chance)
    with without_indexes(Record), without_indexes(SubjectIdentifier):
        _submissions(records, chance)
        for start in range(0, records, ROWS_AT_A_TIME):
            _records(start, min(ROWS_AT_A_TIME, records - start), names, codes, registered, chance)
    _rejected(records)
    _ledger_ends(records)
    recount_timeliness()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # what autovacuum does some time after a load
    return Filled(subjects, records)


@contextmanager
def without_indexes(model: Any) -> Iterator[None]:
    """Indexes come after the rows: the same trees, sooner."""
    from django.db import connection

    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)


def _prepare_server() -> None:
    from django.db import connection

    if connection.vendor == "sqlite":  # only while filling, on this connection
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1000000")


def _insert(table: str, frame: pl.DataFrame) -> None:
    from chengxin.storage.bulk import insert_rows
    from chengxin.storage.transactions import writing

    with writing():
        insert_rows(table, frame.columns, frame)


def _instant(days: pl.Expr) -> pl.Expr:
    """Ordinal days → ten in the morning there."""
    return (days - EPOCH_DAY) * 86_400 + 7_200


def office_code(number: int) -> str:
    """The credit code of an invented office."""
    from tests.harness.penalties import code_of

    return code_of(number, "11370900MB")


def _offices() -> None:
    from chengxin.access.models import Department

    places = ["370900", *DIVISIONS]
    Department.objects.bulk_create(
        Department(id=n + 1, code=office_code(n), name=f"虚构第{n + 1}号机关", division=places[n % 7], opened_at=1) for n in range(OFFICES)
    )


def _subjects(count: int, chance: np.random.Generator) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Names, codes and whether the registry knows them; written, with numbers, persons in office and the index of names."""
    from chengxin.engine import names as forms
    from chengxin.foundation.subjects import name_index
    from chengxin.storage.transactions import writing

    pairs = pl.Series(["".join(pair) for pair in product(CHARACTERS, repeat=2)])
    triples = pl.Series(["".join(chance.choice(list(CHARACTERS), 3)) for _ in range(20_000)])
    words = pl.concat([pairs, triples]).gather(chance.integers(0, len(pairs) + len(triples), count))

    def chosen(pieces: tuple[str, ...] | list[str]) -> pl.Series:
        return pl.Series(list(pieces)).gather(chance.integers(0, len(pieces), count))

    dice = pl.Series(chance.integers(0, 1000, count))
    person, merged = dice < PERSONS, (dice >= PERSONS) & (dice < PERSONS + MERGED)
    registered = (dice >= PERSONS + MERGED + UNREGISTERED) | merged
    pieces = {"place": chosen(PLACES), "word": words, "trade": chosen(TRADES), "kind_word": chosen(KINDS)}
    frame = pl.DataFrame({"id": np.arange(1, count + 1), "code": firm_codes(count, 1), "person": person, "merged": merged, **pieces})
    shop = pl.col("id") % 5 == 0
    frame = frame.with_columns(
        name=pl.when("person").then(pl.lit("甲某某")).otherwise(pl.concat_str("place", "word", "trade", "kind_word"))
    )
    frame = frame.with_columns(
        code=pl.when("person").then(None).otherwise("code"),
        kind=pl.when("person").then(5).when(shop).then(4).otherwise(2),
        search_key=pl.when("person").then(pl.lit("")).otherwise(forms.search_key(pl.col("name"))),
        division=pl.lit(pl.Series(DIVISIONS)).gather(pl.col("id") % len(DIVISIONS)),
        industry=pl.lit("F51"),
        state=pl.lit("1"),
        in_registry=pl.lit(registered),
        canonical_id=pl.when(pl.col("merged") & (pl.col("id") > 1)).then(pl.col("id") - 1).otherwise("id"),
        opened_at=pl.lit(1),
        content_id=pl.lit(0),
        blind=pl.when("person").then(pl.Series([os.urandom(32) for _ in range(count)])),
    )
    columns = ["id", "code", "kind", "name", "search_key", "division", "industry", "state", "in_registry", "canonical_id"]
    _insert("subjects_subject", frame.select(*columns, "opened_at", "content_id", person="blind"))
    with writing():
        name_index.add_names(frame.filter(~pl.col("person")).select("id", "search_key"))
    numbered = frame.filter(~pl.col("person") & (pl.col("id") % 2 == 0))
    number = pl.format("3709{}", (pl.col("id") + 10_000_000_000).cast(pl.String))
    kind, content = pl.lit("registration_number"), pl.lit(1)
    _insert("subjects_subjectidentifier", numbered.select(subject_id="id", kind=kind, value=number, content_id=content))
    office, name = pl.lit("legal_representative"), pl.lit("甲某某")
    held = {"valid_from": pl.lit(1), "valid_until": pl.lit(FOREVER), "content_id": content}
    _insert("subjects_subjectoffice", frame.filter(~pl.col("person")).select(subject_id="id", office=office, name=name, **held))
    return frame["name"], frame["code"], registered


def _submissions(records: int, chance: np.random.Generator) -> None:
    """A submission is one office's file of one item; the last one is still open."""
    from chengxin.policy import active

    count = records // ROWS_A_SUBMISSION
    policy = active.policy_set()
    numbers = np.array([policy.catalogue[item].number for item in SHARES])
    shares = np.array(list(SHARES.values())) / sum(SHARES.values())
    items = chance.choice(numbers, count, p=shares)
    items[: count // RECORDS_A_SUBJECT] = policy.catalogue[REGISTRY].number  # one registry entry a subject
    often = np.geomspace(1, 0.01, OFFICES - 1)
    offices = pl.lit(pl.Series(chance.choice(OFFICES - 1, count, p=often / often.sum()) + 1))
    received = TODAY.toordinal() - DAYS + np.arange(count) * DAYS // count
    frame = pl.DataFrame({"id": np.arange(1, count + 1), "item": items, "day": received})
    same = dict.fromkeys(("file_format", "submitted_by", "released_by", "workbook_sha256"), pl.lit(""))
    none = dict.fromkeys(("version", "updated", "unchanged", "rejected", "quarantined", "mended", "late", "blocked"), pl.lit(0))
    rows = dict.fromkeys(("rows", "accepted", "resume_point"), pl.lit(ROWS_A_SUBMISSION))
    at = _instant(pl.col("day"))
    frame = frame.select(
        "id", "item", department_id=offices, key=pl.format("bench-{}", "id"), channel=pl.lit("api"),
        source_class=pl.lit(1), file_sha256=pl.lit("0" * 64), file_name=pl.lit("bench.csv"), file_size=pl.lit(1), state=pl.lit("closed"),
        received_at=at, progress_at=at, closed_at=at, **same, **none, **rows,
    )  # fmt: skip
    last = pl.col("id") == count
    frame = frame.with_columns(
        state=pl.when(last).then(pl.lit("reading")).otherwise("state"), closed_at=pl.when(last).then(None).otherwise("closed_at")
    )
    _insert("collection_submission", frame)


def _records(start: int, count: int, names: pl.Series, codes: pl.Series, registered: pl.Series, chance: np.random.Generator) -> None:
    """Records ``start`` … with their contents and entries, submission by submission."""
    from chengxin.foundation.collection.models import Submission

    first, last = start // ROWS_A_SUBMISSION + 1, (start + count) // ROWS_A_SUBMISSION
    known = Submission.objects.filter(id__gte=first, id__lte=last).order_by("id").values_list("item", "department_id", "received_at")
    items, offices, received = (np.repeat(np.array(column), ROWS_A_SUBMISSION) for column in zip(*known, strict=True))
    total = len(names)
    number = np.arange(start, start + count)
    drawn = np.minimum((total * chance.random(count) ** 2).astype(np.int64), total - 1) * 7919 % total  # many have few, a few have many
    large = chance.integers(0, 100, count) < 2
    subject = np.where(large, number % min(LARGE, total), drawn)
    subject = np.where(number < total, number, subject)  # the first ones are the registry's, one each
    decided = received // 86_400 + EPOCH_DAY - chance.integers(1, 14, count)
    frame = pl.DataFrame(
        {"n": number + 1, "item": items, "authority_id": offices, "received_at": received, "place": subject, "decided": decided}
    )
    frame = frame.with_columns(
        name=names.gather(subject), code=codes.gather(subject), registered=registered.gather(subject),
        submission_id=pl.lit(number // ROWS_A_SUBMISSION + 1), dice=pl.lit(chance.integers(0, 1000, count)),
        decided_on=(pl.col("decided") - EPOCH_DAY).cast(pl.Int32).cast(pl.Date), office=_office_codes().gather(offices - 1),
    )  # fmt: skip
    # What the registry does not know and persons have no entry of the registry; nor do persons have lists.
    frame = frame.filter(pl.col("code").is_not_null() & (pl.col("registered") | (pl.col("item") != 15)))
    for part in frame.partition_by("item"):
        _write_item(part)


def _office_codes() -> pl.Series:
    return pl.Series([office_code(n) for n in range(OFFICES)])


def _write_item(frame: pl.DataFrame) -> None:
    from chengxin.policy import active

    item = active.policy_set().item(int(frame["item"][0]))
    document = (
        pl.col("code")
        if item.id == REGISTRY
        else pl.format("泰演{}〔{}〕第{}号", pl.lit(item.title[2:4]), pl.col("decided_on").dt.year(), "n")
    )
    frame = frame.with_columns(document_number=document, content_id=pl.col("n") + FIRST_ENTRY)
    frame = frame.with_columns(payload=_payload(item, frame).cast(pl.Binary))
    keys = os.urandom(32 * frame.height)
    secret = pl.Series([keys[i : i + 32] for i in range(0, len(keys), 32)])
    short = secret.bin.slice(0, 16)
    _insert("ledger_content", frame.select(id="content_id", event=pl.lit("records:record:collected"), salt=secret, payload="payload"))
    _insert("ledger_entry", frame.select("content_id", seq="content_id", commitment=secret))
    due = pl.col("decided_on") + timedelta(days=11)
    standing = _standing(item)
    _insert(
        "records_record",
        frame.select(
            "item", "authority_id", "document_number", "decided_on", "received_at", "submission_id", "content_id", *standing, id="n",
            subject_id=pl.col("place") + 1, due_on=due if item.group == "acts" else pl.lit(None, pl.Date), due_provisional=pl.lit(False),
            severity_provisional=pl.lit(False), act_outcome=_outcome(item), source_class=pl.lit(1), version=pl.lit(1), fingerprint=short,
            business_key=short,
        ),
    )  # fmt: skip


def _outcome(item: Any) -> pl.Expr:
    """Of ten inspections two find something, one of them a fault that is not mended; other acts have no outcome."""
    if not item.outcomes:
        return pl.lit(0)
    from chengxin.policy.types_catalogue import Outcome

    tenth = pl.col("dice") % 10
    return pl.when(tenth == 0).then(int(Outcome.FAILED)).when(tenth == 1).then(int(Outcome.RECTIFIED)).otherwise(int(Outcome.PASSED))


def _standing(item: Any) -> list[pl.Expr]:
    """Periods as the policies give them, near enough: a third of the penalties is minor, half of what ends has ended."""
    received, decided = pl.col("received_at"), _instant(pl.col("decided"))
    term = item.terms["public"].by
    years = {"until_field": 5, "fixed": 5, "until_exit": 2}.get(term, 0)
    severity, until, reason = pl.lit(0), pl.lit(FOREVER) if term == "open" else decided + years * YEAR, pl.lit(2)
    if item.severity:
        severity = pl.when(pl.col("dice") < 350).then(1).when(pl.col("dice") < 900).then(2).otherwise(3)
        until = pl.when(severity == 1).then(0).when(severity == 2).then(decided + YEAR).otherwise(decided + 3 * YEAR)
        reason = pl.when(severity == 1).then(21).otherwise(1)
    elif term == "until_exit":
        until = pl.when(pl.col("dice") < 400).then(FOREVER).otherwise(until)
    begins = pl.when(until == 0).then(0).otherwise(received)
    public = [begins.alias("public_from"), until.alias("public_until"), severity.alias("severity"), reason.alias("because")]
    others = [
        (begins if end == "from" else until).alias(f"{surface}_{end}") for surface in ("counted", "effective") for end in ("from", "until")
    ]
    return [*public, *others, received.alias("shared_from"), pl.lit(FOREVER).alias("shared_until")]


def _payload(item: Any, frame: pl.DataFrame) -> pl.Series:
    """Contents of the size of real ones: a valid row of the item, long texts long, in canonical form."""
    from chengxin.kernel.canonical import canonical_bytes
    from chengxin.policy import active
    from tests.harness.valid_rows import valid_row

    marks = {
        "⟦name⟧": "name",
        "⟦code⟧": "code",
        "⟦document⟧": "document_number",
        "⟦day⟧": "decided_on",
        "⟦office⟧": "office",
        "⟦n⟧": "n",
        "⟦s⟧": "place",
    }
    row = valid_row(item, active.policy_set(), "⟦office⟧")
    row |= {field.code: PASSAGE for field in item.fields if field.required and field.kind == "text" and (field.max_length or 0) >= 1000}
    roles = {"subject_name": "⟦name⟧", "subject_code": "⟦code⟧", "document_number": "⟦document⟧", "decided_on": "⟦day⟧"}
    row |= {item.roles[role]: mark for role, mark in roles.items()}
    row |= {
        "_event": "records:record:collected",
        "_record": "⟦n⟧",
        "_subject": "⟦s⟧",
        "_version": "1",
        "_item": item.id,
        "_received_at": "1",
    }
    text = canonical_bytes(row).decode()
    pieces: list[pl.Expr] = []
    while text:
        place, mark = min(((text.find(mark), mark) for mark in marks if mark in text), default=(len(text), ""))
        pieces.append(pl.lit(text[:place]))
        if mark:
            pieces.append(pl.col(marks[mark]).cast(pl.String))
        text = text[place + len(mark) :]
    return frame.select(pl.concat_str(pieces)).to_series()


def _rejected(records: int) -> None:
    """One row in a thousand went back; four of five of these came in again, as a record with their number."""
    from chengxin.foundation.records.models import Record

    chosen = list(range(records // 3, records, 1000))
    known = Record.objects.filter(id__in=chosen, due_on__isnull=False).values_list(
        "id", "item", "authority_id", "document_number", "decided_on", "due_on"
    )
    rows = [
        (
            item,
            office,
            "",
            number,
            f"{document}（退）" if number % 5_000 < 1000 else document,
            decided,
            due,
            number // ROWS_A_SUBMISSION + 1,
        )
        for number, item, office, document, decided, due in known.order_by("id")
    ]
    columns = ["item", "authority_id", "sheet", "row", "document_number", "decided_on", "due_on", "submission_id"]
    _insert("collection_rejectedrow", pl.DataFrame(rows, schema=columns, orient="row"))


def _ledger_ends(records: int) -> None:
    from chengxin.ledger.models import Checkpoint, Head

    size = records + FIRST_ENTRY + 1
    Head.objects.update_or_create(id=1, defaults={"size": size, "root": bytes(32)})
    Checkpoint.objects.create(size=size, root=bytes(32), note="bench\n", signed_at=1)
