"""检查人员库。Loaded from a table, checked as a whole: one faulty row and nothing is entered. Conflicts end, they are not erased."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from chengxin.access.models import Department
from chengxin.during_event.inspection.models import Inspector, InspectorConflict
from chengxin.kernel.codes import credit_code
from chengxin.kernel.instants import Instant, date_of
from chengxin.kernel.refused import Conflict, NotFound, Refused
from chengxin.ledger import services as ledger
from chengxin.policy.policy_set import PolicySet
from chengxin.storage.transactions import writing

#: The header of the table, in any order; the column of namesakes may be absent.
HEADER: Final = ("单位代码", "姓名", "执法证号", "执法领域", "负责区域", "证件有效期至")
NAMESAKE: Final = "同名说明"
_SEPARATORS: Final = str.maketrans("，,;；", "、、、、")


@dataclass(frozen=True)
class _Row:
    line: int
    office_id: int
    name: str
    licence_number: str
    licences: tuple[str, ...]
    areas: tuple[str, ...]
    valid_until: date
    namesake: str = ""


def load_inspectors(text: str, *, policy: PolicySet, by: str, at: Instant, only_office: str = "") -> int:
    """载入检查人员 from CSV with the columns of :data:`HEADER`; lists within a cell are separated by 、. Returns how many are new.

    Somebody on record whose row says the same is passed over; one whose row says otherwise ends and is entered anew. Refused with
    every faulty row named; then nothing is entered. ``only_office``: rows of other offices are faults, too, and so is taking their people.
    """
    rows = _read(text, policy, at, only_office)
    now = {each.licence_number: each for each in Inspector.objects.filter(ended_at=None)}
    if only_office:
        _check_own(rows, now)
    _check_namesakes(rows, list(now.values()))
    fresh = [row for row in rows if row.licence_number not in now or _said(row) != _said_of(now[row.licence_number])]
    with writing():
        Inspector.objects.filter(pk__in=[now[row.licence_number].pk for row in fresh if row.licence_number in now]).update(ended_at=at)
        for row in fresh:  # an office has tens of inspectors, each with an entry of its own
            content_id = ledger.record_event("inspection:inspector:entered", {**_said(row), "by": by, "at": str(at)})
            entered = Inspector.objects.create(
                office_id=row.office_id, name=row.name, licence_number=row.licence_number, licences=list(row.licences),
                areas=list(row.areas), valid_until=row.valid_until, namesake=row.namesake, entered_at=at, content_id=content_id,
            )  # fmt: skip
            _keep_conflicts(now.get(row.licence_number), entered)
    return len(fresh)


def end_inspector(licence_number: str, *, by: str, at: Instant) -> None:
    """停用：no draw takes this inspector any more. NotFound if there is none of this number."""
    with writing():
        found = _current(licence_number)
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        ledger.record_event("inspection:inspector:ended", {"licence_number": licence_number, "by": by, "at": str(at)})


def enter_conflict(licence_number: str, subject_code: str, because: str, *, by: str, at: Instant) -> InspectorConflict:
    """登记回避. Refused without a reason or with a code that is none; Conflict if it is on record already."""
    code = subject_code.strip().upper()
    if not credit_code.is_valid(code):
        raise Refused(
            "conflict-code",
            f"“{subject_code[:30]}”不是统一社会信用代码。",
            "写要回避的那家的 18 位代码。",
            where={"code": subject_code[:30]},
        )
    if not because.strip():
        raise Refused("no-reason-given", "没有写回避的理由。", "写明关系，如近亲属任职、本人曾任职、有诉讼。")
    with writing():
        inspector = _current(licence_number)
        if inspector.conflicts.filter(subject_code=code, ended_at=None).exists():
            raise Conflict("already-done", f"{licence_number} 对 {code} 的回避已经登记。", "不用再登记。")
        content_id = ledger.record_event(
            "inspection:conflict:entered",
            {"licence_number": licence_number, "subject_code": code, "because": because.strip()[:200], "by": by, "at": str(at)},
        )
        return InspectorConflict.objects.create(
            inspector=inspector, subject_code=code, because=because.strip()[:200], entered_at=at, content_id=content_id
        )


def end_conflict(conflict_id: int, because: str, *, by: str, at: Instant) -> None:
    """解除回避. Refused without a reason; NotFound if there is none of this number in effect."""
    if not because.strip():
        raise Refused("no-reason-given", "没有写解除回避的理由。", "写明原来的关系怎样没有了。")
    with writing():
        found = InspectorConflict.objects.filter(pk=conflict_id, ended_at=None).select_related("inspector").first()
        if found is None:
            raise NotFound("no-such-conflict", f"没有第 {conflict_id} 号在效的回避。", "从检查人员的页面里选。")
        found.ended_at = at
        found.save(update_fields=["ended_at"])
        said = {"licence_number": found.inspector.licence_number, "subject_code": found.subject_code, "because": because.strip()[:200]}
        ledger.record_event("inspection:conflict:ended", {**said, "by": by, "at": str(at)})


def one_spelling(licence_number: str) -> str:
    """执法证号 in one spelling: width, spaces, hyphens and small letters do not make another person."""
    return "".join(unicodedata.normalize("NFKC", licence_number).split()).replace("-", "").upper()


def namesakes_elsewhere(found: Sequence[Inspector]) -> dict[int, list[Inspector]]:
    """别的单位同名的人 for each of ``found``, where nobody has said how they are told apart; those without one are absent.

    Namesakes in other offices are common, so a load is not refused for them; but one person with a number in each of two offices would be
    drawn for both, and whoever oversees has to ask.
    """
    named: dict[str, list[Inspector]] = {}
    for each in Inspector.objects.filter(ended_at=None).order_by("office_id", "licence_number"):
        named.setdefault("".join(each.name.split()), []).append(each)
    told = {
        each.pk: [other for other in named.get("".join(each.name.split()), ()) if other.office_id != each.office_id and not other.namesake]
        for each in found
        if not each.namesake
    }
    return {pk: others for pk, others in told.items() if others}


def _check_namesakes(rows: Sequence[_Row], present: Sequence[Inspector]) -> None:
    """One person under two numbers would be drawn twice as often: the same name in one office needs a word. Refused otherwise."""
    numbers: dict[tuple[int, str], set[str]] = {}
    said: dict[str, str] = {each.licence_number: each.namesake for each in present} | {row.licence_number: row.namesake for row in rows}
    moved = {row.licence_number for row in rows}
    for office, name, number in [
        *((row.office_id, row.name, row.licence_number) for row in rows),
        *((each.office_id, each.name, each.licence_number) for each in present if each.licence_number not in moved),
    ]:
        numbers.setdefault((office, "".join(name.split())), set()).add(number)
    faults = [
        f"{name}有 {len(held)} 个执法证号（{'、'.join(sorted(held))}）"
        for (_, name), held in numbers.items()
        if held & moved and sum(not said[number] for number in held) > 1
    ]
    if faults:
        raise Refused(
            "inspector-two-numbers",
            f"{'；'.join(faults[:10])}：一个人占两个号，被抽中的机会就多一倍。一行也没有载入。",
            f"是同一个人的，先停用旧证号；确是同名的两个人，在“{NAMESAKE}”一列写明怎样区分。",
        )


def _keep_conflicts(before: Inspector | None, after: Inspector) -> None:
    """What somebody must keep away from does not end with a new licence."""
    if before is not None:
        InspectorConflict.objects.filter(inspector=before, ended_at=None).update(inspector=after)


def _current(licence_number: str) -> Inspector:
    found = Inspector.objects.filter(licence_number=one_spelling(licence_number), ended_at=None).first()
    if found is None:
        raise NotFound("no-such-inspector", f"检查人员库里没有执法证号 {licence_number[:40]}。", "先载入检查人员，或者核对证号。")
    return found


def _check_own(rows: Sequence[_Row], now: Mapping[str, Inspector]) -> None:
    taken = [row for row in rows if row.licence_number in now and now[row.licence_number].office_id != row.office_id]
    if taken:
        said = "、".join(row.licence_number for row in taken[:10])
        raise Refused("inspectors-faulty", f"这些执法证号在别的单位在册：{said}。一行也没有载入。", "由原单位先停用，再载入。")


def _read(text: str, policy: PolicySet, at: Instant, only_office: str) -> list[_Row]:
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    try:
        lines, names = list(table), table.fieldnames or ()
    except csv.Error:
        raise Refused("inspectors-header", "不是完整的 CSV。", f"另存为 UTF-8 的 CSV，第一行写：{','.join(HEADER)}。") from None
    missing = [each for each in HEADER if each not in names]
    if missing:
        raise Refused("inspectors-header", f"表头缺少：{'、'.join(missing)}。", f"第一行写：{','.join(HEADER)}。")
    offices = dict(Department.objects.filter(closed_at=None).values_list("code", "id"))
    if only_office:
        offices = {code: pk for code, pk in offices.items() if code == only_office}
    known = {licence for matter in policy.inspection_matters.values() for licence in matter.licences}
    found, faults = [], []
    for line, row in enumerate(lines, 2):
        try:
            found.append(_row(line, row, offices, known, date_of(at)))
        except ValueError as fault:
            faults.append(f"第 {line} 行：{fault}")
    numbers = [row.licence_number for row in found]
    faults += [f"第 {row.line} 行：执法证号 {row.licence_number} 写了两次" for row in found if numbers.count(row.licence_number) > 1]
    if faults:
        raise Refused("inspectors-faulty", f"{len(faults)} 处不对，一行也没有载入。{'；'.join(faults[:20])}。", "改正后整表重新载入。")
    return found


def _row(line: int, row: Mapping[str, str | None], offices: Mapping[str, int], known: set[str], today: date) -> _Row:
    said = {name: (row.get(name) or "").strip() for name in (*HEADER, NAMESAKE)}
    if said["单位代码"] not in offices:
        raise ValueError(f"没有代码为 {said['单位代码'] or '（空）'} 的在用部门，或者不是本单位")
    if not said["姓名"] or not said["执法证号"]:
        raise ValueError("缺姓名或者执法证号")
    licences = _listed(said["执法领域"])
    strange = [each for each in licences if each not in known]
    if strange or not licences:
        raise ValueError(f"执法领域“{'、'.join(strange) or '（空）'}”不在随机抽查事项清单里，可用：{'、'.join(sorted(known))}")
    areas = _listed(said["负责区域"])
    if any(not each.isdecimal() or len(each) > 6 for each in areas):
        raise ValueError("负责区域要写区划代码，如 370902，多个用顿号隔开；全市不写")
    try:
        until = date.fromisoformat(said["证件有效期至"])
    except ValueError:
        raise ValueError(f"证件有效期至“{said['证件有效期至']}”不是日期，写成 2027-12-31") from None
    if until < today:
        raise ValueError(f"执法证已于 {until} 到期")
    number = one_spelling(said["执法证号"])
    if "," in number or "、" in number:
        raise ValueError("执法证号一行一个，不含逗号和顿号")
    return _Row(line, offices[said["单位代码"]], said["姓名"], number, tuple(licences), tuple(areas), until, said[NAMESAKE][:100])


def _listed(text: str) -> Sequence[str]:
    return [each.strip() for each in text.translate(_SEPARATORS).split("、") if each.strip()]


def _said(row: _Row) -> dict[str, str]:
    said = {
        "office_id": str(row.office_id), "name": row.name, "licence_number": row.licence_number, "namesake": row.namesake,
        "licences": "、".join(row.licences), "areas": "、".join(row.areas), "valid_until": str(row.valid_until),
    }  # fmt: skip
    return {key: value for key, value in said.items() if value or key in {"licences", "areas"}}


def _said_of(found: Inspector) -> dict[str, str]:
    lists = tuple(found.licences), tuple(found.areas)
    return _said(_Row(0, found.office_id, found.name, found.licence_number, *lists, found.valid_until, found.namesake))
