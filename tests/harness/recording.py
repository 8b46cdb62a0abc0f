"""Records without files: rows in standard form → entries, contents and records, as collection writes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from itertools import count

import polars as pl

from chengxin.access.models import Department
from chengxin.foundation.collection.models import Submission
from chengxin.foundation.records.models import Record, RecordVersion
from chengxin.foundation.records.services import remove_returned, restate_swapped, swap_in_versions
from chengxin.foundation.records.standing_columns import STANDING_SCHEMA, standing_columns
from chengxin.foundation.records.types import SourceClass
from chengxin.foundation.subjects.models import Subject
from chengxin.kernel.canonical import canonical_bytes
from chengxin.kernel.instants import Instant
from chengxin.ledger import services as ledger
from chengxin.policy import active
from chengxin.storage import ids
from chengxin.storage.transactions import writing

_numbers = count(1)

PENALTY = {
    "CF_XDR_MC": "泰安市云岭食品有限公司",
    "CF_XDR_LB": "法人及非法人组织",
    "CF_XDR_SHXYM": "91370902MA3C00001X",
    "CF_FRDB": "赵启明",
    "CF_WFXW": "经营超过保质期的食品",
    "CF_SY": "货架上有超过保质期的糕点十二盒。",
    "CF_YJ": "《中华人民共和国食品安全法》第一百二十四条",
    "CF_CFLB": "罚款",
    "CF_NR": "罚款人民币壹拾万元",
    "CF_NR_FK": "10",
    "CF_JDRQ": "2026-04-10",
    "CF_YXQ": "2099-12-31",
    "CF_CFJG": "泰安市市场监督管理局",
    "CF_CFJGDM": "11370900004341048P",
    "CF_SJLY": "泰安市市场监督管理局",
    "CF_SJLYDM": "11370900004341048P",
}
LICENCE = {
    "XK_XDR_MC": "泰安市云岭食品有限公司",
    "XK_XDR_LB": "法人及非法人组织",
    "XK_XDR_SHXYM": "91370902MA3C00001X",
    "XK_FRDB": "赵启明",
    "XK_XKWS": "食品经营许可决定书",
    "XK_XKLB": "普通",
    "XK_NR": "预包装食品销售",
    "XK_JDRQ": "2026-04-10",
    "XK_YXQZ": "2026-04-10",
    "XK_YXQZI": "2031-04-09",
    "XK_XKJG": "泰安市行政审批服务局",
    "XK_XKJGDM": "11370900MB2857833W",
    "XK_ZT": "1",
    "XK_LYDW": "泰安市行政审批服务局",
    "XK_LYDWDM": "11370900MB2857833W",
}
SAMPLES = {"administrative_penalty": PENALTY, "administrative_licence": LICENCE}


def department(name: str = "泰安市市场监督管理局", code: str = "11370900004341048P") -> Department:
    """An office, opened once."""
    return Department.objects.get_or_create(code=code, defaults={"name": name, "opened_at": 1, "division": "370900"})[0]


def subject(code: str = "91370902MA3C00001X", name: str = "泰安市云岭食品有限公司") -> Subject:
    """A subject, opened once."""
    known = Subject.objects.filter(code=code).first()
    if known is not None:
        return known
    number = 1_000_000 + next(_numbers)
    return Subject.objects.create(id=number, code=code, kind=1, name=name, canonical_id=number, opened_at=1, content_id=0)


def submission(item: str, at: Instant, *, closed_at: Instant | None = None, office: Department | None = None) -> Submission:
    """A hand-in; open unless ``closed_at`` says when it was closed."""
    kind = active.policy_set().item(item)
    made = Submission.objects.create(
        department_id=(office or department()).pk, key=f"test-{next(_numbers)}", item=kind.number, channel="cli", file_sha256="0" * 64,
        source_class=SourceClass.of(kind.source_class), file_name="test.csv", file_size=1, received_at=at, progress_at=at,
        state="closed" if closed_at else "reading", closed_at=closed_at,
    )  # fmt: skip
    if closed_at:
        _enter("closed", made)
    return made


def record(
    item: str = "administrative_penalty",
    *,
    at: Instant,
    closed: bool = True,
    office: Department | None = None,
    about: Subject | None = None,
    into: Submission | None = None,
    **changes: str,
) -> Record:
    """One new record, handed in (and by default closed) at ``at``; ``changes`` are field codes."""
    return records(item, [changes], at=at, closed=closed, office=office, about=about, into=into)[0]


def records(
    item: str,
    rows: Sequence[Mapping[str, str]],
    *,
    at: Instant,
    closed: bool = True,
    office: Department | None = None,
    about: Subject | None = None,
    into: Submission | None = None,
) -> list[Record]:
    """Several new records of one submission."""
    into = into or submission(item, at, closed_at=at if closed else None, office=office)
    full = [_numbered(item, row) for row in rows]
    with writing():
        numbers = list(ids.allocate("records_record", len(full)))
        columns = _columns(item, full, at, into, about or subject(), [1] * len(full), numbers)
        made = [
            Record(id=number, item=into.item, authority_id=(office or department()).pk, business_key=_key(item, row), **values)
            for number, row, values in zip(numbers, full, columns, strict=True)
        ]
        Record.objects.bulk_create(made)
    return list(Record.objects.filter(id__in=numbers).order_by("id"))


def new_version(of: Record, *, at: Instant, closed: bool = True, about: Subject | None = None, **changes: str) -> Submission:
    """Another version of a record: the facts of the current one with ``changes``; swapped in if closed."""
    item = active.policy_set().item(of.item)
    facts = {key: value for key, value in ledger.read_contents([of.content_id])[of.content_id].items() if not key.startswith("_")}
    into = submission(item.id, at)
    with writing():
        (values,) = _columns(item.id, [facts | changes], of.received_at, into, about or subject(), [_latest(of) + 1], [of.id])
        RecordVersion.objects.create(record_id=of.id, **values)
    if closed:
        close(into, at)
    return into


def close(into: Submission, at: Instant) -> None:
    """Close a submission: its rows are seen, its versions come in."""
    with writing():
        Submission.objects.filter(pk=into.pk).update(state="closed", closed_at=at)
        restate_swapped(swap_in_versions(submission_id=into.pk, at=at), submission_id=into.pk, at=at)
        _enter("closed", into)


def give_back(into: Submission) -> None:
    """Return a submission: its rows leave the tables."""
    with writing():
        Submission.objects.filter(pk=into.pk).update(state="returned")
        remove_returned(submission_id=into.pk)
        _enter("returned", into)


def _enter(state: str, into: Submission) -> None:
    with writing():
        ledger.record_event(f"collection:submission:{state}", {"_submission": str(into.pk)})


def _latest(of: Record) -> int:
    return max([Record.objects.get(pk=of.pk).version, *RecordVersion.objects.filter(record_id=of.pk).values_list("version", flat=True)])


def _numbered(item: str, row: Mapping[str, str]) -> dict[str, str]:
    field = active.policy_set().item(item).roles["document_number"]
    return {field: f"泰市监处罚〔2026〕{next(_numbers)}号", **SAMPLES[item], **row}


def _key(item: str, row: Mapping[str, str]) -> bytes:
    kind = active.policy_set().item(item)
    said = "|".join(row.get(code, "") for code in kind.business_key)
    return hashlib.blake2b(said.encode(), digest_size=16).digest()


def _columns(
    item: str, rows: Sequence[Mapping[str, str]], at: Instant, into: Submission, about: Subject, versions: list[int], numbers: list[int]
) -> list[dict[str, object]]:
    policy = active.policy_set()
    kind = policy.item(item)
    names = sorted({key for row in rows for key in row})
    frame = pl.DataFrame([{name: row.get(name, "") for name in names} for row in rows], schema=dict.fromkeys(names, pl.String))
    stood = standing_columns(frame, kind, policy, at).select(*STANDING_SCHEMA).to_dicts()
    contents = list(ledger.allocate_content_ids(len(rows)))
    found, payloads = [], []
    event = "records:record:collected" if versions[0] == 1 else "records:record:updated"
    for row, columns, content_id, version, number in zip(rows, stood, contents, versions, numbers, strict=True):
        own = {
            "_event": event, "_record": str(number), "_version": str(version), "_item": item, "_subject": str(about.pk),
            "_submission": str(into.pk), "_source_class": kind.source_class, "_received_at": str(at), "_authority": str(into.department_id),
            "_key": _key(item, row).hex(), "_fingerprint": "00" * 16,
        }  # fmt: skip
        payloads.append(canonical_bytes({**row, **own}))
        found.append(
            {
                **columns,
                "subject_id": about.pk,
                "document_number": row[kind.roles["document_number"]],
                "received_at": at,
                "decided_on": row[kind.roles["decided_on"]],
                "source_class": SourceClass.of(kind.source_class),
                "version": version,
                "content_id": content_id,
                "fingerprint": bytes(16),
                "submission_id": into.pk,
            }
        )
    ledger.append(ledger.prepare(event, payloads, contents))
    return found
